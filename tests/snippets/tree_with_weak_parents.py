"""C3: a tree whose children refer to their parents weakly has no cycles: it is freed at once."""
from __future__ import print_function

import gc
import weakref

from watch import Node, collect

gc.disable()
gc.collect()
root = Node("root")
left = Node("left")
right = Node("right")
root.left = left
root.right = right
up = weakref.ref(root)
left.parent = up
right.parent = up
del left, right, up
print("=====")
del root
collect()
