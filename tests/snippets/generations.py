# versions: 3.8-
"""B4: containers live in a list for each generation, new ones in the youngest; a collection moves survivors one up."""
from __future__ import print_function

import gc


def show():
    lists = []
    for generation in range(3):
        mine = [name for thing in gc.get_objects(generation) for name in "abd" if thing is globals().get(name)]
        lists.append("[%s]" % " ".join(mine))
    print("generations", *lists)


gc.disable()
gc.collect()
show()
a = []
i = 1000
d = {}
show()
d["k"] = a                 # a dict is tracked when it holds something the collector cares for
show()
print("return", gc.collect(0))
b = []
show()
print("return", gc.collect(1))
show()
print("return", gc.collect())
show()
