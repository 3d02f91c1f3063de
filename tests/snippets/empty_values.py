"""D5: the empty tuple and the empty string exist once; two empty lists are two objects."""
from __future__ import print_function

from watch import yes

t = tuple([])
u = tuple([])
print("is", yes(t is u))
s = "".join([])
r = str()
print("is", yes(s is r))
l = []
m = []
print("is", yes(l is m))
