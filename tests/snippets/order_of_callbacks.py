"""C3: callbacks run newest first; whether before or after __del__ depends on the version."""
from __future__ import print_function

from watch import Node, watch

n = Node("n")
c1 = watch(n, "c1")
c2 = watch(n, "c2")
c3 = watch(n, "c3")
del c2                     # a dead weak reference calls nobody
del n
