"""Channels that a run can fit: those whose light lies within the tables."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.common.errors import InvalidValueError
from casa_processes.spectra.granule import open_granule
from casa_processes.spectra.sounding import LineShape
from casa_processes.xco2.model import Options
from casa_processes.xco2.model.window import FURTHEST, window
from casa_processes.xco2_retrieval.coverage import MOST_TRIED, coverage, first_coverage
from casa_processes.xco2_retrieval.sources import Simulation

WEAK = Options(bands=("wco2",))


def far_reaching(sounding, reach):
    """Give the weak band a response that ends at a distance.  [cm-1]"""
    offset = np.linspace(-reach, reach, 801)
    response = np.exp(-0.5 * (offset / 0.2) ** 2) + 1e-9
    response /= np.trapezoid(response, offset)
    spectrum = sounding.bands["wco2"]
    shape = LineShape("wavenumber", np.array([6226.0]), offset[None], response[None])
    return replace(sounding, bands={"wco2": replace(spectrum, shape=shape)})


@pytest.mark.parametrize("reach", [3.0, 19.5, 27.0])
def test_channels_are_left_out_where_responses_reach_beyond_the_tables(scene, physics, reach):
    sounding = far_reaching(scene.sounding, reach)
    band = physics.absorption["wco2"].band
    spectrum = sounding.bands["wco2"]
    wavenumber = 1e4 / spectrum.wavelength
    moved = FURTHEST * np.abs(np.median(np.diff(spectrum.wavelength))) * wavenumber**2 / 1e4
    away = np.maximum(band.window[0] - wavenumber, wavenumber - band.window[1])
    good = spectrum.good & (away <= 0)
    expected = (good & (away + reach + moved < band.margin)).sum()
    found = coverage(sounding, physics, WEAK)["wco2"]
    assert found.good == good.sum()
    assert abs(found.fitted - expected) <= 3
    assert (found.fitted == found.good) == (reach < band.margin - 3.0)


def test_channels_beyond_the_window_of_the_instrument_are_not_fitted(scene, physics):
    spectrum = scene.sounding.bands["wco2"]
    wavenumber = 1e4 / spectrum.wavelength
    sounding = replace(scene.sounding, bands={"wco2": replace(spectrum, window=(6200.0, 6250.0))})
    used = window("wco2", sounding, physics, WEAK).used
    assert np.array_equal(used, (wavenumber >= 6200.0) & (wavenumber <= 6250.0))
    assert coverage(sounding, physics, WEAK)["wco2"].good == used.sum()


def test_bad_channels_are_not_counted(scene, physics):
    whole = coverage(scene.sounding, physics, WEAK)["wco2"]
    spectrum = scene.sounding.bands["wco2"]
    good = spectrum.good.copy()
    good[np.flatnonzero(good)[400:410]] = False
    sounding = replace(scene.sounding, bands={"wco2": replace(spectrum, good=good)})
    found = coverage(sounding, physics, WEAK)["wco2"]
    assert (whole.good - found.good, whole.fitted - found.fitted) == (10, 10)


def test_the_first_sounding_that_can_be_read_is_counted(scene, physics):
    class Broken(Simulation):
        def scene(self, number, physics):
            if number < MOST_TRIED - 1:
                raise InvalidValueError("sounding", number, "one that can be read")
            return scene

    found = first_coverage(Broken(0), range(20), physics, WEAK)
    assert found == coverage(scene.sounding, physics, WEAK)
    assert first_coverage(Broken(0), range(MOST_TRIED - 1), physics, WEAK) == {}
    assert first_coverage(Broken(0), [], physics, WEAK) == {}


@pytest.mark.realdata
def test_of_a_genuine_spectrum_of_gosat_all_channels_of_the_windows_are_fitted(realdata, physics):
    """The documentation tells these numbers; responses end 20 cm-1 away, tables 23."""
    folder = realdata / "gosat_case"
    path, shapes = folder / "acos_L1bB2900_tccon_5_good_qual.h5", folder / "l2_ils_interpol.h5"
    if not (path.is_file() and shapes.is_file()):
        pytest.skip(f"no genuine spectra in {folder}")
    sounding = open_granule(path, line_shapes=shapes).sounding(0)
    found = coverage(sounding, physics, Options())
    told = {name: (each.fitted, each.good) for name, each in found.items()}
    assert told == {"o2a": (1203, 1203), "wco2": (401, 401), "sco2": (436, 436)}
