"""Responses of channels from a file: the right ones give the column, wrong ones cost some ppm."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.instruments.shapes import tabulated
from casa_processes.instruments.spectrometer import spectrometer, synthetic_optics
from casa_processes.spectra.granule import open_granule
from casa_processes.spectra.simulated import write_simulated
from casa_processes.xco2.model import retrieve
from casa_processes.xco2.model.retrieval import prepared
from casa_processes.xco2.model.scenes import scene
from casa_processes.xco2.result import Outcome
from tests.processes.xco2_retrieval.granules import CHANNELS, INSTRUMENT
from tests.processes.xco2_retrieval.small import HERE, MODEST, single, small_physics

SAMPLES = 81


def optics(kind):
    """Optics of all bands: flat-topped, lopsided responses of each channel, or others."""
    return {band: replace(seen := synthetic_optics(INSTRUMENT, band), shape=shape(band, kind, seen))
            for band in INSTRUMENT.bands}  # fmt: skip


def shape(band, kind, seen):
    width = INSTRUMENT.bands[band].width
    wider = {"right": 1.0, "wide": 1.02}[kind]
    widths = wider * width * np.linspace(0.95, 1.05, seen.wavelength.size)[:, None]
    offset = widths * np.linspace(-2.4, 2.4, SAMPLES)
    x = 2.0 * offset / widths
    response = np.exp2(-(np.abs(x) ** 2.6)) * (1.0 + 0.15 * np.tanh(x)) + 2e-3 / (1.0 + x**2)
    return tabulated("wavelength", seen.wavelength, offset, response)


@pytest.fixture(scope="module")
def known():
    """A scene without noise, seen through the right responses."""
    rng, options = np.random.default_rng(8), single()
    drawn = scene(rng, small_physics(), options, MODEST, HERE, CHANNELS)
    right = optics("right")
    bands = {
        name: replace(each, shape=right[name].shape, good=np.ones(1016, bool),
                      radiance=np.full(1016, np.nanpercentile(each.radiance, 98)))
        for name, each in drawn.sounding.bands.items()
    }  # fmt: skip
    dark = replace(drawn.sounding, bands=bands)
    model, _ = prepared(dark, drawn.weather, small_physics(), replace(options, sigmas=MODEST))
    assert model.known.names == drawn.names
    radiance, _ = model(drawn.state)
    spectra, first = {}, 0
    for band in model.windows:
        whole = np.full(1016, np.nan)
        whole[band.used] = radiance[first : first + band.wavelength.size]
        first += band.wavelength.size
        spectra[band.name] = replace(bands[band.name], radiance=whole)
    return replace(drawn, sounding=replace(dark, bands=spectra))


def retrieved(known, folder, kind):
    """Retrieve it from a file with some responses."""
    path = folder / f"{kind}.h5"
    write_simulated(path, spectrometer("oco2"), [known.sounding], "for tests", optics(kind))
    sounding = open_granule(path).sounding(0)
    return retrieve(sounding, known.weather, small_physics(), single())


@pytest.fixture(scope="module")
def found(known, tmp_path_factory):
    folder = tmp_path_factory.mktemp("responses")
    return {kind: retrieved(known, folder, kind) for kind in ("right", "wide")}


def test_responses_of_each_channel_are_those_of_the_file(known, found):
    """What was simulated is fitted to a thousandth of the noise's square, through the file."""
    right = found["right"]
    assert right.outcome == Outcome.CONVERGED
    assert max(fit.chi_squared for fit in right.bands.values()) < 0.01
    assert abs(right.xco2 - known.xco2) < right.uncertainty


def test_responses_that_are_two_per_cent_too_wide_cost_ppm(found):
    """Of parts of the bands; the documentation tells what it costs in whole ones."""
    right, wrong = found["right"], found["wide"]
    assert abs(wrong.xco2 - right.xco2) > 2.0
    assert max(fit.chi_squared for fit in wrong.bands.values()) > 0.5
