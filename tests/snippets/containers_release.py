"""A6: freeing a container releases its members: lists and tuples last to first, dicts in insertion order."""
from __future__ import print_function

from watch import Node

l = []
l.append(Node("l1"))
l.append(Node("l2"))
l.append(Node("l3"))
del l
print("=====")
t = (Node("t1"), Node("t2"))
del t
print("=====")
outer = []
inner = []
inner.append(Node("i1"))
inner.append(Node("i2"))
outer.append(Node("o1"))
outer.append(inner)
outer.append(Node("o2"))
del inner
del outer
print("=====")
d = {}
d["a"] = Node("d1")
d["b"] = Node("d2")
d["c"] = Node("d3")
d.clear()
print("=====")
n = Node("n")
n.z = Node("z")
n.y = Node("y")
del n
