#!/usr/bin/env python3
"""Checks that each room knows only what it may know.

    tools/check_layers.py [ROOT]        every finding as file:line: what; exit 1 if there is one
    tools/check_layers.py --self-test   the checks find planted faults, and nothing in clean files

The linker can't see these: all public headers lie under one include folder.
"""
import os
import re
import subprocess
import sys
import tempfile

# What a room may include: whole rooms, or single headers of one ("types and events only").
ARROWS = {
    "trace": [],
    "profile": ["trace/types.h"],
    "engine": ["trace/types.h", "trace/event.h", "trace/error.h", "trace/vocabulary.h", "profile"],
    "replay": ["trace", "profile", "engine"],
    "inspect": ["engine/snapshot.h"],
    "report": ["trace", "engine", "inspect"],
    "sweep": ["trace", "profile", "engine", "replay", "inspect", "report/tally.h", "report/style.h"],
    "generate": ["trace"],
    "placement": ["trace"],
    "record": ["trace"],
    "cli": [
        "trace", "placement", "profile", "engine", "replay", "inspect", "report", "sweep", "generate", "record",
    ],
    "main": ["cli"],
}
LIBRARIES = {
    "trace": ["nlohmann", "zstd.h", "zlib.h", "xxhash.h"],
    "report": ["nlohmann", "fmt"],
    "sweep": ["nlohmann", "fmt", "sqlite3.h"],
    "cli": ["nlohmann", "fmt", "CLI", "spdlog"],
}
KNOWN_LIBRARIES = {"nlohmann", "fmt", "CLI", "spdlog", "zstd.h", "zlib.h", "xxhash.h", "sqlite3.h"}

# The engine is deterministic: it sees no clock, file, console or thread.
ENGINE_MUST_NOT_INCLUDE = {"chrono", "ctime", "fstream", "iostream", "filesystem", "thread", "random"}
# Versions are data of the profile room.
VERSION = re.compile(r"\b3\.\d{1,2}\b|\b2\.7\b|0x0[23]0[0-9a-fA-F]|cpython-|PY_VERSION")
# Only the command line talks to people and ends the program.
PRINTS_OR_EXITS = re.compile(
    r"std::(cout|cerr|clog|print|println|exit|quick_exit|_Exit|abort|terminate|getenv)\b"
    r"|\b(stdout|stderr)\b|\b(printf|puts|putchar|exit|abort|getenv)\s*\(|\bfmt::print(ln)?\s*\(\s*\"")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root)/|(?<![\w.])/home/\w")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def without_comments(text, keep_strings):
    """The code with comments blanked, and with strings emptied if asked; lines keep their numbers."""
    def blank(match):
        token = match.group()
        if token.startswith("/"):
            return "\n" * token.count("\n") + " "
        return token if keep_strings else token[0] + token[-1]
    return TOKEN.sub(blank, text)


def room_of(path):
    """The room a file of src/ or include/gcsim/ belongs to; None for what all rooms share."""
    parts = path.split("/")
    parts = parts[1:] if parts[0] == "src" else parts[2:]
    name = parts[0] if len(parts) > 1 else os.path.splitext(parts[0])[0]
    return name if name in ARROWS else None


def allowed(room, header):
    """May `room` include the public header gcsim/<header>?"""
    other = header.split("/")[0] if "/" in header else os.path.splitext(header)[0]
    return other == room or other not in ARROWS or other in ARROWS[room] or header in ARROWS[room]


def include_fault(root, path, room, quote, header):
    if header.startswith("gcsim/"):
        if not allowed(room, header.removeprefix("gcsim/")):
            return f"{room} must not include {header}"
    elif quote == '"':
        beside = os.path.normpath(os.path.join(os.path.dirname(path), header)).replace(os.sep, "/")
        target = beside if os.path.exists(os.path.join(root, beside)) else "src/" + header
        other = room_of(target) if target.startswith(("src/", "include/gcsim/")) else room
        if other != room:
            return f"{room} must not include {header}, which is private to {other}"
    top = header.split("/")[0]
    if top in KNOWN_LIBRARIES and top not in LIBRARIES.get(room, []):
        return f"{room} must not use {top}"
    if room == "engine" and header in ENGINE_MUST_NOT_INCLUDE:
        return f"the engine must not include <{header}>"
    return None


