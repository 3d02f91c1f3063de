"""A9: a generator goes while its frame object is kept: 3.13 frees its locals at once, 3.12 keeps its caller's, too."""
from __future__ import print_function

import gc
import sys

from watch import Node, collect

gc.disable()
gc.collect()
kept = []


def walk(name, box):
    n = Node(name)
    kept.append(sys._getframe())
    yield


def dropped():
    c = Node("c1")
    g = walk("n1", None)
    next(g)
    print("=====")
    del g
    print("-----")


def in_a_cycle():
    c = Node("c2")
    box = []
    g = walk("n2", box)
    box.append(g)
    next(g)
    del g, box
    collect()
    print("-----")


def ended():
    c = Node("c3")
    g = walk("n3", None)
    next(g)
    next(g, None)
    print("-----")


for run in dropped, in_a_cycle, ended:
    run()
    print("left")
    kept.pop()
collect()
