#!/usr/bin/env python3
"""Records programs exactly and compares replays of the recordings with what CPython does by itself.

    exact.py GCSIM RECORDER_FOLDER VERSION PROGRAM...
    exact.py GCSIM RECORDER_FOLDER VERSION --store FOLDER PROGRAM     keeps the recording, and the truth as JSON

Each program is recorded once. Then CPython runs it under several thresholds without a recorder, and the replay of
the one recording must end with the same collections, the same number of collected objects and the same counts. So must those of
children that it forks.
Exit status 77 if there is no interpreter of that version.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import recorder

THRESHOLDS = ["50,5,5", "100,10,10", "300,3,2", "700,10,10", "2000,10,10", "0,0,0"]
LOWEST = "10,2,2"  # where collections come this often, only 3.11 is exact
ENVIRONMENT = {**os.environ, "PYTHONHASHSEED": "0"}


def run(command, **more):
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, **more)


def in_order(folder, beginning, end=""):
    """A file of the program itself, and those of its children, which have the process's number in their names."""
    middle = re.compile(re.escape(beginning) + r"(?:\.(\d+))?" + re.escape(end))
    found = [(int(match[1] or 0), name) for name in os.listdir(folder) if (match := middle.fullmatch(name))]
    return [os.path.join(folder, name) for _, name in sorted(found)]


def figures_of_truth(path):
    with open(path) as file:
        said = json.load(file)
    os.remove(path)
    return [said["collections"], said["collected"], said["count"]]


def truth(launcher, python, program, threshold, folder):
    output = os.path.join(folder, "truth.json")
    done = run([launcher, "--truth", threshold, "--output", output, "--", python, program])
    if done.returncode != 0:
        sys.exit(f"the truth run ended with {done.returncode}: {done.stderr}")
    return [figures_of_truth(path) for path in in_order(folder, "truth.json")], done.stdout


def replay(gcsim, trace, threshold):
    done = run([gcsim, "replay", trace, "--threshold", threshold, "--events", "none", "--format", "json"])
    if done.returncode != 0:
        sys.exit(f"the replay ended with {done.returncode}: {done.stderr}")
    said = json.loads(done.stdout)
    generations = said["generations"]
    return [[g["collections"] for g in generations], [g["collected"] for g in generations], said["counts"]]


def store(trace, runs, program, version, folder):
    name = os.path.splitext(os.path.basename(program))[0].replace("_", "-") + "-" + version.rsplit(".", 1)[0]
    shutil.copy(trace, os.path.join(folder, name + ".gct"))
    with open(os.path.join(folder, name + ".truth.json"), "w") as file:
        file.write('{"python": "%s", "runs": [\n' % version + ",\n".join(json.dumps(run) for run in runs) + "\n]}\n")


def check(gcsim, launcher, python, version, program, folder, keep):
    trace = os.path.join(folder, "program.gct")
    done = run([gcsim, "record", "--exact", "--force", "-o", trace, "--", python, program])
    traces = in_order(folder, "program", ".gct")
    if done.returncode != 0 or (done.stderr and len(traces) == 1):
        return [f"recording ended with {done.returncode}: {done.stderr}"]
    faults, runs = [], []
    lowest = [LOWEST] if version.startswith("3.11.") and not keep else []
    for threshold in THRESHOLDS + lowest:
        expected, output = truth(launcher, python, program, threshold, folder)
        if output != done.stdout:
            faults.append(f"under {threshold} it prints {output!r}, recorded {done.stdout!r}")
        names = "threshold", "collections", "collected", "count"
        runs.append(dict(zip(names, [[int(t) for t in threshold.split(",")], *expected[0]])))
        got = [replay(gcsim, trace, threshold) for trace in traces]
        if got != expected:
            faults.append(f"under {threshold}: CPython {expected}\n{' ' * len(threshold)}    replayed {got}")
    if keep and not faults:
        keep(trace, runs)
    return faults


def main():
    gcsim, folder, version, *programs = sys.argv[1:]
    target = None
    if programs[0] == "--store":
        target, programs = programs[1], programs[2:]
    launcher, python = recorder.find_or_skip(folder, version)
    bad = 0
    for program in programs:
        with tempfile.TemporaryDirectory() as temporary:
            keep = target and (lambda trace, runs: store(trace, runs, program, version, target))
            faults = check(gcsim, launcher, python, version, program, temporary, keep)
        bad += bool(faults)
        print(f"{version} {os.path.basename(program)}: {'as CPython' if not faults else 'DIFFERS'}")
        for fault in faults:
            print("  " + fault)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
