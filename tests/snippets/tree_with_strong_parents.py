"""C3: the same tree with ordinary references to the parents waits for a collection."""
from __future__ import print_function

import gc

from watch import Plain, collect, watch

gc.disable()
gc.collect()
root = Plain()
left = Plain()
right = Plain()
root.left = left
root.right = right
left.parent = root
right.parent = root
w1 = watch(root, "w1")
w2 = watch(left, "w2")
w3 = watch(right, "w3")
del left, right
del root
print("=====")
collect()
