# versions: 3.7-
"""B11: gc.freeze() hides all objects from the collector, even garbage; gc.unfreeze() gives them back."""
from __future__ import print_function

import gc

from watch import Plain, collect, watch

gc.disable()
gc.collect()
a = Plain()
a.me = a
w = watch(a, "w")
gc.freeze()
del a
collect()
gc.unfreeze()
collect()
