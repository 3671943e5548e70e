"""The fit with a solar reference: against spectra computed by plain sums over Gaussians."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.common.errors import InvalidValueError
from casa_processes.instruments.shapes import gaussian
from casa_processes.sif_retrieval.model import (
    Block,
    Motion,
    Outcome,
    Sunlight,
    Window,
    physical,
)
from casa_processes.sif_retrieval.model.sunlight import View, functions, prepared
from casa_processes.sif_retrieval.model.window import channels
from tests.processes.sif_retrieval.suns import SHAPE, SUN, WAVELENGTH, block, seen, spectrum
from tests.processes.sif_retrieval.worlds import scenes

WINDOW = Window("757", 0.7581, 0.7592, order=2)
LIGHT = Sunlight(SUN, (SHAPE,))


def line(wavenumber):
    """A line of the atmosphere in the middle of the window."""
    return 0.3 / (1.0 + ((wavenumber - 13_181.5) / 0.08) ** 2)


def speeds(approach, recession):
    return Motion(np.atleast_1d(float(approach)), np.atleast_1d(float(recession)))


def test_fluorescence_of_spectra_at_rest_is_found():
    sif = np.linspace(-1.0, 3.0, 9)
    spectra = [spectrum(40.0 + 12.0 * k, 0.03 * k - 0.1, each) for k, each in enumerate(sif)]
    found = physical(block(spectra), LIGHT, WINDOW)
    assert (found.outcome == Outcome.FITTED).all()
    assert found.sif == pytest.approx(sif, abs=2e-3)
    assert found.chi_squared.max() < 1e-3
    assert found.relative == pytest.approx(found.sif / found.continuum, rel=1e-12)
    assert (found.zero_level == 0.0).all()


def test_the_continuum_lies_above_the_lines():
    one = spectrum(80.0, 0.0, 0.0)
    found = physical(block(one), LIGHT, WINDOW)
    first, last = channels(WAVELENGTH, WINDOW)
    used = one[first:last]
    assert used.mean() < found.continuum[0] <= used.max()


@pytest.mark.parametrize("approach", [-3100.0, 0.0, 55.0, 6900.0])
@pytest.mark.parametrize("recession", [-870.0, 430.0])
def test_motions_of_instrument_and_sun_are_taken_out(approach, recession):
    one = spectrum(80.0, 0.05, 1.2, approach, recession)
    found = physical(block(one), LIGHT, WINDOW, motion=speeds(approach, recession))
    assert found.sif[0] == pytest.approx(1.2, abs=5e-3)
    assert found.chi_squared[0] < 5e-3


def test_a_motion_of_the_wrong_sign_would_be_seen():
    one = spectrum(80.0, 0.05, 1.2, 4000.0, 400.0)
    wrong = physical(block(one), LIGHT, WINDOW, motion=speeds(-4000.0, 400.0))
    assert wrong.chi_squared[0] > 1.0


@pytest.mark.parametrize(
    ("shift", "bound"), [(-1e-6, 0.07), (1e-6, 0.07), (-3e-7, 0.01), (3e-7, 0.01)]
)
def test_a_small_shift_of_the_channels_is_fitted(shift, bound):
    one = spectrum(80.0, 0.05, 1.2, shift=shift)
    found = physical(block(one), LIGHT, WINDOW)
    assert found.sif[0] == pytest.approx(1.2, abs=bound)


def test_lines_of_the_air_are_taken_out_with_the_ways_of_light():
    light = replace(LIGHT, depth=line)
    known = replace(scenes(1, solar_zenith=48.0), sensor_zenith=np.array([25.0]))
    ways = tuple(1.0 / np.cos(np.radians([48.0, 25.0])))
    one = spectrum(80.0, 0.05, 1.2, 200.0, -200.0, depth=line, ways=ways)
    motion = speeds(200.0, -200.0)
    found = physical(block(one), light, WINDOW, known, motion)
    assert found.sif[0] == pytest.approx(1.2, abs=0.01)
    assert found.chi_squared[0] < 0.01
    ignored = physical(block(one), LIGHT, WINDOW, known, motion)
    assert ignored.chi_squared[0] > 1.0


def test_an_amount_of_gas_that_is_a_little_wrong_is_fitted():
    light = replace(LIGHT, depth=line)
    one = spectrum(80.0, 0.05, 1.2, depth=lambda nu: 1.03 * line(nu), ways=(1.0, 1.0))
    found = physical(block(one), light, WINDOW, scenes(1, solar_zenith=0.0))
    assert found.sif[0] == pytest.approx(1.2, abs=0.02)


def test_functions_are_the_derivatives_that_they_stand_for():
    wavelength = WAVELENGTH[10:70]
    ready = prepared(LIGHT, 0, wavelength)
    light = replace(LIGHT, depth=line)
    view = View(sun=1.5, sight=1.1)
    here = functions(ready, light, WINDOW, view)
    assert here.shape == (WINDOW.order + 4, 60)
    place = (wavelength - 0.75865) / 0.00055
    assert here[1] == pytest.approx(here[0] * place, rel=1e-9)
    assert here[2] == pytest.approx(here[0] * place**2, rel=1e-9)
    moved = functions(prepared(light, 0, wavelength + 1e-7), light, WINDOW, view)
    back = functions(prepared(light, 0, wavelength - 1e-7), light, WINDOW, view)
    middle = (moved[0] - back[0]) / 2e-7 * 1e-5
    assert here[3] == pytest.approx(middle, abs=0.01 * np.abs(middle).max())
    more = functions(ready, replace(light, depth=lambda nu: 1.01 * line(nu)), WINDOW, view)
    less = functions(ready, replace(light, depth=lambda nu: 0.99 * line(nu)), WINDOW, view)
    by_gas = (more[0] - less[0]) / 0.02
    assert here[4] == pytest.approx(by_gas, abs=1e-3 * np.abs(by_gas).max())
    expected = seen(lambda each: np.exp(-1.1 * line(1e4 / each)), wavelength)
    assert here[5] == pytest.approx(expected, abs=2e-5)


def test_noise_is_told_as_it_scatters():
    rng = np.random.default_rng(1)
    clean = np.tile(spectrum(80.0, 0.05, 1.2), (3000, 1))
    sigma = 0.02 * np.sqrt(clean)
    noisy = block(clean + sigma * rng.normal(size=clean.shape), sigma)
    found = physical(noisy, LIGHT, WINDOW)
    assert found.sif.std() / found.sif_uncertainty.mean() == pytest.approx(1.0, abs=0.04)
    assert found.sif.mean() == pytest.approx(1.2, abs=4.0 * found.sif.std() / np.sqrt(3000))
    assert found.chi_squared.mean() == pytest.approx(1.0, abs=0.02)


def test_chunks_and_order_change_no_bit():
    rng = np.random.default_rng(2)
    count = 40
    spectra = np.array([spectrum(80.0, 0.0, 1.0)] * count)
    spectra += 0.1 * rng.normal(size=spectra.shape)
    motion = Motion(rng.uniform(-500, 500, count), rng.uniform(-500, 500, count))
    whole = physical(block(spectra), LIGHT, WINDOW, motion=motion)
    order = rng.permutation(count)[:23]
    some = Motion(motion.approach[order], motion.recession[order])
    found = physical(block(spectra[order]), LIGHT, WINDOW, motion=some)
    for name, values in vars(found).items():
        assert np.array_equal(values, getattr(whole, name)[order]), name


def test_each_footprint_has_its_own_response():
    wide = gaussian(6e-5)
    one = spectrum(80.0, 0.0, 1.2)
    both = Block(
        np.stack([one, one]), 0.02 * np.sqrt(np.stack([one, one])),
        np.stack([WAVELENGTH, WAVELENGTH]), np.array([0, 1]),
    )  # fmt: skip
    found = physical(both, Sunlight(SUN, (SHAPE, wide)), WINDOW)
    assert found.chi_squared[0] < 1e-3
    assert found.chi_squared[1] > 1.0
    with pytest.raises(InvalidValueError, match="footprint = 2 "):
        Sunlight(SUN, (SHAPE, wide)).shape(2)


@pytest.mark.parametrize("what", ["motion", "sun", "sight", "radiance"])
def test_soundings_with_something_missing_are_nan(what):
    spectra = np.array([spectrum(80.0, 0.0, 1.0)] * 3)
    motion = Motion(np.zeros(3), np.zeros(3))
    known = scenes(3)
    if what == "motion":
        motion.approach[1] = np.nan
    elif what == "radiance":
        spectra[1, 30] = np.nan
    else:
        name = {"sun": "solar_zenith", "sight": "sensor_zenith"}[what]
        values = getattr(known, name).copy()
        values[1] = 91.0
        known = replace(known, **{name: values})
    found = physical(block(spectra, np.full(spectra.shape, 0.2)), LIGHT, WINDOW, known, motion)
    assert found.outcome.tolist() == [0, Outcome.BAD_SPECTRUM, 0]
    assert np.isnan([found.sif[1], found.continuum[1], found.zero_level[1]]).all()


def test_gases_need_to_know_the_ways_of_light():
    with pytest.raises(InvalidValueError, match="scenes is missing"):
        physical(block(spectrum(80.0, 0.0, 1.0)), replace(LIGHT, depth=line), WINDOW)


def test_a_sun_without_lines_does_not_tell_fluorescence_from_the_surface():
    class Smooth:
        quality, about = "builtin", {}

        def irradiance(self, wavenumber):
            return np.full(wavenumber.shape, 1e21)

    found = physical(block(spectrum(80.0, 0.0, 1.0)), Sunlight(Smooth(), (SHAPE,)), WINDOW)
    assert found.outcome.tolist() == [Outcome.SINGULAR]
    assert np.isnan(found.sif).all()
