#!/usr/bin/env python3
"""Recordings of a part of a program: with limits, from where the program says to where it says, and of processes that
outlive it.

    parts.py GCSIM RECORDER_FOLDER VERSION exact|fast

Exit status 77 if there is no interpreter of that version.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import recorder

MODULE_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "record")

CHURN = "kept = []\nfor i in range(3000):\n  x = [i]\n  y = {'x': x}\nprint(len(y))\n"
WITH_API = """import gcsim_record
first = [{0} for i in range(1000)]
print(gcsim_record.start(), gcsim_record.start())
second = [[{0}] for i in range(100)]
print(gcsim_record.stop(), gcsim_record.stop(), gcsim_record.start())
third = [[[{0}]] for i in range(2000)]
"""
MANY_PLACES = """kept = [bytes(1 << 22) for i in range(75)]
last = [kept]
print(len(kept))
"""
FORKS_AND_STARTS = """import gcsim_record, os
child = os.fork()
if child: os.waitpid(child, 0)
print("parent" if child else "child", gcsim_record.start(), flush=True)
"""
LEAVES_A_CHILD = """import os, sys, time
sys.stdout.flush()
if os.fork() == 0:
    sys.stdin.readline()
    os._exit(0)
"""


class Runs:
    def __init__(self, gcsim, python, mode, folder):
        self.gcsim, self.python, self.mode, self.folder = gcsim, python, mode, folder
        self.command = [gcsim, "record", *recorder.OPTIONS_OF_MODE[mode]]
        self.trace = os.path.join(folder, "app.gct")
        self.faults = []

    def expect(self, what, is_so, *details):
        print(("fine: " if is_so else "FAULT: ") + what)
        if not is_so:
            self.faults.append(what)
            print("  ", *details)

    def record(self, program, *options, **more):
        path = os.path.join(self.folder, "app.py")
        with open(path, "w") as file:
            file.write(program)
        return subprocess.run([*self.command, "--force", "-o", self.trace, *options, "--", self.python, path],
                              capture_output=True, text=True, env={**os.environ, "PYTHONPATH": MODULE_FOLDER}, **more)

    def facts(self):
        done = subprocess.run([self.gcsim, "replay", self.trace, "--events", "none", "--format", "json"],
                              capture_output=True, text=True)
        return json.loads(done.stdout)["trace"] if done.returncode == 0 else {}


def check_limits(runs):
    plain = runs.record(CHURN)
    whole = runs.facts()["events"]
    size = {"exact": "100k", "fast": "20k"}[runs.mode]
    for option, value, word in ("--max-events", "7k", "--max-events"), ("--max-size", size, "--max-size"):
        done = runs.record(CHURN, option, value)
        runs.expect(f"{option}: the program goes on", (done.returncode, done.stdout) == (0, plain.stdout), done)
        runs.expect(f"{option}: it is told", word in done.stderr, done.stderr)
        facts = runs.facts()
        runs.expect(f"{option}: the trace is shorter and says so", 1000 < facts["events"] < whole and facts["cut_short"], facts)
        most, least = (7100, 7000) if runs.mode == "exact" else (7500, 6500)
        runs.expect(f"{option}: the limit is kept", option != "--max-events" or least <= facts["events"] < most, facts)
    done = runs.record(CHURN, "--max-events", "many")
    runs.expect("a limit that is no number is refused", done.returncode == 2, done)


def check_api(runs):
    for thing in "[]", "{}", "lambda: i":
        done = runs.record(WITH_API.format(thing), "--paused")
        runs.expect(f"{thing}: start and stop say what they did",
                    done.stdout.split() == ["True", "False", "True", "False", "False"], done)
        text = os.path.join(runs.folder, "app.trace")
        subprocess.run([runs.gcsim, "convert", runs.trace, "-o", text, "--force"], check=True)
        with open(text) as file:
            born = [line.split()[2] for line in file if line.startswith("alloc ")]
        name = {"[]": "list", "{}": "dict", "lambda: i": "function"}[thing]
        # The list that holds them, and one for each.
        wanted = {"list": 201, "dict": 100, "function": 100}[name]
        runs.expect(f"{thing}: only what lies between is recorded", wanted <= born.count(name) <= wanted + 5,
                    born.count(name), wanted)
    done = runs.record(FORKS_AND_STARTS, "--paused")
    names = [name for name in os.listdir(runs.folder) if name.startswith("app") and name.endswith(".gct")]
    runs.expect("a child that is forked before may begin its own", done.stdout == "child True\nparent True\n" and len(names) == 2,
                done, names)
    done = runs.record("print(1)", "--paused")
    runs.expect("a program that starts nothing is told so", done.returncode == 0 and "did not start" in done.stderr, done)
    plain = subprocess.run([runs.python, "-c", "import gcsim_record as g; print(g.start(), g.stop())"], capture_output=True,
                           text=True, env={**os.environ, "PYTHONPATH": MODULE_FOLDER})
    runs.expect("without a recorder the module does nothing", plain.stdout == "False False\n", plain)


def check_few_addresses(runs):
    few = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_AS, (1_000_000_000, resource.RLIM_INFINITY))}
    done = runs.record(CHURN, **few)
    runs.expect("with few addresses a small program is recorded", done.returncode == 0 and not runs.facts().get("cut_short"), done)
    done = runs.record(MANY_PLACES, **few)
    runs.expect("where they do not suffice the program goes on", done.returncode == 0 and done.stdout == "75\n", done)
    runs.expect("and the recording ends, with the reason", "no room for more objects" in done.stderr and
                runs.facts().get("cut_short"), done)


def wait_for(is_so):
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.05)


def check_survivor(runs):
    os.remove(runs.trace)
    path = os.path.join(runs.folder, "app.py")
    with open(path, "w") as file:
        file.write(LEAVES_A_CHILD)
    command = [*runs.command, "-o", runs.trace]
    with open(os.path.join(runs.folder, "errors"), "w+") as errors:
        process = subprocess.Popen([*command, "--", runs.python, path], stdin=subprocess.PIPE, stderr=errors,
                                   stdout=subprocess.DEVNULL)
        runs.expect("gcsim ends with the program", process.wait() == 0)
        errors.seek(0)
        said = errors.read()
    runs.expect("it tells of the child that runs on", "still runs" in said, said)
    left = [name for name in os.listdir(runs.folder) if ".raw." in name]
    runs.expect("the child's recording goes on", len(left) == 1, left)
    done = subprocess.run([*command, "--", runs.python, path], capture_output=True, text=True)
    runs.expect("another recording does not take its place", done.returncode == 5 and "--finish" in done.stderr, done)
    process.stdin.close()
    pid = left[0].rsplit(".", 1)[1]
    wait_for(lambda: not os.path.exists(f"/proc/{pid}/maps") or not open(f"/proc/{pid}/maps").read())
    done = subprocess.run([*command, "--finish"], capture_output=True, text=True)
    runs.trace = os.path.join(runs.folder, f"app.{pid}.gct")
    runs.expect("--finish makes its trace", done.returncode == 0 and os.path.exists(runs.trace), done, os.listdir(runs.folder))
    runs.expect("that is complete", not runs.facts().get("cut_short"), runs.facts())
    done = subprocess.run([*command, "--finish"], capture_output=True, text=True)
    runs.expect("there is nothing to finish then", done.returncode == 5, done)


def main():
    gcsim, recorders, version, mode = sys.argv[1:]
    found = recorder.find_or_skip(recorders, version)
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(gcsim, found[1], mode, folder)
        check_limits(runs)
        check_api(runs)
        check_few_addresses(runs)
        check_survivor(runs)
    return 1 if runs.faults else 0


if __name__ == "__main__":
    sys.exit(main())
