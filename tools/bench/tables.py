"""The tables of a benchmark: on the terminal while it runs, and as Markdown."""
import os
import platform
import re
import statistics
import subprocess

import workloads

# The goals are about the workload with the proportions of recorded programs.
TIMES_FASTER = {10000: 2.0, 1000000: 3.0, 10000000: 3.5}  # than CPython, by live objects
LOOP_TIMES_FASTER = 1.0
PARSER_TIMES_FASTER = {"simdjson on-demand": 4.0, "nlohmann SAX": 12.0}
BYTES_PER_LIVE_OBJECT = 64
SCRAMBLED_TO_IN_ORDER = 1.3
BINARY_TO_MEMORY = 1.15
BYTES_PER_EVENT = 2.6
LONG_RUN_MEGABYTES = 64
SAME_RATE = 0.9
ENOUGH_OBJECTS = 100000  # for bytes per object to mean something


def short(number):
    if number is None:
        return ""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 1000)):
        if number >= size and number % size == 0:
            return "%d%s" % (number // size, unit)
    return str(number)


def spread(values, form="%.1f"):
    return (form + " (" + form + "-" + form + ")") % (statistics.median(values), min(values), max(values))


def nanoseconds(side):
    return side["seconds"] * 1e9 / side["events"]


class Row:
    HEADS = ["workload", "live", "CPython", "gcsim ns/event", "CPython ns/event", "ratio", "goal",
             "collections 0/1/2, warm-up included", "bytes per live object, gcsim : CPython"]
    FORM = "%-10s %5s  %-7s %21s %24s %18s %5s %17s %21s"

    def __init__(self, workload, live, python, rounds, refused):
        self.workload, self.live, self.python, self.refused = workload, live, python, refused
        self.goal, self.bytes = None, None
        if refused:
            return
        events = rounds[0][0]["events"]
        self.gcsim = [ours["seconds"] * 1e9 / events for ours, _ in rounds]
        self.cpython = [theirs["seconds"] * 1e9 / events for _, theirs in rounds]
        self.ratios = [c / g for g, c in zip(self.gcsim, self.cpython)]
        self.ratio = statistics.median(self.ratios)
        if workload == workloads.MIXED:
            self.goal = TIMES_FASTER.get(live)
        ours, theirs = rounds[-1]
        self.collections = "/".join("{:,}".format(n) for n in ours["collections"])
        if ours["alive"] >= ENOUGH_OBJECTS:
            self.bytes = [(side["kilobytes_end"] - side["kilobytes_before"]) * 1024 / ours["alive"] for side in (ours, theirs)]

    def cells(self):
        if self.refused:
            return [self.workload, short(self.live), self.python.name, "refused: " + self.refused]
        return [self.workload, short(self.live), self.python.name, spread(self.gcsim), spread(self.cpython),
                spread(self.ratios, "%.2f"), "" if self.goal is None else "%.1f" % self.goal,
                self.collections, "" if self.bytes is None else "%.0f : %.0f" % tuple(self.bytes)]

    def verdicts(self):
        if self.refused:
            return
        where = "%s, %s live, %s" % (self.workload, short(self.live), self.python.name)
        if self.goal:
            yield self.ratio >= self.goal, "%s: %.2f times as fast, goal %.1f" % (where, self.ratio, self.goal)
        if self.bytes and self.workload == workloads.MIXED:
            yield (self.bytes[0] <= BYTES_PER_LIVE_OBJECT,
                   "%s: %.0f bytes per live object, goal %d" % (where, self.bytes[0], BYTES_PER_LIVE_OBJECT))


class CollectionsRow:
    HEADS = ["CPython", "gcsim ns/object, in order", "scrambled", "scrambled to in order", "goal", "CPython ns/object, in order",
             "scrambled", "scrambled to in order"]
    FORM = "%-8s %26s %22s %22s %5s %28s %24s %22s"

    def __init__(self, python, orders, refused):
        self.python, self.refused = python, refused
        if refused:
            return
        self.sides = []
        for side in (0, 1):
            in_order, scrambled = ([r[side]["seconds"] * 1e9 / r[0]["events"] / workloads.NETWORK_OBJECTS for r in rounds]
                                   for rounds in orders)
            self.sides.append((in_order, scrambled, [s / i for i, s in zip(in_order, scrambled)]))

    def cells(self):
        if self.refused:
            return [self.python.name, "refused: " + self.refused]
        gcsim, cpython = ([spread(values, "%.2f") for values in side] for side in self.sides)
        return [self.python.name] + gcsim + ["%.1f" % SCRAMBLED_TO_IN_ORDER] + cpython

    def verdicts(self):
        if not self.refused:
            ratio = statistics.median(self.sides[0][2])
            yield (ratio <= SCRAMBLED_TO_IN_ORDER, "full collection of a scrambled heap, %s: %.2f times as long as in order, goal %.1f"
                   % (self.python.name, ratio, SCRAMBLED_TO_IN_ORDER))


class LoopRow:
    HEADS = ["CPython", "gcsim ns/event", "bytecode ns/event", "ratio", "goal"]
    FORM = "%-10s %20s %20s %18s %5s"

    def __init__(self, python, rounds):
        self.python = python
        self.gcsim = [nanoseconds(ours) for ours, _ in rounds]
        self.cpython = [nanoseconds(theirs) for _, theirs in rounds]
        self.ratios = [c / g for g, c in zip(self.gcsim, self.cpython)]

    def cells(self):
        return [self.python.name, spread(self.gcsim), spread(self.cpython), spread(self.ratios, "%.2f"),
                "%.1f" % LOOP_TIMES_FASTER]

    def verdicts(self):
        ratio = statistics.median(self.ratios)
        yield (ratio >= LOOP_TIMES_FASTER,
               "predictable loop, %s: %.2f times as fast as bytecode, goal %.1f" % (self.python.name, ratio, LOOP_TIMES_FASTER))


class AloneRow:
    HEADS = ["recording", "events", "ns/event"]
    FORM = "%-28s %10s %22s"

    def __init__(self, name, rounds):
        self.name, self.events = name, rounds[0]["events"]
        self.nanoseconds = [nanoseconds(r) for r in rounds]

    def cells(self):
        return [self.name, "{:,}".format(self.events), spread(self.nanoseconds)]

    def verdicts(self):
        return ()


class ReaderRow:
    HEADS = ["reader", "bytes/event", "M events/s", "gcsim's JSON Lines against it", "goal"]
    FORM = "%-20s %12s %18s %30s %5s"

    def __init__(self, name, bytes_per_event, rounds):
        self.name, self.bytes_per_event = name, bytes_per_event
        self.speeds = [r[name]["events"] / r[name]["seconds"] / 1e6 for r in rounds]
        self.ratios = [r[name]["seconds"] / r["jsonl"]["seconds"] for r in rounds]
        self.goal = PARSER_TIMES_FASTER.get(name)

    def cells(self):
        return ["gcsim, " + self.name if self.goal is None else self.name, "%.1f" % self.bytes_per_event, spread(self.speeds),
                "" if self.goal is None else spread(self.ratios, "%.2f"), "" if self.goal is None else "%.0f" % self.goal]

    def verdicts(self):
        if self.goal:
            ratio = statistics.median(self.ratios)
            yield ratio >= self.goal, "JSON Lines: %.2f times as fast as %s, goal %.0f" % (ratio, self.name, self.goal)


def reader_rows(rounds):
    """Refuses to compare parsers that did not find the same events."""
    first = rounds[0]
    events = first["jsonl"]["events"]
    for name, found in first.items():
        if name != "bytes" and (found["events"], found["sum"]) != (events, first["jsonl"]["sum"]):
            raise ValueError("%s read other events than gcsim" % name)
    return [ReaderRow(name, first["bytes"].get(name, first["bytes"]["jsonl"]) / events, rounds)
            for name in ["text", "jsonl", "json"] + list(PARSER_TIMES_FASTER)]


class InstructionsRow:
    HEADS = ["workload", "CPython", "gcsim", "CPython's", "ratio"]
    FORM = "%-12s %-8s %12s %12s %7s"

    def __init__(self, workload, python, both):
        self.workload, self.python, self.both = workload, python, both

    def cells(self):
        return [self.workload, self.python.name, "%.1f" % self.both[0], "%.1f" % self.both[1],
                "%.2f" % (self.both[1] / self.both[0])]

    def verdicts(self):
        return ()


class BinaryRow:
    HEADS = ["workload", "live", "bytes/event", "from memory, ns/event", "from binary, ns/event", "binary to memory", "goal"]
    FORM = "%-10s %5s %12s %22s %22s %17s %5s"

    def __init__(self, workload, live, output):
        number = lambda pattern: float(re.search(pattern + r" +([0-9.]+)", output).group(1))
        self.workload, self.live = workload, live
        self.bytes = number("events:")
        self.memory, self.binary = number("replay from memory"), number("replay from binary")
        self.ratio = number("ratio, binary to memory")

    def cells(self):
        return [self.workload, short(self.live), "%.2f" % self.bytes, "%.1f" % self.memory, "%.1f" % self.binary,
                "%.2f" % self.ratio, "%.2f" % BINARY_TO_MEMORY]

    def verdicts(self):
        where = "binary, %s, %s live" % (self.workload, short(self.live))
        yield self.ratio <= BINARY_TO_MEMORY, "%s: %.2f times as long as from memory, goal %.2f" % (where, self.ratio, BINARY_TO_MEMORY)
        yield self.bytes <= BYTES_PER_EVENT, "%s: %.2f bytes per event, goal %.1f" % (where, self.bytes, BYTES_PER_EVENT)


class SweepRow:
    HEADS = ["workload", "live", "settings", "in one pass, ms", "in replays", "goal", "by replays, ms", "in replays"]
    FORM = "%-10s %5s %9s %16s %11s %5s %15s %11s"

    def __init__(self, workload, live, settings, one_pass, goal, replays):
        self.workload, self.live, self.settings = workload, live, settings
        self.one_pass, self.goal, self.replays = one_pass, goal, replays

    def cells(self):
        return [self.workload, short(self.live), "{:,}".format(self.settings), "%.0f" % self.one_pass[0], "%.2f" % self.one_pass[1],
                "%.1f" % self.goal, "%.0f" % self.replays[0], "%.1f" % self.replays[1]]

    def verdicts(self):
        yield (self.one_pass[1] <= self.goal, "sweep, %s, %s live, %d settings: %.2f replays, goal %.1f"
               % (self.workload, short(self.live), self.settings, self.one_pass[1], self.goal))


def sweep_rows(workload, live, output):
    figures = r" +([0-9.]+) ms \([0-9.-]+\) = +([0-9.]+) replays"
    by_replays = {int(m.group(1)): (float(m.group(2)), float(m.group(3)))
                  for m in re.finditer(r"(\d+) settings by replays" + figures, output)}
    for m in re.finditer(r"(\d+) settings in one pass" + figures + ", goal ([0-9.]+)", output):
        settings = int(m.group(1))
        yield SweepRow(workload, live, settings, (float(m.group(2)), float(m.group(3))), float(m.group(4)), by_replays[settings])


class LongRow:
    HEADS = ["events so far", "M events/s of this quarter", "undisturbed", "resident MB", "objects alive"]
    FORM = "%16s %28s %12s %12s %14s"

    def __init__(self, mark, before, slowest):
        self.mark, self.slowest = mark, slowest
        self.speed = (mark["events"] - before["events"]) / (mark["seconds"] - before["seconds"]) / 1e6
        self.megabytes = mark["kilobytes"] * 1024 / 1e6

    def cells(self):
        return ["{:,}".format(self.mark["events"]), "%.1f" % self.speed, "%.1f" % (self.mark["undisturbed"] / 1e6),
                "%.1f" % self.megabytes, "{:,}".format(self.mark["alive"])]

    def verdicts(self):
        if self.slowest is not None:
            events = "{:,}".format(self.mark["events"])
            yield (self.megabytes < LONG_RUN_MEGABYTES,
                   "%s events: %.1f MB, goal under %d" % (events, self.megabytes, LONG_RUN_MEGABYTES))
            yield (self.slowest >= SAME_RATE, "%s events: the slowest quarter, undisturbed, at %.2f of the rate of the fastest, goal %.1f"
                   % (events, self.slowest, SAME_RATE))


def long_rows(marks):
    befores = [{"events": 0, "seconds": 0}] + marks[:-1]
    rates = [mark["undisturbed"] for mark in marks]
    return [LongRow(mark, before, min(rates) / max(rates) if mark is marks[-1] else None)
            for mark, before in zip(marks, befores)]


SECTIONS = {
    "replay": ("Replay beside real CPython", Row,
               "Real CPython executes the same decoded events through its C API, with nothing logged. *ratio*: CPython's time "
               "divided by gcsim's. In every row the collections, collected objects and counts of each generation and the "
               "objects tracked at the end are equal on both sides; else the row is refused. Bytes: resident at the end, for "
               "each object alive, edges and names included."),
    "collections": ("Full collections of a million lists", CollectionsRow,
                    "Each list holds two others. *In order*: those born before it, and memory in order of birth. *Scrambled*: any "
                    "two, in memory that was freed at random before."),
    "loop": ("A pattern that never changes", LoopRow,
             "A list is made, gets one item and dies, again and again: as CPython's bytecode, and as gcsim's events."),
    "recordings": ("Replay of recordings", AloneRow,
                   "Alone: the objects of a recording are opaque, no interpreter can execute it."),
    "readers": ("Reading", ReaderRow,
                "A *mixed* trace in memory. gcsim's readers turn words into dense numbers and check all they read; the other "
                "parsers, on JSON Lines, only look at each operation and operand. All find the same ones. CPU time of all "
                "threads."),
    "binary": ("Replay of binary traces", BinaryRow,
               "Elapsed time, reading on a second thread included, beside a replay of the same events from memory: it needs a "
               "second core that has nothing else to do."),
    "sweep": ("Sweeps in one pass", SweepRow,
              "All settings in one pass over a binary trace of 500,000 events (5,000,000 at 1M), beside as many replays of it, in the same run and on one thread; "
              "CPU time of all threads, reading included, also divided by that of one replay. The rows are compared: all are the same."),
    "instructions": ("Instructions per event", InstructionsRow,
                     "As callgrind counts them, at the smallest size: the same on every run."),
    "long": ("A long run", LongRow,
             "A *mixed* trace with 100,000 live objects, replayed in text form from a pipe while it is generated; CPU time of "
             "reading and replaying. *Undisturbed*: of hundred slices of the quarter the tenth fastest; the others share caches and "
             "cores with more of what else the machine does."),
}


def markdown_table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for cells in rows:
        cells = cells + [""] * (len(heads) - len(cells))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def output_of(command, cwd=None):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True, cwd=cwd)
    return done.stdout.strip()


