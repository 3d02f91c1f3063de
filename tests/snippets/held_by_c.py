"""F2: C code that takes a reference and forgets it: a leak that no collection finds."""
from __future__ import print_function

import ctypes
import gc

from watch import Plain, alive, collect, watch

gc.disable()
gc.collect()
a = Plain()
a.me = a
w = watch(a, "w")
ctypes.pythonapi.Py_IncRef(ctypes.py_object(a))
del a
collect()
alive(w, "a")
a = w()
ctypes.pythonapi.Py_DecRef(ctypes.py_object(a))
del a
collect()
