"""One line of cells against an integral over mass that knows nothing of cells and pieces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.transport.departure.kernel import PARTS, departures, lines, pieces
from casa_processes.transport.exchange.kernel import factors, sunk, sunk_back
from casa_processes.transport.line.kernel import sweep, sweep_back

WIDTH = (0,) * 8
CELLS = st.integers(2, 12)
SEEDS = st.integers(0, 2**32 - 1)
LARGEST = st.floats(0.1, 5.0)


class Line:
    """Random cells whose faces move by up to `largest` cells and leave some air in each."""

    def __init__(self, n, seed, largest, closed):
        self.rng, self.n, self.closed = np.random.default_rng(seed), n, closed
        self.mass = self.rng.uniform(0.5, 2.0, n)
        total = self.mass.sum()
        self.edges = np.concatenate([[0.0], np.cumsum(self.mass)])
        moved = np.sort(self.rng.uniform(0.0, total, n - 1 if closed else n))
        moved = 0.8 * moved + 0.2 * np.linspace(0.0, total, moved.size + 2)[1:-1]
        moved = np.append(moved, total) if closed else moved + largest - 2.5
        self.points = moved
        self.flux = self.edges[1:] - moved
        first = 0.0 if closed else moved[-1] - total
        self.after = np.diff(np.concatenate([[first], moved]))
        self.q = self.rng.uniform(0.0, 1.0, (n, 8))
        place, near = np.empty((1, n, 2), np.int32), np.empty(1, np.bool_)
        part = np.empty((1, n, PARTS))
        lines(*(one[None] for one in (self.mass, self.after, self.flux)), closed, place, near, part)
        self.lines = place, near, part, False

    def padded(self, q, limited):
        below, above = (q[0], q[-1]) if self.closed else (q[-1], q[0])
        if self.closed and not limited:
            below, above = 2.0 * q[0] - q[1], 2.0 * q[-1] - q[-2]
        return np.concatenate([below[None], q, above[None]])

    def swept(self, limited, q=None):
        line, new = self.padded(self.q if q is None else q, limited), np.empty((self.n, 8))
        sweep(line.reshape(-1), self.lines, 0, limited, new.reshape(-1), 0, 8, WIDTH)
        return new

    def amount(self, point, limited):
        """What lies between the start of the line and a point of mass: parabolas of each cell."""
        turns, rest = divmod(point, self.edges[-1]) if not self.closed else (0.0, point)
        line = self.padded(self.q, limited)
        low, high = line[1:-1] - line[:-2], line[2:] - line[1:-1]
        slope = (low + high) / 2.0
        if limited:
            least = 2.0 * np.minimum(np.abs(low), np.abs(high))
            slope = np.sign(slope) * np.minimum(np.abs(slope), least) * (low * high > 0.0)
        whole = self.mass[:, None] * self.q
        found = turns * whole.sum(axis=0)
        for i in range(self.n):
            x = np.clip((rest - self.edges[i]) / self.mass[i], 0.0, 1.0)
            found = found + self.mass[i] * (self.q[i] * x + slope[i] * (x * x - x) / 2.0)
        return found

    def expected(self, limited):
        ends = [self.amount(point, limited) for point in self.points]
        last = self.points[-1] - self.edges[-1]
        first = np.zeros(8) if self.closed else self.amount(last, limited)
        return np.diff(np.concatenate([first[None], ends]), axis=0) / self.after[:, None]


@given(CELLS, SEEDS, LARGEST, st.booleans(), st.booleans())
def test_what_arrives_is_the_integral_between_the_departures(n, seed, largest, closed, limited):
    line = Line(n, seed, largest, closed)
    assert np.allclose(line.swept(limited), line.expected(limited), rtol=0.0, atol=1e-12)


@given(CELLS, SEEDS, LARGEST, st.booleans(), st.booleans())
def test_a_line_keeps_what_it_holds(n, seed, largest, closed, limited):
    line = Line(n, seed, largest, closed)
    before = (line.mass[:, None] * line.q).sum(axis=0)
    after = (line.after[:, None] * line.swept(limited)).sum(axis=0)
    assert np.allclose(after, before, rtol=1e-13)


@given(CELLS, SEEDS, LARGEST, st.booleans())
def test_limited_slopes_make_no_new_extreme(n, seed, largest, closed):
    line = Line(n, seed, largest, closed)
    line.q[line.rng.uniform(size=line.q.shape) < 0.5] = 0.0
    found = line.swept(True)
    assert (found >= 0.0).all()
    assert (found <= line.q.max(axis=0) * (1.0 + 1e-13)).all()


def test_slopes_without_limits_do_make_new_extremes():
    line = Line(12, 1, 0.4, False)
    line.q[:] = np.repeat(np.arange(12)[:, None] == 5, 8, axis=1)
    assert line.swept(False).min() < -1e-3


@given(CELLS, SEEDS, LARGEST, st.booleans())
def test_the_transpose_of_a_sweep_has_the_same_inner_products(n, seed, largest, closed):
    line = Line(n, seed, largest, closed)
    wide, other = line.rng.normal(size=(n + 2, 8)), line.rng.normal(size=(n, 8))
    if not closed:
        wide[[0, -1]] = wide[[-2, 1]]
    new, bar = np.empty((n, 8)), np.full((n + 3, 8), np.nan)
    sweep(wide.reshape(-1), line.lines, 0, False, new.reshape(-1), 0, 8, WIDTH)
    sweep_back(other.reshape(-1), 0, 8, line.lines, 0, bar.reshape(-1), WIDTH)
    there = (new * other).sum(axis=0)
    back = (wide * bar[:-1]).sum(axis=0) + wide[2] * bar[-1]
    assert (np.abs(there - back) <= 1e-14 * np.abs(new * other).sum(axis=0)).all()


@given(st.integers(3, 12), SEEDS, st.booleans())
def test_lines_whose_departures_are_near_are_those_that_know_no_bounds(n, seed, closed):
    line = Line(n, seed, 2.5, closed)
    steps = line.rng.uniform(-0.45, 0.45, n) * line.mass.min()
    if closed:
        steps[-1] = 0.0
    after = line.mass + np.roll(steps, 1) - steps
    place, near = np.empty((1, n, 2), np.int32), np.empty(1, np.bool_)
    part = np.full((1, n, PARTS), np.nan)
    lines(line.mass[None], after[None], steps[None], closed, place, near, part)
    assert near[0]
    cell, share = np.empty(n, np.int32), np.empty(n)
    places, parts = np.empty((n, 2), np.int32), np.full((n, PARTS), np.nan)
    departures(line.mass, steps, cell, share)
    pieces(line.mass, after, cell, share, closed, places, parts)
    assert np.array_equal(place[0], places)
    assert np.allclose(part[0], parts, rtol=0.0, atol=1e-14, equal_nan=True)


@given(CELLS, SEEDS)
def test_one_line_among_many_is_moved_to_where_it_belongs(n, seed):
    line = Line(n, seed, 2.5, False)
    place, near, part, _ = line.lines
    many = (
        np.repeat(place, 3, 0),
        np.repeat(near, 3),
        part * np.array([2.0, 1.0, 3.0])[:, None, None],
        False,
    )
    target = np.zeros((n, 3, 8))
    sweep(line.padded(line.q, True).reshape(-1), many, 1, True, target.reshape(-1), 16, 24, WIDTH)
    assert np.array_equal(target[:, 2], line.swept(True))
    assert not target[:, :2].any()


@given(CELLS, SEEDS, LARGEST)
def test_shares_of_what_arrives_sum_to_all_of_it(n, seed, largest):
    line = Line(n, seed, largest, False)
    assert np.allclose(line.swept(True, np.ones((n, 8))), 1.0, rtol=0.0, atol=1e-13)


def test_a_face_that_moves_by_whole_cells_departs_at_an_edge():
    mass, flux = np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 0.0])
    cell, share = np.empty(3, np.int32), np.empty(3)
    departures(mass, flux, cell, share)
    place = np.concatenate([[0.0], np.cumsum(mass)])[cell + 1] - share
    assert place.tolist() == [0.0, 0.0, 6.0]


def matrix(mass, mixed):
    """The matrix of the exchange: (M + E)^-1 M."""
    n = mass.size
    whole = np.diag(mass)
    for k in range(n - 1):
        pair = np.ix_([k, k + 1], [k, k + 1])
        whole[pair] += mixed[k] * np.array([[1.0, -1.0], [-1.0, 1.0]])
    return np.linalg.solve(whole, np.diag(mass))


def mixing(mass, mixed):
    """A line whose air is mixed and does not move."""
    n, still = mass.size, np.zeros((1, mass.size))
    place, near = np.empty((1, n, 2), np.int32), np.empty(1, np.bool_)
    part = np.empty((1, n, PARTS))
    lines(mass[None], mass[None], still, True, place, near, part)
    factors(mass[None], mixed[None], part)
    return place, near, part, True


def exchanged(mass, mixed, values):
    """What cells hold after an exchange."""
    line, course = np.concatenate([values[:1], values, values[-1:]]), mixing(mass, mixed)
    new, found = np.empty_like(values), np.empty_like(values)
    sweep(line.reshape(-1), course, 0, False, new.reshape(-1), 0, 8, WIDTH)
    sunk(new.reshape(-1), course[2], 0, found.reshape(-1), 0, 8, WIDTH)
    return found


def exchanged_back(mass, mixed, values):
    """The transpose of `exchanged`."""
    course, bar = mixing(mass, mixed), np.empty((mass.size + 3, 8))
    above = np.empty_like(values)
    sunk_back(values.reshape(-1), 0, 8, course[2], 0, above.reshape(-1), WIDTH)
    sweep_back(above.reshape(-1), 0, 8, course, 0, bar.reshape(-1), WIDTH)
    assert np.allclose(bar[[0, -2, -1]], 0.0, rtol=0.0, atol=1e-14)
    return bar[1:-2]


@given(st.integers(2, 10), SEEDS, st.booleans())
def test_exchange_solves_its_equations(n, seed, transposed):
    rng = np.random.default_rng(seed)
    mass, mixed = rng.uniform(0.1, 2.0, n), rng.uniform(0.0, 20.0, n - 1)
    values = rng.normal(size=(n, 8))
    found = (exchanged_back if transposed else exchanged)(mass, mixed, values)
    whole = matrix(mass, mixed)
    exact = (whole.T if transposed else whole) @ values
    assert np.allclose(found, exact, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("strength", [0.0, 1e12])
def test_exchange_does_nothing_or_levels_all(strength):
    mass, values = np.array([1.0, 2.0, 3.0, 4.0]), np.arange(32.0).reshape(4, 8)
    found = exchanged(mass, np.full(3, strength), values)
    level = (mass[:, None] * values).sum(axis=0) / mass.sum()
    exact = values if strength == 0.0 else np.tile(level, (4, 1))
    assert np.allclose(found, exact, rtol=1e-11)
    assert np.allclose((mass[:, None] * found).sum(axis=0), level * mass.sum(), rtol=1e-14)
