"""Says how the next import will find its module: modules here set `done` when their execution ends."""
from __future__ import print_function

import sys


def found(name):
    module = sys.modules.get(name)
    print("module", "new" if module is None else "ready" if hasattr(module, "done") else "partial")
