#!/usr/bin/env python3
"""gcsim's replay beside real CPythons that execute the same events through their C API.

    bench.py                                        all sections but the two slow ones
    bench.py --live 10k --events 1M --rounds 3      a quick look
    bench.py --workloads churn,rings --sections replay
    bench.py --sections instructions                as callgrind counts them, of mixed, churn and instances
    bench.py --sections all --markdown tools/bench/RESULTS.md

Both sides hold the decoded events in memory, run in the same minute, turn by turn, each time in a fresh child process, and
are timed in CPU time of their thread, behind a warm-up that builds the live set. A row counts only if both sides did the
same: collections and collected objects of each generation, its count, and the objects tracked at the end must be equal.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import instructions  # noqa: E402
import sides  # noqa: E402
import tables  # noqa: E402
import workloads  # noqa: E402

ROOT = os.path.normpath(os.path.join(sides.HERE, "..", ".."))
QUICK = ["replay", "collections", "loop", "recordings", "readers", "binary", "sweep"]
SLOW = ["instructions", "long"]
SAME = ["collections", "collected", "uncollectable", "counts", "tracked", "long_lived_total", "long_lived_pending"]


class Contest:
    """One workload, gcsim under the profile of one interpreter against that interpreter."""

    def __init__(self, options, request, live, python, steps):
        self.name, self.live, self.python = request["workload"], live, python
        self.gcsim = sides.Process([options.gcsim_bench])
        self.cpython = python.start()
        self.rounds = []
        load = self.gcsim.ask({"load": dict(request, profile=python.profile, path=steps)})
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
        live = self.live if self.name in workloads.SIZED else None
        return tables.Row(self.name, live, self.python, self.rounds, self.refused)


def rows_of(options, name, live, pythons):
    """The interpreters take turns with each other, too."""
    with tempfile.TemporaryDirectory() as folder:
        request = workloads.request(name, live, options.events)
        contests = [Contest(options, request, live, python, os.path.join(folder, "steps-%d" % n))
                    for n, python in enumerate(pythons)]
        for number in range(options.rounds):
            for contest in contests:
                contest.round(gcsim_first=number % 2 == 0)
        for contest in contests:
            contest.end()
    return [contest.row() for contest in contests]


def measure_replay(options, pythons, report):
    for name, live in workloads.plan(options.workloads, options.live):
        for row in rows_of(options, name, live, pythons):
            report.add("replay", row)


def measure_collections(options, pythons, report):
    """Full collections of the same graph, as it was born and scrambled: turn by turn."""
    for python in pythons:
        with tempfile.TemporaryDirectory() as folder:
            contests = [Contest(options, workloads.network(order), workloads.NETWORK_OBJECTS, python,
                                os.path.join(folder, "steps-%d" % order)) for order in workloads.ORDERS]
            for number in range(options.rounds):
                for contest in contests:
                    contest.round(gcsim_first=number % 2 == 0)
            for contest in contests:
                contest.end()
        refused = next((c.refused for c in contests if c.refused), None)
        report.add("collections", tables.CollectionsRow(python, [c.rounds for c in contests], refused))


def measure_loop(options, pythons, report):
    """A pattern that never changes: the interpreter's own bytecode beside the replay of the same events."""
    live = min(options.live)
    for python in pythons:
        gcsim, cpython = sides.Process([options.gcsim_bench]), python.start()
        request = workloads.request("churn", live, options.events, {"young": 100})
        gcsim.ask({"load": dict(request, profile=python.profile)})
        rounds = [(gcsim.ask({"round": True}), cpython.ask({"loop": {"live": live, "events": options.events}}))
                  for _ in range(options.rounds)]
        gcsim.end()
        cpython.end()
        report.add("loop", tables.LoopRow(python, rounds))


def measure_recordings(options, _, report):
    """Replay alone: the objects of a recording are opaque, so no interpreter can execute it."""
    folder = os.path.join(ROOT, "traces", "recorded")
    # Fast recordings are approximate: no replay takes them before their garbage is placed.
    for name in sorted(name for name in os.listdir(folder) if "-fast-" not in name):
        side = sides.Process([options.gcsim_bench])
        side.ask({"load": {"trace": os.path.join(folder, name)}})
        rounds = [side.ask({"round": True}) for _ in range(options.rounds * 4)]
        side.end()
        report.add("recordings", tables.AloneRow(name, rounds))


