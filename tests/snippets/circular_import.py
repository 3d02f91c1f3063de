"""F1: circular imports. A script that is b imports a, which imports b, which imports a: order b, a, b, no error."""
from __future__ import print_function

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "imports"))
from found import found

print("b begins")
found("a")
import a
print("b ends")
found("b")
import b
