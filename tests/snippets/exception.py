# versions: 3.6-
"""A9: an exception keeps its traceback, that the frames, and those their locals, until its handler ends."""
from watch import Node


def bad():
    ea = Node("ea")
    eb = Node("eb")
    raise ValueError()


def passes():
    x = Node("x")
    bad()


try:
    passes()
except ValueError as e:
    print("=====")
print("-----")
