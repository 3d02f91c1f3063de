#!/usr/bin/env python3
"""Tests of the campaign, with gcsim under another profile in the role of the real interpreter.

    campaign_test.py PROGRAM
"""
import argparse
import collections
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import campaign
import minimise

PROGRAM = os.path.abspath(sys.argv.pop(1))


class Impostor:
    """An interpreter of another version than it says."""
    version, minor, profile = "3.11.99", "3.11", "cpython-3.11"

    def __init__(self, really, error=None):
        self.really, self.error = really, error

    def execute(self, paths):
        if self.error:
            return [campaign.conformance.interpreters.Outcome(error=self.error) for _ in paths]
        transcripts = [campaign.simulate(PROGRAM, path, self.really) for path in paths]
        return [campaign.conformance.interpreters.Outcome(transcript=t) for t in transcripts]


def run(interpreter, folder, **changes):
    """(what it printed, the tallies) of a campaign of two short traces."""
    options = argparse.Namespace(gcsim=PROGRAM, jobs=1, save=False, keep_going=True)
    vars(options).update(changes)
    cases = [campaign.Case("mixed", seed, [("events", "120")], os.path.join(folder, "%d.trace" % seed)) for seed in (1, 2)]
    tallies = collections.defaultdict(campaign.Tally)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        campaign.campaign(options, [interpreter], cases, tallies)
    return printed.getvalue(), tallies["3.11", "mixed"]


class Campaigns(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def test_interpreters_that_agree_are_counted_and_nothing_is_said(self):
        printed, tally = run(Impostor("cpython-3.11"), self.folder.name)
        self.assertEqual(printed, "")
        self.assertEqual(tally.as_json(), {"traces": 2, "events": 240, "mismatches": [], "crashes": [], "hangs": [],
                                           "faults": []})

    def test_a_difference_is_shown_with_the_command_that_makes_the_trace(self):
        printed, tally = run(Impostor("cpython-3.8"), self.folder.name)
        self.assertEqual(tally.mismatches, [1, 2])
        self.assertIn("gcsim generate random --seed 1 --preset mixed --events 120, in short:", printed)
        self.assertIn("    CPython: #", printed)

    def test_what_is_kept_is_a_trace_on_which_both_differ_and_no_line_can_be_missed(self):
        impostor = Impostor("cpython-3.8")
        campaign.TRACES = self.folder.name
        run(impostor, self.folder.name, save=True)
        with open(os.path.join(self.folder.name, "found_mixed_1_3.11.trace"), encoding="utf-8") as f:
            text = f.read()
        self.assertTrue(text.startswith("# Found by gcsim generate random --seed 1"))
        lines = minimise.meaningful(text)
        shortener = campaign.Shortener(argparse.Namespace(gcsim=PROGRAM), impostor, self.folder.name)
        self.assertEqual(shortener.still_differ([lines]), [True])
        shorter = [lines[:k] + lines[k + 1:] for k in range(len(lines))]
        self.assertNotIn(True, shortener.still_differ(shorter))

    def test_a_crash_and_a_hang_are_no_differences(self):
        printed, tally = run(Impostor("cpython-3.11", error="SIGSEGV"), self.folder.name)
        self.assertEqual((tally.mismatches, tally.crashes, tally.hangs), ([], [1, 2], []))
        self.assertIn("SIGSEGV: gcsim generate random --seed 1", printed)
        self.assertEqual(run(Impostor("cpython-3.11", error="SIGALRM"), self.folder.name)[1].hangs, [1, 2])

    def test_a_trace_that_the_harness_refuses_is_listed_as_not_compared(self):
        self.assertEqual(run(Impostor("cpython-3.11", error="line 3: what?"), self.folder.name)[1].faults, [1, 2])

    def test_without_presets_that_exist_it_fails(self):
        with self.assertRaises(subprocess.CalledProcessError), contextlib.redirect_stderr(io.StringIO()):
            campaign.all_presets("false")


class Shortening(unittest.TestCase):
    def test_only_what_is_needed_is_left_in_its_order(self):
        lines = [str(k) for k in range(100)]
        needed = {"3", "50", "97"}
        found = minimise.minimise(lines, lambda candidates: [needed <= set(c) for c in candidates])
        self.assertEqual(found, ["3", "50", "97"])

    def test_what_is_needed_only_by_another_line_goes_after_it(self):
        def fails(lines):
            return "x" in lines and ("b" not in lines or "a" in lines)
        found = minimise.minimise(list("abcxd"), lambda candidates: [fails(c) for c in candidates])
        self.assertEqual(found, ["x"])

    def test_a_single_line_is_tried_too(self):
        self.assertEqual(minimise.minimise(["a"], lambda candidates: [True for _ in candidates]), [])

    def test_comments_and_blank_lines_say_nothing(self):
        self.assertEqual(minimise.meaningful("# c\n\ntrace 1\n  # d\ndel a\n"), ["trace 1", "del a"])

    def test_a_difference_in_what_is_refused_is_not_looked_for(self):
        differs = campaign.Shortener.differs
        self.assertTrue(differs("# A\n#1 | | x\n", "# B\n#1 | | y\n"))
        self.assertFalse(differs("# A\n#1 | | x\n", "# B\n#1 | | x\n"))
        self.assertFalse(differs("# A\n#1 error:dead | | x\n", "# B\n#1 | | x\n"))
        self.assertFalse(differs("# A\n#1 error:type | | x\n#2 y\n", "# B\n#1 error:type | | x\n#2 z\n"))
        self.assertFalse(differs(None, "# B\n"))

    def test_what_is_behind_the_first_difference_is_cut_off(self):
        lines = ["class C", "e1", "e2", "e3"]
        self.assertEqual(campaign.up_to_difference(lines, "# A\n#1\n#2 x\n#3\n", "# B\n#1\n#2 y\n#3\n"), lines[:3])


class Options(unittest.TestCase):
    def test_a_range_of_seeds_has_both_its_ends(self):
        self.assertEqual(list(campaign.seed_range("3:5")), [3, 4, 5])
        self.assertEqual(list(campaign.seed_range("7")), [7])

    def test_a_knob_has_a_name_and_a_value(self):
        self.assertEqual(campaign.knob("depth=9"), ("depth", "9"))
        self.assertRaises(argparse.ArgumentTypeError, campaign.knob, "depth")


if __name__ == "__main__":
    unittest.main()
