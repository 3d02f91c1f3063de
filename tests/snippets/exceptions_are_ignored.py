"""C4: an exception raised in a __del__ or in a callback is printed and ignored; the death goes on."""
from __future__ import print_function

import gc
import sys
import weakref

from watch import Node, collect


class Careless(object):
    def __del__(self):
        print("finalize", "c" if self.__class__ is First else "a")
        raise ValueError("ignored")


class First(Careless):
    pass


def careless_callback(ref):
    print("callback", "w")
    raise ValueError("ignored, too")


class Silent(object):
    def write(self, text):
        pass

    def flush(self):
        pass


sys.stderr = Silent()
gc.disable()
gc.collect()
c = First()
kept = Node("kept")
c.x = kept
w = weakref.ref(c, careless_callback)
del kept
del c
a = Careless()
a.me = a
del a
collect()
sys.stderr = sys.__stderr__
