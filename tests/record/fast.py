#!/usr/bin/env python3
"""Records programs in both modes: the fast one sees the same births, and its replays come near CPython's figures. Children
that they fork are recorded as well.

    fast.py GCSIM RECORDER_FOLDER VERSION PROGRAM...

Exit status 77 if there is no interpreter of that version.
"""
import json
import os
import subprocess
import sys
import tempfile

import recorder
from exact import ENVIRONMENT, in_order, replay, run, truth

# What is asked for of small programs: collections of generation 0 within one, and of what they collect so much, or what a few
# collections can find. Where much becomes garbage at once, one that comes a little later finds all of it: that is asked for only
# of the program itself, whose children go through the same.
COLLECTED = 0.35
FEW = 2
# A collection closes suspended generators and coroutines, which makes these; exact recordings have no collections.
MADE_BY_CLOSING = {"frame", "traceback", "GeneratorExit", "StopIteration", "RuntimeError"}
THRESHOLDS = ["100,10,10", "300,10,10", "700,10,10", "2000,10,10"]


def births(gcsim, trace):
    """Types and sizes, in order; objects older than the recording are met when they die. What exact recordings add for each
    type, of 1 byte, is no object."""
    text = subprocess.run([gcsim, "convert", trace, "--to", "jsonl"], env=ENVIRONMENT, capture_output=True,
                          text=True, check=True).stdout
    events = [json.loads(line) for line in text.splitlines()[1:]]
    return [(e["type"], e["size"]) for e in events
            if e.get("op") == "alloc" and not e.get("before") and e["size"] > 1 and e["type"] not in MADE_BY_CLOSING]


def check_births(gcsim, exact, fast):
    a, b = births(gcsim, exact), births(gcsim, fast)
    if a == b:
        return []
    at = next((k for k, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return [f"{len(b)} births, of {len(a)}; the first difference is birth {at}: {a[at:at + 3]} {b[at:at + 3]}"]


def check_figures(gcsim, launcher, python, program, traces, folder):
    faults = []
    for threshold in THRESHOLDS:
        figures, _ = truth(launcher, python, program, threshold, folder)
        if len(figures) != len(traces):
            faults.append(f"{len(traces)} processes, of {len(figures)}")
        for (collections, collected, _), trace in zip(figures, traces):
            got = replay(gcsim, trace, threshold)
            allowed = max(COLLECTED * sum(collected), FEW * int(threshold.split(",")[0]))
            is_near = trace != traces[0] or abs(sum(got[1]) - sum(collected)) <= allowed
            if abs(got[0][0] - collections[0]) > 1 or not is_near:
                faults.append(f"under {threshold}: CPython {collections} {collected}, replayed {got[0]} {got[1]}")
    return faults


def check(gcsim, launcher, python, program, folder):
    exact, fast = os.path.join(folder, "exact.gct"), os.path.join(folder, "fast.gct")
    plain = run([gcsim, "record", "--exact", "-o", exact, "--", python, program])
    done = run([gcsim, "record", "-o", fast, "--", python, program])
    if done.returncode != 0 or done.stdout != plain.stdout:
        return [f"recording ended with {done.returncode}: {done.stdout} {done.stderr}"]
    is_told = "a replay has" in done.stderr or "how good it is" in done.stderr
    faults = [] if is_told else ["its quality is not told: " + done.stderr]
    if "were not seen" in done.stderr:
        faults.append(done.stderr)
    traces = in_order(folder, "fast", ".gct")
    for pair in zip(in_order(folder, "exact", ".gct"), traces):
        faults += check_births(gcsim, *pair)
    return faults + check_figures(gcsim, launcher, python, program, traces, folder)


def main():
    gcsim, folder, version, *programs = sys.argv[1:]
    found = recorder.find_or_skip(folder, version)
    bad = 0
    for program in programs:
        with tempfile.TemporaryDirectory() as temporary:
            faults = check(gcsim, *found, program, temporary)
        bad += bool(faults)
        print(f"{version} {os.path.basename(program)}: {'as it should be' if not faults else 'DIFFERS'}")
        for fault in faults:
            print("  " + fault)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
