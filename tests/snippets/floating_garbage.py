"""B12: between collections an unreachable cycle stays in memory, however long that is."""
from __future__ import print_function

import gc

from watch import Plain, alive, collect, watch

gc.disable()
gc.collect()
a = Plain()
a.me = a
wa = watch(a, "wa")
del a
alive(wa, "a")
b = Plain()
b.me = b
wb = watch(b, "wb")
del b
alive(wa, "a")
alive(wb, "b")
collect()
alive(wa, "a")
alive(wb, "b")
