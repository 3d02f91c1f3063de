"""D3: constants that look like names are interned, one object in all code; others are not. sys.intern does it too."""
from __future__ import print_function

import sys

from watch import yes

intern = getattr(sys, "intern", None) or intern  # noqa: F821


def at_the_prompt(statement):
    exec(compile(statement, "prompt", "single"), globals())


at_the_prompt("a = 'abcd'")
at_the_prompt("b = 'abcd'")
print("is", yes(a is b))            # noqa: F821
at_the_prompt("c = 'hello world'")
at_the_prompt("d = 'hello world'")
print("is", yes(c is d))            # noqa: F821
e = "".join(["ab", "cd"])
print("is", yes(a is e))            # noqa: F821
f = intern(e)
print("is", yes(a is f))            # noqa: F821
g = intern(c)                       # noqa: F821
h = intern(d)                       # noqa: F821
print("is", yes(g is h))
at_the_prompt("k = 'never_seen_before'")
print("getrefcount", sys.getrefcount(k))   # noqa: F821
