"""Files and functions stay small enough to be read on a screen."""

import pytest

from tests.house.checkout import ROOT, functions, python_files

MOST_LINES = 300
MOST_FUNCTION_LINES = 40
TABLES = {"vocabulary_table.py"}


@pytest.mark.parametrize("path", [p for p in python_files() if p.name not in TABLES], ids=str)
def test_a_file_has_at_most_300_lines(path):
    lines = (ROOT / path).read_text(encoding="utf-8").count("\n")
    assert lines <= MOST_LINES


@pytest.mark.parametrize("path", python_files(), ids=str)
def test_a_function_has_at_most_40_lines_without_its_docstring(path):
    long = [f"{name}: {lines}" for name, lines in functions(path) if lines > MOST_FUNCTION_LINES]
    assert not long


def test_a_long_function_would_be_found(tmp_path):
    body = "\n".join("    x = 1" for _ in range(MOST_FUNCTION_LINES))
    (tmp_path / "long.py").write_text(f'def f():\n    """Say."""\n{body}\n')
    assert list(functions(tmp_path / "long.py")) == [("f", MOST_FUNCTION_LINES + 1)]


def test_no_file_is_a_heap_of_odds_and_ends():
    heaps = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py"}
    assert not [str(path) for path in python_files() if path.name in heaps]
