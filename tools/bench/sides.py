"""The two sides of a comparison: gcsim_bench, and an executor under a real CPython. Each is a process that holds
a decoded workload and runs it once per request, in a child."""
import hashlib
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LIVE = os.path.join(HERE, "..", "..", "tests", "conformance", "live")
sys.path.insert(0, LIVE)
import interpreters  # noqa: E402

SOURCES = [os.path.join(HERE, "executor.c"), os.path.join(HERE, "ops.h"), os.path.join(LIVE, "collector.h")]
HOW_BUILT = """
import sysconfig
flags = sysconfig.get_config_var("PY_CORE_CFLAGS") or ""
print(([f for f in flags.split() if f.startswith("-O")] or ["?"])[-1])
print("--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or ""))
"""


class Failed(Exception):
    pass


class Process:
    def __init__(self, command, environment=None):
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
                                      universal_newlines=True)

    def ask(self, request):
        self.child.stdin.write(json.dumps(request) + "\n")
        self.child.stdin.flush()
        line = self.child.stdout.readline()
        if not line:
            raise Failed("%s ended with status %s" % (self.child.args[0], self.child.wait()))
        answer = json.loads(line)
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def end(self):
        self.child.stdin.close()
        self.child.wait()


class Python:
    """A real interpreter that can execute steps: 3.6 or later, with its headers."""

    def __init__(self, interpreter):
        self.interpreter = interpreter
        self.profile = interpreter.profile
        level, is_optimized = subprocess.check_output([interpreter.python, "-c", HOW_BUILT],
                                                      universal_newlines=True).split()
        is_shared = "libpython" in os.path.basename(interpreter.library)
        self.name = interpreter.version
        self.how_built = "%s%s, %s" % (level, " with PGO" if is_optimized == "True" else "",
                                       "shared library" if is_shared else "static")
        self.where = "Debian's" if interpreter.python.startswith("/usr/bin/") else "built from source"
        self.folder = None

    def build(self, out_dir):
        digest = hashlib.sha256(self.interpreter.python.encode())
        for name in SOURCES:
            with open(name, "rb") as f:
                digest.update(f.read())
        self.folder = os.path.join(out_dir, "executor-%s-%s" % (self.name, digest.hexdigest()[:12]))
        module = os.path.join(self.folder, "gcsim_bench_executor.so")
        if os.path.exists(module):
            return
        os.makedirs(self.folder, exist_ok=True)
        include = self.interpreter.include
        command = [os.environ.get("CC", "cc"), "-O3", "-shared", "-fPIC", "-fno-strict-aliasing", "-w", "-I" + include,
                   "-I" + os.path.join(include, "internal"), *self.interpreter.offsets(), "-o", module, SOURCES[0]]
        done = subprocess.run(command, stderr=subprocess.PIPE, universal_newlines=True)
        if done.returncode != 0:
            raise Failed("the executor does not build for %s: %s" % (self.name, interpreters.first_error(done.stderr)))

    def command(self):
        return [self.interpreter.python, "-S", os.path.join(HERE, "executor.py"), self.folder]

    @staticmethod
    def environment():
        kept = {k: v for k, v in os.environ.items() if k not in interpreters.LEAVES_UNSET}
        return dict(kept, PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")

    def start(self):
        return Process(self.command(), self.environment())


def found_pythons(minors):
    """Those that the conformance tests use, and the system's own, which are built with more care for speed."""
    found, _ = interpreters.find_interpreters()
    chosen = [Python(i) for i in found if i.minor in minors]
    taken = {os.path.realpath(p.interpreter.python) for p in chosen}
    for minor in minors:
        path = "/usr/bin/python" + minor
        if os.access(path, os.X_OK) and os.path.realpath(path) not in taken:
            try:
                chosen.append(Python(interpreters.Interpreter(path)))
            except interpreters.Unusable:
                pass
    return chosen
