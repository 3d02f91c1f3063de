"""A8: `is` compares objects, not values."""
from __future__ import print_function

from watch import yes

a = []
b = []
c = a
print("is", yes(a is b))
print("is", yes(a is c))
print("is", yes(a is None))
del a, c
c = b
print("is", yes(b is c))
