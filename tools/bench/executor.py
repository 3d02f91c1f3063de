"""The CPython side of a benchmark: executes loaded steps, one forked child for each round.

    executor.py FOLDER_OF_THE_MODULE < requests, one JSON object a line

{"load": {steps, keys, classes, ..}} maps a workload; {"round": true} answers the figures of one run of it, {"once": true}
those of one in this very process; {"loop": {live, events}} those of a loop in Python.
"""
import json
import os
import sys
import time

sys.path.insert(0, sys.argv[1])
import gcsim_bench_executor  # noqa: E402


def made_class(spec):
    return type(spec["name"], (object,), {"__slots__": tuple(spec["slots"])} if spec["has_slots"] else {})


def run(load, keys, classes):
    return gcsim_bench_executor.run(load["warm_up_steps"], load["slots"], keys, classes)


def loop(live, events):
    """A list for each of the live ones, which holds it and dies at once: three events."""
    held = [[] for _ in range(live)]
    turns = events // (3 * live)
    start = time.thread_time()
    for _ in range(turns):
        for other in held:
            newborn = []
            newborn.append(other)
            del newborn
    return {"seconds": time.thread_time() - start, "events": 3 * live * turns}


def child(work, answer):
    try:
        text = json.dumps(work())
    except Exception as error:
        text = json.dumps({"error": repr(error)})
    with os.fdopen(answer, "w") as f:
        f.write(text)
    os._exit(0)


def in_child(work):
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        child(work, write)
    os.close(write)
    with os.fdopen(read) as f:
        text = f.read()
    status = os.waitpid(process, 0)[1]
    return json.loads(text) if text else {"error": "the child ended with status %d" % status}


def serve():
    load, keys, classes = None, [], []
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        if "load" in request:
            load = request["load"]
            keys = [sys.intern(key) for key in load["keys"]]
            classes = [made_class(spec) for spec in load["classes"]]
            answer = {"steps": gcsim_bench_executor.load(load["path"])}
        elif "loop" in request:
            answer = in_child(lambda: loop(**request["loop"]))
        elif "once" in request:
            answer = run(load, keys, classes)
        else:
            answer = in_child(lambda: run(load, keys, classes))
        print(json.dumps(answer))
        sys.stdout.flush()


serve()
