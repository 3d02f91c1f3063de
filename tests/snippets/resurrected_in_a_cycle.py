# versions: 3.6-
"""C1: a finalizer inside a collection resurrects its object; whatever that refers to survives with it."""
from __future__ import print_function

import gc
import sys

from watch import Node, Plain, collect, watch


class Phoenix(Node):
    def __del__(self):
        global R_a
        Node.__del__(self)
        R_a = self


gc.disable()
gc.collect()
a = Phoenix("a")
b = Plain()
c = Plain()
a.to = b
b.to = a
c.to = a
c.me = c
wb = watch(b, "wb")
wc = watch(c, "wc")
del a, b, c
collect()
b = R_a.to
print("refcount", sys.getrefcount(b) - 1)
del R_a, b
collect()
