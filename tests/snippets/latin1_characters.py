# versions: 3.6-
"""D4: the characters that exist once end at U+00FF."""
from __future__ import print_function

from watch import yes

a = chr(0xFF)
b = chr(0xFF)
print("is", yes(a is b))
c = chr(0x100)
d = chr(0x100)
print("is", yes(c is d))
