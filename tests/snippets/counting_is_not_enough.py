"""B1: reference counting alone leaks cycles: each list keeps the other's count at 1. The collector finds both."""
from __future__ import print_function

import gc
import sys

from watch import collect

gc.disable()
gc.collect()
l1 = []
l2 = []
l1.append(l2)
l2.append(l1)
print("refcount", sys.getrefcount(l1) - 1)
print("refcount", sys.getrefcount(l2) - 1)
del l1, l2
collect()
