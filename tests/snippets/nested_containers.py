"""A6: tuples and dicts inside each other release their members, however deep these lie; shared ones live on."""
from __future__ import print_function

from watch import Node

shared = Node("shared")
inner = (Node("i1"), shared)
d = {}
d["inner"] = inner
d["own"] = Node("own")
outer = (d, inner)
del inner, d
print("=====")
del outer
print("=====")
del shared
