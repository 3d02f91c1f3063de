from __future__ import print_function

from found import found

print("a begins")
found("b")
import b
done = True
print("a ends")
