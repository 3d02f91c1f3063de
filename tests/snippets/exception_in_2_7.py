# versions: 2.7-2.7
"""A9: in 2.7 the interpreter keeps an exception until the call that caught it ends; before its locals go."""
from __future__ import print_function

from watch import Node


def bad(name):
    ea = Node(name)
    raise ValueError()


def f():
    a = Node("a")
    try:
        bad("ea")
    except ValueError as e:
        print("=====")
        del e
    print("-----")
    try:
        bad("ea2")
    except ValueError as e:
        print("=====")
    print("-----")


f()
