"""A9: a waiting generator in a cycle is closed by the collector (not in 2.7: its frame is cleared)."""
from __future__ import print_function

import gc

from watch import Node, collect

gc.disable()
gc.collect()


def walk(box):
    n = Node("n")
    yield


box = []
g = walk(box)
box.append(g)
next(g)
del g, box
print("=====")
collect()
