"""A10: the right side is evaluated before the name moves: {"a": a} holds the old dict and makes no cycle."""
from __future__ import print_function

import gc

from watch import collect

gc.disable()
gc.collect()
a = {"x": "1"}
a = {"a": a}
del a
collect()
a = {}
a["a"] = a                 # the name has moved already
del a
collect()
