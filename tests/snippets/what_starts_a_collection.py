# versions: 3.6-
"""B10: a threshold, a call of gc.collect() and the exit of the interpreter start a collection."""
from __future__ import print_function

import gc

from watch import Node, tell

gc.disable()
gc.collect()
gc.set_threshold(20, 10, 10)
print("by threshold")
spare = []
while gc.get_count()[0] < 10:
    spare.append([])       # takes what is on the free list, too
gc.callbacks.append(tell)
gc.enable()
k = 0
while k < 15:
    l = [None]
    l[0] = l               # garbage when the next one comes
    k += 1
gc.disable()
print("by gc.collect()")
print("return", gc.collect())
gc.callbacks.remove(tell)
gc.enable()
n = Node("n")
n.me = n
del n
print("by exit")
