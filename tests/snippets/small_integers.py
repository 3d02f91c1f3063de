"""D1: the integers from -5 to 256 exist once, whatever they are computed from; all others are made anew."""
from __future__ import print_function

from watch import yes

for text in ["-6", "-5", "0", "256", "257"]:
    x = int(text)
    y = int(text)
    print("is", yes(x is y))
