#!/usr/bin/env python3
"""How good fast recordings are, and what they cost: the tables of tools/record/ACCURACY.md.

    accuracy.py measure GCSIM RECORDER_FOLDER RESULTS.json VERSION [WORKLOAD...]
    accuracy.py cost GCSIM RECORDER_FOLDER RESULTS.json VERSION [WORKLOAD...]
    accuracy.py table RESULTS.json

`measure` records each workload of tests/record/workloads once, replays the recording under several thresholds, and runs
the program plainly under each of them: the truth. What the collector walks and the peak of bytes a plain run can't tell;
they come from a run with hooks, which must have the same collections. `cost` runs it in turns plainly, with hooks only,
and as a recording, and takes the medians of what the CPU times of a turn are to each other. Results are added to
RESULTS.json; a truth that is there already, of the same workload, is not measured again.
"""
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile

import recorder

WORKLOADS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "workloads")
THRESHOLDS = [700, 2000, 10000, 50000]
# Sets would be in another order in each run, and addresses elsewhere.
ENVIRONMENT = {**os.environ, "PYTHONHASHSEED": "0"}
FIXED = ["setarch", "-R"]
TURNS = 7  # of runs whose times are compared
FEW = 50  # collections: one of them is more than the bound


def run(command):
    """Its output and its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(FIXED + command, env=ENVIRONMENT, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def truth(launcher, python, program, threshold, folder, *more):
    output = os.path.join(folder, "truth.json")
    done, seconds = run([launcher, "--truth", f"{threshold},10,10", "--output", output, *more, "--", python, program])
    with open(output) as file:
        return json.load(file), done.stdout, seconds


def replay(gcsim, trace, threshold):
    done, _ = run([gcsim, "replay", trace, "--threshold", f"{threshold},10,10", "--events", "none", "--format", "json"])
    said = json.loads(done.stdout)
    generations = said["generations"]
    figures = {name: [g[name] for g in generations] for name in ("collections", "collected", "visited")}
    return {**figures, "peak_bytes": said["bytes"]["peak"], "events": said["trace"]["events"]}


def record_raw(launcher, python, program, mode, folder):
    raw = os.path.join(folder, "cost.raw")
    _, seconds = run([launcher, "--record", raw, "--mode", mode, "--python", python, "--", python, program])
    os.remove(raw)
    return seconds


def cost(gcsim, launcher, python, program, before):
    """Each turn compares its own runs, one behind the other: what else the machine does changes more slowly."""
    seconds, times = [], {"hooks": [], "fast": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(TURNS):
            seconds.append(truth(launcher, python, program, 700, folder)[2])
            for mode in times:
                times[mode].append(record_raw(launcher, python, program, mode, folder) / seconds[-1])
    return {"seconds": statistics.median(seconds), "times": times, "load": os.getloadavg()[1]}


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def measure_truth(launcher, python, program, threshold, folder):
    plain, first, _ = truth(launcher, python, program, threshold, folder)
    measured, second, _ = truth(launcher, python, program, threshold, folder, "--measure", "yes")
    same = first == second and all(measured[name] == plain[name] for name in ("collections", "collected", "count"))
    return {"collections": plain["collections"], "collected": plain["collected"],
            "visited": measured["visited"], "peak_bytes": measured["peak_bytes"],
            "second_run": None if same else [measured["collections"], measured["collected"]], "output": digest(first)}


def measure(gcsim, launcher, python, program, before):
    with open(program) as file:
        source = digest(file.read())
    known = before.get("runs", {}) if before.get("source") == source else {}
    with tempfile.TemporaryDirectory() as folder:
        trace = os.path.join(folder, "program.gct")
        done, _ = run([gcsim, "record", "--no-check", "-o", trace, "--keep-raw", "--", python, program])
        result = {"source": source, "output": digest(done.stdout), "messages": done.stderr,
                  "trace_bytes": os.path.getsize(trace), "raw_bytes": os.path.getsize(trace + ".raw"), "runs": {}}
        for threshold in map(str, THRESHOLDS):
            told = known.get(threshold, {}).get("truth") or measure_truth(launcher, python, program, threshold, folder)
            predicted = replay(gcsim, trace, threshold)
            result["events"] = predicted.pop("events")
            result["runs"][threshold] = {"truth": told, "predicted": predicted}
        return result


def read(path):
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return json.load(file)


def add_result(path, version, name, result):
    results = read(path)
    results.setdefault(version, {}).setdefault(name, {}).update(result)
    with open(path, "w") as file:
        json.dump(results, file, indent=1)


def for_each(measurement, gcsim, folder, results, version, names):
    found = recorder.find(folder, version)
    if not found:
        sys.exit(f"no recorder and interpreter of CPython {version}")
    for name in names or sorted(n[:-3] for n in os.listdir(WORKLOADS) if n.endswith(".py")):
        if name == "lib2to3_library" and version.startswith("3.13."):
            continue
        before = read(results).get(version, {}).get(name, {})
        measured = measurement(gcsim, *found, os.path.join(WORKLOADS, name + ".py"), before)
        add_result(results, version, name, measured)
        print(*rows(version, name, measured), sep="\n", flush=True)
        print(*cost_rows(version, name, measured), sep="\n", flush=True)


def off(got, truth):
    """By how many percent."""
    if truth == 0:
        return 0.0 if got == 0 else float("inf")
    return 100.0 * (got - truth) / truth


def cell(got, truth, bound, allowed=0):
    percent = off(got, truth)
    text = f"{percent:+.1f} %" if abs(percent) < 1000 else f"{got} for {truth}"
    return text if abs(percent) <= bound or abs(got - truth) <= allowed else f"**{text}**"


def remark(told, output):
    words = ["the two true runs differ"] if told["second_run"] else []
    return ", ".join(words + ([] if told["output"] == output else ["**outputs differ**"]))


def rows(version, name, result):
    lines = []
    for threshold, run_ in result.get("runs", {}).items():
        told, got = run_["truth"], run_["predicted"]
        young = told["collections"][0]
        # Where there are few collections, one more or less is within the bound, and what it collects with it.
        few = young < FEW
        collected, walked = sum(told["collected"]), sum(told["visited"])
        within = collected // max(young, 1) if few else 0
        within_walked = walked // max(young, 1) if few else 0
        lines.append(f"| {name} {version} | {threshold} | {'/'.join(map(str, told['collections']))} | "
                     f"{'/'.join(map(str, got['collections']))} | {cell(got['collections'][0], young, 1, few)} | "
                     f"{collected} | {cell(sum(got['collected']), collected, 5, within)} | "
                     f"{cell(sum(got['visited']), walked, 5, within_walked)} | "
                     f"{cell(got['peak_bytes'], told['peak_bytes'], 10)} | "
                     f"{remark(told, result['output'])} |")
    return lines


def cost_rows(version, name, result):
    cells = ["", "", ""]
    if "times" in result:
        cells = [f"{result['seconds']:.1f}"]
        for several in result["times"].values():
            cells.append(f"x{statistics.median(several):.2f} ({min(several):.2f} to {max(several):.2f})")
    events, size = result.get("events", 0), result.get("trace_bytes", 0)
    return [f"| {name} {version} | {' | '.join(cells)} | {events / 1e6:.1f} M | "
            f"{size / max(events, 1):.2f} | {result.get('raw_bytes', 0) / max(events, 1):.2f} |"]


def by_version(entry):
    return [int(part) for part in entry[0].split(".")]


def table(results):
    print("| workload | threshold 0 | collections | predicted | generation 0 | collected | predicted | walked | peak bytes | |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    in_order = [(version, name, workloads[name]) for version, workloads in sorted(results.items(), key=by_version)
                for name in sorted(workloads)]
    for each in in_order:
        print(*rows(*each), sep="\n")
    print("\n| workload | CPU s | with hooks | with looks at the heap | events | bytes an event | raw |")
    print("|---|---|---|---|---|---|---|")
    for each in in_order:
        print(*cost_rows(*each), sep="\n")


MEASUREMENTS = {"measure": measure, "cost": cost}


def main():
    command, *words = sys.argv[1:]
    if command == "table":
        return table(read(*words))
    if command not in MEASUREMENTS:
        sys.exit(__doc__)
    gcsim, folder, results, version, *names = words
    return for_each(MEASUREMENTS[command], os.path.abspath(gcsim), folder, results, version, names)


if __name__ == "__main__":
    main()
