# versions: 3.9-
"""C1: gc.is_finalized says whether an object's finalizer has run: it will not run again."""
from __future__ import print_function

import gc

from watch import Node, yes


class Phoenix(Node):
    def __del__(self):
        global R_a
        Node.__del__(self)
        R_a = self


a = Phoenix("a")
print("is_finalized", yes(gc.is_finalized(a)))
del a
print("is_finalized", yes(gc.is_finalized(R_a)))
del R_a
print("=====")
