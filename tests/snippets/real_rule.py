# versions: 3.6-
"""B8: with all counts about to reach their thresholds CPython collects only generation 0, as 10 does not exceed 10."""
from __future__ import print_function

import gc

from watch import tell

gc.disable()
gc.collect()
gc.set_threshold(20, 10, 10)
for _ in range(9):
    gc.collect(1)
for _ in range(9):
    gc.collect(0)
spare = []
while gc.get_count()[0] < 10:
    spare.append([])       # takes what is on the free list, too
gc.callbacks.append(tell)
gc.enable()
k = 0
while k < 30:
    l = [None]
    l[0] = l               # garbage when the next one comes
    k += 1
gc.disable()
