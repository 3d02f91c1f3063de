"""B11: with DEBUG_SAVEALL nothing is cleared: gc.garbage holds all that could have been, until it is cleared itself."""
from __future__ import print_function

import gc

names = {}


def show():
    print("garbage", *([names[id(thing)] for thing in gc.garbage] or ["none"]))


gc.disable()
gc.collect()
a = []
b = []
names[id(a)] = "a"
names[id(b)] = "b"
a.append(b)
b.append(a)
del a, b
gc.set_debug(gc.DEBUG_SAVEALL)
print("return", gc.collect())
show()
gc.set_debug(0)
del gc.garbage[:]
print("return", gc.collect())
show()
