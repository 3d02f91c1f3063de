"""C3: when a cycle is collected, callbacks of weak references outside it run; one that is garbage itself is silent."""
from __future__ import print_function

import gc

from watch import Plain, alive, collect, watch

gc.disable()
gc.collect()
n = Plain()
n.me = n
outside = watch(n, "outside")
inside = watch(n, "inside")
n.watcher = inside
del inside
del n
print("=====")
collect()
