"""Finds the real CPythons of this machine, builds the observer for them and has them execute traces."""
import glob
import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = ["observer.c", "events.h", "objects.h", "transcript.h", "detour.h", "collector.h"]
# The releases that were recorded and that the profiles describe; others of the same minor version may differ.
RECORDED = {"2.7": "2.7.18", "3.6": "3.6.15", "3.7": "3.7.16", "3.8": "3.8.18", "3.9": "3.9.18", "3.10": "3.10.13",
            "3.11": "3.11.7", "3.12": "3.12.1", "3.13": "3.13.0"}
# File-level variables and functions of gcmodule.c that no header declares (2.7 and 3.6).
STATICS = ["collecting", "long_lived_total", "long_lived_pending", "generation_stats", "collect", "debug",
           "debug_cycle"]
# What an interpreter says of itself; its code may be in a library although another one was built shared.
DESCRIBE = """
import os, sys, sysconfig
maps = open("/proc/self/maps") if os.path.exists("/proc/self/maps") else []
mapped = [line.split()[-1] for line in maps if "libpython" in line]
print(".".join(map(str, sys.version_info[:3])))
print(sysconfig.get_paths()["include"])
print(mapped[0] if mapped else os.path.realpath(sys.executable))
print(hasattr(sys, "gettotalrefcount") or bool(sysconfig.get_config_var("Py_GIL_DISABLED")))
"""
LEAVES_UNSET = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONMALLOC")


class Outcome:
    """What became of one trace: a transcript, or why there is none: a signal's name (SIGSEGV: the interpreter
    crashed, SIGALRM: it was still running after two minutes) or a message, the reader's with FILE:LINE."""

    def __init__(self, transcript=None, error=None):
        self.transcript, self.error = transcript, error


class Unusable(Exception):
    """The interpreter is there but cannot be observed."""


class Interpreter:
    """REQUIRES for an observed one: the headers, to build the observer for it."""

    def __init__(self, python, observed=True):
        self.python = python
        lines = subprocess.run([python, "-c", DESCRIBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               universal_newlines=True, timeout=30).stdout.split("\n")
        if len(lines) < 4:
            raise Unusable("it does not run")
        self.version, self.include, self.library, is_special = lines[:4]
        self.minor = ".".join(self.version.split(".")[:2])
        self.profile = "cpython-" + self.minor
        self.folder = None
        if self.minor not in RECORDED:
            raise Unusable("no profile for this version")
        if is_special == "True":
            raise Unusable("a debug or free-threaded build")
        if observed and not os.path.exists(os.path.join(self.include, "Python.h")):
            raise Unusable("no headers (Python.h)")

    def is_recorded(self):
        return self.version == RECORDED[self.minor]

    def offsets(self):
        """-D options: where gcmodule.c's statics lie relative to PyGC_Collect."""
        if self.minor not in ("2.7", "3.6"):
            return []
        symbols = {}
        for line in subprocess.check_output(["nm", self.library], universal_newlines=True).split("\n"):
            fields = line.split()
            if len(fields) == 3:
                symbols.setdefault(fields[2], int(fields[0], 16))
        return ["-DOFFSET_%s=(%dL)" % (s, symbols[s] - symbols["PyGC_Collect"]) for s in STATICS if s in symbols]

    def build(self, out_dir):
        """Builds the observer into a folder of out_dir unless it is there for these sources."""
        digest = hashlib.sha256(self.python.encode())
        for name in SOURCES:
            with open(os.path.join(HERE, name), "rb") as f:
                digest.update(f.read())
        self.folder = os.path.join(out_dir, "%s-%s" % (self.version, digest.hexdigest()[:12]))
        module = os.path.join(self.folder, "gcsim_observer.so")
        if os.path.exists(module):
            return
        os.makedirs(self.folder, exist_ok=True)
        unfinished = "%s.%d" % (module, os.getpid())  # another process may be building it, too
        command = [os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", "-fno-strict-aliasing", "-w",
                   "-I" + self.include, "-I" + os.path.join(self.include, "internal"), *self.offsets(),
                   "-o", unfinished, os.path.join(HERE, "observer.c")]
        done = subprocess.run(command, stderr=subprocess.PIPE, universal_newlines=True)
        if done.returncode != 0:
            raise Unusable("the observer does not build: " + first_error(done.stderr))
        os.replace(unfinished, module)

    def command(self, random_addresses):
        fixed = ["setarch", "-R"] if shutil.which("setarch") and not random_addresses else []
        return fixed + [self.python, "-S", os.path.join(HERE, "run.py"), self.folder]

    def execute(self, paths, random_addresses=False):
        """One Outcome per trace file. REQUIRES: build() was called."""
        environment = {k: v for k, v in os.environ.items() if k not in LEAVES_UNSET}
        environment.update(PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
        with tempfile.TemporaryDirectory() as folder:
            logs = [os.path.join(folder, str(i)) for i in range(len(paths))]
            lines = "".join("%s\t%s\n" % (os.path.abspath(p), log) for p, log in zip(paths, logs))
            done = subprocess.run(self.command(random_addresses), input=lines, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, universal_newlines=True, env=environment)
            answers = done.stdout.split("\n")[:-1]
            lost = done.stderr.strip().split("\n")[-1] or "the interpreter ended early"
            answers += ["error " + lost] * (len(paths) - len(answers))
            return [outcome_of(a, log) for a, log in zip(answers, logs)]


def first_error(messages):
    errors = [line for line in messages.split("\n") if "error" in line]
    return (errors or messages.split("\n"))[0]


def outcome_of(answer, log):
    if answer == "ok":
        with open(log, encoding="utf-8") as f:
            return Outcome(transcript=f.read())
    if answer.startswith("signal "):
        return Outcome(error=signal.Signals(int(answer[7:])).name)
    return Outcome(error=answer.split(" ", 1)[1])


def candidates():
    roots = [os.environ.get("PYENV_ROOT")]
    if shutil.which("pyenv"):
        roots.append(subprocess.run(["pyenv", "root"], stdout=subprocess.PIPE, universal_newlines=True).stdout.strip())
    for root in filter(None, roots):
        for folder in glob.glob(os.path.join(root, "versions", "*", "bin")):
            for python in glob.glob(os.path.join(folder, "python[23].*")):
                if re.search(r"python[23]\.[0-9]+$", python):
                    yield python
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        for python in (os.path.join(folder, "python" + version) for version in RECORDED):
            if os.access(python, os.X_OK) and "shims" not in folder.split(os.sep):
                yield python


def rank(interpreter):
    """Of one minor version, the release that was recorded is taken, else the newest."""
    return interpreter.is_recorded(), [int(x) for x in interpreter.version.split(".")]


def find_interpreters(observed=True):
    """(found, skipped): one Interpreter per minor version, in their order; and (python, reason) for the others."""
    if observed and (platform.machine() != "x86_64" or platform.system() != "Linux"):
        return [], [("all", "deaths are observed on x86-64 Linux only")]
    usable, skipped, seen = {}, [], set()
    for python in candidates():
        if os.path.realpath(python) in seen:
            continue
        seen.add(os.path.realpath(python))
        try:
            interpreter = Interpreter(python, observed)
            usable.setdefault(interpreter.minor, []).append(interpreter)
        except (Unusable, OSError, subprocess.SubprocessError) as error:
            skipped.append((python, str(error)))
    found = [max(usable[minor], key=rank) for minor in RECORDED if minor in usable]
    for chosen in found:
        skipped += [(other.python, "%s is taken for this version" % chosen.version)
                    for other in usable[chosen.minor] if other is not chosen]
    return found, skipped
