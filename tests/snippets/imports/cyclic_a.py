from found import found
from watch import Node

a1 = Node("a1")
_a2 = Node("_a2")


def f():
    pass


done = True
