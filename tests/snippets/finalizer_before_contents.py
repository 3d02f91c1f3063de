"""C1: a finalizer runs while everything the object refers to is still there."""
from __future__ import print_function

from watch import Node

parent = Node("parent")
child = Node("child")
parent.child = child
del child
print("=====")
del parent
