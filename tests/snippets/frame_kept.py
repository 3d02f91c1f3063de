"""A9: a frame that somebody keeps keeps the locals of its call, and its callers' frames with theirs."""
from __future__ import print_function

import sys

from watch import Node

kept = []


def inner():
    i = Node("i")
    kept.append(sys._getframe())


def outer():
    o = Node("o")
    inner()


outer()
print("=====")
kept.pop()
