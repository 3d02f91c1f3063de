#!/usr/bin/env python3
"""Random programs of calls, exceptions, frames and generators: real CPython frees in the order gcsim says.

    programs.py GCSIM [--seeds 0:25] [--versions 3.11,3.13] [--keep FOLDER]

Each seed makes one program, in Python and as a trace. Both tell when finalizers run and what gc.collect returns. Exit 0:
all agree, 1: not (--keep FOLDER keeps those programs), 77: found none of the releases that the profiles describe. What a
trace can't say, programs don't do: `yield` inside an `except` block, `del e` before its end, locals bound in another order than the code's.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SNIPPETS = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(SNIPPETS, "..", "conformance", "live"))
import interpreters  # noqa: E402

NONE_FOUND = 77
EXCEPTIONS = ["ValueError", "KeyError", "TypeError"]
COLLECT = "print('return %d' % gc.collect())"  # no call of its own: its frame would be a caller's
HEAD = ["import gc, os, sys", f"sys.path.insert(0, {SNIPPETS!r})", "from watch import Node", "gc.disable()", "gc.collect()",
        "kept = []"]
TAIL = ["main()", COLLECT, "del kept[:]", COLLECT, "sys.stdout.flush()", "os._exit(0)"]
DEEPEST = 4


def indented(lines):
    return ["    " + line for line in lines]


class Program:
    """A program while it grows: its functions in Python, and all events in the order in which they happen."""

    def __init__(self, seed, statements=40):
        self.random = random.Random(seed)
        self.statements, self.numbers = statements, 0
        self.functions = []
        self.events = ["class Node del", "gc disable", "alloc kept list", "call main"]
        main, body = Scope(self, depth=1), []
        while self.statements > 0:
            body += main.block()
        self.events += ["return", "gc collect", "clear kept", "gc collect"]
        self.define("main", [], body)

    def new(self, prefix):
        self.numbers += 1
        return f"{prefix}{self.numbers}"

    def define(self, function, parameters, body):
        self.functions.append(f"def {function}({', '.join(parameters)}):")
        self.functions += indented(body or ["pass"])

    def python(self):
        return "\n".join(HEAD + self.functions + TAIL) + "\n"

    def trace(self):
        return "\n".join(self.events) + "\n"


class Scope:
    """The locals of one call, and statements that use them. Each makes its events and returns its lines."""

    def __init__(self, program, depth, parameters=(), is_generator=False):
        self.program, self.random, self.events = program, program.random, program.events
        self.depth, self.is_generator = depth, is_generator
        self.bound = dict.fromkeys(parameters)  # in order

    def block(self):
        kinds = ["alloc", "alloc", "bind", "bind", "wrap", "delete", "keep", "frame", "collect"]
        if self.depth < DEEPEST:
            kinds += ["alloc", "delete", "call", "keep", "keep", "handle", "handle", "generate"]
        lines = []
        for _ in range(self.random.randint(1, 6)):
            if self.program.statements <= 0:
                break
            self.program.statements -= 1
            lines += getattr(self, self.random.choice(kinds))()
        return lines

    def pick(self, but_exceptions=False):
        names = [name for name in self.bound if not (but_exceptions and name.startswith("e"))]
        return self.random.choice(names) if names else None

    def assign(self):
        target = self.random.choice("abc")
        self.bound[target] = None
        return target

    def alloc(self):
        node = self.program.new("n")
        target = self.assign()
        self.events.append(f"alloc {node} Node as {target}")
        return [f"{target} = Node('{node}')"]

    def bind(self):
        source = self.pick()
        if source is None:
            return []
        target = self.assign()
        self.events.append(f"ref {target} {source}")
        return [f"{target} = {source}"]

    def wrap(self):
        """Binds a list of a local."""
        source = self.pick()
        if source is None:
            return []
        target = self.assign()
        self.events += [f"ref held {source}", f"alloc {self.program.new('l')} list as box", "ref box[] held", f"ref {target} box",
                        "del held box"]
        return [f"held = {source}; box = [held]; {target} = box; del held, box"]

    def delete(self):
        name = self.pick(but_exceptions=True)
        if name is None:
            return []
        del self.bound[name]
        self.events.append(f"del {name}")
        return [f"del {name}"]

    def keep(self):
        name = self.pick()
        if name is None:
            return []
        self.events.append(f"ref kept[] {name}")
        return [f"kept.append({name})"]

    def frame(self):
        if self.is_generator:
            return []
        frame = self.program.new("fr")
        self.bound[frame] = None
        self.events.append(f"frame {frame}")
        return [f"{frame} = sys._getframe()"]

    def collect(self):
        self.events.append("gc collect")
        return [COLLECT]

    def arguments(self):
        parameters = [name for name in "pq" if self.bound and self.random.random() < 0.5]
        return parameters, [self.pick() for _ in parameters]

    def enter(self):
        function = self.program.new("f")
        parameters, values = self.arguments()
        pairs = " ".join(f"{p}={v}" for p, v in zip(parameters, values))
        self.events.append(f"call {function} {pairs}")
        return function, parameters, values, Scope(self.program, self.depth + 1, parameters)

    def call(self):
        function, parameters, values, inner = self.enter()
        body = inner.block()
        result = inner.pick() if self.random.random() < 0.5 else None
        target = self.assign() if result and self.random.random() < 0.6 else None
        self.events.append("return" + (f" {result}" if result else "") + (f" as {target}" if target else ""))
        self.program.define(function, parameters, body + ([f"return {result}"] if result else []))
        return [(f"{target} = " if target else "") + f"{function}({', '.join(values)})"]

    def call_that_raises(self, kind, levels):
        function, parameters, values, inner = self.enter()
        body = inner.block()
        body += inner.call_that_raises(kind, levels - 1) if levels > 1 else [f"raise {kind}()"]
        self.program.define(function, parameters, body)
        return [f"{function}({', '.join(values)})"]

    def handle(self):
        exception, kind = self.program.new("e"), self.random.choice(EXCEPTIONS)
        levels = self.random.randint(0, 2) if self.depth < 3 else 0
        tried = self.call_that_raises(kind, levels) if levels else [f"raise {kind}()"]
        self.events.append(f"raise {exception} {kind} through {levels}")
        self.bound[exception] = None
        self.depth += 1
        handler = self.block() if self.random.random() < 0.7 else []
        self.depth -= 1
        del self.bound[exception]
        self.events.append(f"del {exception}")
        handler.append(f"del {exception}")  # 2.7 does not do that itself
        return ["try:"] + indented(tried) + [f"except {kind} as {exception}:"] + indented(handler)

    def generate(self):
        function, generator = self.program.new("f"), self.program.new("g")
        parameters, values = self.arguments()
        pairs = " ".join(f"{p}={v}" for p, v in zip(parameters, values))
        self.events.append(f"generator {generator} {function} {pairs}")
        self.bound[generator] = None
        lines = [f"{generator} = {function}({', '.join(values)})"]
        body = ["if 0: yield"]
        inner = Scope(self.program, DEEPEST - 1, parameters, is_generator=True)
        for step in range(self.random.randint(0, 3)):
            self.events.append(f"next {generator}")
            body += inner.block()
            self.events.append("return" if step == 2 else "yield")
            body.append(self.events[-1])
            lines.append(f"for _ in {generator}: pass" if step == 2 else f"next({generator})")
        self.program.define(function, parameters, body)
        if self.random.random() < 0.5:
            del self.bound[generator]
            self.events.append(f"del {generator}")
            lines.append(f"del {generator}")
        return lines


def said_by_python(interpreter, path):
    environment = {k: v for k, v in os.environ.items() if k not in interpreters.LEAVES_UNSET}
    done = subprocess.run([interpreter.python, "-S", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          universal_newlines=True, env=environment, timeout=120)
    return done.stdout.split("\n")[:-1] + ([f"status {done.returncode}"] if done.returncode else [])


def said_by_gcsim(gcsim, path, version):
    done = subprocess.run([gcsim, "replay", path, "--profile", "cpython-" + version, "--format", "jsonl"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=120)
    notices = [json.loads(line) for line in done.stdout.splitlines()]
    lines = [f"finalize {n['id']}" if n["kind"] == "finalizer" else f"return {n['value']}" for n in notices
             if n.get("kind") in ("finalizer", "return")]
    return lines + ([done.stderr] if done.returncode else [])


def first_difference(real, model):
    at = next((k for k, (a, b) in enumerate(zip(real, model)) if a != b), min(len(real), len(model)))
    return f"line {at + 1}: CPython {' | '.join(real[at:at + 3]) or 'ends'}; gcsim {' | '.join(model[at:at + 3]) or 'ends'}"


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gcsim", metavar="GCSIM")
    parser.add_argument("--seeds", default="0:25", metavar="FIRST:LAST", help="the last one is not among them")
    parser.add_argument("--versions", metavar="3.11,..", help="those found here")
    parser.add_argument("--keep", metavar="FOLDER")
    options = parser.parse_args()
    wanted = options.versions.split(",") if options.versions else list(interpreters.RECORDED)
    found = [i for i in interpreters.find_interpreters(observed=False)[0] if i.minor in wanted and i.is_recorded()]
    if not found:
        print("skipped: found none of the releases that the profiles describe")
        return NONE_FOUND
    first, last = map(int, options.seeds.split(":"))
    differ = 0
    with tempfile.TemporaryDirectory() as temporary:
        for seed in range(first, last):
            program = Program(seed)
            python = write(os.path.join(temporary, "p.py"), program.python())
            trace = write(os.path.join(temporary, "p.trace"), program.trace())
            for interpreter in found:
                real = said_by_python(interpreter, python)
                model = said_by_gcsim(options.gcsim, trace, interpreter.minor)
                if real == model:
                    continue
                differ += 1
                print(f"seed {seed}, {interpreter.minor}: {first_difference(real, model)}")
                if options.keep:
                    os.makedirs(options.keep, exist_ok=True)
                    write(os.path.join(options.keep, f"{seed}.py"), program.python())
                    write(os.path.join(options.keep, f"{seed}.trace"), program.trace())
    print(f"{last - first} programs in {', '.join(i.version for i in found)}: {differ} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
