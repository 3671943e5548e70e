"""One homogeneous layer in many directions: laws of reflection and transmission."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_processes.radiative_transfer.paths import Geometry
from casa_processes.radiative_transfer.scattering.directions import streams
from casa_processes.radiative_transfer.scattering.doubling.kernel import double
from casa_processes.radiative_transfer.scattering.slab.kernel import (
    Attenuation,
    Medium,
    Slab,
    Work,
    attenuate,
    scatter,
)
from tests.processes.radiative_transfer.scattering.atmospheres import seen

COUNT, POINTS = 4, 3
GEOMETRY = seen(50.0, 25.0, 70.0)
few = settings(max_examples=15)


def moments(asymmetry):
    order = np.arange(2 * COUNT)
    return ((2 * order + 1) * asymmetry**order)[None]


def slab(scattered, absorbed, asymmetry, doublings, order=0, geometry=GEOMETRY):
    """Return a layer, doubled from one of 2^doublings parts."""
    medium = Medium(
        np.full((1, POINTS), scattered + absorbed),
        np.full((1, 1, POINTS), scattered),
        np.array([1 / geometry.sun_cosine]),
        np.array([1 / geometry.sight_cosine]),
        np.zeros(POINTS),
    )
    directions = streams(geometry, moments(asymmetry), COUNT, order + 1)
    square, wide = (COUNT + 1, COUNT + 1, POINTS), (COUNT, 3 * COUNT + 1, POINTS)
    shapes = (COUNT + 1, POINTS), POINTS, square, square
    means = Attenuation(*(np.empty(shape) for shape in shapes))
    found = Slab(*(np.empty(shape) for shape in (POINTS, POINTS, square, square)))
    work = Work(*(np.empty(shape) for shape in (wide, wide, square, square)))
    attenuate(medium, directions, 0, 2**doublings, means)
    scatter(medium, directions, 0, 2**doublings, order, means, found, work)
    for _ in range(doublings):
        double(found, work)
    return found, directions


@few
@given(st.floats(1e-4, 1.0), st.floats(0, 0.8))
def test_a_layer_that_absorbs_nothing_keeps_all_light(scattered, asymmetry):
    found, directions = slab(scattered, 0.0, asymmetry, 12)
    both = (found.reflected + found.transmitted)[:COUNT, :, 0]
    flux = directions.weight * directions.cosine
    from_streams = flux @ both[:, :COUNT] / flux
    assert from_streams == pytest.approx(1, abs=2e-5)
    from_sun = 2 * np.pi * flux @ both[:, COUNT] + GEOMETRY.sun_cosine * found.beam[0]
    assert from_sun == pytest.approx(GEOMETRY.sun_cosine, abs=2e-5)


@few
@given(st.floats(1e-3, 1.0), st.floats(0, 1), st.floats(0, 0.8), st.integers(0, 2))
def test_light_may_go_the_other_way_through_a_layer(scattered, absorbed, asymmetry, order):
    """Reflection times the cosine it leaves in, over the weight of where it came from."""
    found, directions = slab(scattered, absorbed, asymmetry, 10, order)
    for matrix in (found.reflected, found.transmitted):
        inner = matrix[:COUNT, :COUNT, 0]
        even = directions.cosine[:, None] * inner / directions.weight[None, :]
        assert even == pytest.approx(even.T, rel=1e-3, abs=1e-7)


@few
@given(st.floats(0, 3))
def test_without_scatterers_the_beam_goes_straight_on(absorbed):
    found, directions = slab(0.0, absorbed, 0.5, 6)
    assert not found.reflected.any()
    expected = np.diag(np.exp(-absorbed / directions.cosine))
    assert found.transmitted[:COUNT, :COUNT, 0] == pytest.approx(expected, abs=1e-12)
    assert found.beam == pytest.approx(np.exp(-absorbed / GEOMETRY.sun_cosine))
    assert found.sight == pytest.approx(np.exp(-absorbed / GEOMETRY.sight_cosine))


@few
@given(st.floats(0.01, 0.5), st.floats(0, 1), st.floats(0, 0.8))
def test_finer_parts_change_the_less_the_finer_they_are(scattered, absorbed, asymmetry):
    """Parts of second order: each halving leaves a quarter of the change before it."""
    rough, fine, finest = (slab(scattered, absorbed, asymmetry, n)[0] for n in (8, 9, 10))
    first = np.abs(rough.reflected - fine.reflected).max()
    second = np.abs(fine.reflected - finest.reflected).max()
    assert second < 0.35 * first + 1e-12


@few
@given(st.floats(1e-3, 0.3), st.floats(0, 0.8))
def test_what_the_instrument_sees_is_a_stream_like_any_other(scattered, asymmetry):
    """A sight along a stream has the row of that stream, where the beam is left aside."""
    node = np.polynomial.legendre.leggauss(COUNT)[0]
    along = Geometry(GEOMETRY.sun_cosine, float((node[2] + 1) / 2), -0.3)
    found, _ = slab(scattered, 0.1, asymmetry, 10, geometry=along)
    seen_row, row = found.reflected[COUNT, :COUNT], found.reflected[2, :COUNT]
    assert seen_row == pytest.approx(row, rel=1e-9)
    straight = np.eye(COUNT)[2][:, None] * found.sight
    assert found.transmitted[COUNT, :COUNT] + straight == pytest.approx(
        found.transmitted[2, :COUNT], rel=1e-9
    )
