#!/usr/bin/env python3
"""gcsim truth: two plain runs agree, and a recording's prediction stands beside them and is the same.

    truth.py GCSIM RECORDER_FOLDER VERSION PROGRAM

Exit status 77 if there is no interpreter of that version.
"""
import json
import os
import subprocess
import sys
import tempfile

import recorder


def main():
    gcsim, recorders, version, program = sys.argv[1:]
    found = recorder.find(recorders, version)
    if not found:
        print(f"skipped: no recorder and interpreter of CPython {version}")
        return 77
    python = found[1]
    with tempfile.TemporaryDirectory() as folder:
        trace = os.path.join(folder, "program.gct")
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        subprocess.run([gcsim, "record", "--exact", "-o", trace, "--", python, program], env=environment, check=True,
                       stdout=subprocess.DEVNULL)
        done = subprocess.run([gcsim, "truth", "--threshold", "100,10,10", "--threshold", "300,3,2", "--trace", trace,
                               "--format", "json", "--", python, program], env=environment, capture_output=True,
                              text=True)
    print(done.stdout, done.stderr)
    if done.returncode != 0:
        return 1
    runs = json.loads(done.stdout)
    is_run = len(runs) == 2 and all(sum(run["truth"]["collections"]) > 0 for run in runs)
    return 0 if is_run and all(run["truth"] == run["predicted"] for run in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
