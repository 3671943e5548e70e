"""Spectroscopy sets, on files written here and on genuine ones."""

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from casa_processes.common.errors import FileContentError, InvalidValueError, UnknownNameError
from casa_processes.spectroscopy.assembly import IN_WATER, contents_of, joined
from casa_processes.spectroscopy.bands import BANDS
from casa_processes.spectroscopy.content import Lines
from casa_processes.spectroscopy.cross_sections import Grid, cross_section
from casa_processes.spectroscopy.hitran import read_hitran
from casa_processes.spectroscopy.lines import merged
from casa_processes.spectroscopy.sets import VARIABLE, read_set
from casa_processes.spectroscopy.source import absorption
from casa_processes.spectroscopy.tables import states
from casa_processes.spectroscopy.tabulated import read_one_state
from tests.processes.spectroscopy.mixing_files import (
    ELEMENTS,
    EXPONENTS,
    continuum,
    oxygen_lines,
    oxygen_matrix,
)
from tests.processes.spectroscopy.records import approx, drawn, record

GRID = Grid(6225.0, 0.02, 300)
O2_GRID = Grid(13110.0, 0.05, 400)
AT = states((50.0, 1000.0), 2, (220.0, 300.0), 2)


@pytest.fixture(autouse=True)
def no_folder(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture
def files(tmp_path):
    """A folder with line lists, line mixing, a continuum and cross-sections of one state."""
    dioxide = [record(position=6220.0 + n, intensity=1e-23) for n in range(12)]
    (tmp_path / "co2.par").write_text("\n".join(dioxide) + "\n")
    water = record(molecule=1, position=6226.3, intensity=1e-24, own=0.4)
    (tmp_path / "h2o.par").write_text(water + "\n" + record() + "\n")
    oxygen = [
        record(7, 1, position, 1e-24, energy=energy)
        for position, energy in ((13114.574, 18.1), (13116.644, 16.03), (13128.152, 4.52))
    ]
    (tmp_path / "o2.par").write_text("\n".join(oxygen) + "\n")
    (tmp_path / "SDFO2.dat").write_text(oxygen_lines())
    (tmp_path / "RMFO2.dat").write_text(oxygen_matrix(ELEMENTS, EXPONENTS))
    (tmp_path / "CIAO2.dat").write_text(continuum([1e-8] * 60, first=12800.0))
    (tmp_path / "h2o.csv").write_text("\n".join(["1e-25", "2e-25"] * 40000))
    return tmp_path


def chosen(**bands):
    return {"title": "a set", "quality": "hitran", "missing": ["much"], "bands": bands}


WEAK = {"CO2": {"lines": [{"file": "co2.par"}]}, "H2O": {"lines": [{"file": "h2o.par"}]}}


def written(folder, content):
    path = folder / "set.yml"
    path.write_text(yaml.safe_dump(content))
    return str(path)


def test_a_set_makes_the_absorption_of_its_band(files):
    source = written(files, chosen(wco2=WEAK))
    found = absorption(source, "wco2", files / "tables", AT, grid=GRID)
    assert found.quality == "hitran"
    assert found.gases == ("CO2", "H2O", "CO2" + IN_WATER, "H2O" + IN_WATER)
    expected = cross_section(read_hitran(files / "co2.par"), GRID, 1000.0, 300.0)
    assert found.tables[0].values[1, 1] == approx(expected, rel=1e-5)
    assert found.about["missing"] == ["much"]
    assert found.about["parts"]["CO2"]["lines"] == 12


def test_lines_of_other_gases_in_a_file_are_left_out(files):
    gases = read_set(files.joinpath(written(files, chosen(wco2=WEAK)))).bands["wco2"]
    contents = contents_of(gases, BANDS["wco2"], files)
    assert len(contents["H2O"].lines) == 1
    assert contents["H2O" + IN_WATER].water == 0.0


def test_a_declared_scale_multiplies_cross_sections_and_is_told_with_its_reason(files):
    scaled = {"CO2": {**WEAK["CO2"], "scale": 0.99, "scale_reason": "fitted on one sounding"}}
    source = written(files, chosen(wco2=scaled))
    found = absorption(source, "wco2", files / "tables", AT, grid=GRID)
    plain = absorption(
        written(files, chosen(wco2={"CO2": WEAK["CO2"]})), "wco2", files / "tables", AT, grid=GRID
    )
    assert found.tables[0].values == approx(0.99 * plain.tables[0].values, rel=1e-6)
    assert found.about["scales"]["CO2"] == {"scale": 0.99, "reason": "fitted on one sounding"}


def test_oxygen_has_line_mixing_and_a_continuum(files):
    oxygen = {
        "lines": [{"file": "o2.par"}],
        "line_mixing": [{"form": "oxygen", "lines": "SDFO2.dat", "matrix": "RMFO2.dat"}],
        "continuum": "CIAO2.dat",
    }
    source = written(files, chosen(o2a={"O2": oxygen}))
    found = absorption(source, "o2a", files / "tables", AT, grid=O2_GRID)
    about = found.about["parts"]["O2"]
    assert about["line_mixing"] == ["SDFO2.dat, RMFO2.dat"]
    assert about["continuum"] == "CIAO2.dat"
    lines = read_hitran(files / "o2.par")
    plain = Lines(lines).cross_section(O2_GRID, 1000.0, 300.0)
    assert np.abs(found.tables[0].values[1, 1] - plain).max() > 1e-3 * plain.max()


def test_lines_that_mix_take_their_widths_from_the_matrix_in_dry_and_in_moist_air(files):
    oxygen = {
        "lines": [{"file": "o2.par"}],
        "line_mixing": [{"form": "oxygen", "lines": "SDFO2.dat", "matrix": "RMFO2.dat"}],
    }
    source = written(files, chosen(o2a={"O2": oxygen}))
    gases = read_set(Path(source)).bands["o2a"]
    found = contents_of(gases, BANDS["o2a"], files)
    assert list(found) == ["O2", "O2" + IN_WATER]
    for each in found.values():
        assert each.lines.air_width.tolist() == [0.0531, 0.0564, 0.0564]
        assert each.lines.width_exponent.tolist() == [0.71, 0.71, 0.70]


def test_cross_sections_of_one_state_stand_in_for_all(files):
    gap = {"file": "h2o.csv", "first": 6000.0, "step": 0.005, "pressure": 1000, "temperature": 250}
    water = {"stop_gap": gap, "scale": 1.5, "scale_reason": "a test"}
    source = written(files, chosen(wco2={**WEAK, "H2O": water}))
    found = absorption(source, "wco2", files / "tables", AT, grid=GRID)
    assert found.gases == ("CO2", "H2O", "CO2" + IN_WATER)
    assert found.tables[1].values == approx(1.5e-25)
    assert "stand for all states" in found.about["parts"]["H2O"]["stop_gap"]


def test_a_stop_gap_must_reach_over_the_grid(files):
    gap = read_one_state(files / "h2o.csv", 6226.0, 0.005, (1000.0, 250.0))
    with pytest.raises(InvalidValueError, match=r"part of 6226\.0"):
        gap.cross_section(GRID, 100.0, 200.0)
    (files / "bad.csv").write_text("1e-25\n-1e-25\n")
    with pytest.raises(FileContentError, match="none below zero"):
        read_one_state(files / "bad.csv", 6226.0, 0.005, (1000.0, 250.0))


def test_other_parts_of_a_set_change_its_tables_and_its_title_does_not(files):
    keys = []
    for cut, title in ((25.0, "one"), (25.0, "two"), (20.0, "two")):
        gases = {"CO2": {**WEAK["CO2"], "cut": cut}}
        source = written(files, {**chosen(wco2=gases), "title": title})
        gas = read_set(files.joinpath(source)).bands["wco2"]
        keys.append(contents_of(gas, BANDS["wco2"], files)["CO2"].key())
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_overlapping_lists_are_joined_to_the_whole(seed):
    rng = np.random.default_rng(seed)
    whole = drawn(seed, 300, 6200.0, 6300.0)
    first = whole.chosen(rng.random(300) < 0.6)
    moved = np.sort(whole.position + rng.normal(0.0, 0.004, 300))
    second = replace(whole, position=moved, intensity=whole.intensity * 1.01)
    found = joined(first, second)
    assert len(found) == 300
    assert np.isin(first.intensity, found.intensity).all()
    assert found.intensity.sum() == approx(whole.intensity.sum(), rel=0.011)


def test_lines_that_only_look_alike_are_all_kept():
    lines = drawn(4, 1, 6230.0, 6230.001)
    for change in (
        {"isotopologue": np.array([2])},
        {"lower_energy": lines.lower_energy + 1.0},
        {"intensity": lines.intensity * 10},
        {"position": lines.position + 0.06},
        {"molecule": np.array([1])},
    ):
        assert len(joined(lines, replace(lines, **change))) == 2
    assert len(joined(lines, lines)) == 1
    assert len(merged(lines, lines)) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quality": "perfect"}, "quality"),
        ({"colour": "red"}, "colour"),
        ({"bands": {"o2b": {"O2": {"table": "x"}}}}, "no band 'o2b'"),
        ({"bands": {"o2a": {"CO2": {"table": "x"}}}}, "with O2"),
        ({"bands": {"wco2": {"CO2": {"table": "x"}, "Xe": {"table": "x"}}}}, "gases of"),
        ({"bands": {"wco2": {**WEAK, "CH4": {"table": "x"}}}}, "gases of O2, CO2, H2O, with CO2"),
        ({"bands": {"wco2": {"CO2": {}}}}, "one of lines, table and stop_gap"),
        ({"bands": {"wco2": {"CO2": {"table": "x", "continuum": "y"}}}}, "go with lines"),
        ({"bands": {"wco2": {"CO2": {"table": "x", "scale": 0.9}}}}, "scale_reason"),
        ({"bands": {"wco2": {"CO2": {"lines": [{}]}}}}, "either a file, or builtin"),
        ({"bands": {"wco2": {"CO2": {"table": "x", "scale": -1.0}}}}, "greater than 0"),
        ({"bands": {"wco2": {"CO2": {"lines": [{"builtin": True}]}}}}, "quality must be builtin"),
    ],
)
def test_a_set_that_says_something_else_is_refused_key_by_key(files, change, said):
    source = written(files, {**chosen(wco2=WEAK), **change})
    with pytest.raises(InvalidValueError, match=said):
        absorption(source, "wco2", files / "tables", AT, grid=GRID)


