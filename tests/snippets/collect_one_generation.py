"""B11: gc.collect(0) looks at the youngest generation only: garbage that has grown older waits."""
from __future__ import print_function

import gc

from watch import collect

gc.disable()
gc.collect()
a = []
a.append(a)
collect(0)
del a
collect(0)
collect(1)
