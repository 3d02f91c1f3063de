"""B5: the collector tells a rescued object from a garbage cycle that refers to it, too."""
from __future__ import print_function

import gc

from watch import Plain, alive, collect, watch

gc.disable()
gc.collect()
b = Plain()
a = Plain()
c = Plain()
d = Plain()
a.to = b
c.to = d
d.to = c
d.also = b
wb = watch(b, "wb")
wc = watch(c, "wc")
wd = watch(d, "wd")
del b, c, d                # a holds b; c and d hold each other
collect(0)
alive(wb, "b")
del a
