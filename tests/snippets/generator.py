"""A9: a generator that waits keeps its locals; dropping it closes it, and they die."""
from __future__ import print_function

import sys

from watch import Node

p = Node("p")


def numbers(x):
    a = Node("a")
    yield a
    b = Node("b")
    yield None


g = numbers(p)
print("refcount", sys.getrefcount(p) - 1)
first = next(g)
print("refcount", sys.getrefcount(first) - 1)
next(g)
del first
print("=====")
del g
print("-----")
del p
