"""What is measured: workloads of `gcsim generate`, and which of their knobs follows the number of live objects."""

# Those with the goals' proportions at every size; the others at the smaller ones.
MIXED = "mixed"
POPULATIONS = {"mixed": {}, "churn": {}, "instances": {}}
LARGEST_OF_OTHERS = 1000000
# At the smallest size only.
STRUCTURES = {"attributes": {}, "deque": {}, "weakrefs": {}, "growth": {}, "tree": {}, "chain": {}, "stars": {},
              "rings": {"width": 5, "cyclic": 100}}
SIZED = {"mixed": "live", "churn": "live", "instances": "live", "attributes": "live", "deque": "live", "weakrefs": "live",
         "chain": "depth", "stars": "width"}
NAMES = list(POPULATIONS) + list(STRUCTURES)


def request(name, live, events, more=None):
    """The workload at this size: what gcsim_bench understands."""
    knobs = dict(POPULATIONS.get(name) or STRUCTURES.get(name) or {}, events=events, **(more or {}))
    if name in SIZED:
        knobs[SIZED[name]] = live
    return {"workload": name, "knobs": knobs}


# Read from the binary form: the smallest workload is the hardest, since there is least to hide the reading behind.
BINARY = (("mixed", 10000), ("mixed", 1000000), ("instances", 10000), ("churn", 10000))
# Swept: with so many live objects, over so many events.
SWEPT = (("churn", 10000, 500000), ("instances", 10000, 500000), ("mixed", 10000, 500000), ("churn", 1000000, 5000000))

# Full collections of many objects, in order of birth and scrambled (a choice of the workload's).
NETWORK_OBJECTS = 1000000
ORDERS = (0, 1)


def network(order):
    return {"workload": "network", "knobs": {"live": NETWORK_OBJECTS, "events": 5, "order": order}}


def plan(names, sizes):
    """(name, live objects) of each row, in the order of the table."""
    for live in sizes:
        for name in names:
            if name in STRUCTURES and live == min(sizes):
                yield name, live
            elif name == MIXED or (name in POPULATIONS and (live <= LARGEST_OF_OTHERS or live == min(sizes))):
                yield name, live
