"""D2: functions of one module have constants of their own up to 3.7; from 3.8 on they share them."""
from __future__ import print_function

import sys

from watch import yes

MODULE = """
def outer():
    a = 1000
    def inner():
        b = 1000
        return b
    return a, inner()
"""
names = {}
exec(compile(MODULE, "module", "exec"), names)
a, b = names["outer"]()
print("is", yes(a is b))
print("getrefcount", sys.getrefcount(a))
names.clear()
print("getrefcount", sys.getrefcount(a))
