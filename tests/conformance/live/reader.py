"""Reads the text form of a trace for the live harness: a second reading, independent of gcsim's own.

Runs under every interpreter that is observed: Python 2.7 and 3.6 or later.
"""
import json
import re

BLANKS = " \t\r"
PLAIN_TOKENS = re.compile(r"[^ \t\r]+")
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(?=[ \t\r#]|$)|[^ \t\r"][^ \t\r]*')
WORD = re.compile(r"^(?:[A-Za-z_][A-Za-z0-9_.]*|[0-9]+)$")
INTEGER = re.compile(r"^-?[0-9]+$")
SLOT = re.compile(r"^([^\[]+)\[(.*)\]$", re.DOTALL)
# Lines that are no events: whom a trace is for, what it expects, where it ends.
ANNOTATIONS = ("trace", "profile", "expect", "end")
DEBUG_FLAGS = {"STATS": 1, "COLLECTABLE": 2, "UNCOLLECTABLE": 4, "INSTANCES": 8, "OBJECTS": 16, "SAVEALL": 32,
               "LEAK": 62}
COLLECTOR_CALLS = ("enable", "disable", "freeze", "unfreeze", "count", "isenabled", "get_threshold", "stats",
                   "freeze_count", "garbage", "clear_garbage")


class TraceError(Exception):
    """The trace cannot be executed: what was expected, and where."""


class Trace(object):
    """Words (numbered from 0, None first), classes, and events as (operation, a, b, n, text, words)."""

    def __init__(self):
        self.words = ["None"]
        self.numbers = {"None": 0}
        self.threshold = ()
        self.enabled = True
        self.classes = []  # (name, finalizer, slots or None)
        self.events = []

    def word(self, token):
        if token not in self.numbers:
            if not WORD.match(token):
                raise TraceError("expected an ID or a name, got " + json.dumps(token))
            self.numbers[token] = len(self.words)
            self.words.append(token)
        return self.numbers[token]

    def new_word(self, token):
        if token == "None":
            raise TraceError("expected a new ID or a name: None is neither")
        return self.word(token)


def tokens_of(line):
    """The tokens of a line up to a comment. A quoted token is a JSON string."""
    if '"' not in line and "#" not in line:
        return PLAIN_TOKENS.findall(line)
    at, tokens = 0, []
    while True:
        while at < len(line) and line[at] in BLANKS:
            at += 1
        if at == len(line) or line[at] == "#":
            return tokens
        match = TOKEN.match(line, at)
        if not match:
            raise TraceError("expected a quoted token to end, and a blank behind it")
        token = match.group()
        try:
            tokens.append(json.loads(token) if token[0] == '"' else token)
        except ValueError:
            raise TraceError("expected the escapes of JSON in a quoted token")
        if u"\0" in tokens[-1]:
            raise TraceError("expected a token without NUL")
        at = match.end()


def need(tokens, least, most, form):
    if not least <= len(tokens) <= most:
        raise TraceError("expected: " + form)


def integers(tokens, form):
    if not all(INTEGER.match(t) for t in tokens):
        raise TraceError("expected: " + form)
    return tuple(int(t) for t in tokens)


def read_class(trace, t):
    form = "class NAME [del | del=resurrect] [slots=A,B,..]"
    need(t, 2, 4, form)
    finalizer, slots = None, None
    for option in t[2:]:
        if option in ("del", "del=resurrect"):
            finalizer = option
        elif option.startswith("slots="):
            slots = [s for s in option[6:].split(",") if s]
        else:
            raise TraceError("expected: " + form)
    trace.classes.append((t[1], finalizer, slots))


def read_alloc(trace, t):
    """alloc ID TYPE [VALUE | ELEMENT ..] [as NAME]: its fourth field is the name that is bound."""
    form = "alloc ID TYPE [VALUE] [as NAME]"
    need(t, 3, len(t), form)
    new = name = trace.new_word(t[1])
    if len(t) > 4 and t[-2] == "as":
        name = trace.new_word(t[-1])
        t = t[:-2]
    kind = t[2]
    if kind == "tuple":
        return ("alloc_tuple", new, 0, name, None, [trace.word(x) for x in t[3:]])
    need(t, 3, 4, form)
    value = t[3] if len(t) == 4 else None
    if kind in ("list", "dict", "set") and value is None:
        return ("alloc_" + kind, new, 0, name, None, ())
    if kind == "int" and value is not None and INTEGER.match(value):
        return ("alloc_int", new, 0, name, value, ())
    if kind in ("float", "str"):
        return ("alloc_" + kind, new, 0, name, value, ())
    for declared, finalizer, _ in trace.classes:
        if declared == kind and value is None:
            binds = trace.word("R_" + t[1]) if finalizer == "del=resurrect" else -1
            return ("alloc_instance", new, binds, name, kind, ())
    raise TraceError("expected a built-in type or a declared class, got " + json.dumps(kind))


def read_slot(trace, t):
    """ref NAME ID, ref L[] ID, ref D[K] ID, unref L[] [ID], unref D[K]"""
    need(t, 2 if t[0] == "unref" else 3, 3, "ref NAME|L[]|D[K] ID, unref L[] [ID], unref D[K]")
    value = trace.word(t[2]) if len(t) == 3 else 0
    match = SLOT.match(t[1])
    if not match:
        if t[0] == "unref":
            raise TraceError("expected: unref L[] [ID] or unref D[K]")
        return ("bind", trace.new_word(t[1]), value, 0, None, ())
    container, key = trace.word(match.group(1)), match.group(2)
    if not key:
        name = "add" if t[0] == "ref" else "remove" if len(t) == 3 else "pop"
        return (name, container, value, 0, None, ())
    if t[0] == "unref" and len(t) == 3:
        raise TraceError("expected: unref D[K]")
    index = int(key) if INTEGER.match(key) else -1
    return ("set_item" if t[0] == "ref" else "del_item", container, value, index, key, ())


def debug_flags(token):
    """A number, or names with | between them."""
    if INTEGER.match(token):
        return int(token)
    if not all(name in DEBUG_FLAGS for name in token.split("|")):
        raise TraceError("expected a number or names of flags: " + "|".join(sorted(DEBUG_FLAGS)))
    flags = 0
    for name in token.split("|"):
        flags |= DEBUG_FLAGS[name]
    return flags


def read_question(trace, t):
    """A gc function about objects or of a name; None if it is none of these."""
    call = t[1]
    if call == "objects":
        need(t, 2, 3, "gc objects [0|1|2]")
        return ("gc_objects", 0, 0, 0, None, integers(t[2:], "gc objects [0|1|2]"))
    if call in ("referrers", "referents"):
        need(t, 3, 66, "gc %s ID .." % call)
        return ("gc_" + call, 0, 0, 0, None, [trace.word(x) for x in t[2:]])
    if call in ("is_tracked", "is_finalized", "callback", "remove_callback"):
        need(t, 3, 3, "gc %s ID" % call)
        return ("gc_" + call, trace.word(t[2]), 0, 0, None, ())
    return None


def read_gc(trace, t):
    need(t, 2, 66, "gc collect|threshold|debug|enable|disable|freeze|unfreeze|count ..")
    call = t[1]
    question = read_question(trace, t)
    if question:
        return question
    if call == "collect":
        need(t, 2, 3, "gc collect [0|1|2]")
        if len(t) == 3 and t[2] not in ("0", "1", "2"):
            raise TraceError("expected a generation: 0, 1 or 2")
        return ("gc_collect", 0, 0, int(t[2]) if len(t) == 3 else 2, None, ())
    if call == "threshold":
        need(t, 3, 5, "gc threshold A [B [C]]")
        return ("gc_threshold", 0, 0, 0, None, integers(t[2:], "gc threshold A [B [C]]"))
    if call == "debug":
        need(t, 3, 3, "gc debug FLAGS")
        return ("gc_debug", 0, 0, 0, None, (debug_flags(t[2]),))
    if call not in COLLECTOR_CALLS:
        raise TraceError("expected: gc collect|threshold|debug|enable|disable|freeze|unfreeze|count")
    need(t, 2, 2, "gc " + call)
    return ("gc_" + call, 0, 0, 0, None, ())


def read_inspect(trace, t):
    if len(t) == 3 and t[1] == "refcount":
        return ("inspect_refcount", trace.word(t[2]), 0, 0, None, ())
    if len(t) == 2 and t[1] == "generations":
        return ("inspect_generations", 0, 0, 0, None, ())
    if len(t) == 4 and t[1] == "is":
        return ("inspect_is", trace.word(t[2]), trace.word(t[3]), 0, None, ())
    raise TraceError("expected: inspect refcount ID, inspect generations, inspect is ID ID")


def read_del(trace, t):
    need(t, 2, len(t), "del NAME ..")
    return ("del", 0, 0, 0, None, [trace.new_word(x) for x in t[1:]])


def read_setattr(trace, t):
    need(t, 4, 4, "setattr ID ATTRIBUTE ID")
    return ("set_attr", trace.word(t[1]), trace.word(t[3]), 0, t[2], ())


def read_delattr(trace, t):
    need(t, 3, 3, "delattr ID ATTRIBUTE")
    return ("del_attr", trace.word(t[1]), 0, 0, t[2], ())


def read_dict(trace, t):
    need(t, 2, 3, "dict ID [NAME]")
    return ("dict", trace.word(t[1]), trace.new_word(t[2]) if len(t) == 3 else -1, 0, None, ())


def read_weakref(trace, t):
    need(t, 3, 4, "weakref ID ID [callback]")
    if len(t) == 4 and t[3] != "callback":
        raise TraceError("expected: weakref ID ID [callback]")
    return ("weakref", trace.new_word(t[1]), trace.word(t[2]), len(t) - 3, None, ())


def read_clear(trace, t):
    need(t, 2, 2, "clear ID")
    return ("clear", trace.word(t[1]), 0, 0, None, ())


def read_check(_, t):
    need(t, 1, 1, "check")
    return ("check", 0, 0, 0, None, ())


EVENTS = {
    "alloc": read_alloc, "ref": read_slot, "unref": read_slot, "del": read_del, "clear": read_clear,
    "setattr": read_setattr, "delattr": read_delattr, "dict": read_dict, "weakref": read_weakref,
    "gc": read_gc, "inspect": read_inspect, "check": read_check,
}


def read_threshold(trace, t):
    need(t, 2, 4, "threshold A [B [C]]")
    trace.threshold = integers(t[1:], "threshold A [B [C]]")


def read_enabled(trace, t):
    if t[1:] not in (["yes"], ["no"]):
        raise TraceError("expected: enabled yes|no")
    trace.enabled = t[1] == "yes"


HEADER = {"class": read_class, "threshold": read_threshold, "enabled": read_enabled}


def read_line(trace, t):
    if t[0] in ANNOTATIONS:
        return
    if t[0] in HEADER:
        if trace.events:
            raise TraceError("expected an event: header lines stand before the first")
        HEADER[t[0]](trace, t)
    elif t[0] in EVENTS:
        trace.events.append(EVENTS[t[0]](trace, t))
    else:
        raise TraceError("expected an event that an interpreter can execute, got " + json.dumps(t[0]))


def read(text, path="trace"):
    """The trace of that text (unicode). Raises TraceError with FILE:LINE in front."""
    trace = Trace()
    for number, line in enumerate(text.split("\n"), 1):
        try:
            tokens = tokens_of(line)
            if tokens:
                read_line(trace, tokens)
        except TraceError as error:
            raise TraceError("%s:%d: %s" % (path, number, error))
    return trace
