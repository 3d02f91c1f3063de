#!/usr/bin/env python3
"""A store that can't be written: a clear error, and no row that was there is lost.

    store_faults.py GCSIM
"""
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

INPUT_OUTPUT = 5  # gcsim's exit status
NOBODY = 65534


def sweep(gcsim, trace, store, *more, before=None):
    command = [gcsim, "sweep", trace, "--quiet", "--ignore-own-settings", "--format", "csv", "--store", store, *more]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=before)
    return done.returncode, done.stdout, done.stderr.decode()


def rows_of(store):
    with sqlite3.connect(store) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return connection.execute("SELECT count(*) FROM row").fetchone()[0]


def is_refused(answer, words, store):
    status, _, error = answer
    assert status == INPUT_OUTPUT, "status %s: %s" % (status, error)
    assert words in error and os.path.basename(store) in error, "'%s' is not in: %s" % (words, error)
    assert error.count("\n") == 1, error


def main():
    gcsim = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        # Nobody, who may read everything here and write nothing, may not even see where the program is built.
        gcsim = shutil.copy(gcsim, folder)
        trace, store = os.path.join(folder, "a.trace"), os.path.join(folder, "a.sqlite")
        with open(trace, "wb") as file:
            subprocess.run([gcsim, "generate", "churn", "--events", "5000", "--live", "100"], stdout=file, check=True)
        few, many = ["--threshold0", "10:60:+10"], ["--threshold0", "10:4000:+1"]
        assert sweep(gcsim, trace, store, *few)[0] == 0
        rows = rows_of(store)

        def small_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as on a full disk: write() fails
            resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000))
        is_refused(sweep(gcsim, trace, store, *many, before=small_files), "can't", store)
        assert rows_of(store) >= rows, "rows are lost on a full disk"
        rows = rows_of(store)
        print("full disk: refused, %d rows are there" % rows)

        os.chmod(store, 0o444)
        os.chmod(folder, 0o555)
        become_nobody = (lambda: os.setuid(NOBODY)) if os.getuid() == 0 else None
        is_refused(sweep(gcsim, trace, store, *many, before=become_nobody), "can't", store)
        os.chmod(folder, 0o755)
        os.chmod(store, 0o644)
        assert rows_of(store) == rows
        print("read-only: refused, nothing changed")

        with sqlite3.connect(store) as connection:
            connection.execute("PRAGMA user_version = 99")
        is_refused(sweep(gcsim, trace, store, *few), "version", store)
        with sqlite3.connect(store) as connection:
            connection.execute("PRAGMA user_version = 1")
        assert rows_of(store) == rows
        print("another version: refused, nothing changed")

        status, csv, _ = sweep(gcsim, trace, store, "--threshold0", "10:400:+1")
        plain = subprocess.run([gcsim, "sweep", trace, "--quiet", "--ignore-own-settings", "--format", "csv", "--threshold0",
                                "10:400:+1"], stdout=subprocess.PIPE, check=True).stdout
        assert status == 0 and csv == plain, "what is there afterwards differs from a new sweep"
        print("afterwards: the sweep goes on, its rows are those of a new one")
    return 0


if __name__ == "__main__":
    sys.exit(main())