def machine():
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    kilobytes = int(next(line.split()[1] for line in open("/proc/meminfo") if line.startswith("MemTotal")))
    compiler = output_of([os.environ.get("CXX", "c++"), "--version"]).split("\n")[0]
    return "%s, %d cores, %.0f GB; Linux %s; %s" % (cpu, os.cpu_count(), kilobytes / 1e6, platform.release(), compiler)


MEASURED = [folder + room for room in ("engine", "trace", "profile", "replay", "sweep") for folder in ("src/", "include/gcsim/")]


def commit_of(root):
    """The last one that changed what is measured."""
    commit = output_of(["git", "log", "-1", "--format=%h", "--", *MEASURED], root)
    is_changed = output_of(["git", "status", "--porcelain", "--", *MEASURED], root)
    return commit + (" with local changes" if is_changed else "")


class Report:
    def __init__(self, root, pythons, options):
        self.pythons, self.options = pythons, options
        self.commit, self.machine = commit_of(root), machine()
        self.rows = {section: [] for section in SECTIONS}
        self.loads = [os.getloadavg()[0]]
        self.cpythons = ["CPython %s, %s: %s" % (p.name, p.where, p.how_built) for p in pythons]
        print("\n".join([self.machine, "commit %s; load %.1f" % (self.commit, self.loads[0])] + self.cpythons), flush=True)

    def add(self, section, row):
        if not self.rows[section]:
            print("\n" + SECTIONS[section][0] + "\n" + row.FORM % tuple(head.split(",")[0] for head in row.HEADS))
        self.rows[section].append(row)
        self.loads.append(os.getloadavg()[0])
        cells = row.cells()
        print(row.FORM % tuple(cells) if len(cells) == len(row.HEADS) else "  ".join(cells), flush=True)

    def has_refused(self):
        return any(row.refused for row in self.rows["replay"] + self.rows["collections"])

    def verdict(self):
        found = [v for rows in self.rows.values() for row in rows for v in row.verdicts()]
        reached = [words for is_reached, words in found if is_reached]
        missed = [words for is_reached, words in found if not is_reached]
        lines = ["Goals reached: %d of %d." % (len(reached), len(found)), ""]
        return "\n".join(lines + ["- missed: " + w for w in missed] + ["- reached: " + w for w in reached]) + "\n"

    def markdown(self):
        o = self.options
        text = "# Measured\n\nWritten by `tools/bench/bench.py`; figures of another machine differ, ratios less so.\n\n"
        text += "- Machine: %s; load %.1f to %.1f\n- gcsim: commit %s, release build with link-time optimisation\n" % (
            self.machine, min(self.loads), max(self.loads), self.commit)
        text += "".join("- %s\n" % line for line in self.cpythons)
        text += "- %s timed events behind a warm-up, %d rounds, both sides in turn; CPU time of the thread, median (least-most)\n\n" % (
            "{:,}".format(o.events), o.rounds)
        text += "## Goals\n\n" + self.verdict()
        for section, (title, row, about) in SECTIONS.items():
            if self.rows[section]:
                text += "\n## %s\n\n%s\n\n" % (title, about)
                text += markdown_table(row.HEADS, [each.cells() for each in self.rows[section]])
        return text

    def end(self):
        print("\n%sload %.1f to %.1f" % (self.verdict(), min(self.loads), max(self.loads)))

    def save(self, path):
        if path:
            with open(path, "w", encoding="utf-8") as f:
                f.write(self.markdown())
