"""A6: to 3.10 a frame is one level of the trashcan while its locals die; later locals die at none."""
from __future__ import print_function

from watch import Node


def f():
    chain = None
    for k in range(60):
        chain = [Node("n%d" % k), chain]


f()
print("=====")
