#!/usr/bin/env python3
"""Where real CPython puts blocks: its recordings, and every interpreter found here.

    heap.py live            run all sequences in every interpreter, compare with recordings/; 1: something differs
    heap.py record [3.11 ..]  write the recordings anew, of all interpreters found
"""
import hashlib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "conformance", "live"))
import interpreters  # noqa: E402

LIVE = os.path.join(HERE, "live")
BUILT = os.environ.get("GCSIM_LIVE_BUILD", os.path.join(LIVE, "build"))
AT_BOUNDARY, BEHIND_BOUNDARY, BY_SYSTEM = 0, 4096, -1
COLUMNS = "# sequence, arena offset (bytes), arenas allocated, released, at the peak, pools at the end, at the peak, digest\n"


def build(interpreter):
    """The folder of the module gcsim_heap, built unless it is there for these sources."""
    digest = hashlib.sha256(interpreter.python.encode())
    for source in (os.path.join(LIVE, "harness.c"), os.path.join(HERE, "sequences.h")):
        with open(source, "rb") as f:
            digest.update(f.read())
    folder = os.path.join(BUILT, "%s-%s" % (interpreter.version, digest.hexdigest()[:12]))
    module = os.path.join(folder, "gcsim_heap.so")
    if not os.path.exists(module):
        os.makedirs(folder, exist_ok=True)
        subprocess.run([os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", "-fno-strict-aliasing", "-w",
                        "-I" + interpreter.include, "-o", module, os.path.join(LIVE, "harness.c")], check=True)
    return folder


def run(interpreter, offset):
    """{(sequence, arena offset): [figures .., digest]}; ends the program if the interpreter's own figures disagree."""
    folder = build(interpreter)
    environment = {k: v for k, v in os.environ.items() if k not in interpreters.LEAVES_UNSET}
    if interpreter.minor == "2.7":
        environment["LD_PRELOAD"] = os.path.join(folder, "gcsim_heap.so")  # it stands in for mmap
    command = [interpreter.python, "-S", os.path.join(LIVE, "run.py"), folder, str(offset)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True,
                          env=environment)
    if done.returncode != 0:
        raise SystemExit("CPython %s: %s" % (interpreter.version, done.stderr.strip().split("\n")[-1]))
    return parsed(done.stdout)


def parsed(text):
    lines = [line.split() for line in text.split("\n") if line and not line.startswith("#")]
    return {(fields[0], int(fields[1])): fields[2:] for fields in lines}


def placements(interpreter):
    has_large_pools = interpreter.minor not in ("2.7", "3.6", "3.7", "3.8", "3.9")
    return [AT_BOUNDARY, BEHIND_BOUNDARY] if has_large_pools else [AT_BOUNDARY]


def run_placed(interpreter):
    found = {}
    for offset in placements(interpreter):
        found.update(run(interpreter, offset))
    return found


def recording_of(interpreter):
    return os.path.join(HERE, "recordings", "cpython-%s.txt" % interpreter.minor)


def record(wanted):
    for interpreter in interpreters.find_interpreters()[0]:
        if wanted and interpreter.minor not in wanted:
            continue
        found = run_placed(interpreter)
        with open(recording_of(interpreter), "w", encoding="utf-8") as f:
            f.write("# CPython %s, x86-64 Linux, release build\n" % interpreter.version + COLUMNS)
            f.writelines("%s %d %s\n" % (name, offset, " ".join(fields)) for (name, offset), fields in found.items())
        print("CPython %s: %d runs recorded" % (interpreter.version, len(found)))
    return 0


def live():
    agree = True
    found, skipped = interpreters.find_interpreters()
    for python, reason in skipped:
        print("skipped %s: %s" % (python, reason), file=sys.stderr)
    if not found:
        print("no CPython with headers was found")
    for interpreter in found:
        with open(recording_of(interpreter), encoding="utf-8") as f:
            recorded = parsed(f.read())
        placed = run_placed(interpreter)
        wrong = ["%s, arenas at %d" % key for key in recorded if recorded[key] != placed.get(key)]
        # Where the system puts arenas: the figures only depend on whether that is a pool's boundary. Runs in which
        # it is for some arenas and is not for others are left out.
        by_system = {key: fields for key, fields in run(interpreter, BY_SYSTEM).items() if key[1] >= 0}
        for (name, offset), fields in by_system.items():
            if fields[:-1] != recorded[name, BEHIND_BOUNDARY if offset else AT_BOUNDARY][:-1]:
                wrong.append("%s, arenas where the system puts them (%d)" % (name, offset))
        runs = len(placed) + len(by_system)
        print("CPython %s: %d of %d runs as recorded" % (interpreter.version, runs - len(wrong), runs))
        for line in wrong[:5]:
            print("  " + line)
        agree = agree and not wrong
    return 0 if agree else 1


def main():
    if sys.argv[1:] == ["live"]:
        return live()
    if sys.argv[1:2] == ["record"]:
        return record(sys.argv[2:])
    print(__doc__.strip(), file=sys.stderr)
    return 2


sys.exit(main())
