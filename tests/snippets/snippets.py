#!/usr/bin/env python3
"""Short Python programs beside their traces: real CPython prints what gcsim says.

    snippets.py check [--gcsim PROGRAM] [NAME ..]    gcsim says of NAME.trace what outputs/NAME.txt recorded
    snippets.py live [NAME ..]                       every interpreter found prints what is recorded (77: none found);
                                                     other releases of its version may differ
    snippets.py record [NAME ..]                     write outputs/ anew; needs all nine interpreters
    snippets.py show VERSION NAME [--gcsim PROGRAM]  what both say, side by side
    snippets.py table [--update]                     the files in README.md exist, its versions are those recorded

VERSION as in 3.11. Needs Python 3.8 or later; interpreters: $PYENV_ROOT, `pyenv root`, PATH.
"""
import argparse
import concurrent.futures
import glob
import itertools
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "conformance", "live"))
import interpreters  # noqa: E402

VERSIONS = list(interpreters.RECORDED)
NONE_FOUND = 77  # what ctest takes for "skipped"
NOT_SNIPPETS = ("snippets", "watch")
CONTEXT = 8  # lines around a difference


def names(wanted=()):
    found = sorted(os.path.basename(path)[:-3] for path in glob.glob(os.path.join(HERE, "*.py")))
    found = [name for name in found if name not in NOT_SNIPPETS]
    unknown = [name for name in wanted if name not in found]
    if unknown:
        sys.exit("there is no snippet %s; there are: %s" % (unknown[0], " ".join(found)))
    return list(wanted) or found


def path_of(name, ending):
    return os.path.join(HERE, name + ending)


def versions_of(name):
    """All, unless a first comment says otherwise: `# versions: 3.8-` or `# versions: 2.7-3.11`."""
    with open(path_of(name, ".py"), encoding="utf-8") as file:
        match = re.match(r"# versions: ([\d.]+)-([\d.]*)$", file.readline().rstrip())
    if not match:
        return VERSIONS
    first = VERSIONS.index(match[1])
    last = VERSIONS.index(match[2]) if match[2] else len(VERSIONS) - 1
    return VERSIONS[first:last + 1]


def as_ranges(versions):
    """2.7, 3.6-3.13: neighbours in the list of those that were recorded, within one major version."""
    parts = []
    for major in ("2", "3"):
        numbers = [VERSIONS.index(v) for v in versions if v.startswith(major)]
        for _, group in itertools.groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
            run = [VERSIONS[number] for _, number in group]
            parts.append(run[0] if len(run) == 1 else run[0] + "-" + run[-1])
    return ", ".join(parts)


# What a real interpreter prints.