@pytest.mark.parametrize("name", ["../co2.par", "a/../../co2.par", "missing.par", "ABSOLUTE"])
def test_a_set_reads_nothing_outside_its_folders(files, name):
    """The file is there, one folder up."""
    beside = files / "sets"
    (beside / "a").mkdir(parents=True)
    asked = str(files / "co2.par") if name == "ABSOLUTE" else name
    source = written(beside, chosen(wco2={"CO2": {"lines": [{"file": asked}]}}))
    with pytest.raises(InvalidValueError, match="file of a spectroscopy set"):
        absorption(source, "wco2", files / "tables", AT, grid=GRID)


def test_files_are_found_in_the_folder_that_the_environment_names(files, monkeypatch):
    beside = files / "sets"
    beside.mkdir()
    source = written(beside, chosen(wco2=WEAK))
    monkeypatch.setenv(VARIABLE, str(files))
    assert absorption(source, "wco2", files / "tables", AT, grid=GRID).quality == "hitran"


def test_what_a_set_does_not_have_is_refused(files):
    source = written(files, chosen(wco2=WEAK))
    with pytest.raises(UnknownNameError, match="wco2"):
        absorption(source, "sco2", files / "tables", AT)
    elsewhere = {"CO2": {"lines": [{"file": "co2.par", "low": 7000.0}]}}
    with pytest.raises(InvalidValueError, match=r"lines of CO2 in co2\.par"):
        absorption(written(files, chosen(wco2=elsewhere)), "wco2", files / "tables", AT)
    rare = {"CO2": {"lines": [{"file": "co2.par", "isotopologues": [3]}]}}
    with pytest.raises(InvalidValueError, match="at least"):
        absorption(written(files, chosen(wco2=rare)), "wco2", files / "tables", AT)


