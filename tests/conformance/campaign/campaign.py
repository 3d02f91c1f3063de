#!/usr/bin/env python3
"""Random traces by the thousand: gcsim against every real CPython found.

    campaign.py --gcsim build/gcsim --seeds 1:100
    campaign.py --gcsim build/gcsim --versions 3.8,3.9 --presets weakrefs --seeds 7:8 --save
    campaign.py --gcsim build/gcsim --presets deep --set depth=9999 --events 50000 --keep-going

A trace on which the two differ is made as short as possible and shown with both transcripts' lines; --save keeps
it for the recordings. Traces on which the real interpreter itself crashes or hangs are listed apart.
Exit status 1 if something differs. Needs Python 3.8 or later.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import random
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TRACES = os.path.join(os.path.dirname(HERE), "traces")
sys.path.insert(0, os.path.dirname(HERE))
import conformance  # noqa: E402
from minimise import meaningful, minimise  # noqa: E402

BATCH = 50  # traces for one process of an interpreter
# Refusals that leave an exception object behind in a real interpreter.
ALLOCATING_REFUSALS = (" error:type", " error:attribute")
HANGS = "SIGALRM"


class Case:
    """A generated trace."""

    def __init__(self, preset, seed, knobs, path):
        self.preset, self.seed, self.knobs, self.path = preset, seed, knobs, path

    def command(self):
        command = ["gcsim", "generate", "random", "--seed", str(self.seed), "--preset", self.preset]
        for name, value in self.knobs:
            command += ["--" + name, value]
        return command


class Result:
    """What comparing one trace under one version gave: exactly one of these is set, or none if both agree."""

    def __init__(self, case, events=0, difference=None, crash=None, fault=None):
        self.case, self.events, self.difference, self.crash, self.fault = case, events, difference, crash, fault


class Tally:
    """The results of a version and preset."""

    def __init__(self):
        self.traces = self.events = 0
        self.mismatches, self.crashes, self.hangs, self.faults = [], [], [], []

    def add(self, result):
        self.traces += 1
        self.events += result.events
        if result.difference:
            self.mismatches.append(result.case.seed)
        elif result.crash:
            (self.hangs if result.crash == HANGS else self.crashes).append(result.case.seed)
        elif result.fault:
            self.faults.append(result.case.seed)

    def as_json(self):
        return {"traces": self.traces, "events": self.events, "mismatches": self.mismatches,
                "crashes": self.crashes, "hangs": self.hangs, "faults": self.faults}


def chunks(items, size):
    return [items[k:k + size] for k in range(0, len(items), size)]


def generate(options, case):
    """Writes the case's trace. An empty one would agree with everything, so failing is fatal."""
    subprocess.run([options.gcsim] + case.command()[1:] + ["--force", "-o", case.path], check=True)


def simulate(gcsim, path, profile):
    """gcsim's transcript, or None if it can't read the trace, fails or hangs."""
    command = [gcsim, "replay", path, "--profile", profile, "--format", "transcript"]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True,
                              timeout=300)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def is_signal(error):
    return error.startswith("SIG")


def compare(options, interpreter, case, outcome):
    ours = simulate(options.gcsim, case.path, interpreter.profile)
    if ours is None:
        return Result(case, fault="gcsim gives no transcript")
    if outcome.error:
        is_crash = is_signal(outcome.error)
        return Result(case, crash=outcome.error if is_crash else None, fault=None if is_crash else outcome.error)
    events = ours.count("\n") - 1
    return Result(case, events, difference=conformance.first_difference(outcome.transcript, ours))


def run_batch(options, interpreter, cases):
    outcomes = interpreter.execute([case.path for case in cases])
    return [compare(options, interpreter, case, outcome) for case, outcome in zip(cases, outcomes)]


def up_to_difference(lines, real, ours):
    """The trace up to the event that made the difference: what is behind it cannot matter."""
    header = len(lines) - len(conformance.behind_first_line(ours.rstrip("\n")))
    events = conformance.first_difference(real, ours)[0] - 1
    return lines[:header + events]


