# versions: 3.7-
"""B9: a full collection that is due is put off while less than a quarter of the long-lived objects are pending."""
from __future__ import print_function

import gc

from watch import tell

gc.disable()
gc.collect()
gc.freeze()                # the interpreter's own objects do not count as long-lived
kept = []
for _ in range(100):
    kept.append([])
gc.callbacks.append(tell)
print("return", gc.collect())
gc.set_threshold(20, 0, 0)
for _ in range(10):
    kept.append([])
print("return", gc.collect(1))
spare = []
while gc.get_count()[0] < 10:
    spare.append([])       # takes what is on the free list, too
gc.enable()
k = 0
while k < 15:              # generation 2 is due, but some 20 of 100 are pending
    kept.append([])
    k += 1
gc.disable()
print("=====")
for _ in range(50):
    kept.append([])
print("return", gc.collect(1))
spare = []
while gc.get_count()[0] < 10:
    spare.append([])
gc.enable()
k = 0
while k < 15:              # some 80 of 100
    kept.append([])
    k += 1
gc.disable()
