"""The table of benchmarks in README.md is made of the results."""

import json

import pytest

from benchmarks.table import BEGIN, END, main, section, shown, table
from tests.house.checkout import ROOT

ROWS = [{"request": "position", "ours_ms": 2.0, "stock_ms": 31.06, "reached": True, "x": [1]}]


def test_known_columns_are_shown_in_their_order_under_their_words():
    lines = table(ROWS).splitlines()
    assert lines[0] == "| Request | CASA OGC [ms] | Stock pygeoapi [ms] | Reached |"
    assert lines[2] == "| position | 2 | 31.1 | yes |"


def test_rows_without_known_columns_show_all_plain_cells():
    assert table([{"speed": 3, "parts": [1]}]).splitlines()[0] == "| speed |"


@pytest.mark.parametrize(
    ("value", "cell"),
    [({"median": 1.5, "min": 1.0}, "1.5"), (False, "no"), (None, ""), ([1], ""), ("a", "a")],
)
def test_a_cell_is_shown_briefly(value, cell):
    assert shown(value) == cell


@pytest.mark.parametrize(("busy", "words"), [(0.5, "other work took 50%"), (0.05, ""), (None, "")])
def test_a_section_says_when_the_machine_was_shared(busy, words):
    machine = {"processor": "P", "cores": 2, "others_busy": busy}
    head = section({"benchmark": "b", "machine": machine, "rows": ROWS}).splitlines()[0]
    assert words in head
    assert ("shared" in head) == bool(words)


def test_a_section_shows_kernels_as_a_table_of_their_own():
    kernels = [{"kernel": "means", "milliseconds": 1.5, "share_of_bandwidth": {"median": 0.5}}]
    text = section({"benchmark": "b", "rows": ROWS, "kernels": kernels})
    assert "| means | 1.5 | 0.5 |" in text
    assert sum(line.startswith("| --- ") for line in text.splitlines()) == 2


def test_only_what_stands_between_the_markers_is_replaced(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}old{END}\nafter\n")
    result = {"benchmark": "services", "machine": {"cores": 2}, "rows": ROWS}
    (tmp_path / "services.json").write_text(json.dumps(result))
    main(readme, tmp_path)
    once = readme.read_text()
    assert once.startswith(f"before\n{BEGIN}\n")
    assert once.endswith(f"{END}\nafter\n")
    assert "**services**" in once
    assert "old" not in once
    main(readme, tmp_path)
    assert readme.read_text() == once


def test_the_readme_has_the_markers():
    text = (ROOT / "README.md").read_text()
    assert text.index(BEGIN) < text.index(END)
