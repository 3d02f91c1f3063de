#!/usr/bin/env python3
"""Runs commands and compares all they say with what is stored.

    run.py PROGRAM CASE.golden ...             compare; exit 1 if something differs
    run.py PROGRAM --update CASE.golden ...    store what they say now; review the diff
    run.py PROGRAM --bad [--update]            every file of traces/bad has its case in bad/
    run.py PROGRAM --readme                    the sessions shown in README.md are true

A case is a session: what it shows, then commands with their output.

    # comment
    $ gcsim replay traces/x.trace
    lines on standard output
    ! lines on standard error
    [status 3]                      unless it is 0

Commands run in the source tree, by sh, with $TMP as an empty folder of their own.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BAD = os.path.join(ROOT, "traces", "bad")


def commands_of(text):
    return [line[2:] for line in text.split("\n") if line.startswith("$ ")]


def comments_of(text):
    lines = []
    for line in text.split("\n"):
        if not line.startswith("#"):
            break
        lines.append(line + "\n")
    return "".join(lines)


def run(command, program, folder):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GCSIM_")}
    environment["PATH"] = os.path.dirname(os.path.abspath(program)) + os.pathsep + os.environ["PATH"]
    environment["TMP"] = folder
    environment["LC_ALL"] = "C"
    done = subprocess.run(["sh", "-c", command.replace("build/gcsim", "gcsim")], cwd=ROOT, env=environment, capture_output=True,
                          stdin=subprocess.DEVNULL, check=False, timeout=300)
    out = done.stdout.decode(errors="backslashreplace")
    error = done.stderr.decode(errors="backslashreplace")
    text = f"$ {command}\n{out}"
    if out and not out.endswith("\n"):
        text += "(no line end)\n"
    text += "".join(f"! {line}\n" for line in error.splitlines())
    if done.returncode != 0:
        text += f"[status {done.returncode}]\n"
    return text.replace(folder, "$TMP")


def session(text, program):
    with tempfile.TemporaryDirectory() as folder:
        return comments_of(text) + "".join(run(command, program, folder) for command in commands_of(text))


def show_difference(path, stored, got):
    name = os.path.relpath(path, ROOT)
    print(f"{name} differs.\n--- stored\n{stored}--- got\n{got}---")
    want, have = stored.split("\n"), got.split("\n")
    for number, (a, b) in enumerate(zip(want + [""], have + [""]), 1):
        if a != b:
            print(f"first difference, line {number}:\n  stored: {a}\n  got:    {b}")
            break


def check(path, program, update):
    with open(path, encoding="utf-8") as file:
        stored = file.read()
    got = session(stored, program)
    if got == stored:
        return True
    if update:
        with open(path, "w", encoding="utf-8") as file:
            file.write(got)
        print(f"{os.path.relpath(path, ROOT)}: written")
        return True
    show_difference(path, stored, got)
    print(f"If the new output is right:  {os.path.relpath(__file__, ROOT)} PROGRAM --update "
          f"{os.path.relpath(path, ROOT)}")
    return False


def bad_cases(update):
    """The cases of traces/bad; makes missing ones if `update`, else says which are missing."""
    cases, complete = [], True
    for name in sorted(os.listdir(BAD)):
        if name == "README.md":
            continue
        case = os.path.join(HERE, "bad", name + ".golden")
        cases.append(case)
        if os.path.exists(case):
            continue
        if not update:
            print(f"traces/bad/{name} has no golden; run {os.path.relpath(__file__, ROOT)} PROGRAM --bad --update")
            complete = False
            continue
        with open(case, "w", encoding="utf-8") as file:
            file.write(f"$ gcsim replay traces/bad/{name}\n")
    return cases, complete


def readme_is_true(program):
    """Indented blocks of README.md that begin with a gcsim command show what it says."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        text = file.read()
    true = True
    for block in re.findall(r"(?:^    .*\n(?:^\s*\n(?=^    ))*)+", text, re.MULTILINE):
        shown = re.sub(r"^    ", "", block, flags=re.MULTILINE)
        if not shown.startswith("$ build/gcsim"):
            continue
        got = session(shown, program)
        if got != shown:
            show_difference(os.path.join(ROOT, "README.md"), shown, got)
            true = False
    return true


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("cases", metavar="CASE.golden", nargs="*")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--bad", action="store_true")
    parser.add_argument("--readme", action="store_true")
    arguments = parser.parse_args()
    if arguments.readme:
        return 0 if readme_is_true(arguments.program) else 1
    cases, complete = bad_cases(arguments.update) if arguments.bad else (arguments.cases, True)
    if not cases:
        parser.error("expected --bad, --readme or a CASE.golden")
    results = [check(case, arguments.program, arguments.update) for case in cases if os.path.exists(case)]
    if not arguments.update:
        print(f"{len(results)} cases, {results.count(False)} differ")
    return 0 if all(results) and complete else 1


if __name__ == "__main__":
    sys.exit(main())
