"""A9: leaving a function drops its locals, in the order in which they were first bound; module globals stay."""
from __future__ import print_function

from watch import Node

kept = Node("kept")


def f(x):
    a = Node("a")
    b = Node("b")
    kept = a


f(kept)
print("=====")
del kept
