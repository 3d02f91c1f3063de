# versions: 3.6-
"""F2: functions make their modules cycles: what C code does not hold goes with the collections, the rest is cleared."""
from __future__ import print_function

import ctypes
import gc
import os
import sys

from watch import Node
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "imports"))
from found import found

gc.collect()
m1 = Node("m1")
found("cyclic_a")
import cyclic_a
found("cyclic_b")
import cyclic_b
ctypes.pythonapi.Py_IncRef(ctypes.py_object(cyclic_b))
m2 = Node("m2")
m2.me = m2
print("by exit")
