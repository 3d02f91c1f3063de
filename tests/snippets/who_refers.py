"""B11: get_referrers, get_referents, get_objects: in the order of the collector's lists and of each object's members."""
from __future__ import print_function

import gc

from watch import collect, yes

gc.disable()
gc.collect()
x = []
l = [x, x]
t = (l, x)
d = {"k": x}
e = {"k": 1}
known = {id(x): "x", id(l): "l", id(t): "t", id(d): "d", id(e): "e"}


def tell(what, objects):
    """Those of this program; strings, which are keys, by their type."""
    names = [known.get(id(o), "<str>") for o in objects if id(o) in known or isinstance(o, str)]
    print(what, *(names or ["none"]))


tell("referrers", [o for o in gc.get_referrers(x) if id(o) in known])
tell("referrers", [o for o in gc.get_referrers(l, x) if id(o) in known])
tell("referents", gc.get_referents(l, t))
tell("referents", gc.get_referents(d))
tell("get_objects", [o for o in gc.get_objects() if id(o) in known])
print("is_tracked", yes(gc.is_tracked(d)))
print("is_tracked", yes(gc.is_tracked(e)))
collect(0)
tell("get_objects", [o for o in gc.get_objects() if id(o) in known])
print("enabled", yes(gc.isenabled()))
print("garbage", *(gc.garbage or ["none"]))
