"""A9: to 3.11 a generator that never ran is closed, too; later its cycle is cleared, and it is counted."""
from __future__ import print_function

import gc

from watch import collect

gc.disable()
gc.collect()


def walk(box):
    yield


box = []
g = walk(box)
box.append(g)
del g, box
print("=====")
collect()
