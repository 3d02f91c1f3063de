#!/usr/bin/env python3
"""A program that is killed at any moment, inside the recorder or outside, leaves a trace that says so and can be replayed.

    killed.py GCSIM RECORDER_FOLDER VERSION exact|fast

Exit status 77 if there is no interpreter of that version.
"""
import json
import os
import subprocess
import sys
import tempfile

import recorder

# The alarm, which nobody handles, ends the process wherever it is; no moment is expected.
PROGRAM = """import signal, sys
signal.setitimer(signal.ITIMER_REAL, float(sys.argv[1]))
kept, k = [], 0
while True:
    k += 1
    holder = {"k": [k]}
    holder["me"] = holder
    kept = [holder, [kept[-1] if k % 50 and kept else None]]
"""
MOMENTS = [0.003 * 1.42**k for k in range(12)]


def fault_at(moment, gcsim, python, mode, folder):
    trace = os.path.join(folder, "killed.gct")
    command = [gcsim, "record", *recorder.OPTIONS_OF_MODE[mode], "--force", "-o", trace, "--", python,
               os.path.join(folder, "app.py"), str(moment)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != -14 or "is incomplete: the program was ended" not in done.stderr:
        return f"recording ended with {done.returncode}: {done.stderr}"
    shown = subprocess.run([gcsim, "replay", trace, "--events", "none"], capture_output=True, text=True)
    if shown.returncode != 0 or "the recording was cut short" not in shown.stdout:
        return f"the replay ended with {shown.returncode}: {shown.stdout}{shown.stderr}"
    done = subprocess.run([gcsim, "replay", trace, "--events", "none", "--format", "json"], capture_output=True, text=True)
    said = json.loads(done.stdout)
    print(f"{moment:.4f} s: {said['trace']['events']} events")
    return None if said["trace"].get("cut_short") else "the trace does not say that it was cut short"


def main():
    gcsim, recorders, version, mode = sys.argv[1:]
    found = recorder.find_or_skip(recorders, version)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "app.py"), "w") as file:
            file.write(PROGRAM)
        faults = [fault for moment in MOMENTS if (fault := fault_at(moment, gcsim, found[1], mode, folder))]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
