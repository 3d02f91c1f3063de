"""E1: a freed list or dict waits on its type's free list for the next one, whose allocation counts for nothing."""
from __future__ import print_function

import gc

gc.disable()
gc.collect()
kept = []
while gc.get_count()[0] < 20:
    kept.append([])        # takes what is on the free lists
    kept.append({})
while gc.get_count()[0] < 50:
    kept.append([])
counts = ["%d %d %d" % gc.get_count()]
a = []
counts.append("%d %d %d" % gc.get_count())
del a
counts.append("%d %d %d" % gc.get_count())
b = []
counts.append("%d %d %d" % gc.get_count())
c = {}
counts.append("%d %d %d" % gc.get_count())
del c
counts.append("%d %d %d" % gc.get_count())
e = {}
counts.append("%d %d %d" % gc.get_count())
for count in counts:
    print("count", count)
