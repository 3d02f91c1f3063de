"""Executes traces under the interpreter that runs this script: one forked child for each.

    run.py FOLDER_OF_THE_MODULE < lines of TRACE<tab>FILE_FOR_THE_TRANSCRIPT

Answers a line for each trace: "ok", "signal N" or "error WHAT". Runs under Python 2.7 and 3.6 or later.
"""
from __future__ import print_function

import io
import os
import signal
import sys

sys.path.insert(0, sys.argv[1])
sys.path.insert(1, os.path.dirname(os.path.abspath(__file__)))
import gcsim_observer
import reader

SECONDS = 120  # after which SIGALRM ends a run
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
    if operation in ("gc_threshold", "gc_debug", "gc_objects"):
        return numbers
    if text is None:
        return None
    if operation == "alloc_float":
        return float(text)
    if operation in ("alloc_int", "alloc_str"):
        return text.encode("utf-8")
    return keys.setdefault(text, native(text))


def arguments_of(trace):
    """The arguments of gcsim_observer.run. Whoever holds them holds all keys and classes of the trace."""
    classes = dict((c[0], make_class(*c)) for c in trace.classes)
    keys = {}
    events = []
    for event in trace.events:
        is_call = event[0] in ("gc_threshold", "gc_debug", "gc_objects")
        operands = () if is_call else tuple(event[5])
        head = (NUMBERS[event[0]],) + tuple(event[1:4])
        events.append(head + (argument_of(event, keys, classes), operands))
    words = [w.encode("ascii") for w in trace.words]
    any_class = make_class(u"any", None, None)
    return words, any_class, trace.threshold, trace.enabled, events, native(u"__dict__")


def transcript_of(path):
    with io.open(path, encoding="utf-8-sig") as f:
        trace = reader.read(f.read(), path)
    arguments = arguments_of(trace)
    return gcsim_observer.run(*arguments)


def child(path, answer):
    """Writes a transcript and ends with 0, or what went wrong and ends with 2."""
    signal.alarm(SECONDS)
    try:
        status, text = 0, transcript_of(path)
    except Exception as error:  # whatever it is: it belongs to this trace alone
        status, text = 2, u"{}".format(error).encode("utf-8")
    with io.open(answer, "wb") as f:
        f.write(text)
    os._exit(status)


def outcome(status, answer):
    if os.WIFSIGNALED(status):
        return "signal %d" % os.WTERMSIG(status)
    if os.WEXITSTATUS(status) == 2:
        with io.open(answer, encoding="utf-8") as f:
            return "error " + f.read().replace("\n", " ")
    return "ok"


def serve():
    for line in iter(sys.stdin.readline, ""):
        trace, answer = line.rstrip("\n").split("\t")
        process = os.fork()
        if process == 0:
            child(trace, answer)
        print(outcome(os.waitpid(process, 0)[1], answer))
        sys.stdout.flush()


gcsim_observer.settle()
serve()
