"""Short-lived containers of all kinds: free lists and what goes past them, slices, tuples that become untracked."""
import gc


class Node:
    __slots__ = "next", "payload"


class Plain:
    pass


def ring(length):
    first = last = Node()
    for _ in range(length):
        node = Node()
        last.next, node.payload = node, [length]
        last = node
    last.next = first


def copies(k):
    a = [k, (k, (k + 1,)), {k: [k]}]
    b, c = list(a), a[:]
    d = dict(enumerate(b))
    e = d.copy()
    f = {**e, "f": tuple(c)}
    return [x for x in (b, c, d, e, f)]


kept = []
for k in range(400):
    copies(k)
    if k % 3 == 0:
        ring(k % 9)
    if k % 5 == 0:
        p = Plain()
        p.me, p.fn = p, lambda: p
    if k % 40 == 0:
        kept.append(tuple([(k, str(k)), (k,)]))
        kept.append({k: (k, k)})
    if k % 100 == 50:
        gc.collect(k // 100 % 3)
    s = [j for j in range(20)][2:k % 15:2]
print(len(kept), gc.isenabled())
