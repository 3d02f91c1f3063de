"""A6: a chain of 120 nested lists, each beside a node: they die in the order that the bound on nesting makes."""
from __future__ import print_function

from watch import Node

l = []
for k in range(1, 121):
    l = [Node("n%d" % k), l]
del l
