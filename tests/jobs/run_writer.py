"""Runs `store_writers` in a process of its own, as the tests are imported by pytest alone."""

import runpy
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
for name, folder in (("tests", ROOT / "tests"), ("tests.jobs", ROOT / "tests/jobs")):
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    package.__spec__ = ModuleSpec(name, None, is_package=True)
    sys.modules[name] = package

runpy.run_path(str(ROOT / "tests/jobs/store_writers.py"), run_name="__main__")
