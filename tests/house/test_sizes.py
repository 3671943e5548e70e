"""Files and functions stay small enough to be read on a screen."""

from tests.house.checkout import ROOT, functions, python_files

MOST_LINES = 300
MOST_FUNCTION_LINES = 40
TABLES = {"vocabulary_table.py"}


def lines(path):
    return (ROOT / path).read_text(encoding="utf-8").count("\n")


def long(path):
    return {name: size for name, size in functions(path) if size > MOST_FUNCTION_LINES}


def test_a_file_has_at_most_300_lines():
    sizes = {str(path): lines(path) for path in python_files() if path.name not in TABLES}
    assert len(sizes) > 1000
    assert not {path: size for path, size in sizes.items() if size > MOST_LINES}


def test_a_function_has_at_most_40_lines_without_its_docstring():
    assert not {str(path): found for path in python_files() if (found := long(path))}


def test_a_long_function_would_be_found(tmp_path):
    body = "\n".join("    x = 1" for _ in range(MOST_FUNCTION_LINES))
    (tmp_path / "long.py").write_text(f'def f():\n    """Say."""\n{body}\n')
    assert long(tmp_path / "long.py") == {"f": MOST_FUNCTION_LINES + 1}


def test_no_file_is_a_heap_of_odds_and_ends():
    heaps = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py"}
    assert not [str(path) for path in python_files() if path.name in heaps]
