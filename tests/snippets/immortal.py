# versions: 3.12-
"""D5: what exists once is immortal from 3.12 on; its reference count says so."""
from __future__ import print_function

import sys

print("getrefcount", sys.getrefcount(None))
print("getrefcount", sys.getrefcount(()))
print("getrefcount", sys.getrefcount(""))
print("getrefcount", sys.getrefcount(chr(97)))
print("getrefcount", sys.getrefcount(5))
i = int("257")
print("getrefcount", sys.getrefcount(i))
