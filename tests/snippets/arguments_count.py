"""A3: an argument counts while the call lasts; to 3.10 twice, as its caller keeps one of its own."""
from __future__ import print_function

import sys

from watch import Node

n = Node("n")


def inner(q):
    print("refcount", sys.getrefcount(q) - 1)


def outer(p):
    print("refcount", sys.getrefcount(p) - 1)
    inner(p)


outer(n)
print("refcount", sys.getrefcount(n) - 1)
del n
