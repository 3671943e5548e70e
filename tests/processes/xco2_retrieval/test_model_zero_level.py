"""Offsets of the radiance: who decides whether a state has them, and that they are found."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.xco2.model import Sigmas, retrieve
from casa_processes.xco2.model.prior import FRACTIONS, prior
from tests.processes.xco2_retrieval.small import simulated, single, small_physics

ALBEDO = {"o2a": 0.2, "wco2": 0.2, "sco2": 0.2}
KNOWN = {"o2a": 0.02}


def offsets(asked):
    options = single(sigmas=Sigmas(zero_level=asked))
    elements, before = prior(
        options, np.full(FRACTIONS.size, 400.0), 1000.0, ALBEDO, (), 0.0, KNOWN
    )
    sigma = np.sqrt(np.diag(before.covariance))
    return {
        name.removeprefix("zero_level_"): float(sigma[elements.place(name)])
        for name in elements.names
        if name.startswith("zero_level_")
    }


def test_an_offset_is_that_of_the_instrument_unless_options_tell_one():
    assert offsets(None) == pytest.approx(KNOWN)
    assert offsets(0.0) == {}
    assert offsets(0.03) == pytest.approx({"o2a": 0.03, "wco2": 0.03, "sco2": 0.03})


def test_an_offset_of_an_instrument_that_is_known_for_it_is_found():
    scene = simulated(5, single(bands=("o2a", "wco2"), aerosols=()))
    spectrum = scene.sounding.bands["o2a"]
    added = 0.015 * np.nanpercentile(spectrum.radiance, 98)
    moved = replace(spectrum, radiance=spectrum.radiance + added, zero_level=0.02)
    sounding = replace(scene.sounding, bands={**scene.sounding.bands, "o2a": moved})
    options = single(bands=("o2a", "wco2"), aerosols=(), sigmas=Sigmas(sif=0.0))
    found = retrieve(sounding, scene.weather, small_physics(), options)
    assert found.more["zero_level_o2a"] == pytest.approx(0.015, abs=0.002)
    assert found.more["zero_level_wco2"] == 0.0
