"""A7: numbers never change: a += 1 makes another object and binds the name to it; b keeps the old one."""
from __future__ import print_function

import sys

from watch import yes

a = int("1000")            # not a constant: those have references of their own
b = a
print("is", yes(a is b))
a += 1
print("is", yes(a is b))
print("refcount", sys.getrefcount(a) - 1)
print("refcount", sys.getrefcount(b) - 1)
