"""The Hilbert curve: it visits every cell once and never jumps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from casa_ogc.archive.hilbert import ORDER, curve_distance, hilbert_index


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5, 6])
def test_the_curve_visits_each_cell_once_in_steps_of_one_cell(order):
    side = 1 << order
    x, y = (part.ravel() for part in np.meshgrid(np.arange(side), np.arange(side)))
    distance = curve_distance(x.astype(np.uint32), y.astype(np.uint32), order)
    assert_array_equal(np.sort(distance), np.arange(side * side))
    along = np.argsort(distance)
    steps = np.abs(np.diff(x[along])) + np.abs(np.diff(y[along]))
    assert_array_equal(steps, 1)


@given(st.integers(0, (1 << 16) - 1), st.integers(0, (1 << 16) - 1))
def test_a_coarser_curve_visits_the_parents_in_the_same_order(x, y):
    def at(shift, order):
        cell = [np.array([v >> shift], dtype=np.uint32) for v in (x, y)]
        return int(curve_distance(*cell, order)[0])

    fine, coarse = at(0, 16), at(2, 14)
    assert fine >> 4 == coarse


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_every_place_has_an_index_within_the_curve(longitude, latitude):
    index = hilbert_index(np.array([longitude]), np.array([latitude]))
    assert index.dtype == np.uint32
    assert 0 <= int(index[0]) < 4**ORDER


def test_neighbours_on_disk_are_neighbours_on_the_globe():
    random = np.random.default_rng(1)
    x, y = random.uniform(-180, 180, 65_536), random.uniform(-90, 90, 65_536)
    along = np.argsort(hilbert_index(x, y))
    group = along[16_384:32_768]
    area = np.ptp(x[group]) * np.ptp(y[group])
    assert area <= 360 * 180 / 4 * 1.05
