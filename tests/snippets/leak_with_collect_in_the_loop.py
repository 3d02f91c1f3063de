"""B11: the leak demo with gc.collect() in the loop: memory does not grow, though the collector is disabled."""
from __future__ import print_function

import gc

from watch import Plain, alive, collect, watch

gc.disable()
gc.collect()
for name in ["a1", "a2", "a3"]:
    a = Plain()
    b = Plain()
    a.to = b
    b.to = a
    w = watch(a, "w" + name)
    del a, b
    alive(w, name)
    collect()
    alive(w, name)
