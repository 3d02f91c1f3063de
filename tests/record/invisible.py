#!/usr/bin/env python3
"""Runs programs with and without a recorder: output, errors and exit status must be the same.

    invisible.py GCSIM RECORDER_FOLDER VERSION

Exit status 77 if there is no interpreter of that version.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

import recorder

# A name, the arguments of python (the program is app.py in the current folder), the program, what it reads; what there
# is to say of its recordings: how many there are (one for each Python process), and whether they are complete.
CASES = [
    ("arguments and module search path", ["app.py", "a", "b c"],
     "import sys\nprint(sys.argv, sys.path[0], sys.flags.optimize, __name__, __file__, __spec__)\nprint(getattr(sys, 'orig_argv', ''))", ""),
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
    ("death by a signal", ["app.py"], "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "", 1, False),
    ("a request to terminate", ["app.py"], "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", "", 1, False),
    ("a request to terminate that is handled", ["app.py"],
     "import os, signal, sys\nsignal.signal(signal.SIGTERM, lambda *a: sys.exit(5))\nos.kill(os.getpid(), signal.SIGTERM)\n"
     "for i in range(10**6): pass", ""),
    ("an alarm that interrupts", ["app.py"],
     "import signal, time\nsignal.signal(signal.SIGALRM, lambda *a: print('alarm'))\nsignal.setitimer(signal.ITIMER_REAL, 0.01)\n"
     "signal.pause()\nprint('on')", ""),
    ("a crash", ["app.py"], "import ctypes\nctypes.string_at(0)", "", 1, False),
    ("abort", ["app.py"], "import os\nos.abort()", "", 1, False),
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
     "  print('child', len(y)); sys.stdout.flush(); os._exit(4)\nprint(os.waitpid(pid, 0)[1] >> 8)", "", 2),
    ("fork, and both go on to their ends", ["app.py"],
     "import os, sys\npid = os.fork()\nif pid: os.waitpid(pid, 0)\nz = [[i] for i in range(500)]\n"
     "print('parent' if pid else 'child', len(z))", "", 2),
    ("fork among threads", ["-W", "ignore", "app.py"],
     "import os, sys, threading, time\nstop = False\ndef churn():\n  while not stop:\n    x = [[i] for i in range(5)]\n    time.sleep(0.001)\n"
     "ts = [threading.Thread(target=churn) for i in range(3)]\n[t.start() for t in ts]\n"
     "for n in range(3):\n  pid = os.fork()\n  if pid == 0:\n    y = {i: [i] for i in range(50)}\n    os._exit(n)\n"
     "  print(os.waitpid(pid, 0)[1] >> 8)\nstop = True\n[t.join() for t in ts]", "", 4),
    ("children and their children", ["app.py"],
     "import os\ndef f(n):\n  if n == 0: return\n  pid = os.fork()\n  if pid == 0:\n    f(n - 1)\n    os._exit(n)\n"
     "  print(n, os.waitpid(pid, 0)[1] >> 8, flush=True)\nf(3)", "", 4),
    ("a child that is killed", ["app.py"],
     "import os, signal\npid = os.fork()\nif pid == 0:\n  os.kill(os.getpid(), 9)\nprint(os.waitpid(pid, 0)[1])", "", 2, False),
    *[(f"multiprocessing: {method}", ["app.py"],
       "import multiprocessing as mp, sys\ndef work(n):\n  return len([[i] for i in range(n)])\n"
       "def child(q): q.put((work(100), sys.argv[0][-6:], sys.executable))\n"
       f"if __name__ == '__main__':\n  mp.set_start_method('{method}')\n  q = mp.SimpleQueue()\n"
       "  p = mp.Process(target=child, args=(q,))\n  p.start()\n  print(q.get())\n  p.join()\n  print(p.exitcode)", "", count)
      # spawn starts a resource tracker, forkserver also the server.
      for method, count in [("fork", 2), ("spawn", 3), ("forkserver", 4)]],
    ("other programs", ["app.py"],
     "import subprocess, os\nprint(subprocess.run(['/bin/echo', 'hi'], capture_output=True).stdout)\n"
     "print(os.system('exit 3') >> 8, subprocess.run('cat', input=b'x', capture_output=True).stdout)\n"
     "print(os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)[1])\n"
     "try: os.execv('/no/such/program', ['x'])\nexcept OSError as e: print(e)", ""),
    ("Python children", ["app.py"],
     "import subprocess, sys, os\ncode = 'import sys, os; print(sys.argv, sys.executable, sys.orig_argv[1:] if hasattr(sys, \"orig_argv\") else 0, '\\\n"
     "  'sorted(k for k in os.environ if k != \"_\"), sys.flags.isolated); sys.exit(9)'\n"
     "p = subprocess.run([sys.executable, '-I', '-c', code, 'a b'], capture_output=True, text=True)\nprint(p)\n"
     "p = subprocess.run([sys.executable, '-c', 'print(input())'], close_fds=False, input='in', capture_output=True, text=True)\nprint(p)\n"
     "sys.stdout.flush()\nprint(os.waitpid(os.posix_spawn(sys.executable, ['py', '-c', 'print(1)'], {}), 0)[1] >> 8)", "", 4),
    ("a script that names its interpreter", ["app.py"],
     "import subprocess, sys, os\nopen('tool', 'w').write('#!' + sys.executable + ' -B\\nimport sys\\n'\n"
     "  'print(sys.argv, sys.flags.dont_write_bytecode)\\n')\nos.chmod('tool', 0o755)\n"
     "print(subprocess.run(['./tool', 'x'], capture_output=True))\nos.chmod('tool', 0o644)\n"
     "try: subprocess.run(['./tool'])\nexcept OSError as e: print(e)", "", 2),
    ("exec of Python", ["app.py"],
     "import os, sys\nprint(1, flush=True)\nos.execv(sys.executable, [sys.executable, '-c', 'print(2)'])", "", 2, False),
    ("exec of another program", ["app.py"], "import os\nprint(1, flush=True)\nos.execv('/bin/echo', ['echo', '2'])", "",
     1, False),
    ("a process that closes all descriptors", ["app.py"],
     "import os\nos.closerange(3, 1000)\nf = open('mine', 'w')\nfor i in range(140000): [i]\n"
     "f.write('x')\nf.close()\nprint(open('mine').read())", ""),
    ("a second interpreter", ["app.py"],
     "try:\n  import _xxsubinterpreters as s\nexcept ImportError:\n  import _interpreters as s\n"
     "i = s.create()\ns.run_string(i, 'x = [[k] for k in range(100)]')\ns.destroy(i)\nprint('fine')", "", 1, False),
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


def without_own_words(errors):
    return re.sub("^gcsim record: .*\n", "", errors, flags=re.M)


def faults_of(gcsim, folder, traces, is_complete):
    names = sorted(name for name in os.listdir(folder) if name.startswith("app") and name.endswith(".gct"))
    faults = [] if len(names) == traces else [f"{traces} recordings expected, there are {names}"]
    cut = 0
    for name in names:
        replayed = run([gcsim, "replay", name, "--events", "none", "--format", "json"], folder, "")
        if replayed.returncode != 0:
            faults.append(f"{name} can't be replayed: {replayed.stderr}")
        else:
            cut += json.loads(replayed.stdout)["trace"].get("cut_short", False)
    if cut != (0 if is_complete else 1):
        faults.append(f"{cut} of the recordings {names} are incomplete")
    left = [name for name in os.listdir(folder) if ".raw" in name]
    return faults + ([f"left over: {left}"] if left else [])


def differences(gcsim, python, case, mode):
    name, arguments, program, given, *expected = case
    traces, is_complete = (expected + [1, True][len(expected):])[:2]
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "app.py"), "w") as file:
            file.write(program)
        plain = run([python, *arguments], folder, given)
        recorded = run([gcsim, "record", *mode, "-o", "app.gct", "--", python, *arguments], folder, given)
        errors = without_own_words(recorded.stderr)
        if (plain.returncode, plain.stdout, plain.stderr) != (recorded.returncode, recorded.stdout, errors):
            return [f"plain:    {plain.returncode} {plain.stdout!r} {plain.stderr!r}",
                    f"recorded: {recorded.returncode} {recorded.stdout!r} {errors!r}"]
        return faults_of(gcsim, folder, traces, is_complete)


# These processes import so much that exact recordings take their time, most of all where each call makes a frame.
ONLY_ON_3_11 = "multiprocessing: fork", "multiprocessing: spawn", "multiprocessing: forkserver"


def main():
    gcsim, folder, version = sys.argv[1:]
    _, python = recorder.find_or_skip(folder, version)
    bad = 0
    for case in CASES:
        found = differences(os.path.abspath(gcsim), python, case, [])
        if case[0] not in ONLY_ON_3_11 or version.startswith("3.11."):
            found += differences(os.path.abspath(gcsim), python, case, ["--exact"])
        bad += bool(found)
        print(f"{case[0]}: {'DIFFERS' if found else 'the same'}")
        for line in found:
            print("  " + line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
