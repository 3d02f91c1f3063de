# versions: 3.6-
"""F2: at the exit modules go as they were imported, unless another one holds them; their globals in order."""
from __future__ import print_function

import gc
import os
import sys

from watch import Node
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "imports"))
from found import found

gc.collect()
m1 = Node("m1")
found("plain_a")
import plain_a
found("plain_b")
import plain_b
m2 = Node("m2")
print("by exit")
