"""D2: in one code unit equal constants are one object; statements at the prompt are units of their own."""
from __future__ import print_function

from watch import yes


def at_the_prompt(statement):
    exec(compile(statement, "prompt", "single"), globals())


at_the_prompt("a = 257")
at_the_prompt("b = 257")
print("is", yes(a is b))            # noqa: F821
at_the_prompt("a = -1.0")
at_the_prompt("b = -1.0")
print("is", yes(a is b))            # noqa: F821


def in_one_unit():
    c = 257
    d = 257
    print("is", yes(c is d))
    e = -1.0
    f = -1.0
    print("is", yes(e is f))
    g = 1000
    h = 1000.0
    print("is", yes(g is h))
    i = 0.0
    j = -0.0
    print("is", yes(i is j))
    s = "hello world"
    t = "hello world"
    print("is", yes(s is t))
    r = " ".join(["hello", "world"])
    print("is", yes(r is s))


in_one_unit()
