"""Absorption of a band from the built-in source."""

import json

import numpy as np
import pytest

from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.spectroscopy.bands import BANDS
from casa_processes.spectroscopy.cross_sections import Grid
from casa_processes.spectroscopy.source import IN_WATER, absorption, amounts
from casa_processes.spectroscopy.tables import states
from tests.processes.spectroscopy.records import approx

AT = states((10.0, 1000.0), 3, (220.0, 300.0), 2)
GRIDS = {
    "o2a": Grid(13090.0, 0.02, 501),
    "wco2": Grid(6240.0, 0.02, 501),
    "sco2": Grid(4850.0, 0.02, 501),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


@pytest.mark.parametrize("band", BANDS)
def test_tables_of_a_band_share_grid_and_states(folder, band):
    found = absorption("builtin", band, folder, AT, grid=GRIDS[band])
    gases = BANDS[band].gases
    assert found.gases == (*gases, *(gas + IN_WATER for gas in gases))
    assert all((each.grid, each.states) == (GRIDS[band], AT) for each in found.tables)
    assert (found.grid, found.states) == (GRIDS[band], AT)
    assert found.quality == "builtin"
    assert json.loads(json.dumps(found.about))["parts"][gases[0]]["lines"] > 100


def test_progress_runs_once_from_none_to_all(tmp_path):
    told = []
    absorption("builtin", "o2a", tmp_path, AT, report=told.append, grid=GRIDS["o2a"])
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(set(told)) >= 6


def test_cross_sections_are_positive_and_their_change_with_water_has_both_signs(folder):
    found = absorption("builtin", "wco2", folder, AT, grid=GRIDS["wco2"])
    for name, each in zip(found.gases, found.tables, strict=True):
        if name.endswith(IN_WATER):
            assert each.values.min() < 0 < each.values.max()
        else:
            assert each.values.min() >= 0


@pytest.mark.parametrize("band", ["wco2", "o2a"])
def test_water_widens_lines_and_keeps_their_area(folder, band):
    found = absorption("builtin", band, folder, AT, grid=GRIDS[band])
    tables = dict(zip(found.gases, found.tables, strict=True))
    gas = found.gases[0]
    dry, change = (tables[name].values[1, 0].astype(float) for name in (gas, gas + IN_WATER))
    moist = dry + 0.02 * change
    peaks = dry > 0.5 * dry.max()
    assert (moist[peaks] < dry[peaks]).mean() > 0.6
    assert moist.sum() == approx(dry.sum(), rel=2e-3)


def test_amounts_are_columns_and_columns_times_water(folder):
    found = absorption("builtin", "wco2", folder, AT, grid=GRIDS["wco2"])
    columns = {"CO2": np.array([1e20, 2e20]), "H2O": np.array([1e21, 3e21])}
    water = np.array([0.001, 0.02])
    expected = [columns["CO2"], columns["H2O"], columns["CO2"] * water, columns["H2O"] * water]
    assert np.array_equal(amounts(found, columns, water), np.stack(expected))
    with pytest.raises(UnknownNameError, match="column of the gas"):
        amounts(found, {"CO2": columns["CO2"]}, water)


def test_what_is_no_source_or_band_is_refused(tmp_path):
    with pytest.raises(UnknownNameError, match="o2a"):
        absorption("builtin", "o2b", tmp_path)
    with pytest.raises(InvalidValueError, match="source of spectroscopy"):
        absorption("nothing", "o2a", tmp_path)


@pytest.mark.parametrize("band", BANDS.values(), ids=lambda band: band.name)
def test_the_grid_of_a_band_reaches_beyond_its_window_on_both_sides(band):
    grid = band.grid()
    assert grid.first == approx(band.window[0] - band.margin)
    assert grid.last == approx(band.window[1] + band.margin)
