"""F2: the interpreter's exit releases what the program's names still hold."""
from __future__ import print_function

from watch import Node

z = Node("z")
_u = Node("_u")
a = Node("a")
m = Node("m")
del a
a = Node("a2")
print("=====")
