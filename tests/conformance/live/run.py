"""Executes traces under the interpreter that runs this script: one forked child for each.

    run.py FOLDER_OF_THE_MODULE < lines of TRACE<tab>TRANSCRIPT

Answers a line for each trace: "ok", or what went wrong. Runs under Python 2.7 and 3.6 or later.
"""
import io
import os
import signal
import sys

sys.path.insert(0, sys.argv[1])
sys.path.insert(1, os.path.dirname(os.path.abspath(__file__)))
import gcsim_observer
import reader

SECONDS = 120  # after which a run counts as hanging
NUMBERS = dict((name, i) for i, name in enumerate(gcsim_observer.operation_names()))
TWO = sys.version_info[0] == 2
intern_word = intern if TWO else sys.intern  # noqa: F821


def native(text):
    return intern_word(text.encode("utf-8") if TWO else text)


def make_class(name, finalizer, slots):
    members = {} if slots is None else {"__slots__": tuple(native(s) for s in slots)}
    made = type(native(name), (object,), members)
    if finalizer:
        gcsim_observer.add_finalizer(made)
    return made


def argument_of(event, keys, classes):
    """What the C function of an event needs beside words: a key, a class, a literal or a tuple of arguments."""
    operation, _, _, n, text, numbers = event
    if operation == "alloc_instance":
        return classes[text]
    if operation == "gc_collect":
        return (n,)
    if operation in ("gc_threshold", "gc_debug"):
        return numbers
    if text is None:
        return None
    if operation == "alloc_float":
        return float(text)
    if operation in ("alloc_int", "alloc_str"):
        return text.encode("utf-8")
    return keys.setdefault(text, native(text))


def prepare(path):
    with io.open(path, encoding="utf-8") as f:
        trace = reader.read(f.read(), path)
    classes = dict((c[0], make_class(*c)) for c in trace.classes)
    keys = {}
    events = []
    for event in trace.events:
        operands = () if event[0].startswith("gc_") else tuple(event[5])
        head = (NUMBERS[event[0]],) + tuple(event[1:4])
        events.append(head + (argument_of(event, keys, classes), operands))
    words = [w.encode("ascii") for w in trace.words]
    any_class = make_class(u"any", None, None)
    return words, any_class, trace.threshold, events, native(u"__dict__"), keys, classes


def child(path, transcript):
    signal.alarm(SECONDS)
    try:
        prepared = prepare(path)
    except (reader.TraceError, EnvironmentError, ValueError) as error:
        with io.open(transcript, "wb") as f:
            f.write(str(error).encode("utf-8"))
        os._exit(2)
    written = gcsim_observer.run(*prepared[:5])
    write_all(transcript, written)
    os._exit(0)


def write_all(path, data):
    with io.open(path, "wb") as f:
        f.write(data)


def outcome(status, transcript):
    if os.WIFSIGNALED(status):
        return "signal %d" % os.WTERMSIG(status)
    code = os.WEXITSTATUS(status)
    if code == 2:
        with io.open(transcript, "rb") as f:
            return "error " + f.read().decode("utf-8")
    return "ok" if code == 0 else "exit status %d" % code


for line in iter(sys.stdin.readline, ""):
    trace_path, transcript_path = line.rstrip("\n").split("\t")
    process = os.fork()
    if process == 0:
        child(trace_path, transcript_path)
    answer = outcome(os.waitpid(process, 0)[1], transcript_path)
    sys.stdout.write(answer.replace("\n", " ") + "\n")
    sys.stdout.flush()