@pytest.mark.realdata
def test_genuine_lists_and_built_in_lines_are_joined_without_counting_twice(realdata):
    folder = realdata / "spectroscopy"
    names = ("hitran/CO2_6200_6280_iso1.par.gz", "ggg_line_mixing/S13001300001.dat")
    if not all((folder / name).is_file() for name in names):
        pytest.skip(f"no genuine line lists in {folder}")
    parts = [{"file": name} for name in names] + [{"builtin": True}]
    text = yaml.safe_dump(chosen(wco2={"CO2": {"lines": parts}}))
    path = folder.joinpath("set.yml")
    gases = read_set_text(text).bands["wco2"]
    lines = contents_of(gases, BANDS["wco2"], path.parent)["CO2"].lines
    main = lines.chosen(lines.isotopologue == 1)
    grid = Grid(6172.0, 0.01, 11000)
    table = folder / "hapi_xs" / "Voigt_CO2_T250_P1000.csv.gz"
    with gzip.open(table) as file:
        expected = np.loadtxt(file)[17200:28200]
    found = cross_section(main, grid, 1000.0, 250.0)
    assert found.sum() == approx(expected.sum(), rel=4e-3)
    assert np.sqrt(np.mean((found - expected) ** 2)) < 3e-3 * expected.max()
    strongest = main.chosen(main.intensity > 1e-25)
    same = np.diff(strongest.position) < 5e-3
    twins = same & (np.abs(np.diff(strongest.lower_energy)) < 0.1)
    assert not twins.any()


def read_set_text(text):
    from casa_processes.spectroscopy.sets import SpectroscopySet

    return SpectroscopySet.model_validate(yaml.safe_load(text))


def test_a_set_of_built_in_lines_is_one_when_it_says_so(files):
    content = {**chosen(wco2={"CO2": {"lines": [{"builtin": True}]}}), "quality": "builtin"}
    found = absorption(written(files, content), "wco2", files / "tables", AT, grid=GRID)
    assert found.quality == "builtin"


def test_the_set_that_the_documentation_shows_is_one():
    page = (Path(__file__).parents[3] / "docs/how-to/bring-spectroscopy.md").read_text("utf-8")
    found = read_set_text(page.split("```yaml")[1].split("```")[0])
    assert set(found.bands) == set(BANDS)
    assert found.bands["wco2"]["CO2"].scale == 0.994
