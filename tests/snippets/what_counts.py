"""A3: +1 for a name, an element, an item, an attribute; -1 when one of them goes, or what held it dies."""
from __future__ import print_function

import sys

from watch import Plain

x = []
y = x
l = []
l.append(x)
d = {}
d["k"] = x
n = Plain()
n.attr = x
t = (x, x)
print("refcount", sys.getrefcount(x) - 1)
y = l                      # x loses a name
print("refcount", sys.getrefcount(x) - 1)
l.pop()
del d["k"]
del n.attr
print("refcount", sys.getrefcount(x) - 1)
del t
print("refcount", sys.getrefcount(x) - 1)
