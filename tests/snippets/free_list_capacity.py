"""E2: a free list has room for 80 lists; what finds none there is given back. A full collection empties them all."""
from __future__ import print_function

import gc

gc.disable()
gc.collect()
spare = []
while gc.get_count()[0] < 200:
    spare.append([])       # takes what is on the free list
kept = []
k = 0
while k < 100:
    kept.append([])
    k += 1
first = "%d %d %d" % gc.get_count()
del kept
second = "%d %d %d" % gc.get_count()
kept = []
k = 0
while k < 100:
    kept.append([])
    k += 1
third = "%d %d %d" % gc.get_count()
del kept
found = gc.collect()
fourth = "%d %d %d" % gc.get_count()
a = []
fifth = "%d %d %d" % gc.get_count()
print("count", first)
print("count", second)
print("count", third)
print("return", found)
print("count", fourth)
print("count", fifth)
