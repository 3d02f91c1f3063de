# Collects several times with nothing in between, and with something.
import gc

held = [[i] for i in range(5000)]
for _ in range(3):
    held.append(held)
    gc.collect()
    gc.collect()
    gc.collect(0)
    dicts = [{"a": i} for i in range(2000)]
print(len(held), len(dicts))
