"""B2: a list that holds itself: its name and its own element count."""
from __future__ import print_function

import gc
import sys

from watch import collect

gc.disable()
gc.collect()
a = []
a.append(a)
print("refcount", sys.getrefcount(a) - 1)
del a
collect()
