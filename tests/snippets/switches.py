# versions: 3.6-
"""B11: gc.disable() stops automatic collections but not the counting; a first threshold of 0 stops them, too."""
from __future__ import print_function

import gc

from watch import tell

gc.disable()
gc.collect()
gc.set_threshold(20, 10, 10)
spare = []
while gc.get_count()[0] < 10:
    spare.append([])       # takes what is on the free list, too
gc.callbacks.append(tell)
k = 0
while k < 15:
    l = [None]
    l[0] = l               # garbage when the next one comes
    k += 1
gc.enable()
l = [None]
l[0] = l
gc.set_threshold(0)
k = 0
while k < 40:
    l = [None]
    l[0] = l
    k += 1
gc.set_threshold(20)
k = 0
while k < 2:               # 3.12 and later collect where a loop jumps back
    l = [None]
    l[0] = l
    k += 1
gc.disable()
