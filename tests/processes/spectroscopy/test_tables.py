"""Tables of cross-sections: what they hold, when they are built, what becomes of damaged ones."""

import itertools
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from casa_processes.common.errors import IntegrityError, InvalidValueError
from casa_processes.spectroscopy import tables
from casa_processes.spectroscopy.assembly import builtin_contents
from casa_processes.spectroscopy.bands import BANDS
from casa_processes.spectroscopy.cross_sections import Grid, Wings, cross_section
from casa_processes.spectroscopy.tables import States, open_table, states, table
from tests.processes.spectroscopy.records import approx, drawn, record

GRID = Grid(6200.0, 0.02, 301)
AT = states((10.0, 1000.0), 5, (200.0, 300.0), 3)
LINES = drawn(1, 30, 6195.0, 6210.0)


def stored(folder):
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def test_a_table_holds_the_cross_sections_of_its_states(tmp_path):
    found = table(tmp_path, LINES, GRID, AT)
    assert found.values.shape == (5, 3, 301)
    for row, pressure in enumerate(AT.pressure):
        for column, temperature in enumerate(AT.temperature):
            expected = cross_section(LINES, GRID, pressure, temperature)
            assert found.values[row, column] == pytest.approx(expected, rel=1e-6)
    assert found.about["lines"] == 30
    assert found.about["source"] == "drawn"
    assert (found.grid, found.states) == (GRID, AT)


def test_a_table_is_built_once_and_tells_how_far_it_is(tmp_path):
    told = []
    first = table(tmp_path, LINES, GRID, AT, report=told.append)
    assert told == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    again = table(tmp_path, LINES, GRID, AT, report=told.append)
    assert len(told) == 5
    assert again is first


@pytest.mark.parametrize(
    "change",
    [
        {"content": drawn(2, 30, 6195.0, 6210.0)},
        {"grid": Grid(6200.0, 0.02, 302)},
        {"at": states((10.0, 1000.0), 6, (200.0, 300.0), 3)},
        {"wings": Wings(cut=10.0)},
    ],
)
def test_another_table_has_another_place(tmp_path, change):
    asked = {"content": LINES, "grid": GRID, "at": AT}
    table(tmp_path, **asked)
    table(tmp_path, **{**asked, **change})
    assert len(stored(tmp_path)) == 2


def test_the_name_of_the_source_does_not_build_a_table_anew(tmp_path):
    table(tmp_path, LINES, GRID, AT)
    table(tmp_path, replace(LINES, source="the same under another name"), GRID, AT)
    assert len(stored(tmp_path)) == 1


def test_values_are_mapped_and_cannot_be_changed(tmp_path):
    found = table(tmp_path, LINES, GRID, AT)
    assert isinstance(found.values, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        found.values[0, 0, 0] = 1


def test_several_builders_at_a_time_leave_one_whole_table(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: table(tmp_path, LINES, GRID, AT), range(4)))
    assert len(stored(tmp_path)) == 1
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert all(np.array_equal(each.values, found[0].values) for each in found)


KILLED = """
import os, sys
from pathlib import Path
from casa_processes.spectroscopy.cross_sections import Grid
from casa_processes.spectroscopy.hitran import read_hitran
from casa_processes.spectroscopy.tables import states, table
folder = Path(sys.argv[1])
table(
    folder / "tables", read_hitran(folder / "lines.par"), Grid(6220.0, 0.02, 301),
    states((10.0, 1000.0), 5, (200.0, 300.0), 3),
    report=lambda done: os._exit(9) if done > 0.5 else None,
)
"""


def test_a_builder_that_was_killed_leaves_no_table_behind(tmp_path):
    (tmp_path / "lines.par").write_text(record())
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert killed.returncode == 9
    assert not stored(tmp_path / "tables")
    assert table(tmp_path / "tables", LINES, GRID, AT).values.shape == (5, 3, 301)


@pytest.mark.parametrize("damage", ["bit", "cut", "array gone", "about"])
def test_a_damaged_table_is_refused(tmp_path, damage):
    (place,) = stored(tmp_path) if table(tmp_path, LINES, GRID, AT) else ()
    open_table.cache_clear()
    array, about = place / tables._ARRAY, place / tables.ABOUT
    content = array.read_bytes()
    if damage == "bit":
        array.write_bytes(content[:-9] + bytes([content[-9] ^ 4]) + content[-8:])
    elif damage == "cut":
        array.write_bytes(content[:-100])
    elif damage == "array gone":
        array.unlink()
    else:
        about.write_text(about.read_text()[:-20])
    with pytest.raises(IntegrityError, match=place.name) as error:
        table(tmp_path, LINES, GRID, AT)
    assert str(tmp_path) not in str(error.value)


def test_a_table_tells_its_origin_as_json(tmp_path):
    table(tmp_path, LINES, GRID, AT)
    (place,) = stored(tmp_path)
    about = json.loads((place / "about.json").read_text())
    assert about["units"] == "cm2 molecule-1"
    assert about["wings"] == {"cut": 25.0, "near": 1.6, "coarse": 8}


@pytest.mark.parametrize(
    ("pressure", "temperature"),
    [((1.0,), (200.0, 210.0)), ((1.0, 2.0, 3.0), (200.0, 210.0)), ((2.0, 1.0), (200.0, 210.0))],
)
def test_states_that_are_not_at_equal_steps_are_refused(pressure, temperature):
    with pytest.raises(InvalidValueError, match="equal steps"):
        States(pressure, temperature)


def interpolated(known, at, pressure, temperature):
    """Interpolate between the states of a table, one spectrum a state."""
    logarithm = np.log(at.pressure)
    place = np.interp(np.log(pressure), logarithm, np.arange(logarithm.size))
    warm = np.interp(temperature, at.temperature, np.arange(len(at.temperature)))
    i, j = min(int(place), logarithm.size - 2), min(int(warm), len(at.temperature) - 2)
    a, b = place - i, warm - j
    return (
        (1 - a) * (1 - b) * known(i, j)
        + (1 - a) * b * known(i, j + 1)
        + a * (1 - b) * known(i + 1, j)
        + a * b * known(i + 1, j + 1)
    )


@pytest.mark.parametrize(("name", "fraction"), [("o2a", 0.2095), ("sco2", 4e-4)])
def test_states_by_default_are_close_enough_for_linear_interpolation(name, fraction):
    """Transmittance of 20 layers, against lines summed at the state of each layer."""
    grids = {"o2a": Grid(13080.0, 0.04, 500), "sco2": Grid(4850.0, 0.04, 500)}
    grid, at = grids[name], states()
    content = builtin_contents(BANDS[name])[BANDS[name].gases[0]]
    known = cache(lambda i, j: content.cross_section(grid, at.pressure[i], at.temperature[j]))
    edges = 1013.0 * np.linspace(0.0, 1.0, 21) ** 1.5
    depth, exact = np.zeros((2, grid.size))
    for low, high in itertools.pairwise(edges):
        pressure = 0.5 * (low + high)
        temperature = max(216.7, 288.15 * (pressure / 1013.25) ** 0.19)
        column = fraction * (high - low) * 2.12e22
        depth += column * interpolated(known, at, pressure, temperature)
        exact += column * content.cross_section(grid, pressure, temperature)
    found, expected = np.exp(-2.9 * depth), np.exp(-2.9 * exact)
    assert 0.05 < expected.mean() < 0.95
    assert np.sqrt(np.mean((found - expected) ** 2)) < 3e-4
    assert (depth * expected).sum() == approx((exact * expected).sum(), rel=1e-3)
