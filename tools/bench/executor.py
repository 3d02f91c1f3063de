"""The CPython side of a benchmark: executes loaded steps, one forked child for each round.

    executor.py FOLDER_OF_THE_MODULE < requests, one JSON object a line

{"load": {steps, keys, classes, ..}} maps a workload; {"round": true} answers the figures of one run of it.
"""
import json
import os
import sys

sys.path.insert(0, sys.argv[1])
import gcsim_bench_executor  # noqa: E402


def made_class(spec):
    return type(spec["name"], (object,), {"__slots__": tuple(spec["slots"])} if spec["has_slots"] else {})


def child(load, keys, classes, answer):
    try:
        text = json.dumps(gcsim_bench_executor.run(load["warm_up_steps"], load["slots"], keys, classes))
    except Exception as error:
        text = json.dumps({"error": repr(error)})
    with os.fdopen(answer, "w") as f:
        f.write(text)
    os._exit(0)


def run_in_child(load, keys, classes):
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        child(load, keys, classes, write)
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
        else:
            answer = run_in_child(load, keys, classes)
        print(json.dumps(answer))
        sys.stdout.flush()


serve()
