# versions: 3.6-
"""A9: an exception raised while another one is handled keeps that one as its context."""
from watch import Node


def first():
    a = Node("a")
    raise KeyError()


def second():
    b = Node("b")
    try:
        first()
    except KeyError as k:
        argument = Node("argument")
        raise ValueError(argument)


try:
    second()
except ValueError as v:
    print("=====")
print("-----")
