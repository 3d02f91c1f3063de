# versions: 3.7-
"""B11: gc.get_freeze_count says how many objects are frozen."""
from __future__ import print_function

import gc

gc.disable()
gc.collect()
gc.freeze()
before = gc.get_freeze_count()
l = []
m = []
gc.freeze()
after = gc.get_freeze_count()
del l
fewer = gc.get_freeze_count()
gc.unfreeze()
print("freeze_count", after - before)
print("freeze_count", fewer - before)
print("freeze_count", gc.get_freeze_count())
