"""The zero level: what is found, what is left, what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from casa_processes.common.errors import InvalidValueError
from casa_processes.sif_retrieval.model import Options, Outcome, corrected, zero_level
from casa_processes.sif_retrieval.model.types import WindowResult

KNOTS = 12


def results(continuum, sif, sigma=0.3, outcome=None):
    """Return what fits of soundings told."""
    count = continuum.size
    return WindowResult(
        sif=np.asarray(sif, float),
        sif_uncertainty=np.broadcast_to(np.asarray(sigma, float), count).copy(),
        continuum=continuum,
        relative=np.asarray(sif) / continuum,
        chi_squared=np.ones(count),
        zero_level=np.zeros(count),
        outcome=np.zeros(count, np.int8) if outcome is None else outcome,
    )


def drawn(seed, count=2000, curve=np.zeros_like, noise=0.3):
    rng = np.random.default_rng(seed)
    continuum = rng.uniform(20.0, 180.0, count)
    return results(continuum, curve(continuum) + noise * rng.normal(size=count), max(noise, 0.1))


def found_from(known, footprint=None, footprints=1, bare=None, **options):
    count = known.sif.size
    footprint = np.zeros(count, np.int64) if footprint is None else footprint
    bare = np.ones(count, bool) if bare is None else bare
    return zero_level(known, footprint, bare, footprints, Options(**options))


def curve_of(level, row=0):
    """Return knots, offsets and uncertainties of a footprint."""
    known = np.isfinite(level.offset[row])
    assert known[: known.sum()].all()
    return (each[row, known] for each in (level.radiance, level.offset, level.uncertainty))


def waves(continuum):
    """A zero level that needs all knots."""
    return 5.0 * np.cos(continuum / 9.0)


def line(continuum):
    return 0.2 - 0.003 * continuum


def test_a_straight_line_is_found_exactly():
    known = drawn(1, curve=line, noise=0.0)
    level = found_from(known)
    knots, offset, _ = curve_of(level)
    assert offset == pytest.approx(line(knots), abs=1e-6)
    again = corrected(known, level, np.zeros(2000, np.int64))
    assert again.sif == pytest.approx(np.zeros(2000), abs=1e-6)
    assert again.zero_level == pytest.approx(line(known.continuum), abs=1e-6)
    assert again.relative == pytest.approx(again.sif / known.continuum, abs=1e-12)


@given(st.integers(0, 10**6))
def test_the_weighted_mean_of_bare_soundings_is_zero_afterwards(seed):
    rng = np.random.default_rng(seed)
    known = drawn(seed, 500, lambda radiance: np.sin(radiance / 30.0))
    sigma = rng.uniform(0.1, 0.6, 500)
    known = results(known.continuum, known.sif, sigma)
    again = corrected(known, found_from(known), np.zeros(500, np.int64))
    assert np.average(again.sif, weights=sigma**-2.0) == pytest.approx(0.0, abs=1e-6)


def test_knots_are_those_of_a_least_squares_fit_by_scipy():
    known = drawn(2, curve=waves)
    level = found_from(known)
    knots = level.radiance[0]
    assert knots == pytest.approx(np.quantile(known.continuum, np.linspace(0, 1, KNOTS)))
    hats = np.stack([np.interp(known.continuum, knots, row) for row in np.eye(KNOTS)], axis=1)
    expected = lsq_linear(hats / 0.3, known.sif / 0.3).x
    assert level.offset[0] == pytest.approx(expected, abs=1e-5)
    covariance = np.linalg.inv(hats.T @ hats) * 0.3**2
    assert level.uncertainty[0] == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-5)


def test_the_uncertainty_of_the_zero_level_is_its_scatter():
    curves = [curve_of(found_from(drawn(seed, curve=line), knots=2)) for seed in range(100, 260)]
    knots, offsets, told = np.array([list(each) for each in curves]).swapaxes(0, 1)
    away = (offsets - line(knots)) / told
    assert away.std(axis=0) == pytest.approx(np.ones(2), abs=0.25)
    assert np.abs(away.mean(axis=0) * np.sqrt(160)).max() < 4.0


def test_the_uncertainty_of_soundings_grows_by_that_of_the_zero_level():
    known = drawn(3, curve=waves)
    level = found_from(known)
    again = corrected(known, level, np.zeros(2000, np.int64))
    more = np.sqrt(again.sif_uncertainty**2 - 0.3**2)
    assert more.min() > 0.0
    assert more.max() <= level.uncertainty.max() + 1e-12
    at_knots = results(level.radiance[0], np.zeros(KNOTS))
    told = corrected(at_knots, level, np.zeros(KNOTS, np.int64)).sif_uncertainty
    assert told == pytest.approx(np.hypot(0.3, level.uncertainty[0]), rel=1e-9)


def test_what_is_only_noise_is_no_curve():
    """All soundings share the mean then: a curve of twelve knots would shift dark ones by 0.03."""
    counts, dark = [], []
    for seed in range(300, 360):
        known = drawn(seed)
        level = found_from(known)
        counts.append(np.isfinite(level.offset).sum())
        (knots,), (offset,), (told,) = curve_of(level) if counts[-1] == 1 else ([0], [0], [0])
        if counts[-1] == 1:
            assert knots == pytest.approx(np.median(known.continuum))
            assert offset == pytest.approx(known.sif.mean(), abs=1e-9)
            assert told == pytest.approx(0.3 / np.sqrt(2000), rel=1e-6)
        dim = results(np.array([22.0]), np.zeros(1))
        dark.append(corrected(dim, level, np.zeros(1, np.int64)).zero_level[0])
    assert np.mean(np.array(counts) == 1) > 0.9
    assert np.std(dark) < 0.012


@pytest.mark.parametrize(
    ("curve", "least", "most"),
    [(line, 2, 2), (lambda radiance: np.abs(radiance - 100.0) / 50.0, 3, 4), (waves, 12, 12)],
)
def test_knots_are_as_many_as_the_soundings_show(curve, least, most):
    knots, _, _ = curve_of(found_from(drawn(14, curve=curve)))
    assert least <= knots.size <= most


def test_the_number_of_knots_has_the_least_criterion():
    """chi^2 + k ln n, by numpy, over the numbers that are tried."""
    known = drawn(15, curve=lambda radiance: 0.3 * np.sin(radiance / 25.0))
    judged = {}
    for number in (1, 2, 3, 4, 6, 8, KNOTS):
        ends = np.linspace(0.0, 1.0, number) if number > 1 else [0.5]
        knots = np.quantile(known.continuum, ends)
        hats = np.stack([np.interp(known.continuum, knots, row) for row in np.eye(number)], axis=1)
        left = np.linalg.lstsq(hats / 0.3, known.sif / 0.3, rcond=None)[1][0]
        judged[number] = left + number * np.log(2000)
    knots, _, _ = curve_of(found_from(known))
    assert knots.size == min(judged, key=judged.get)
    assert 1 < knots.size < KNOTS


def test_a_missing_continuum_has_no_zero_level():
    level = found_from(drawn(300))
    assert np.isfinite(level.offset).sum() == 1
    known = results(np.array([50.0, np.nan]), np.zeros(2))
    assert np.isnan(corrected(known, level, np.zeros(2, np.int64)).zero_level).tolist() == [0, 1]


def test_the_outermost_knots_hold_beyond_them():
    level = found_from(drawn(4, curve=line, noise=0.0))
    known = results(np.array([1.0, 500.0]), np.zeros(2))
    again = corrected(known, level, np.zeros(2, np.int64))
    _, offset, _ = curve_of(level)
    assert again.zero_level == pytest.approx(offset[[0, -1]], abs=1e-12)


def test_vegetated_and_failed_soundings_do_not_count():
    known = drawn(5, curve=line, noise=0.0)
    bare, outcome = np.ones(2000, bool), np.zeros(2000, np.int8)
    bare[:200], outcome[200:400] = False, Outcome.BAD_SPECTRUM
    sif = known.sif.copy()
    sif[:200], sif[200:400] = 2.0, np.nan
    level = found_from(results(known.continuum, sif, outcome=outcome), bare=bare)
    assert level.soundings.tolist() == [1600]
    knots, offset, _ = curve_of(level)
    assert offset == pytest.approx(line(knots), abs=1e-6)


def test_a_failed_sounding_stays_nan():
    known = drawn(6)
    outcome = np.zeros(2000, np.int8)
    outcome[9] = Outcome.BAD_SPECTRUM
    known.sif[9] = known.continuum[9] = known.sif_uncertainty[9] = np.nan
    broken = results(known.continuum, known.sif, known.sif_uncertainty, outcome)
    again = corrected(broken, found_from(broken), np.zeros(2000, np.int64))
    for name in ("sif", "sif_uncertainty", "continuum", "relative", "zero_level"):
        assert np.isnan(getattr(again, name)[9]), name
        assert np.isfinite(np.delete(getattr(again, name), 9)).all(), name


def test_footprints_have_zero_levels_of_their_own():
    known = drawn(7, curve=line, noise=0.0)
    footprint = np.arange(2000) % 3
    shifted = results(known.continuum, known.sif + footprint)
    level = found_from(shifted, footprint, 3)
    assert level.soundings.tolist() == [667, 667, 666]
    again = corrected(shifted, level, footprint)
    assert again.sif == pytest.approx(np.zeros(2000), abs=1e-6)


def test_a_footprint_with_few_soundings_keeps_its_fluorescence():
    known = drawn(8, curve=line, noise=0.0)
    footprint = (np.arange(2000) < 119).astype(np.int64)
    level = found_from(known, footprint, 2)
    assert np.isnan(level.offset[1]).all()
    again = corrected(known, level, footprint)
    assert np.array_equal(again.sif[:119], known.sif[:119])
    assert (again.zero_level[:119] == 0.0).all()
    assert np.abs(again.sif[119:]).max() < 1e-6


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_monotone_zero_level_only_rises_or_only_falls(sign):
    known = drawn(9, 400, lambda radiance: sign * (radiance / 90.0) ** 2 + waves(radiance) / 5.0)
    free = found_from(known, knots=20)
    pooled = found_from(known, knots=20, monotone=True)
    assert (np.diff(sign * free.offset[0]) < 0.0).any()
    knots, offset, _ = curve_of(pooled)
    assert knots.size == 20
    assert (np.diff(sign * offset) >= 0.0).all()
    assert np.abs(pooled.offset - free.offset).max() < 2.5


def test_soundings_of_one_brightness_have_one_zero_level():
    rng = np.random.default_rng(10)
    known = results(np.full(500, 80.0), 0.25 + 0.3 * rng.normal(size=500))
    again = corrected(known, found_from(known), np.zeros(500, np.int64))
    assert again.sif.mean() == pytest.approx(0.0, abs=1e-6)


def test_too_few_soundings_are_refused_with_their_number():
    known = drawn(11, 119)
    with pytest.raises(InvalidValueError, match=r"zero level = '119 of .* at least 120"):
        found_from(known)
    with pytest.raises(InvalidValueError, match="'0 of a footprint'"):
        found_from(known, bare=np.zeros(119, bool))


def test_a_single_knot_is_refused():
    with pytest.raises(InvalidValueError, match="knots = 1"):
        found_from(drawn(12), knots=1)


def test_between_knots_their_uncertainties_count_as_independent():
    level = found_from(drawn(13, curve=waves))
    knots, spread = level.radiance[0], level.uncertainty[0]
    middle = results((knots[1:] + knots[:-1]) / 2.0, np.zeros(KNOTS - 1))
    told = corrected(middle, level, np.zeros(KNOTS - 1, np.int64)).sif_uncertainty
    expected = np.hypot(spread[1:], spread[:-1]) / 2.0
    assert np.sqrt(told**2 - 0.3**2) == pytest.approx(expected, rel=1e-9)
