from __future__ import print_function

from found import found


def say_a():
    print("a")


print("a imports b")
found("partly_b")
from partly_b import say_b
print("a ends")
done = True
