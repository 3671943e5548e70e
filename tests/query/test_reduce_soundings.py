"""Statistics of soundings, against plain numpy."""

from dataclasses import replace

import numpy as np
import pytest

from casa_ogc.query.correlation import Scales
from casa_ogc.query.reduce_soundings import reduce_soundings
from casa_ogc.query.reducing import Reduction
from casa_ogc.query.request import Bounds, Box, Request
from casa_ogc.query.run import run
from casa_processes.common.errors import InvalidValueError
from tests.query.asking import OPTIONS
from tests.query.test_reduce_correlation import brute

REGION = Box(Bounds(-120, -60, 120, 60))


@pytest.fixture(name="answer")
def _answer(kept):
    store, _ = kept()
    found = run(store, Request(REGION), OPTIONS)
    dice = np.random.default_rng(2)
    errors = dice.uniform(0.3, 3, found.matched).astype(np.float32)
    values = found.columns["xco2"].copy()
    values[::9], errors[::13] = np.nan, np.nan
    columns = {**found.columns, "xco2": values, "xco2_uncertainty": errors}
    return replace(found, columns=columns)


@pytest.mark.parametrize(
    ("how", "expected"),
    [("mean", np.nanmean), ("min", np.nanmin), ("max", np.nanmax), ("std", np.nanstd)],
)
def test_a_statistic_of_all_soundings_is_that_of_numpy(answer, how, expected):
    found = reduce_soundings(answer, Reduction(how))
    values = answer.columns["xco2"].astype(np.float64)
    assert found.columns["xco2"].tolist() == pytest.approx([float(expected(values))], rel=1e-12)
    assert found.columns["count"].tolist() == [answer.matched]
    assert found.matched == 1


def test_a_count_is_of_the_valid_values(answer):
    found = reduce_soundings(answer, Reduction("count"))
    assert found.columns["xco2"][0] == np.isfinite(answer.columns["xco2"]).sum()
    assert found.columns["xco2"][0] < found.columns["count"][0]
    assert found.variables["xco2"].units == "1"


def test_inverse_variances_weigh_what_is_known_well(answer):
    found = reduce_soundings(answer, Reduction("mean", weights="inverse-variance"))
    values = answer.columns["xco2"].astype(np.float64)
    errors = answer.columns["xco2_uncertainty"].astype(np.float64)
    known = np.isfinite(values) & np.isfinite(errors)
    weights = errors[known] ** -2.0
    expected = float((weights * values[known]).sum() / weights.sum())
    assert found.columns["xco2"][0] == pytest.approx(expected, rel=1e-12)


def test_the_uncertainty_of_independent_soundings_is_the_classical_one(answer):
    reduction = Reduction("mean", weights="inverse-variance", scales=Scales(0.0, 0.0))
    found = reduce_soundings(answer, reduction)
    values = answer.columns["xco2"]
    errors = answer.columns["xco2_uncertainty"].astype(np.float64)
    known = np.isfinite(values) & np.isfinite(errors)
    expected = (errors[known] ** -2.0).sum() ** -0.5
    assert found.columns["xco2_uncertainty"][0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("scales", [Scales(3e5, 86_400.0), Scales(5e6, 1e6)])
def test_the_uncertainty_of_a_mean_is_the_double_sum_over_soundings(answer, scales):
    columns = {name: values[1:60] for name, values in answer.columns.items()}
    columns["xco2_uncertainty"] = np.where(
        np.isnan(columns["xco2_uncertainty"]), 1, columns["xco2_uncertainty"]
    )
    few = replace(answer, columns=columns)
    found = reduce_soundings(few, Reduction("mean", scales=scales))
    valid = np.isfinite(columns["xco2"])
    u = columns["xco2_uncertainty"][valid].astype(np.float64) / valid.sum()
    seconds = columns["time"][valid].astype("datetime64[ns]").astype(np.int64) / 1e9
    places = [columns[name][valid] for name in ("longitude", "latitude")]
    expected = brute(*places, seconds, u, scales) ** 0.5
    assert found.columns["xco2_uncertainty"][0] == pytest.approx(expected, rel=1e-6)


def test_an_unknown_uncertainty_makes_that_of_the_mean_unknown(answer):
    found = reduce_soundings(answer, Reduction("mean"))
    assert np.isnan(found.columns["xco2_uncertainty"][0])


def test_space_gives_a_row_for_each_day(answer):
    found = reduce_soundings(answer, Reduction("mean", "space"))
    days = answer.columns["time"].astype("datetime64[D]")
    assert found.columns["sounding_id"].tolist() == [f"mean-{day}" for day in np.unique(days)]
    for row, day in enumerate(np.unique(days)):
        mine = days == day
        values = answer.columns["xco2"][mine].astype(np.float64)
        if np.isfinite(values).any():
            expected = float(np.nanmean(values))
            assert found.columns["xco2"][row] == pytest.approx(expected, rel=1e-12)
        assert found.columns["time"][row].astype("datetime64[D]") == day


def test_the_place_of_a_mean_is_the_middle_on_the_sphere(answer):
    columns = {name: values[:2].copy() for name, values in answer.columns.items()}
    columns["longitude"][:], columns["latitude"][:] = [170.0, -170.0], [10.0, 10.0]
    found = reduce_soundings(replace(answer, columns=columns), Reduction("mean"))
    assert abs(found.columns["longitude"][0]) == pytest.approx(180.0)
    assert found.columns["latitude"][0] == pytest.approx(10.15, abs=0.02)


@pytest.mark.parametrize(
    "reduction", [Reduction("mean", "time"), Reduction("sum"), Reduction("sum", "space")]
)
def test_what_has_no_meaning_for_soundings_is_refused(answer, reduction):
    with pytest.raises(InvalidValueError):
        reduce_soundings(answer, reduction)


def test_weights_without_uncertainties_are_refused(answer):
    columns = {n: v for n, v in answer.columns.items() if n != "xco2_uncertainty"}
    described = {n: v for n, v in answer.variables.items() if n != "xco2_uncertainty"}
    bare = replace(answer, columns=columns, variables=described)
    with pytest.raises(InvalidValueError, match="no uncertainty"):
        reduce_soundings(bare, Reduction("mean", weights="inverse-variance"))


def test_codes_and_texts_alone_cannot_be_reduced(answer):
    columns = {n: answer.columns[n] for n in ("sounding_id", "time", "longitude", "latitude")}
    described = {n: answer.variables[n] for n in columns}
    with pytest.raises(InvalidValueError, match="scalar numbers"):
        reduce_soundings(replace(answer, columns=columns, variables=described), Reduction("mean"))
