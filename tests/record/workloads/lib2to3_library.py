# Modules of the standard library are refactored by lib2to3 (up to 3.12).
import glob
import os
import warnings

warnings.simplefilter("ignore")
from lib2to3 import refactor  # noqa: E402

FIXERS = ["lib2to3.fixes.fix_" + name for name in
          "dict except exec filter has_key idioms imports map ne next print raise reduce unicode xrange zip".split()]
tool = refactor.RefactoringTool(FIXERS)
changed = 0
for path in sorted(glob.glob(os.path.join(os.path.dirname(os.__file__), "*.py")))[20:46]:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if len(text) > 60000:
        continue
    try:
        changed += str(tool.refactor_string(text + "\n", path)) != text
    except Exception as error:  # newer syntax than lib2to3 knows
        changed += len(str(error)) > 1000
print(changed)
