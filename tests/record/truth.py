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


def main():
    gcsim, recorders, version, program = sys.argv[1:]
    launcher = os.path.join(recorders, "gcsim-record-" + version)
    if not os.path.exists(launcher):
        print(f"skipped: no recorder for CPython {version}")
        return 77
    library = subprocess.run([launcher, "--library"], capture_output=True, text=True).stdout.strip()
    python = os.path.join(os.path.dirname(os.path.dirname(library)), "bin", "python3")
    if not library or not os.path.exists(python):
        print(f"skipped: no interpreter for {launcher}")
        return 77
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
