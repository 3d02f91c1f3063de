#!/usr/bin/env python3
"""gcsim truth: two plain runs agree, and a recording's prediction stands beside them and is the same. Pauses are told where
they are asked for, with how far off the estimate was; no time is expected.

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
    _, python = recorder.find_or_skip(recorders, version)
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    faults = []

    def run(*words):
        return subprocess.run([gcsim, *words], env=environment, capture_output=True, text=True)

    def expect(what, is_so, *details):
        print(("fine: " if is_so else "FAULT: ") + what)
        if not is_so:
            faults.append(what)
            print(*details)

    with tempfile.TemporaryDirectory() as folder:
        trace, calibration = os.path.join(folder, "program.gct"), os.path.join(folder, "calibration.json")
        run("record", "--exact", "-o", trace, "--", python, program)
        command = ["truth", "--threshold", "100,10,10", "--threshold", "300,3,2", "--trace", trace, "--format", "json"]
        done = run(*command, "--", python, program)
        runs = json.loads(done.stdout) if done.returncode == 0 else []
        is_run = len(runs) == 2 and all(sum(run["truth"]["collections"]) > 0 for run in runs)
        expect("there are collections", is_run, done)
        expect("the prediction is the truth", all(run["truth"] == run["predicted"] for run in runs), done)
        expect("of pauses nothing is said", "pauses" not in done.stdout, done)

        done = run(*command, "--pauses", "--calibration", calibration, "--", python, program)
        runs = json.loads(done.stdout) if done.returncode == 0 else []
        keys = "pauses_milliseconds", "predicted_pauses_milliseconds", "pauses_error"
        expect("pauses are told on demand, with their error", len(runs) == 2 and all(run[key] >= 0 for run in runs for key in keys), done)
        shown = run("replay", trace, "--events", "none")
        expect("a replay says nothing of pauses", "Pauses" not in shown.stdout, shown)
        shown = run("replay", trace, "--events", "none", "--threshold", "100,10,10", "--calibration", calibration)
        expect("with the calibration it estimates them", "Pauses, an estimate" in shown.stdout and "was off by up to" in shown.stdout, shown)
        shown = run("replay", trace, "--threshold", "100,10,10", "--calibration", calibration, "--format", "json")
        estimate = json.loads(shown.stdout)["pauses_estimate"]
        # Rounding aside it is the prediction of gcsim truth.
        expect("it is the same as that of gcsim truth", runs and abs(sum(estimate["milliseconds"]) - runs[0][keys[1]]) < 1e-6, estimate, runs)
        shown = run("replay", trace, "--calibration", trace)
        expect("another file is refused", shown.returncode == 2 and "is no calibration" in shown.stderr, shown)
        done = run("truth", "--threshold", "0", "--threshold", "0,0,0", "--pauses", "--", python, "-c", "pass")
        expect("bad thresholds are refused", done.returncode == 2, done)
        done = run("truth", "--threshold", "0,0,0", "--pauses", "--", python, "-c", "pass")
        expect("too few collections give no estimate", done.returncode == 2 and "too few" in done.stderr, done)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
