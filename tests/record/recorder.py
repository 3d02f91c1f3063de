"""The recorder of a CPython version, and the interpreter that it records."""
import os
import subprocess
import sys

OPTIONS_OF_MODE = {"exact": ["--exact"], "fast": []}


def find(folder, version):
    """(launcher, python); None if there is no recorder, or no interpreter beside its library."""
    launcher = os.path.join(folder, "gcsim-record-" + version)
    if not os.path.exists(launcher):
        return None
    library = subprocess.run([launcher, "--library"], capture_output=True, text=True).stdout.partition("\n")[0]
    python = os.path.join(os.path.dirname(os.path.dirname(library)), "bin", "python3")
    return (launcher, python) if library and os.path.exists(python) else None


def find_or_skip(folder, version):
    """Ends a test that can't be made here."""
    found = find(folder, version)
    if not found:
        print(f"skipped: no recorder and interpreter of CPython {version}")
        sys.exit(77)
    return found
