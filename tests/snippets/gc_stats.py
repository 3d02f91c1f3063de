# versions: 3.6-
"""B11: gc.get_stats counts collections and what they found, for each generation."""
from __future__ import print_function

import gc


def show():
    numbers = []
    for now, before in zip(gc.get_stats(), start):
        numbers += [now[key] - before[key] for key in ("collections", "collected", "uncollectable")]
    print("stats", *numbers)


gc.disable()
gc.collect()
start = gc.get_stats()
show()
l = []
l.append(l)
del l
print("return", gc.collect())
show()
print("return", gc.collect(0))
print("return", gc.collect(0))
print("return", gc.collect(1))
show()
