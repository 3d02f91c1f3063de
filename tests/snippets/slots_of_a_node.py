"""B3: doubly linked nodes with __slots__ have no dict: 2 objects are found in every version."""
from __future__ import print_function

import gc

from watch import collect


class Slotted(object):
    __slots__ = ("next", "prev")


gc.disable()
gc.collect()
n1 = Slotted()
n2 = Slotted()
n1.next = n2
n2.prev = n1
del n1, n2
collect()