def run_snippet(interpreter, name):
    environment = {k: v for k, v in os.environ.items() if k not in interpreters.LEAVES_UNSET}
    environment.update(PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run([interpreter.python, "-S", path_of(name, ".py")], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, env=environment, cwd=HERE, timeout=120)
    if done.returncode != 0:
        return "%sit ended with status %d: %s\n" % (done.stdout, done.returncode, done.stderr.strip())
    return done.stdout


def recorded(name):
    """{version: output}"""
    outputs, targets = {}, []
    try:
        with open(os.path.join(HERE, "outputs", name + ".txt"), encoding="utf-8") as file:
            for line in file:
                if line.startswith("== "):
                    targets = versions_of(name) if line == "== all\n" else line.split()[1:]
                    outputs.update((version, "") for version in targets)
                else:
                    outputs.update((version, outputs[version] + line) for version in targets)
    except FileNotFoundError:
        pass
    return {version: outputs[version] for version in VERSIONS if version in outputs}


def write_recorded(name, outputs):
    sections = {}
    for version, output in outputs.items():
        sections.setdefault(output, []).append(version)
    with open(os.path.join(HERE, "outputs", name + ".txt"), "w", encoding="utf-8") as file:
        for output, versions in sections.items():
            file.write("== %s\n%s" % ("all" if len(sections) == 1 else " ".join(versions), output))


# What gcsim says, in the same words.

def wanted_prints(name):
    """{line number: what `# prints:` comments ask for}"""
    wanted = {}
    with open(path_of(name, ".trace"), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = re.search(r"# prints: (.*?)\s*(?:#|$)", line)
            if match:
                wanted[number] = match[1]
    return wanted


class Account:
    """The lines that a snippet prints, made of gcsim's notices of its trace."""

    def __init__(self, prints):
        self.prints = sorted(prints.items())  # still to come
        self.lines, self.freed, self.tells_collections = [], set(), False

    def say(self, *words):
        self.lines.append(" ".join(str(word) for word in words))

    def answer_up_to(self, line):
        """What is asked for above this line of the trace."""
        while self.prints and self.prints[0][0] < line:
            words = self.prints.pop(0)[1]
            if words in ("collections", "no collections"):
                self.tells_collections = words == "collections"
            elif words.startswith("alive "):
                for thing in words.split()[1:]:
                    self.say("dead" if thing in self.freed else "alive", thing)
            else:
                self.say(words)

    def notice(self, notice):
        tell = getattr(self, "on_" + notice.get("kind", ""), None)
        if tell:
            tell(notice)
        elif "value" in notice:
            self.answer(notice["kind"], notice["value"])

    def answer(self, kind, value):
        if isinstance(value, bool):
            value = "yes" if value else "no"
        self.say(kind, *(value or ["none"] if isinstance(value, list) else [value]))

    def on_event(self, notice):
        self.answer_up_to(notice["line"])

    def on_freed(self, notice):
        self.freed.add(notice.get("id"))

    def on_finalizer(self, notice):
        self.say("finalize", notice["id"])

    def on_callback(self, notice):
        self.say("callback", notice["id"])

    def on_collection_end(self, notice):
        if self.tells_collections:
            self.say("collect", notice["gen"], "collected", notice["collected"], "uncollectable",
                     notice["uncollectable"])

    def on_refcount(self, notice):
        self.say("refcount", notice["refcount"])

    def on_generations(self, notice):
        self.say("generations", *("[%s]" % " ".join(notice["generation%d" % g]) for g in range(3)))


def simulate(gcsim, name, version):
    command = [gcsim, "replay", path_of(name, ".trace"), "--profile", "cpython-" + version,
               "--format", "jsonl", "--events", "all"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if done.returncode != 0:
        return done.stderr
    account = Account(wanted_prints(name))
    for line in done.stdout.splitlines():
        account.notice(json.loads(line))
    account.answer_up_to(sys.maxsize)
    return "".join(line + "\n" for line in account.lines)


# Comparing.

def side_by_side(left_title, left, right_title, right, from_difference=False):
    """For people: a line where they differ is marked with '|'; if asked for, only what is around the first of them."""
    pairs = list(itertools.zip_longest(left.splitlines(), right.splitlines(), fillvalue=""))
    if from_difference:
        first = [a == b for a, b in pairs].index(False)
        pairs = pairs[max(first - CONTEXT, 0):first + CONTEXT + 1]
    lines = ["  %-38s %s %s" % (a, " " if a == b else "|", b) for a, b in pairs]
    return "\n".join(["  %-38s   %s" % (left_title, right_title)] + lines)


def check(options):
    wrong = compared = 0
    for name in names(options.names):
        outputs = recorded(name)
        if list(outputs) != versions_of(name):
            print("%s: recorded are %s; it is for %s" % (name, as_ranges(outputs) or "none",
                                                         as_ranges(versions_of(name))))
            wrong += 1
        ours = {version: simulate(options.gcsim, name, version) for version in outputs}
        differing = [version for version in outputs if ours[version] != outputs[version]]
        if differing:
            version = differing[-1]
            print("%s differs for %s; for %s:" % (name, as_ranges(differing), version))
            print(side_by_side("CPython", outputs[version], "gcsim", ours[version], from_difference=True))
            wrong += 1
        compared += len(outputs)
    if not wrong:
        print("%d outputs of real interpreters: gcsim says the same" % compared)
    return 1 if wrong else 0


def found_interpreters():
    found, skipped = interpreters.find_interpreters(observed=False)
    for python, reason in skipped:
        print("skipped %s: %s" % (python, reason), file=sys.stderr)
    return found


def run_snippets(interpreter, wanted):
    """{name: what it prints}, for several at a time"""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(wanted, pool.map(lambda name: run_snippet(interpreter, name), wanted)))


def prints_what_is_recorded(interpreter, wanted):
    """The number of snippets for which it does not."""
    wanted = [name for name in wanted if interpreter.minor in versions_of(name)]
    wrong = 0
    for name, real in run_snippets(interpreter, wanted).items():
        stored = recorded(name).get(interpreter.minor, "")
        if real != stored:
            print("%s, %s:" % (name, interpreter.version))
            print(side_by_side("recorded", stored, "printed now", real, from_difference=True))
            wrong += 1
    print("CPython %s: %d of %d snippets print what %s" % (
        interpreter.version, len(wanted) - wrong, len(wanted),
        "is recorded" if interpreter.is_recorded() else interpreters.RECORDED[interpreter.minor] + " did: no fault"))
    return wrong if interpreter.is_recorded() else 0


def live(options):
    found = found_interpreters()
    if not found:
        print("no CPython was found: only the recorded outputs can be compared")
        return NONE_FOUND
    wrong = sum([prints_what_is_recorded(interpreter, names(options.names)) for interpreter in found])
    missing = [v for v in VERSIONS if v not in [interpreter.minor for interpreter in found]]
    if missing:
        print("not found: CPython " + ", ".join(missing))
    return 1 if wrong else 0


def record(options):
    found = {i.minor: i for i in found_interpreters() if i.is_recorded()}
    missing = [interpreters.RECORDED[v] for v in VERSIONS if v not in found]
    if missing:
        print("not recorded: CPython %s was not found" % ", ".join(missing))
        return 2
    wanted = names(options.names)
    runs = [{version: run_snippets(found[version], [name for name in wanted if version in versions_of(name)])
             for version in VERSIONS} for _ in range(2)]
    status = 0
    for name in wanted:
        first, second = ({version: run[version][name] for version in versions_of(name)} for run in runs)
        if first == second:
            write_recorded(name, first)
        else:
            print("%s is not recorded: two runs differ" % name)
            status = 1
    return status


def show(options):
    name = names([options.name])[0]
    real = [run_snippet(i, name) for i in found_interpreters() if i.minor == options.version]
    left = real[0] if real else recorded(name).get(options.version, "(not found, not recorded)")
    print(side_by_side("CPython " + options.version, left, "gcsim", simulate(options.gcsim, name, options.version)))
    return 0


# The table of README.md: | A1 | mechanism | traces | tests | versions that agree |

MECHANISMS = [letter + str(number) for letter, last in (("A", 10), ("B", 12), ("C", 4), ("D", 5), ("E", 3), ("F", 2),
                                                        ("G", 3), ("H", 1)) for number in range(1, last + 1)]


def is_snippet(file):
    return file.endswith(".py") and "/" not in file


def linked_files(cells):
    return [target for cell in cells for target in re.findall(r"\]\(([^)#]+)\)", cell)]


def recorded_in(folder):
    """The versions of recordings that are a file for each: recordings/cpython-3.11.txt."""
    files = os.listdir(os.path.join(HERE, folder)) if os.path.isdir(os.path.join(HERE, folder)) else []
    return [version for version in VERSIONS if any(file.startswith("cpython-%s." % version) for file in files)]


def agreeing(files):
    """What the last cell says: the versions in which the row's snippets and other recordings were made."""
    spans = [(f[:-3], as_ranges(recorded(f[:-3]))) for f in files if is_snippet(f)]
    spans += [(f, as_ranges(recorded_in(f))) for f in files if f.endswith("recordings")]
    if not spans:
        return "-"
    usual = max((span for _, span in spans), key=len)
    exceptions = ["%s: %s" % (name, span) for name, span in spans if span != usual]
    return usual + (" (%s)" % "; ".join(exceptions) if exceptions else "")


def table_row(line, faults):
    """The line with its last cell as it should be, the mechanism, the snippets that show it."""
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    files = linked_files(cells)
    faults += ["%s: there is no %s" % (cells[0], f) for f in files if not os.path.exists(os.path.join(HERE, f))]
    return "| %s |\n" % " | ".join(cells[:-1] + [agreeing(files)]), cells[0], [f[:-3] for f in files if is_snippet(f)]


def table(options):
    readme = os.path.join(HERE, "README.md")
    with open(readme, encoding="utf-8") as file:
        lines = file.readlines()
    faults, rows, shown = [], [], set()
    for k, line in enumerate(lines):
        if re.match(r"\| [A-H]\d+ \|", line):
            wanted, mechanism, snippets = table_row(line, faults)
            if line != wanted and not options.update:
                faults.append("%s: the table says\n  %s  and should say\n  %s" % (mechanism, line, wanted))
            lines[k] = wanted
            rows.append(mechanism)
            shown.update(snippets)
    if rows != MECHANISMS:
        faults.append("the rows are %s" % " ".join(rows))
    faults += ["%s is in no row" % name for name in names() if name not in shown]
    if options.update:
        with open(readme, "w", encoding="utf-8") as file:
            file.writelines(lines)
    print("\n".join(faults) if faults else "%d mechanisms, %d snippets" % (len(rows), len(shown)))
    return 1 if faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for action in (check, live, record, show, table):
        verb = verbs.add_parser(action.__name__)
        verb.set_defaults(action=action)
        if action in (check, show):
            verb.add_argument("--gcsim", default=os.path.join(ROOT, "build", "gcsim"))
        if action in (check, live, record):
            verb.add_argument("names", nargs="*", metavar="NAME")
        if action is show:
            verb.add_argument("version")
            verb.add_argument("name")
        if action is table:
            verb.add_argument("--update", action="store_true")
    options = parser.parse_args()
    return options.action(options)


if __name__ == "__main__":
    sys.exit(main())
