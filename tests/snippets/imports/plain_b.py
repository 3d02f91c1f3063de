from found import found
from watch import Node

b1 = Node("b1")
_b2 = Node("_b2")
b3 = Node("b3")
found("plain_a")
import plain_a
done = True
