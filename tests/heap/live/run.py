"""Run by a real interpreter (2.7 to 3.13): all sequences, one line each on stdout.

    python run.py FOLDER OFFSET     the module's folder; bytes behind a pool's boundary, or -1: the system decides

NAME OFFSET(-1: they differ) ARENAS-ALLOCATED ARENAS-RELEASED PEAK-ARENAS POOLS PEAK-POOLS DIGEST. Where sys._debugmallocstats() exists
all but the digest are what it says; the hook's and the pools' own figures must agree with it, or this fails.
"""
import re
import sys

sys.path.insert(0, sys.argv[1])
import gcsim_heap  # noqa: E402

FIGURES = {
    "allocated": r"# arenas allocated total += +([\d,]+)",
    "released": r"# arenas reclaimed += +([\d,]+)",
    "highest": r"# arenas highwater mark += +([\d,]+)",
    "arenas": r"# arenas allocated current += +([\d,]+)",
    "unused": r"([\d,]+) unused pools",
}


def figures(text):
    found = dict((k, int(re.search(pattern, text).group(1).replace(",", ""))) for k, pattern in FIGURES.items())
    classes = [[int(n) for n in line.split()] for line in text.split("\n") if re.match(r"( +\d+){5}$", line)]
    found["pools"] = sum(fields[2] for fields in classes)
    found["available"] = sum(fields[4] for fields in classes)
    return found


def require(holds, what):
    if not holds:
        raise SystemExit("CPython's figures do not agree: " + what)


def confirmed(seen, again):
    """The figures of sys._debugmallocstats(), of two runs: the second was stopped at the peak of the first."""
    start, _, end = [figures(text) if text else None for text in seen["stats"]]
    base, peak, _ = map(figures, again["stats"])
    require(start["unused"] == start["available"] == 0, "the heap is not full at the start")
    require(end["allocated"] - start["allocated"] == seen["allocated"], "arenas allocated")
    require(end["released"] - start["released"] == seen["released"], "arenas released")
    require(end["arenas"] - start["arenas"] == seen["allocated"] - seen["released"], "arenas at the end")
    require(end["highest"] == max(start["highest"], start["arenas"] + seen["peak_arenas"]), "arenas at the peak")
    require(end["pools"] - start["pools"] == seen["pools"], "pools at the end")
    require(peak["pools"] - base["pools"] == seen["peak_pools"], "pools at the peak")
    is_placed_alike = seen["uniform"] and again["uniform"] and seen["offset"] == again["offset"]
    require(again["digest"] == seen["digest"] or not is_placed_alike, "two runs differ")


def main():
    offset = int(sys.argv[2])
    for which, name in enumerate(gcsim_heap.names()):
        seen = gcsim_heap.run(which, offset, -1)
        again = gcsim_heap.run(which, offset, seen["peak_step"])
        # The system may place one arena at a pool's boundary and the next one not: then no offset describes the run.
        offset_seen = seen["offset"] if seen["uniform"] else -1
        if hasattr(sys, "_debugmallocstats"):
            confirmed(seen, again)
        print("%s %d %d %d %d %d %d %016x" % (name, offset_seen, seen["allocated"], seen["released"],
                                              seen["peak_arenas"], seen["pools"], seen["peak_pools"], seen["digest"]))


main()
