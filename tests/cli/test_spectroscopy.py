"""Tables of cross-sections from the command line, built for real on a small set."""

import json

import numpy as np
import pytest
import yaml

from casa_processes.spectroscopy import source as sources
from casa_processes.spectroscopy.bands import Band
from casa_processes.spectroscopy.tables import open_table, states
from tests.processes.spectroscopy.records import record


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A set of one short band, whose tables have few states."""
    band = Band("wco2", (6225.0, 6230.0), 1.0, ("CO2",))
    monkeypatch.setitem(sources.BANDS, "wco2", band)
    at = states((100.0, 1000.0), 2, (220.0, 300.0), 2)
    monkeypatch.setattr(sources, "usual_states", lambda: at)
    (tmp_path / "co2.par").write_text("\n".join(record(position=6226.0 + n) for n in range(3)))
    content = {
        "title": "three lines",
        "quality": "hitran",
        "missing": ["all but three lines"],
        "bands": {"wco2": {"CO2": {"lines": [{"file": "co2.par"}]}}},
    }
    path = tmp_path / "set.yml"
    path.write_text(yaml.safe_dump(content))
    return path


def built(casa, small, tmp_path):
    done = casa("spectroscopy", "build", small, "--tables", tmp_path / "tables")
    assert done.exit_code == 0, done.output
    return done


def test_tables_of_a_set_are_built_and_told_with_what_is_missing(casa, small, tmp_path):
    done = built(casa, small, tmp_path)
    rows = done.stdout.splitlines()
    assert [row.split(":")[1].strip() for row in rows] == ["CO2", "CO2 in water"]
    assert "wco2: missing: all but three lines" in done.stderr
    places = [tmp_path / row.split(": ")[2] for row in rows]
    tables = [open_table(place) for place in places]
    assert tables[0].values.shape == (2, 2, 701)
    assert np.min(tables[0].values) >= 0
    about = json.loads((places[0] / "about.json").read_text())
    assert (about["source"], about["lines"]) == ("co2.par", 3)


def test_tables_that_are_there_are_kept(casa, small, tmp_path):
    built(casa, small, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "tables").rglob("*.npy")}
    built(casa, small, tmp_path)
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_tables_are_listed_with_source_and_size(casa, small, tmp_path):
    built(casa, small, tmp_path)
    done = casa("spectroscopy", "list", "--tables", tmp_path / "tables")
    assert done.exit_code == 0
    head, *rows = done.stdout.splitlines()
    assert head.split()[:2] == ["table", "source"]
    assert len(rows) == 2
    assert all("co2.par" in row and "6224 to 6231" in row for row in rows)
    assert sum("change with water" in row for row in rows) == 1


def test_a_damaged_table_is_listed_and_ends_with_an_error(casa, small, tmp_path):
    built(casa, small, tmp_path)
    open_table.cache_clear()
    (array, *_) = (tmp_path / "tables").rglob("*.npy")
    array.write_bytes(array.read_bytes()[:-4] + b"\0\1\2\3")
    done = casa("spectroscopy", "list", "--tables", tmp_path / "tables")
    assert done.exit_code == 1
    assert f"damaged: {array.parent.name}" in done.stderr
    assert "1 of 2 tables are damaged" in done.output
    done = casa("spectroscopy", "build", small, "--tables", tmp_path / "tables")
    assert done.exit_code == 1
    assert array.parent.name in done.output


def test_a_folder_without_tables_is_said_to_be_empty(casa, tmp_path):
    done = casa("spectroscopy", "list", "--tables", tmp_path)
    assert (done.exit_code, done.stdout) == (0, f"no tables in {tmp_path}\n")


def test_a_source_that_is_none_is_one_line_of_error(casa, small, tmp_path):
    for arguments, said in (
        (("build", "nothing"), "expected builtin, or a YAML file of a spectroscopy set"),
        (("build", small, "--band", "o2a"), "no band of set.yml 'o2a'"),
        (("fetch", "Xe", 6000, 6001), "no gas 'Xe'"),
        (
            ("fetch", "CO2", 6000, 6001, "--host", "http://127.0.0.1:9", "-o", tmp_path),
            "expected an internet connection",
        ),
    ):
        done = casa("spectroscopy", *arguments)
        assert done.exit_code == 1
        assert said in done.output
        assert len(done.output.splitlines()) == 1
