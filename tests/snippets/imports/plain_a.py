from found import found
from watch import Node

a1 = Node("a1")
_a2 = Node("_a2")
a3 = Node("a3")
done = True
