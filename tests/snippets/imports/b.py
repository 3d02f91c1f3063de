from __future__ import print_function

from found import found

print("b begins")
found("a")
import a
done = True
print("b ends")