class Shortener:
    """Answers for candidate traces whether gcsim and the interpreter still differ on them."""

    def __init__(self, options, interpreter, folder):
        self.options, self.interpreter, self.folder = options, interpreter, folder

    def transcripts(self, candidates):
        """[(the real one, ours)], each None if there is none."""
        paths = [os.path.join(self.folder, "candidate%d.trace" % k) for k in range(len(candidates))]
        for path, lines in zip(paths, candidates):
            with open(path, "w", encoding="utf-8") as f:
                f.write("\n".join(lines) + "\n")
        outcomes = self.interpreter.execute(paths)
        return [(outcome.transcript, simulate(self.options.gcsim, path, self.interpreter.profile))
                for outcome, path in zip(outcomes, paths)]

    def still_differ(self, candidates):
        return [self.differs(real, ours) for real, ours in self.transcripts(candidates)]

    @staticmethod
    def differs(real, ours):
        # Events whose operands were cut away are refused by both, and change nothing. Where a refusal itself is
        # the difference, or would allocate, the search has left the subject.
        if real is None or ours is None or any(word in ours for word in ALLOCATING_REFUSALS):
            return False
        difference = conformance.first_difference(real, ours)
        return difference is not None and " error:" not in difference[1] + difference[2]

    def shorten(self, path):
        """(lines, difference) of a trace that is as short as possible, or of the whole one if it can't be cut."""
        with open(path, encoding="utf-8") as f:
            lines = meaningful(f.read())
        real, ours = self.transcripts([lines])[0]
        if self.differs(real, ours):
            lines = minimise(up_to_difference(lines, real, ours), self.still_differ)
        return lines, conformance.first_difference(*self.transcripts([lines])[0])


def found_name(version, case):
    return "found_%s_%d_%s" % (case.preset, case.seed, version)


def report_mismatch(options, interpreter, case):
    """Shows the shortest trace; says how to see the whole one again."""
    with tempfile.TemporaryDirectory() as folder:
        lines, difference = Shortener(options, interpreter, folder).shorten(case.path)
    command = " ".join(map(shlex.quote, case.command()))
    print("CPython %s differs: %s, in short:" % (interpreter.version, command))
    print("".join("    %s\n" % line for line in lines), end="")
    print("  line %d\n    CPython: %s\n    gcsim:   %s" % difference)
    if options.save:
        path = os.path.join(TRACES, found_name(interpreter.minor, case) + ".trace")
        with open(path, "w", encoding="utf-8") as f:
            f.write("# Found by %s under CPython %s.\n%s\n" % (command, interpreter.version, "\n".join(lines)))
        print("  saved: " + os.path.relpath(path))
    sys.stdout.flush()


def report(options, interpreter, result):
    again = " ".join(result.case.command())
    if result.difference:
        report_mismatch(options, interpreter, result.case)
    elif result.crash:
        print("CPython %s: %s: %s" % (interpreter.version, result.crash, again), flush=True)
    elif result.fault:
        print("CPython %s: not compared: %s: %s" % (interpreter.version, result.fault, again), flush=True)


def campaign(options, found, cases, tallies):
    """Runs all batches; without --keep-going it ends after the first batch that has a mismatch."""
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(lambda case: generate(options, case), cases))
        batches = [(interpreter, batch) for batch in chunks(cases, BATCH) for interpreter in found]
        running = [(interpreter, pool.submit(run_batch, options, interpreter, batch)) for interpreter, batch in batches]
        for number, (interpreter, future) in enumerate(running, 1):
            results = future.result()
            for result in results:
                tallies[interpreter.minor, result.case.preset].add(result)
                report(options, interpreter, result)
            show_progress(number, len(running))
            if not options.keep_going and any(result.difference for result in results):
                for _, waiting in running:
                    waiting.cancel()
                return


def show_progress(done, total):
    if sys.stderr.isatty():
        print("\r%d of %d batches" % (done, total), end="" if done < total else "\n", file=sys.stderr, flush=True)


TABLE = "%-10s%9s%11s%13s%9s%7s%14s"


