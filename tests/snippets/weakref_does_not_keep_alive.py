"""C3: a weak reference does not keep its object alive; calling it gives the object, or None when it is dead."""
from __future__ import print_function

import sys
import weakref

from watch import Plain, alive

n = Plain()
w = weakref.ref(n)
print("refcount", sys.getrefcount(n) - 1)
alive(w, "n")
del n
alive(w, "n")
