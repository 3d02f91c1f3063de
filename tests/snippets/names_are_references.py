"""A2: names are references, not objects: one object, whose count both names see."""
from __future__ import print_function

import sys

a = [1, 3]
print("refcount", sys.getrefcount(a) - 1)  # without its own argument
b = a
print("refcount", sys.getrefcount(a) - 1)
print("refcount", sys.getrefcount(b) - 1)
del b
print("refcount", sys.getrefcount(a) - 1)
