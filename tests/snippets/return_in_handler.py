"""A9: a return inside an except block ends the block first: the exception dies before the other locals."""
from __future__ import print_function

from watch import Node


def bad():
    ea = Node("ea")
    raise ValueError()


def f():
    a = Node("a")
    try:
        bad()
    except ValueError as e:
        b = Node("b")
        return 1


f()
print("=====")
