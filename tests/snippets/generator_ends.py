"""A9: a generator that ends drops its locals; one that never ran, its arguments."""
from __future__ import print_function

from watch import Node


def numbers(x):
    a = Node("a")
    yield
    b = Node("b")


g = numbers(None)
next(g)
for _ in g:
    pass
print("=====")
h = numbers(Node("argument"))
print("-----")
del h
print("=====")
