"""B3: doubly linked nodes whose __dict__ somebody has looked at: 4 objects are found in every version."""
from __future__ import print_function

import gc

from watch import Plain, collect

gc.disable()
gc.collect()
n1 = Plain()
n2 = Plain()
n1.next = n2
n2.prev = n1
n1.__dict__
n2.__dict__
del n1, n2
collect()
