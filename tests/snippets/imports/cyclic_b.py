from found import found
from watch import Node

b1 = Node("b1")
_b2 = Node("_b2")


def f():
    pass


done = True
