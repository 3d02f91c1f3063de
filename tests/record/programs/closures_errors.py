"""Closures, generators left suspended, exceptions with tracebacks in cycles, classes created and dropped."""
import functools
import gc


def counter():
    n = 0
    while True:
        n += 1
        yield n


def failing(depth):
    if depth == 0:
        raise KeyError("deep")
    failing(depth - 1)


def make_class(k):
    class Local:
        tag = k

        def method(self):
            return __class__.tag

        @property
        def prop(self):
            return self.tag

        @functools.lru_cache(maxsize=4)
        def cached(self):
            return self.tag

    return Local().method() + Local().prop


errors = []
total = 0
for k in range(120):
    g = counter()
    next(g)
    holder = {"g": g}
    holder["self"] = holder
    try:
        failing(k % 6)
    except KeyError as error:
        caught = error
        if k % 30 == 0:
            errors.append(error)
    if k % 8 == 0:
        total += make_class(k)
    if k == 60:
        gc.set_threshold(500, 5)
    values = map(lambda x, y=k: x + y, range(3))
    total += sum(values) + len(set([k, k + 1]) | frozenset({k}))
print(total, len(errors))
