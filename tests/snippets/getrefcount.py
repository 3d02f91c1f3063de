"""A4: sys.getrefcount() shows one more than there are: its own argument."""
from __future__ import print_function

import sys

a = [1, 3]
print("getrefcount", sys.getrefcount(a))
b = a
print("getrefcount", sys.getrefcount(a))
del b
print("getrefcount", sys.getrefcount(a))
a.append(a)
print("getrefcount", sys.getrefcount(a))
