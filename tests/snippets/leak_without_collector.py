"""B11: the leak demo: the collector is disabled, and a loop makes cycles of two objects: all of them stay."""
from __future__ import print_function

import gc

from watch import Plain, alive, watch

gc.disable()
watchers = []
for _ in range(3):
    a = Plain()
    b = Plain()
    a.to = b
    b.to = a
    watchers.append(watch(a, "never called"))
    del a, b
for ref, name in zip(watchers, ["a1", "a2", "a3"]):
    alive(ref, name)
del watchers[:], ref       # so that nobody is called at exit
