#!/usr/bin/env python3
"""Kills a sweep that fills a store, again and again, at random moments; then lets it finish.

    killed.py GCSIM [--times 50] [--seed N]

After each kill the store must be sound, with no row twice and none lost; in the end it must hold what a sweep
that nobody disturbed yields. At last two sweeps fill one store at the same time.
"""
import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

GRID = ["--threshold0", "20:200:+6", "--threshold1", "2,5"]


def rows_of(store):
    """The number of rows; fails if the store is damaged or has a row twice."""
    with sqlite3.connect(store) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",), "the store is damaged"
        key = "trace, profile, threshold_0, threshold_1, threshold_2, enabled, freeze_at"
        twice = connection.execute(f"SELECT {key} FROM row GROUP BY {key} HAVING count(*) > 1").fetchall()
        assert not twice, f"rows that are there twice: {twice}"
        return connection.execute("SELECT count(*) FROM row").fetchone()[0]


def has_tables(store):
    try:
        return rows_of(store) >= 0
    except sqlite3.OperationalError:
        return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gcsim")
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        trace, store = os.path.join(folder, "a.trace"), os.path.join(folder, "a.sqlite")
        with open(trace, "wb") as file:
            subprocess.run([options.gcsim, "generate", "random", "--seed", "5", "--events", "20000"], stdout=file,
                           check=True)
        sweep = [options.gcsim, "sweep", trace, "--quiet", "--ignore-own-settings", *GRID]
        csv = ["--format", "csv", "--jobs", "2"]
        start = time.monotonic()
        expected = subprocess.run([*sweep, *csv], stdout=subprocess.PIPE, check=True).stdout
        takes = time.monotonic() - start
        rows, killed = 0, 0
        for _ in range(options.times):
            process = subprocess.Popen([*sweep, *csv, "--store", store], stdout=subprocess.DEVNULL)
            time.sleep(dice.uniform(0, takes / 4))
            killed += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
            if os.path.exists(store) and has_tables(store):
                assert rows_of(store) >= rows, "rows are lost"
                rows = rows_of(store)
                if rows == expected.count(b"\n") - 1:
                    os.remove(store)  # and once more, from the beginning
                    rows = 0
        finished = subprocess.run([*sweep, *csv, "--store", store], stdout=subprocess.PIPE, check=True).stdout
        assert finished == expected, "the finished sweep differs from one that nobody disturbed"
        again = subprocess.run([*sweep, *csv, "--store", store], stdout=subprocess.PIPE, check=True).stdout
        assert again == expected, "what the store says differs from what was computed"
        assert rows_of(store) == expected.count(b"\n") - 1
        os.remove(store)
        both = [subprocess.Popen([*sweep, *csv, "--store", store], stdout=subprocess.PIPE) for _ in range(2)]
        for process in both:
            assert process.communicate()[0] == expected and process.returncode == 0, "two at once differ"
        assert rows_of(store) == expected.count(b"\n") - 1
        print(f"{killed} of {options.times} sweeps were killed while they ran: all is right")
    return 0


if __name__ == "__main__":
    sys.exit(main())