def measure_readers(options, _, report):
    side = sides.Process([options.gcsim_bench])
    request = workloads.request(workloads.MIXED, min(options.live), options.events)
    rounds = [side.ask({"readers": request}) for _ in range(options.rounds)]
    side.end()
    for row in tables.reader_rows(rounds):
        report.add("readers", row)


def output_of(options, program, *arguments):
    """What a program of its own beside gcsim_bench prints."""
    command = [os.path.join(os.path.dirname(options.gcsim_bench), program)] + [str(a) for a in arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, universal_newlines=True)
    if done.returncode != 0:
        raise sides.Failed("%s ended with status %s" % (program, done.returncode))
    return done.stdout


def measure_binary(options, _, report):
    for name, live in workloads.BINARY:
        output = output_of(options, "gcsim_bench_binary", name, live, options.events, options.rounds)
        report.add("binary", tables.BinaryRow(name, live, output))


def measure_sweep(options, _, report):
    for name, live, events in workloads.SWEPT:
        for row in tables.sweep_rows(name, live, output_of(options, "gcsim_bench_sweep", name, live, events, options.rounds)):
            report.add("sweep", row)


def measure_instructions(options, pythons, report):
    live = min(options.live)
    for name in workloads.POPULATIONS:
        for python in pythons:
            request = workloads.request(name, live, min(options.events, 300000))
            both = instructions.measure(options.gcsim_bench, python, request)
            report.add("instructions", tables.InstructionsRow(name, python, both))


def measure_long(options, _, report):
    side = sides.Process([options.gcsim_bench])
    request = workloads.request(workloads.MIXED, 100000, options.long_events)
    marks = side.ask({"long": request})["marks"]
    side.end()
    for row in tables.long_rows(marks):
        report.add("long", row)


MEASURES = {"replay": measure_replay, "collections": measure_collections, "loop": measure_loop, "recordings": measure_recordings,
            "readers": measure_readers, "binary": measure_binary, "sweep": measure_sweep,
            "instructions": measure_instructions, "long": measure_long}


def count(text):
    """10_000, 10k, 1M, 1G."""
    match = re.fullmatch(r"([0-9][0-9_]*)([kKmMgG]?)", text)
    if not match:
        raise argparse.ArgumentTypeError("expected a number like 10000, 10k or 1M, got '%s'" % text)
    return int(match.group(1).replace("_", "")) * {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}[match.group(2).lower()]


def counts(text):
    return [count(word) for word in text.split(",")]


def some_of(choices):
    def parse(text):
        words = choices if text == "all" else text.split(",")
        for word in words:
            if word not in choices:
                raise argparse.ArgumentTypeError("expected some of %s, got '%s'" % (",".join(choices), word))
        return words
    return parse


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gcsim-bench", default=os.path.join(ROOT, "build-bench", "tools", "bench", "gcsim_bench"))
    parser.add_argument("--sections", type=some_of(QUICK + SLOW), default=",".join(QUICK),
                        help="%s or all (%%(default)s)" % ",".join(QUICK + SLOW))
    parser.add_argument("--live", type=counts, default="10k,1M,10M", help="live objects (%(default)s)")
    parser.add_argument("--events", type=count, default="4M", help="timed events (%(default)s)")
    parser.add_argument("--long-events", type=count, default="1G", help="of the long run (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="(%(default)s)")
    parser.add_argument("--workloads", type=some_of(workloads.NAMES), default="all", help="(%(default)s)")
    parser.add_argument("--python", default="3.11,3.13", help="versions (%(default)s)")
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
    for section in options.sections:
        MEASURES[section](options, pythons, report)
        report.save(options.markdown)  # so that whoever interrupts the next section keeps this one
    report.end()
    return 1 if report.has_refused() else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except sides.Failed as error:
        print("bench.py: %s" % error, file=sys.stderr)
        sys.exit(70)
