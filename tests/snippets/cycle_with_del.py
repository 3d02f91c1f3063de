"""C2: a cycle whose members have __del__ is collected since 3.4: both finalizers run. Before, it stays forever."""
from __future__ import print_function

import gc

from watch import Node, collect

gc.disable()
gc.collect()
a = Node("a")
b = Node("b")
a.to = b
b.to = a
del a, b
print("=====")
collect()
