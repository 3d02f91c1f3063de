"""How the snippets show what a Python program can see of its memory: a line for each thing that happens."""
from __future__ import print_function

import gc
import weakref

_names = {}
_callbacks = []


class Node(object):
    """Prints `finalize NAME` when it dies. The name is kept outside, so that a new node has no attributes."""

    def __init__(self, name):
        _names[id(self)] = name

    def __del__(self):
        print("finalize", _names[id(self)])


class Plain(object):
    """Has no finalizer: its death is seen by watch()."""


def watch(thing, name):
    """A weak reference to `thing` that prints `callback NAME` when that dies."""
    _callbacks.append(lambda ref: print("callback", name))
    return weakref.ref(thing, _callbacks[-1])


def alive(ref, name):
    """Prints `alive NAME` or `dead NAME`: what the weak reference says of its object."""
    print("dead" if ref() is None else "alive", name)


def yes(truth):
    return "yes" if truth else "no"


def collect(generation=2):
    """Runs the collector and prints `return N`."""
    print("return", gc.collect(generation))


def tell(phase, info):
    """For gc.callbacks: prints `collect GENERATION collected N uncollectable N` after each collection."""
    if phase == "stop":
        print("collect", info["generation"], "collected", info["collected"],
              "uncollectable", info["uncollectable"])
