"""The drift of the correction: what differences of fits at other states give."""

import numpy as np
import pytest

from casa_processes.radiative_transfer.scattering.mixture import Accuracy
from tests.processes.radiative_transfer.scattering.atmospheres import LAYERS, seen
from tests.processes.radiative_transfer.scattering.test_correction import (
    SCENES,
    SINGLE,
    Band,
    band,
    no_change,
)

ANGLES = seen(40, 10, 60)
ROUGH = Accuracy(3, 3, 0.02, 40)
SPECTRUM = band(7, points=400)


def made():
    """A band whose cross-sections change with temperature and pressure."""
    there = Band(ANGLES, 0.25, SPECTRUM, SCENES["haze"], ROUGH)
    tables = [table.copy() for table in there.gases.tables]
    for table, other in zip(tables, (1.2, 0.9), strict=True):
        table[:LAYERS, 1] *= SINGLE(other)
    amount = there.gases.amount.copy()
    amount[1] = 0.1
    there.gases = there.gases._replace(
        tables=tuple(tables), amount=amount, share=np.full((LAYERS, 2), 0.3, SINGLE)
    )
    return there


def changes(there):
    """Directions of all kinds at once, of a single kind each."""
    change = no_change(5)
    rng = np.random.default_rng(3)
    change.gas[0, 0] = rng.uniform(0, 1, LAYERS)
    change.gas[1, :, 12] = 1.0
    change.temperature[2] = rng.uniform(0.5, 1, LAYERS) * 3
    change.pressure[3] = rng.uniform(0.5, 1, LAYERS)
    change.scatterer[4] = there.air.depth * rng.uniform(0.5, 1.5, (2, LAYERS))
    place = np.linspace(-1, 1, there.ground.albedo.size, dtype=SINGLE)
    return change, np.stack([np.ones_like(place), place])


def along(change, shades, number, step):
    """Return the band a step along one of the directions."""
    there, step = made(), SINGLE(step)
    if number < 5:
        place = there.gases.share.copy()
        place[:, 0] += step * change.pressure[number]
        place[:, 1] += step * change.temperature[number]
        amount = there.gases.amount + step * change.gas[number]
        there.gases = there.gases._replace(share=place, amount=amount)
        there.air = there.air._replace(depth=there.air.depth + step * change.scatterer[number])
    else:
        albedo = there.ground.albedo + step * shades[number - 5]
        there.ground = there.ground._replace(albedo=albedo)
    return there


@pytest.fixture(scope="module")
def known():
    there = made()
    change, shades = changes(there)
    fit, found = there.drift(there.fit(), change, shades)
    return there, change, shades, fit, found


@pytest.mark.parametrize("number", range(7))
def test_the_jacobian_is_that_of_differences_of_refitted_light(known, number):
    """Without drift it is off by per cents: coefficients that stay are another function."""
    there, change, shades, fit, found = known
    rows = there.rows(fit.correction, change, drift=found, shades=shades)
    still = there.rows(fit.correction, change, shades=shades)
    step = (0.1, 0.1, 0.1, 0.06, 0.01, 0.03, 0.03)[number]

    def light(by):
        other = along(change, shades, number, by)
        return other.rows(other.refit(fit).correction)[0]

    near, far = ((light(by) - light(-by)) / (2 * by) for by in (step, 2 * step))
    expected = (4 * near - far) / 3
    size = np.linalg.norm(expected)
    wrong, before = (np.linalg.norm(each[2 + number] - expected) / size for each in (rows, still))
    assert wrong < 1e-3
    assert before > 3 * wrong


def test_the_fit_is_that_of_the_state(known):
    there, _, _, fit, _ = known
    light = there.rows(fit.correction)[0]
    assert light == pytest.approx(there.rows(there.fit().correction)[0], rel=1e-5)


def test_layers_are_cut_anew_only_when_their_parts_are_twice_too_thick(known):
    _, change, shades, fit, _ = known
    for thicker, more in ((1.5, False), (5.0, True)):
        other = made()
        other.air = other.air._replace(depth=other.air.depth * SINGLE(thicker))
        again, _ = other.drift(fit, change, shades)
        assert (again.doubled >= fit.doubled).all()
        assert np.array_equal(again.doubled, fit.doubled) != more


def test_a_ground_whose_brightness_varies_is_corrected_as_well():
    there = Band(seen(60, 30, 140), 0.1, SPECTRUM, SCENES["haze"])
    place = np.linspace(-1, 1, there.ground.albedo.size, dtype=SINGLE)
    errors = []
    for slope in (0.0, 0.1):
        albedo = SINGLE(0.1) * np.exp(SINGLE(slope) * place)
        there.ground = there.ground._replace(albedo=albedo)
        truth = there.truth()
        error = (there.rows(there.fit().correction)[0] - truth) / truth.max()
        errors.append(np.abs(error).max())
    assert errors[0] < 1e-3
    assert errors[1] < 1e-3
