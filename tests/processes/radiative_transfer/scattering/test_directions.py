"""Directions and phase functions between them, against sums of Legendre polynomials."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidValueError
from casa_processes.radiative_transfer.scattering.directions import scaled, streams
from tests.processes.radiative_transfer.scattering.atmospheres import seen

angles = st.floats(0, 85)
asymmetries = st.floats(0, 0.9)


def henyey(asymmetry, count):
    order = np.arange(count)
    return ((2 * order + 1) * asymmetry**order)[None]


@given(angles, angles, st.floats(0, 180), asymmetries)
def test_orders_of_azimuth_add_up_to_the_phase_function(sun, sight, azimuth, asymmetry):
    """From the Sun, which shines downwards, to the instrument above."""
    geometry, moments = seen(sun, sight, azimuth), henyey(asymmetry, 12)
    found = streams(geometry, moments, 6, 12)
    whole = 4 * np.pi * found.azimuth @ found.back[:, 0, -1, -1]
    expected = np.polynomial.legendre.legval(geometry.scattering_cosine, moments[0])
    assert whole == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(angles, asymmetries, st.integers(2, 10))
def test_all_light_that_is_scattered_goes_somewhere(sun, asymmetry, count):
    """Both hemispheres together receive 1, from every stream and from the Sun."""
    found = streams(seen(sun, 10.0, 0.0), henyey(asymmetry, 2 * count), count, 1)
    both = (found.back + found.forth)[0, 0, :count]
    from_streams = found.weight @ both[:, :count] / found.weight
    assert from_streams == pytest.approx(1.0)
    assert found.weight @ both[:, count] * 2 * np.pi == pytest.approx(1.0)


@given(asymmetries, st.integers(1, 10))
def test_streams_cover_a_hemisphere(asymmetry, count):
    found = streams(seen(30.0, 10.0, 0.0), henyey(asymmetry, 2 * count), count, 1)
    assert found.weight.sum() == pytest.approx(1)
    assert found.weight @ found.cosine == pytest.approx(0.5)
    assert ((found.cosine > 0) & (found.cosine < 1)).all()


@given(st.floats(0.1, 0.9), st.integers(2, 10))
def test_the_peak_of_a_power_series_is_its_next_power(asymmetry, count):
    peak, rest = scaled(henyey(asymmetry, 64), count)
    assert peak[0] == pytest.approx(asymmetry ** (2 * count))
    mean = (asymmetry - peak[0]) / (1 - peak[0])
    assert rest[0, 0] == pytest.approx(1)
    assert rest[0, 1] / 3 == pytest.approx(mean)


def test_a_smooth_phase_function_has_no_peak():
    moments = np.array([[1.0, 0.0, 0.5]])
    peak, rest = scaled(moments, 4)
    assert peak[0] == 0
    assert rest[0].tolist() == [1.0, 0.0, 0.5, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(("count", "orders"), [(0, 1), (4, 0), (4, 9)])
def test_impossible_directions_are_refused(count, orders):
    with pytest.raises(InvalidValueError, match="directions"):
        streams(seen(30.0, 10.0, 0.0), henyey(0.5, 8), count, orders)
