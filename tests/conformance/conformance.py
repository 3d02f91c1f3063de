#!/usr/bin/env python3
"""gcsim against real CPython, and the recordings of what real CPython does.

    conformance.py live [--gcsim PROGRAM]     compare with every interpreter found; 1: something differs
    conformance.py record [VERSION ..]        write the recordings anew, of all interpreters found
    conformance.py run VERSION TRACE          print a real interpreter's transcript
    conformance.py show VERSION NAME          print a recorded one

VERSION as in 3.11. Needs Python 3.8 or later; interpreters: $PYENV_ROOT, `pyenv root`, PATH.
"""
import argparse
import glob
import lzma
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "live"))
import interpreters  # noqa: E402

BUILT = os.environ.get("GCSIM_LIVE_BUILD", os.path.join(HERE, "live", "build"))
LOG_MARK = "## "  # in front of the name, before each log of an archive
SHOWN = 5  # disagreements per interpreter


def traces():
    return sorted(glob.glob(os.path.join(HERE, "traces", "*.trace")))


def name_of(trace):
    return os.path.basename(trace)[: -len(".trace")]


def archive_of(minor):
    return os.path.join(HERE, "recordings", "cpython-%s.logs.xz" % minor)


def read_archive(minor):
    """{name: log}"""
    logs, name = {}, None
    with lzma.open(archive_of(minor), "rt", encoding="utf-8") as f:
        for line in f:
            if line.startswith(LOG_MARK):
                name = line[len(LOG_MARK):].rstrip("\n")
                logs[name] = []
            else:
                logs[name].append(line)
    return {n: "".join(lines) for n, lines in logs.items()}


def write_archive(minor, logs):
    text = "".join(LOG_MARK + name + "\n" + logs[name] for name in sorted(logs))
    os.makedirs(os.path.dirname(archive_of(minor)), exist_ok=True)
    with open(archive_of(minor), "wb") as f:
        f.write(lzma.compress(text.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))


def usable(wanted=()):
    """The interpreters found and built; says on stderr what was skipped."""
    found, skipped = interpreters.find_interpreters()
    built = []
    for interpreter in found:
        if wanted and interpreter.minor not in wanted:
            continue
        try:
            interpreter.build(BUILT)
            built.append(interpreter)
        except interpreters.Unusable as error:
            skipped.append((interpreter.python, str(error)))
    for python, reason in skipped:
        print("skipped %s: %s" % (python, reason), file=sys.stderr)
    return built


def behind_first_line(transcript):
    return transcript.split("\n")[1:]


def first_difference(real, ours):
    """(line number, the real line, ours), or None. The first line names who executed the trace."""
    real, ours = behind_first_line(real), behind_first_line(ours)
    for k, (a, b) in enumerate(zip(real, ours)):
        if a != b:
            return k + 2, a, b
    if len(real) != len(ours):
        k = min(len(real), len(ours))
        return k + 2, "".join(real[k:k + 1]), "".join(ours[k:k + 1])
    return None


def title(interpreter):
    if interpreter.is_recorded():
        return "CPython " + interpreter.version
    return "CPython %s (the profile is of %s)" % (interpreter.version, interpreters.RECORDED[interpreter.minor])


def shortened(line, other):
    """The line from shortly before the place where the other differs."""
    at = max(len(os.path.commonprefix([line, other])) - 40, 0)
    return ("..." if at else "") + line[at:at + 100] + ("..." if len(line) > at + 100 else "")


def simulate(gcsim, trace, profile):
    command = [gcsim, "replay", trace, "--profile", profile, "--format", "transcript"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    return done.stdout or "\n" + done.stderr


def disagreement(gcsim, interpreter, trace, outcome):
    """What differs, for people; None if nothing does."""
    if outcome.error:
        return "%s: CPython gives no transcript: %s" % (name_of(trace), outcome.error)
    difference = first_difference(outcome.transcript, simulate(gcsim, trace, interpreter.profile))
    if not difference:
        return None
    line, real, ours = difference
    return "%s, line %d\n    CPython: %s\n    gcsim:   %s" % (
        name_of(trace), line, shortened(real, ours), shortened(ours, real))


def live(options):
    if not os.access(options.gcsim, os.X_OK):
        print("there is no program %s: build it, or say --gcsim PROGRAM" % options.gcsim, file=sys.stderr)
        return 2
    found = usable()
    if not found:
        print("no CPython with headers was found: only the recordings were compared")
        return 0
    agree = True
    for interpreter in found:
        outcomes = zip(traces(), interpreter.execute(traces()))
        answers = [disagreement(options.gcsim, interpreter, trace, outcome) for trace, outcome in outcomes]
        wrong = [answer for answer in answers if answer]
        print("%s: %d of %d traces agree" % (title(interpreter), len(answers) - len(wrong), len(answers)))
        for answer in wrong[:SHOWN]:
            print("  " + answer)
        agree = agree and not wrong
    return 0 if agree else 1


def record_one(interpreter):
    """Each trace twice, in processes of their own, once with random addresses: only what agrees is recorded."""
    if not interpreter.is_recorded():
        print("%s: not recorded" % title(interpreter))
        return False
    first = interpreter.execute(traces())
    second = interpreter.execute(traces(), random_addresses=True)
    logs, sound = {}, True
    for trace, a, b in zip(traces(), first, second):
        if a.error or a.transcript != b.transcript:
            print("  %s is not recorded: %s" % (name_of(trace), a.error or "two runs differ"))
            sound = False
            continue
        logs[name_of(trace)] = a.transcript
    write_archive(interpreter.minor, logs)
    print("CPython %s: %d logs" % (interpreter.version, len(logs)))
    return sound


def record(options):
    return 0 if all([record_one(i) for i in usable(options.versions)]) else 1


def run(options):
    found = usable([options.version])
    if not found:
        print("no CPython %s was found" % options.version, file=sys.stderr)
        return 2
    outcome = found[0].execute([options.trace])[0]
    print(outcome.transcript or outcome.error, end="" if outcome.transcript else "\n")
    return 0 if outcome.transcript else 2


def show(options):
    logs = read_archive(options.version)
    if options.name not in logs:
        print("there is no recording of " + options.name, file=sys.stderr)
        return 2
    print(logs[options.name], end="")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("live")
    verb.add_argument("--gcsim", default="build/gcsim")
    verb.set_defaults(action=live)
    verb = verbs.add_parser("record")
    verb.add_argument("versions", nargs="*", metavar="VERSION")
    verb.set_defaults(action=record)
    verb = verbs.add_parser("run")
    verb.add_argument("version")
    verb.add_argument("trace")
    verb.set_defaults(action=run)
    verb = verbs.add_parser("show")
    verb.add_argument("version")
    verb.add_argument("name")
    verb.set_defaults(action=show)
    options = parser.parse_args()
    return options.action(options)


if __name__ == "__main__":
    sys.exit(main())
