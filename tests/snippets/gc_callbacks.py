# versions: 3.6-
"""B11: gc.callbacks are called as a collection starts and stops, before and behind all finalizers."""
from __future__ import print_function

import gc

from watch import Node


def log(phase, info):
    print("callbacks_" + phase, "log")


gc.disable()
gc.collect()
gc.callbacks.append(log)
n = Node("n")
n.me = n
del n
print("return", gc.collect())
gc.callbacks.remove(log)
print("return", gc.collect())
