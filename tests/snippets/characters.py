"""D4: strings of one character exist once; longer ones that are computed are made anew."""
from __future__ import print_function

from watch import yes

a = chr(97)
b = chr(97)
print("is", yes(a is b))
c = a * 2
d = a * 2
print("is", yes(c is d))
