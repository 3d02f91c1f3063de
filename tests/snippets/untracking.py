# versions: 3.8-
"""B4: every collection stops tracking tuples without anything the collector cares for, full ones also dicts."""
from __future__ import print_function

import gc


def show():
    lists = []
    for generation in range(3):
        mine = [name for thing in gc.get_objects(generation) for name in "tld" if thing is globals().get(name)]
        lists.append("[%s]" % " ".join(mine))
    print("generations", *lists)


gc.disable()
gc.collect()
i = float("1.5")
t = (i, None)
d = {}
l = []
d["k"] = l                 # a list inside: the dict is tracked
del d["k"]
show()
print("return", gc.collect(1))
show()
print("return", gc.collect())
show()
