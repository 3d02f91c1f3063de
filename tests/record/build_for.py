#!/usr/bin/env python3
"""gcsim record --build-for: makes a recorder for an interpreter, or says why it can't.

    build_for.py GCSIM RECORDER_FOLDER VERSION

Exit status 77 if there is no interpreter of that version.
"""
import os
import shutil
import subprocess
import sys
import tempfile

import recorder

# What an interpreter answers, line by line; one answer is changed for each refusal.
ANSWERS = ["cpython", "3.11.7", "served", "/opt/python", "1", "/opt/libpython3.11.so", "0", "0", "/no/headers"]
REFUSALS = [
    (0, "pypy", "it is pypy, not CPython"),
    (2, "not served", "the recorder knows 3.9 to 3.13"),
    (4, "0", "it is built statically"),
    (6, "1", "without the global interpreter lock"),
    (7, "1", "Py_TRACE_REFS"),
    (8, "/still/no/headers", "its headers are not there"),
]


def main():
    gcsim, recorders, version = sys.argv[1:]
    _, python = recorder.find_or_skip(recorders, version)
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        # A gcsim of its own, which has the sources beside it but no recorder.
        own = shutil.copy(gcsim, os.path.join(folder, "gcsim"))
        shutil.copytree(os.path.join(recorders, "source"), os.path.join(folder, "tools", "record", "source"))
        data = os.path.join(folder, "data")

        def run(*arguments, **environment):
            return subprocess.run([own, "record", *arguments], capture_output=True, text=True, cwd=folder,
                                  env={**os.environ, "XDG_DATA_HOME": data, **environment})

        def expect(what, is_so, details):
            print(("fine: " if is_so else "FAULT: ") + what)
            if not is_so:
                faults.append(what)
                print(details)

        program = "--", python, "-c", "print([[]])"
        for answer, value, reason in REFUSALS:
            with open(os.path.join(folder, "fake"), "w") as file:
                file.write("#!/bin/sh\ncat <<'END'\n" + "\n".join(ANSWERS[:answer] + [value] + ANSWERS[answer + 1:]) + "\nEND\n")
            os.chmod(file.name, 0o755)
            done = run("--build-for", "./fake")
            expect(f"refused: {reason}", done.returncode == 2 and reason in done.stderr, done)
        done = run("--exact", "-o", "app.gct", *program)
        expect("a missing recorder is told with the way out", done.returncode == 2 and "--build-for" in done.stderr, done)
        done = run("--build-for", python, CC="false")
        expect("a compiler that fails is told", done.returncode == 5 and "can't be compiled" in done.stderr, done)
        expect("it leaves nothing", not os.path.exists(data) or not os.listdir(os.path.join(data, "gcsim", "recorders")), "")
        done = run("--build-for", python)
        expect("a recorder is made", done.returncode == 0 and version in done.stdout, done)
        for mode, options in recorder.OPTIONS_OF_MODE.items():
            done = run(*options, "-o", mode + ".gct", *program)
            expect(f"it records: {mode}",
                   done.returncode == 0 and done.stdout == "[[]]\n" and os.path.exists(os.path.join(folder, mode + ".gct")), done)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