def print_table(found, tallies):
    print(TABLE % ("CPython", "traces", "events", "mismatches", "crashes", "hangs", "not compared"))
    for interpreter in found:
        mine = [tally for (minor, _), tally in sorted(tallies.items()) if minor == interpreter.minor]
        print(TABLE % (interpreter.version, sum(t.traces for t in mine), sum(t.events for t in mine),
                       sum(len(t.mismatches) for t in mine), sum(len(t.crashes) for t in mine),
                       sum(len(t.hangs) for t in mine), sum(len(t.faults) for t in mine)))


def summary(found, tallies):
    return {i.version: {preset: tally.as_json() for (minor, preset), tally in sorted(tallies.items())
                        if minor == i.minor} for i in found}


def all_presets(gcsim):
    listed = subprocess.check_output([gcsim, "generate", "random", "--list-presets"], universal_newlines=True)
    return [line.split()[0] for line in listed.splitlines()]


def weights(gcsim, preset):
    """{knob: weight} of a preset, without those that a trace cannot do without."""
    command = [gcsim, "generate", "random", "--preset", preset, "--list-knobs"]
    rows = [line.split() for line in subprocess.check_output(command, universal_newlines=True).splitlines()]
    return {row[0]: int(row[1]) for row in rows if row[2:3] == ["weight"] and row[0] != "allocations"}


def swarm(gcsim, preset, seed):
    """Knobs for one trace: some subjects left out, some exaggerated. What is always mixed never stands out."""
    draw = random.Random("%s %d" % (preset, seed))
    chosen = [(name, draw.choice([weight, weight, 0, 4 * weight, weight + 20]))
              for name, weight in weights(gcsim, preset).items()]
    return [("threshold0", str(draw.choice([1, 3, 5, 20])))] + [(name, str(value)) for name, value in chosen]


def known_profiles(gcsim):
    listed = json.loads(subprocess.check_output([gcsim, "profiles", "--format", "json"]))
    return {profile["name"] for profile in listed}


def words(text):
    return [word for word in text.split(",") if word]


def knob(text):
    name, is_set, value = text.partition("=")
    if not is_set:
        raise argparse.ArgumentTypeError("expected KNOB=N, got %r" % text)
    return name, value


def seed_range(text):
    first, _, last = text.partition(":")
    return range(int(first), int(last or first) + 1)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gcsim", default="build/gcsim", metavar="PROGRAM")
    parser.add_argument("--versions", type=words, default=[], metavar="3.8,..", help="all that are found")
    parser.add_argument("--presets", type=words, metavar="NAME,..", help="all of `gcsim generate random`")
    parser.add_argument("--seeds", type=seed_range, default=range(1, 21), metavar="A:B", help="both included; 1:20")
    parser.add_argument("--events", metavar="N", help="length of the traces; by default the preset's own")
    parser.add_argument("--set", type=knob, action="append", default=[], metavar="KNOB=N", dest="knobs",
                        help="another knob of `gcsim generate random`; may be repeated")
    parser.add_argument("--swarm", action="store_true", help="other weights for each trace")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N")
    parser.add_argument("--save", action="store_true", help="keep shortened traces in tests/conformance/traces")
    parser.add_argument("--keep-going", action="store_true", help="do not end at the first mismatch")
    parser.add_argument("--summary-json", metavar="FILE")
    options = parser.parse_args()
    options.knobs += [("events", options.events)] if options.events else []
    return options


def make_cases(options, folder):
    cases = []
    for preset in options.presets or all_presets(options.gcsim):
        for seed in options.seeds:
            knobs = (swarm(options.gcsim, preset, seed) if options.swarm else []) + options.knobs
            cases.append(Case(preset, seed, knobs, os.path.join(folder, "%s_%d.trace" % (preset, seed))))
    return cases


def main():
    options = parse_options()
    profiles = known_profiles(options.gcsim)
    found = [i for i in conformance.usable(options.versions) if i.profile in profiles]
    if not found:
        print("no CPython that could be compared was found")
        return 0
    tallies = collections.defaultdict(Tally)
    with tempfile.TemporaryDirectory() as folder:
        campaign(options, found, make_cases(options, folder), tallies)
    print_table(found, tallies)
    if options.summary_json:
        with open(options.summary_json, "w", encoding="utf-8") as f:
            json.dump(summary(found, tallies), f, indent=1)
    return 1 if any(tally.mismatches or tally.faults for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
