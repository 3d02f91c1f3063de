# versions: 2.7-2.7
"""C2: up to 3.3 a cycle with finalizers lands in gc.garbage; to break it is up to the program."""
from __future__ import print_function

import gc

from watch import Node

names = {}


def show():
    print("garbage", *[names[id(thing)] for thing in gc.garbage])


gc.disable()
gc.collect()
a = Node("a")
b = Node("b")
names[id(a)] = "a"
names[id(b)] = "b"
a.peer = b
b.peer = a
del a, b
print("return", gc.collect())
show()
a = gc.garbage[0]
del a.peer
del gc.garbage[:]
print("=====")
del a
