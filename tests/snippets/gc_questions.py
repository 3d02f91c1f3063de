"""B11: gc.isenabled, gc.get_threshold, gc.is_tracked."""
from __future__ import print_function

import gc

from watch import yes

print("enabled", yes(gc.isenabled()))
gc.disable()
print("enabled", yes(gc.isenabled()))
gc.set_threshold(500, 5)
print("thresholds", *gc.get_threshold())
l = []
d = {}
print("is_tracked", yes(gc.is_tracked(l)))
print("is_tracked", yes(gc.is_tracked(d)))
d["l"] = l
print("is_tracked", yes(gc.is_tracked(d)))
