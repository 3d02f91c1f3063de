"""The tables of a benchmark: on the terminal while it runs, and as Markdown."""
import os
import platform
import statistics
import subprocess

# Times faster than CPython, by live objects.
GOALS = {10000: 2.0, 1000000: 3.0, 10000000: 3.5}
HEAD = "%-12s %5s  %-9s %18s %22s %6s %14s %5s %13s" % (
    "workload", "live", "CPython", "gcsim ns/event", "CPython ns/event", "ratio", "(rounds)", "goal", "bytes/object")


def short(number):
    for unit, size in (("M", 1000000), ("k", 1000)):
        if number >= size and number % size == 0:
            return "%d%s" % (number // size, unit)
    return str(number)


def spread(values):
    return "%.1f (%.1f-%.1f)" % (statistics.median(values), min(values), max(values))


class Row:
    def __init__(self, workload, live, python, rounds, refused):
        self.workload, self.live, self.python, self.refused = workload, live, python, refused
        if refused:
            return
        events = rounds[0][0]["events"]
        self.gcsim = [ours["seconds"] * 1e9 / events for ours, _ in rounds]
        self.cpython = [theirs["seconds"] * 1e9 / events for _, theirs in rounds]
        self.ratios = [c / g for g, c in zip(self.gcsim, self.cpython)]
        self.ratio = statistics.median(self.ratios)
        ours, theirs = rounds[-1]
        self.collections = ours["collections"]
        self.freed = ours["creations"] - ours["alive"]
        self.bytes = [(side["kilobytes_live"] - side["kilobytes_before"]) * 1024 / max(1, live)
                      for side in (ours, theirs)]
        self.goal = GOALS.get(live)

    def cells(self):
        if self.refused:
            return [self.workload, short(self.live), self.python.name, "refused: " + self.refused]
        return [self.workload, short(self.live), self.python.name, spread(self.gcsim), spread(self.cpython),
                "%.2f" % self.ratio, "(%.2f-%.2f)" % (min(self.ratios), max(self.ratios)),
                "" if self.goal is None else "%.1f" % self.goal, "%.0f : %.0f" % tuple(self.bytes)]

    def text(self):
        cells = self.cells()
        if self.refused:
            return "%-12s %5s  %-9s %s" % tuple(cells)
        return "%-12s %5s  %-9s %18s %22s %6s %14s %5s %13s" % tuple(cells)


class AloneRow:
    def __init__(self, name, rounds):
        self.name = name
        self.events = rounds[0]["events"]
        self.nanoseconds = [r["seconds"] * 1e9 / self.events for r in rounds]

    def cells(self):
        return [self.name, "{:,}".format(self.events), spread(self.nanoseconds)]


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


def commit_of(root):
    commit = output_of(["git", "rev-parse", "--short", "HEAD"], root)
    is_changed = output_of(["git", "status", "--porcelain", "--", "src", "include", "tools/bench"], root)
    return commit + (" with local changes" if is_changed else "")


class Report:
    def __init__(self, root, pythons, options):
        self.pythons, self.options = pythons, options
        self.commit, self.machine = commit_of(root), machine()
        self.load_before = os.getloadavg()[0]
        self.rows, self.alone = [], []
        print("%s\ncommit %s; load %.1f" % (self.machine, self.commit, self.load_before))
        for python in pythons:
            print("CPython %s (%s): %s" % (python.name, python.where, python.how_built))
        print("\n" + HEAD, flush=True)

    def add(self, row):
        self.rows.append(row)
        print(row.text(), flush=True)

    def add_alone(self, row):
        self.alone.append(row)
        print("%-28s %10s events %22s ns/event" % tuple(row.cells()), flush=True)

    def end(self):
        self.load_after = os.getloadavg()[0]
        print("load at the end %.1f" % self.load_after)

    def has_refused(self):
        return any(row.refused for row in self.rows)

    def misses(self):
        return [row for row in self.rows if not row.refused and row.goal and row.ratio < row.goal]

    def verdict(self):
        judged = [row for row in self.rows if not row.refused and row.goal]
        missed = self.misses()
        if not judged:
            return "No row has a goal.\n"
        if not missed:
            return "All %d rows with a goal reach it.\n" % len(judged)
        words = ", ".join("%s at %s live against %s: %.2f of %.1f" % (r.workload, short(r.live), r.python.name, r.ratio, r.goal)
                          for r in missed)
        return "%d of %d rows with a goal miss it: %s.\n" % (len(missed), len(judged), words)

    def markdown(self):
        o = self.options
        text = "# Measured\n\nWritten by `tools/bench/bench.py`; figures of another machine differ, ratios less so.\n\n"
        text += "- Machine: %s; load %.1f before, %.1f after\n- gcsim: commit %s, release build with link-time optimisation\n" % (
            self.machine, self.load_before, self.load_after, self.commit)
        for python in self.pythons:
            text += "- CPython %s, %s: %s\n" % (python.name, python.where, python.how_built)
        text += "- %s timed events behind a warm-up, %d rounds, both sides in turn; thread CPU time, median (least-most)\n\n" % (
            "{:,}".format(o.events), o.rounds)
        text += "## Replay beside real CPython\n\n"
        text += ("Real CPython executes the same decoded events through its C API, with nothing logged. *ratio*: CPython's time divided by "
                 "gcsim's. In every row the collections, collected objects and counts of each generation and the objects tracked "
                 "at the end are equal on both sides; else the row is refused.\n\n")
        text += self.verdict() + "\n"
        text += markdown_table(["workload", "live", "CPython", "gcsim ns/event", "CPython ns/event", "ratio", "of the rounds", "goal",
                                "bytes per live object, gcsim : CPython"], [row.cells() for row in self.rows])
        text += "\n## Replay of recordings\n\nAlone: the objects of a recording are opaque, no interpreter can execute it.\n\n"
        text += markdown_table(["recording", "events", "ns/event"], [row.cells() for row in self.alone])
        return text

    def write(self, path):
        with open(path, "w", encoding="utf-8") as f:
            f.write(self.markdown())
