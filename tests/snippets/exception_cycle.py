"""A9: an exception saved in a local of its own frame: a cycle of 3 objects, since 3.0. 2.7 has no __traceback__."""
from __future__ import print_function

import gc

from watch import collect

gc.disable()
gc.collect()


def f():
    try:
        raise ValueError()
    except ValueError as e:
        saved = e


f()
print("=====")
collect()
