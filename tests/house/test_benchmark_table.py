"""The tables of benchmarks in README.md and in the docs are made of the results."""

import json

import pytest

from benchmarks.highlights import HIGHLIGHTS, cells, found
from benchmarks.table import BEGIN, END, main, section, shared, shown, table
from tests.house.checkout import ROOT

PAGE, FOLDER = ROOT / "docs/reference/speed.md", ROOT / "benchmarks/results"
RESULTS = {path.stem: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}

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
    readme, page = tmp_path / "README.md", tmp_path / "speed.md"
    for path in (readme, page):
        path.write_text(f"before\n{BEGIN}old{END}\nafter\n")
    rows = [{"request": HIGHLIGHTS[0].row, "ours_ms": 2.0, "reached": True}]
    result = {"benchmark": "the services", "machine": {"cores": 2}, "rows": rows}
    (tmp_path / "services.json").write_text(json.dumps(result))
    main(readme, tmp_path, page)
    for path, word in ((readme, HIGHLIGHTS[0].words), (page, "**the services**")):
        once = path.read_text()
        assert once.startswith(f"before\n{BEGIN}\n")
        assert once.endswith(f"{END}\nafter\n")
        assert word in once
        assert "old" not in once
    main(readme, tmp_path, page)
    assert page.read_text() == once


@pytest.mark.parametrize("one", HIGHLIGHTS, ids=lambda one: one.words)
def test_a_highlight_is_a_row_of_the_results(one):
    row = found(one, RESULTS)
    assert row is not None
    ours, _, _, _ = cells(row)
    assert ours


def test_a_highlight_tells_figure_comparison_goal_and_whether_it_is_reached():
    row = {"ms": 3.0, "goal_ms": 50.0, "met": False, "ours_over_bare": {"median": 1.2345}}
    assert cells(row) == ("3.0 ms", "1.23 x memory-mapped columns", "<= 50 ms", "no")
    assert cells({"ours_per_second": 7, "over_titiler": 2.0}) == (
        "7 a second",
        "2 x as many as titiler.xarray",
        "",
        "",
    )


def test_the_readme_says_which_runs_were_not_alone():
    results = {"a": {"machine": {"others_busy": 0.6}}, "b": {"machine": {}}}
    assert shared(results) == ["Other work shared the machine while these ran: a."]
    assert shared({"b": {"machine": {}}}) == []


def test_readme_and_page_hold_the_results_of_the_repository(tmp_path):
    for path in (ROOT / "README.md", PAGE):
        (tmp_path / path.name).write_text(path.read_text())
    main(tmp_path / "README.md", FOLDER, tmp_path / PAGE.name)
    assert (tmp_path / "README.md").read_text() == (ROOT / "README.md").read_text()
    assert (tmp_path / PAGE.name).read_text() == PAGE.read_text()


def test_the_table_of_the_readme_is_short():
    text = (ROOT / "README.md").read_text()
    short = text[text.index(BEGIN) : text.index(END)]
    assert short.count("\n| ") <= 16
