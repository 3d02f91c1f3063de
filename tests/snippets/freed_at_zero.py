"""A1: an object is freed at the instant its reference count reaches 0, before the next statement."""
from __future__ import print_function

from watch import Node

n1 = Node("ABC")
n1 = Node("JKL")
print("=====")
del n1
