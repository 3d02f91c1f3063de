"""F1: circular imports of names: the module is only partly initialised, an ImportError leaves both, and neither stays."""
from __future__ import print_function

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "imports"))
from found import found

try:
    found("c")
    from c import say_c
except ImportError as error:
    print("import_error", str(error).split(" (/")[0])
found("c")
found("d")
