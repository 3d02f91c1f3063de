"""B3: doubly linked nodes: 2 objects are found where instances hold their attributes, 4 where each has a dict."""
from __future__ import print_function

import gc

from watch import Plain, collect, watch

gc.disable()
gc.collect()
n1 = Plain()
n2 = Plain()
n1.next = n2
n2.prev = n1
w1 = watch(n1, "w1")
w2 = watch(n2, "w2")
del n1, n2
print("=====")
collect()
