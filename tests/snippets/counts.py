"""B6: a new container raises the count of generation 0, its death lowers it; older counts count collections."""
from __future__ import print_function

import gc

from watch import Plain

gc.disable()
gc.collect()
for _ in range(3):
    gc.collect(1)
for _ in range(8):
    gc.collect(0)
kept = []
while gc.get_count()[0] < 200:
    kept.append([])
before = "%d %d %d" % gc.get_count()
n = Plain()
with_n = "%d %d %d" % gc.get_count()
del n
after = "%d %d %d" % gc.get_count()
print("count", before)
print("count", with_n)
print("count", after)
