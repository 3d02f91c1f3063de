#!/usr/bin/env python3
"""gcsim's replay beside real CPythons that execute the same events through their C API.

    bench.py                                        all workloads at 10 k, 1 M and 10 M live objects
    bench.py --live 10k --events 1M --rounds 3      a quick look
    bench.py --python 3.11 --workloads lists        one of them
    bench.py --markdown tools/bench/RESULTS.md      stores the tables

Both sides hold the decoded events in memory, run in the same minute, turn by turn, each time in a fresh child process, and
are timed in CPU time of their thread, behind a warm-up that builds the live set. A row counts only if both sides did the
same: collections and collected objects of each generation, its count, and the objects tracked at the end must be equal.
"""
import argparse
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sides  # noqa: E402
import tables  # noqa: E402

ROOT = os.path.normpath(os.path.join(sides.HERE, "..", ".."))
WORKLOADS = ["churn", "lists", "instances"]
SAME = ["collections", "collected", "uncollectable", "counts", "tracked", "long_lived_total", "long_lived_pending"]


class Contest:
    """One workload, gcsim under the profile of one interpreter against that interpreter."""

    def __init__(self, options, workload, live, python, steps):
        self.workload, self.live, self.python = workload, live, python
        self.gcsim = sides.Process([options.gcsim_bench])
        self.cpython = python.start()
        self.rounds = []
        load = self.gcsim.ask({"load": {"workload": workload, "live": live, "events": options.events,
                                        "profile": python.profile, "path": steps}})
        self.refused = load["refused"]
        if not self.refused:
            self.cpython.ask({"load": dict(load, path=steps)})

    def round(self, gcsim_first):
        if self.refused:
            return
        order = (self.gcsim, self.cpython) if gcsim_first else (self.cpython, self.gcsim)
        answers = {side: side.ask({"round": True}) for side in order}
        ours, theirs = answers[self.gcsim], answers[self.cpython]
        for what in SAME:
            if ours[what] != theirs[what]:
                self.refused = "%s: CPython %s, gcsim %s" % (what, theirs[what], ours[what])
        self.rounds.append((ours, theirs))

    def end(self):
        self.gcsim.end()
        self.cpython.end()

    def row(self):
        return tables.Row(self.workload, self.live, self.python, self.rounds, self.refused)


def contests_at(options, workload, live, pythons, folder):
    """The interpreters take turns with each other, too."""
    contests = [Contest(options, workload, live, python, os.path.join(folder, "steps-%d" % n))
                for n, python in enumerate(pythons)]
    for number in range(options.rounds):
        for contest in contests:
            contest.round(gcsim_first=number % 2 == 0)
    for contest in contests:
        contest.end()
    return [contest.row() for contest in contests]


def recordings(options):
    """Replay alone: the objects of a recording are opaque, so no interpreter can execute it."""
    rows = []
    folder = os.path.join(ROOT, "traces", "recorded")
    for name in sorted(os.listdir(folder)):
        side = sides.Process([options.gcsim_bench])
        side.ask({"load": {"trace": os.path.join(folder, name)}})
        rounds = [side.ask({"round": True}) for _ in range(options.rounds * 4)]
        side.end()
        rows.append(tables.AloneRow(name, rounds))
    return rows


def count(text):
    """10_000, 10k, 1M."""
    match = re.fullmatch(r"([0-9][0-9_]*)([kKmMgG]?)", text)
    if not match:
        raise argparse.ArgumentTypeError("expected a number like 10000, 10k or 1M, got '%s'" % text)
    return int(match.group(1).replace("_", "")) * {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}[match.group(2).lower()]


def counts(text):
    return [count(word) for word in text.split(",")]


def workloads(text):
    for word in text.split(","):
        if word not in WORKLOADS:
            raise argparse.ArgumentTypeError("expected some of %s, got '%s'" % (",".join(WORKLOADS), word))
    return text.split(",")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--gcsim-bench", default=os.path.join(ROOT, "build-bench", "tools", "bench", "gcsim_bench"))
    parser.add_argument("--live", type=counts, default="10k,1M,10M", help="live objects, comma-separated (10k,1M,10M)")
    parser.add_argument("--events", type=count, default="4M", help="timed events (4M)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workloads", type=workloads, default=",".join(WORKLOADS), help="(%(default)s)")
    parser.add_argument("--python", default="3.11,3.13", help="versions, comma-separated (3.11,3.13)")
    parser.add_argument("--markdown", help="write the tables there")
    return parser.parse_args()


def main():
    options = parse_options()
    pythons = sides.found_pythons(options.python.split(","))
    if not pythons:
        print("bench.py: no CPython %s with headers found: pyenv, PATH" % options.python, file=sys.stderr)
        return 5
    for python in pythons:
        python.build(os.path.dirname(options.gcsim_bench))
    report = tables.Report(ROOT, pythons, options)
    with tempfile.TemporaryDirectory() as folder:
        for live in options.live:
            for workload in options.workloads:
                for row in contests_at(options, workload, live, pythons, folder):
                    report.add(row)
    for row in recordings(options):
        report.add_alone(row)
    report.end()
    if options.markdown:
        report.write(options.markdown)
    return 1 if report.has_refused() else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except sides.Failed as error:
        print("bench.py: %s" % error, file=sys.stderr)
        sys.exit(70)
