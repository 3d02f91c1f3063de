"""A7: numbers don't change: a += 1 binds another object, the one there is or a new one."""
from __future__ import print_function

from watch import yes

a = int("1000")
b = a
a += 1
print("is", yes(a is b))
c = int("255")
c += 1
d = int("256")
print("is", yes(c is d))
c += 1
print("is", yes(c is d))
x = float("0.5")
y = x
x += 0.25
print("is", yes(x is y))
