#!/usr/bin/env python3
"""Compares what the collections of a replay walk with what a run with hooks saw CPython walk: the same, but for one in
a thousand, since the hooks do not know all that the interpreter made before them.

    walked.py GCSIM RECORDER_FOLDER VERSION PROGRAM

Exit status 77 if there is no interpreter of that version.
"""
import json
import os
import subprocess
import sys
import tempfile

import recorder

THRESHOLD = "700,10,10"


def run(*command):
    done = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def main():
    gcsim, folder, version, program = sys.argv[1:]
    launcher, python = recorder.find_or_skip(folder, version)
    with tempfile.TemporaryDirectory() as scratch:
        trace, truth = os.path.join(scratch, "program.gct"), os.path.join(scratch, "truth.json")
        run(gcsim, "record", "--exact", "--no-check", "-o", trace, "--", python, program)
        run(launcher, "--truth", THRESHOLD, "--output", truth, "--measure", "yes", "--", python, program)
        said = json.loads(run(gcsim, "replay", trace, "--threshold", THRESHOLD, "--events", "none", "--format", "json"))
        with open(truth) as file:
            true = json.load(file)["visited"]
    replayed = [g["visited"] for g in said["generations"]]
    print(f"walked: {true} in CPython {version}, {replayed} in the replay")
    return 0 if all(abs(a - b) * 1000 <= b for a, b in zip(replayed, true)) else 1


if __name__ == "__main__":
    sys.exit(main())
