"""Instructions per event, counted by valgrind's callgrind: the same on every run, however busy the machine is."""
import os
import re
import shutil
import tempfile

import sides

FUNCTION = "gcsim_bench_timed*"


def counted(command, environment, load, folder):
    """Instructions inside the timed function while the process executes the loaded workload once."""
    out = os.path.join(folder, "callgrind.out")
    process = sides.Process(["valgrind", "-q", "--tool=callgrind", "--toggle-collect=" + FUNCTION,
                             "--callgrind-out-file=" + out] + command, environment)
    loaded = process.ask({"load": load})
    figures = process.ask({"once": True})
    process.end()
    with open(out) as f:
        totals = re.search(r"^(?:totals|summary): (\d+)", f.read(), re.MULTILINE)
    if not totals or int(totals.group(1)) == 0:
        raise sides.Failed("callgrind saw no %s in %s" % (FUNCTION, command[0]))
    return loaded, figures, int(totals.group(1))


def measure(gcsim_bench, python, request):
    """(instructions per event of gcsim, of CPython)"""
    if not shutil.which("valgrind"):
        raise sides.Failed("no valgrind here")
    with tempfile.TemporaryDirectory() as folder:
        steps = os.path.join(folder, "steps")
        load = dict(request, profile=python.profile, path=steps)
        loaded, figures, ours = counted([gcsim_bench], None, load, folder)
        if loaded["refused"]:
            raise sides.Failed("CPython can't execute it: " + loaded["refused"])
        _, _, theirs = counted(python.command(), python.environment(), dict(loaded, path=steps), folder)
    return ours / figures["events"], theirs / figures["events"]