def check_code(root, path, text):
    room = room_of(path)
    if room is None:
        return
    code = without_comments(text, keep_strings=True).split("\n")
    bare = without_comments(text, keep_strings=False).split("\n")
    for number, (line, bare_line) in enumerate(zip(code, bare), 1):
        include = INCLUDE.match(line)
        if include:
            fault = include_fault(root, path, room, *include.groups())
            if fault:
                yield number, fault
        elif room == "engine" and VERSION.search(line):
            yield number, "a version in the engine; make it a field of the profile"
        if room not in ("cli", "main"):
            talk = PRINTS_OR_EXITS.search(bare_line)
            if talk:
                yield number, f"{room} must not print, exit or read the environment: {talk.group().strip()}"


def files_of(root):
    """Every file that is, or could be, committed."""
    git = subprocess.run(["git", "-C", root, "ls-files", "-z", "-co", "--exclude-standard"],
                         capture_output=True, check=False)
    if git.returncode == 0:
        return sorted(set(git.stdout.decode().split("\0")) - {""})
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f != ".git" and not f.startswith("build")]
        found += [os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/") for name in names]
    return sorted(found)


def check(root):
    for path in files_of(root):
        try:
            with open(os.path.join(root, path), encoding="utf-8") as file:
                text = file.read()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # binary, or deleted but not yet committed
        if MACHINE_PATH.search(text):
            for number, line in enumerate(text.split("\n"), 1):
                if MACHINE_PATH.search(line):
                    yield f"{path}:{number}: a path of one machine"
        if path.startswith(("src/", "include/gcsim/")) and path.endswith((".h", ".cpp")):
            for number, what in check_code(root, path, text):
                yield f"{path}:{number}: {what}"


CLEAN = {
    "src/engine/collector.cpp": '#include "gcsim/engine/simulator.h"\n#include "list.h"\n'
                                "// gc.c, CPython 3.11: deduce_unreachable()\nint exit_code(int x);\n",
    "src/engine/list.h": '#include "gcsim/trace/event.h"\n/* as in cpython-3.11,\n   printf() */\n',
    "src/replay/replay.cpp": '#include "gcsim/replay.h"\n#include "gcsim/engine/simulator.h"\n',
    "src/trace/text.cpp": '#include <nlohmann/json.hpp>\nauto s = "printf(stdout)"; auto n = snprintf(b, 1, "");\n',
    "src/report/text.cpp": '#include <fmt/format.h>\n#include "gcsim/version.h"\nvoid f() { fmt::print(out, "x"); }\n',
    "src/cli/run.cpp": '#include <iostream>\n#include "gcsim/replay.h"\nvoid f() { std::cout << 1; std::exit(2); }\n',
    "src/main.cpp": '#include "gcsim/cli/cli.h"\n',
}
FAULTY = [
    ("src/trace/a.cpp", '#include "gcsim/engine/notice.h"\n', "trace must not include"),
    ("src/engine/a.cpp", '#include "gcsim/trace/reader.h"\n', "engine must not include"),
    ("src/engine/a.cpp", '#include "gcsim/replay.h"\n', "engine must not include"),
    ("include/gcsim/profile/a.h", '#include "gcsim/trace/event.h"\n', "profile must not include"),
    ("src/generate/a.cpp", '#include "gcsim/profile/profile.h"\n', "generate must not include"),
    ("src/report/a.cpp", '#include "../engine/list.h"\n', "private to engine"),
    ("src/report/a.cpp", '#include "engine/list.h"\n', "private to engine"),
    ("src/engine/a.cpp", "#include <chrono>\n", "must not include <chrono>"),
    ("src/engine/a.cpp", "#include <spdlog/spdlog.h>\n", "must not use spdlog"),
    ("src/inspect/a.cpp", "#include <fmt/format.h>\n", "must not use fmt"),
    ("src/engine/a.cpp", 'bool old = name == "cpython-3.11";\n', "a version in the engine"),
    ("include/gcsim/engine/a.h", "if (version >= 0x030b00f0) {}\n", "a version in the engine"),
    ("src/report/a.cpp", "void f() { std::cout << 1; }\n", "must not print"),
    ("src/trace/a.cpp", "/* two\nlines */ void f() { std::exit(1); }\n", "a.cpp:2: trace must not print"),
    ("docs/a.md", "see " + "/ro" + "ot/notes\n", "a path of one machine"),
]


def findings_in(files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        return list(check(root))


def self_test():
    failures = [f"clean, but found: {finding}" for finding in findings_in(CLEAN)]
    for path, text, expected in FAULTY:
        findings = findings_in(CLEAN | {path: text})
        if len(findings) != 1 or expected not in findings[0]:
            failures.append(f"{path}: {text!r}: expected {expected!r}, found {findings}")
    print("\n".join(failures) or f"self-test: {len(FAULTY)} planted faults found, none in clean files")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    root = arguments[0] if arguments else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    findings = list(check(root))
    print("\n".join(findings) or "layers: all arrows point the right way")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
