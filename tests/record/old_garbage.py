#!/usr/bin/env python3
"""What a function drops when it returns is old by then, and no death tells of it, only looks at the heap: replays of a fast
recording find it in the collections that CPython finds it in.

    old_garbage.py GCSIM RECORDER_FOLDER VERSION PROGRAM

Exit status 77 if there is no interpreter of that version.
"""
import os
import sys
import tempfile

import recorder
from exact import replay, run, truth

# One tree more or less in a collection is more than that.
COLLECTED = 0.01
THRESHOLDS = ["700,10,10", "2000,10,10", "5000,10,10", "10000,10,10"]


def main():
    gcsim, folder, version, program = sys.argv[1:]
    found = recorder.find_or_skip(folder, version)
    bad = 0
    with tempfile.TemporaryDirectory() as temporary:
        trace = os.path.join(temporary, "program.gct")
        run([gcsim, "record", "--no-check", "-o", trace, "--", found[1], program])
        for threshold in THRESHOLDS:
            [(collections, collected, _)], _ = truth(*found, program, threshold, temporary)
            predicted = replay(gcsim, trace, threshold)[:2]
            is_near = abs(sum(predicted[1]) - sum(collected)) <= COLLECTED * sum(collected)
            is_fine = predicted[0] == collections and is_near
            print(f"{'fine' if is_fine else 'FAULT'}: under {threshold}: CPython {collections} {collected}, replayed {predicted}")
            bad += not is_fine
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
