"""A5: del removes a name, not an object: __del__ runs after the "=====", when the last name goes."""
from __future__ import print_function

from watch import Node

p1 = Node("P")
p2 = p1
del p1
print("=====")
del p2
