# versions: 3.6-
"""B7: a collection starts when a count exceeds its threshold, inside the next allocation; of the oldest such generation."""
from __future__ import print_function

import gc

from watch import tell

gc.disable()
gc.collect()
gc.set_threshold(20, 1, 10)
gc.callbacks.append(tell)
print("return", gc.collect(1))
print("return", gc.collect(0))
print("return", gc.collect(1))
spare = []
while gc.get_count()[0] < 10:
    spare.append([])       # takes what is on the free list, too
gc.enable()
k = 0
while k < 95:
    l = [None]
    l[0] = l               # garbage when the next one comes
    k += 1
gc.disable()
