from __future__ import print_function

from found import found


def say_b():
    print("b")


print("b imports a")
found("partly_a")
from partly_a import say_a
print("b ends")
done = True
