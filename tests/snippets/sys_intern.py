"""D5: sys.intern gives the one interned string of that text."""
from __future__ import print_function

import sys

from watch import yes

intern = getattr(sys, "intern", None) or intern  # in 2.7 it is a builtin
a = " ".join(["hello", "world"])
b = " ".join(["hello", "world"])
print("is", yes(a is b))
c = intern(a)
d = intern(b)
print("is", yes(a is c))
print("is", yes(c is d))
print("is", yes(b is d))
