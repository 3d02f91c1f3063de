"""C1: __del__ runs when an object is about to die, and may bind it to a name again. Since 3.4 it runs once."""
from __future__ import print_function

from watch import Node


class Phoenix(Node):
    def __del__(self):
        global R_a
        Node.__del__(self)
        R_a = self


a = Phoenix("a")
del a
print("=====")
del R_a
