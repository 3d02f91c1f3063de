"""B11: with gc.DEBUG_SAVEALL garbage is not freed but put into gc.garbage."""
from __future__ import print_function

import gc
import sys

from watch import Plain, collect, watch

gc.disable()
gc.collect()
a = Plain()
a.me = a
w = watch(a, "w")
gc.set_debug(gc.DEBUG_SAVEALL)
del a
collect()
a = gc.garbage[0]
print("refcount", sys.getrefcount(a) - 1)
gc.set_debug(0)
