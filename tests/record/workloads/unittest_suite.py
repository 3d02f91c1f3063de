# Tests of the standard library's own suite, run by unittest.
import io
import unittest

NAMES = ["test.test_textwrap", "test.test_copy", "test.test_shlex", "test.test_configparser",
         "test.test_enum", "test.test_fractions", "test.test_dataclasses", "test.test_argparse", "test.test_csv",
         "test.test_difflib", "test.test_heapq", "test.test_bisect"]
suite = unittest.TestSuite()
for name in NAMES:
    try:
        suite.addTests(unittest.defaultTestLoader.loadTestsFromName(name))
    except (ImportError, AttributeError):  # not in this version
        pass
result = unittest.TextTestRunner(stream=io.StringIO(), verbosity=2).run(suite)
print(result.testsRun > 500)
