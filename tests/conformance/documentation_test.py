#!/usr/bin/env python3
"""What the documentation says of the cases here is so: they exist, and there are as many. Needs Python 3.8 or later."""
import glob
import os
import re
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CASES = re.compile(r"\*Cases?[^:*]*:\*\s+((?:`[^`]+`[,\s]*)+)")


def read(*parts):
    with open(os.path.join(ROOT, *parts), encoding="utf-8") as f:
        return f.read()


def named_cases(text):
    return [name for names in CASES.findall(text) for name in re.findall("`([^`]+)`", names)]


def missing(names):
    """Those for which neither a compared trace nor one that is known to differ exists; a * stands for anything."""
    folders = [os.path.join(HERE, "traces"), os.path.join(HERE, "known_differences")]
    return [name for name in names
            if not any(glob.glob(os.path.join(f, os.path.basename(name) + ".trace")) for f in folders)]


class Documentation(unittest.TestCase):
    def test_all_cases_named_for_what_changed_between_versions_exist(self):
        text = read("src", "engine", "README.md")
        self.assertGreater(len(named_cases(text)), 30)
        self.assertEqual(missing(named_cases(text)), [])

    def test_each_rule_that_changed_between_versions_names_a_case(self):
        changes = read("src", "engine", "README.md").split("## What changed between versions")[1].split("\n## ")[0]
        for rule in changes.split("\n### ")[1:]:
            self.assertTrue(named_cases(rule) or "tests/snippets/" in rule, rule)

    def test_all_cases_named_beside_the_recordings_exist(self):
        text = read("tests", "conformance", "README.md")
        self.assertGreater(len(named_cases(text)), 3)
        self.assertEqual(missing(named_cases(text)), [])

    def test_what_is_known_to_differ_is_documented_and_recorded(self):
        text = read("tests", "conformance", "README.md")
        for trace in glob.glob(os.path.join(HERE, "known_differences", "*.trace")):
            name = os.path.basename(trace)[:-len(".trace")]
            self.assertIn("known_differences/" + name, text)
            self.assertTrue(glob.glob(os.path.join(HERE, "known_differences", name + ".*.log")), name)

    def test_the_front_page_counts_the_traces(self):
        counted = re.search(r"(\d+) traces of `tests/conformance/`", read("README.md"))
        self.assertEqual(int(counted.group(1)), len(glob.glob(os.path.join(HERE, "traces", "*.trace"))))

    def test_a_case_that_does_not_exist_is_found(self):
        self.assertEqual(missing(named_cases("*Cases:* `resurrect_part`,\n`no_such_case`, `random_freeze_*`.")),
                         ["no_such_case"])


if __name__ == "__main__":
    unittest.main()
