#!/usr/bin/env python3
"""Runs programs with and without a recorder: output, errors and exit status must be the same.

    invisible.py GCSIM RECORDER_FOLDER VERSION

Exit status 77 if there is no interpreter of that version.
"""
import os
import subprocess
import sys
import tempfile

import recorder

# A name, the arguments of python (the program is app.py in the current folder), the program, what it reads.
CASES = [
    ("arguments and module search path", ["app.py", "a", "b c"],
     "import sys\nprint(sys.argv, sys.path[0], sys.flags.optimize, __name__, __file__, __spec__)\nprint(sys.orig_argv[1:] if hasattr(sys, 'orig_argv') else '')", ""),
    ("options", ["-O", "-W", "error", "app.py"], "import sys\nprint(sys.flags.optimize, sys.warnoptions)", ""),
    ("-c", ["-c", "import sys; print(sys.argv, __name__)", "x"], "", ""),
    ("-m", ["-m", "app", "x"], "import sys\nprint(sys.argv[1:], __name__)", ""),
    ("a program on standard input", ["-"], "", "print(1 + 1)\n"),
    ("standard input", ["app.py"], "print(input()[::-1])", "olleh\n"),
    ("sys.exit with a status", ["app.py"], "import sys\nprint('out')\nsys.exit(7)", ""),
    ("sys.exit with a message", ["app.py"], "import sys\nsys.exit('no')", ""),
    ("an uncaught exception", ["app.py"], "def f(n):\n  if n == 0: 1 / 0\n  f(n - 1)\nf(3)", ""),
    ("a syntax error", ["app.py"], "x = = 1", ""),
    ("os._exit", ["app.py"], "import os\nos.write(1, b'x')\nos._exit(3)", ""),
    ("death by a signal", ["app.py"], "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", ""),
    ("a crash", ["app.py"], "import ctypes\nctypes.string_at(0)", ""),
    ("KeyboardInterrupt", ["app.py"], "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nfor i in range(10**7): pass", ""),
    ("the gc module", ["app.py"],
     "import gc\nfrom gc import collect\nprint(gc.get_threshold(), gc.isenabled(), gc.callbacks, collect(0) >= 0)\n"
     "gc.set_threshold(5, 6)\nprint(gc.get_threshold())\ngc.disable()\nprint(gc.isenabled())\n"
     "try: gc.collect(7)\nexcept ValueError as e: print(e)\ntry: gc.collect('x')\nexcept TypeError as e: print(e)\n"
     "gc.enable()\ngc.freeze()\ngc.unfreeze()\nprint(gc.get_freeze_count())", ""),
    ("finalizers and weak references", ["app.py"],
     "import gc, weakref\nkept = []\nclass A:\n  def __del__(self): print('del', self.n)\n"
     "class B:\n  def __del__(self): kept.append(self)\n"
     "a = A(); a.n = 1; w = weakref.ref(a, lambda r: print('gone'))\ndel a\nb = B(); b = None\nprint(len(kept), w())\n"
     "c = A(); c.n = 2; c.c = c; del c\nprint(gc.collect() > 0)", ""),
    ("long chains", ["app.py"],
     "x = None\nfor i in range(1000): x = [x]\ndel x\nclass N: pass\nprint('ok')", ""),
    ("fork", ["app.py"],
     "import os, sys\nx = [[i] for i in range(100)]\npid = os.fork()\nif pid == 0:\n  y = [[i] for i in range(1000)]\n"
     "  print('child', len(y)); sys.stdout.flush(); os._exit(4)\nprint(os.waitpid(pid, 0)[1] >> 8)", ""),
    ("other programs", ["app.py"],
     "import subprocess\nprint(subprocess.run(['/bin/echo', 'hi'], capture_output=True).stdout)\n"
     "import sys\nprint(subprocess.run([sys.executable, '-c', 'print(3)'], capture_output=True).stdout)", ""),
    ("threads", ["app.py"],
     "import threading\nout = []\ndef f(n):\n  for i in range(300): x = [i]; y = {i: x}\n  out.append(n)\n"
     "t = [threading.Thread(target=f, args=(i,)) for i in range(4)]\n[i.start() for i in t]\n[i.join() for i in t]\nprint(sorted(out))", ""),
    ("what runs at exit", ["app.py"], "import atexit\natexit.register(print, 'bye')\nprint('hello')", ""),
    ("profilers and tracers", ["app.py"],
     "import sys\nn = 0\ndef p(*a):\n  global n\n  n += 1\nsys.setprofile(p)\nlen([])\nsys.setprofile(None)\nprint(n)", ""),
]


def run(command, folder, given):
    return subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True,
                          env={**os.environ, "PYTHONHASHSEED": "0"})


def differences(gcsim, python, case):
    name, arguments, program, given = case
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "app.py"), "w") as file:
            file.write(program)
        plain = run([python, *arguments], folder, given)
        recorded = run([gcsim, "record", "--exact", "-o", "app.gct", "--", python, *arguments], folder, given)
        warning = "gcsim record: warning: the program ended before its interpreter did; the trace ends there, too\n"
        errors = recorded.stderr.replace(warning, "")
        if (plain.returncode, plain.stdout, plain.stderr) != (recorded.returncode, recorded.stdout, errors):
            return [f"plain:    {plain.returncode} {plain.stdout!r} {plain.stderr!r}",
                    f"recorded: {recorded.returncode} {recorded.stdout!r} {errors!r}"]
        replayed = run([gcsim, "replay", "app.gct", "--events", "none"], folder, "")
        if replayed.returncode != 0:
            return ["the trace can't be replayed: " + replayed.stderr]
    return []


def main():
    gcsim, folder, version = sys.argv[1:]
    found = recorder.find(folder, version)
    if not found:
        print(f"skipped: no recorder and interpreter of CPython {version}")
        return 77
    python = found[1]
    bad = 0
    for case in CASES:
        found = differences(os.path.abspath(gcsim), python, case)
        bad += bool(found)
        print(f"{case[0]}: {'DIFFERS' if found else 'the same'}")
        for line in found:
            print("  " + line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
