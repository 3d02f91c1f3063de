"""F1: what a module has bound before its import is there for whoever imports it meanwhile: no error."""
from __future__ import print_function

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "imports"))
from found import found

found("partly_a")
from partly_a import say_a
found("partly_b")
from partly_b import say_b
