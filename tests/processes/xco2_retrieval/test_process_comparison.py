"""Soundings beside those of a collection: which are near, what they say together, and pictures."""

import json

import numpy as np
import pytest
from PIL import Image

from casa_processes.common.context import SerialContext, StoppedError
from casa_processes.common.errors import InvalidInputsError, TooLargeError, UnknownNameError
from casa_processes.common.references import InputRef
from casa_processes.xco2_retrieval import Inputs, comparison, pipeline
from casa_processes.xco2_retrieval.choices import Near
from casa_processes.xco2_retrieval.comparison import Matches, checked, compared, near, summary
from casa_processes.xco2_retrieval.plots_compared import draw_comparison, draw_dependence, off
from tests.processes.stored import product
from tests.processes.xco2_retrieval.runs import PROCESS, QUICK, run
from tests.processes.xco2_retrieval.test_process_rows import columns

START = np.datetime64("2023-07-01T05:00:00", "ns")
NAMED = {"l1b": "synthetic", "reference": "tccon"}
BLUE, GREY, RED = np.array([[31, 111, 180], [138, 138, 138], [200, 68, 43]])
PALE = (BLUE + 255) // 2


def drawn(count, seed):
    """Soundings near 180 degrees of longitude, in the order of time."""
    rng = np.random.default_rng(seed)
    return {
        "time": START + np.sort(rng.integers(0, 7200, count)) * np.timedelta64(1, "s"),
        "latitude": rng.uniform(-3, 3, count),
        "longitude": (rng.uniform(170, 190, count) + 180) % 360 - 180,
        "xco2": np.where(rng.uniform(size=count) < 0.1, np.nan, rng.normal(400, 2, count)),
    }


@pytest.mark.parametrize("limits", [(2.5, 5.0, 60.0), (1.0, 12.0, 9.5), (0.8, 1.5, 4.0)])
def test_the_mean_is_that_of_all_that_are_near_in_place_and_time(limits):
    mine, theirs = drawn(40, 1), drawn(300, 2)
    latitude, longitude, minutes = limits
    mean, scatter, count = near(
        mine, theirs, Near(latitude=latitude, longitude=longitude, minutes=minutes)
    )
    for row in range(40):
        close = [
            theirs["xco2"][other]
            for other in range(300)
            if abs(theirs["latitude"][other] - mine["latitude"][row]) <= latitude
            and abs((theirs["longitude"][other] - mine["longitude"][row] + 180) % 360 - 180)
            <= longitude
            and abs(theirs["time"][other] - mine["time"][row]) <= minutes * np.timedelta64(60, "s")
            and np.isfinite(theirs["xco2"][other])
        ]
        assert count[row] == len(close)
        assert mean[row] == pytest.approx(np.mean(close) if close else np.nan, nan_ok=True)
        expected = np.std(close, ddof=1) if len(close) > 1 else np.nan
        assert scatter[row] == pytest.approx(expected, nan_ok=True)
    assert (count > 0).any()


def test_without_soundings_there_is_nothing_near():
    mean, scatter, count = near(drawn(3, 1), drawn(0, 2), Near())
    assert np.isnan(mean).all()
    assert np.isnan(scatter).all()
    assert count.tolist() == [0, 0, 0]


def station(folder, count=6, **more):
    """A product of soundings every minute around the synthetic plume."""
    rows = {
        "time": START + (np.arange(count) - 3) * np.timedelta64(60, "s"),
        "latitude": np.full(count, 31.5),
        "longitude": np.full(count, 117.2),
        "xco2": np.float32(np.arange(count) + 400.0),
    }
    return product(folder, "tccon", count, **{**rows, **more})


@pytest.fixture
def context(tmp_path):
    return SerialContext(tmp_path, {"reference": station(tmp_path)})


def test_the_collection_is_read_within_the_times_and_latitudes_of_the_run(context):
    rows = columns(2)
    rows["time"][:] = START
    rows["latitude"][:], rows["longitude"][:] = (31.0, 34.0, 31.0), 117.0
    inputs = Inputs(**NAMED, near={"minutes": 1})
    found = compared(inputs, context, rows)
    assert (found.name, found.count.tolist()) == ("tccon", [3, 3, 3])
    assert found.column.tolist() == [403.0, 403.0, 403.0]
    farther = Inputs(**NAMED, near={"minutes": 1, "latitude": 0.6})
    assert compared(farther, context, rows).count.tolist() == [3, 0, 3]


def test_soundings_that_failed_a_test_of_their_own_are_left_out(tmp_path):
    flags = np.array([0, 0, 1, 0, 1, 1], np.int8)
    context = SerialContext(tmp_path, {"reference": station(tmp_path, quality_flag=flags)})
    rows = columns(1)
    rows["time"][:], rows["latitude"][:], rows["longitude"][:] = START, 31.5, 117.2
    found = compared(Inputs(**NAMED), context, rows)
    assert found.count.tolist() == [3, 3]
    assert found.column == pytest.approx([(400 + 401 + 403) / 3] * 2)


def test_a_collection_without_xco2_is_refused_before_anything_is_retrieved(tmp_path):
    context = SerialContext(tmp_path, {"reference": product(tmp_path, "tccon")})
    with pytest.raises(UnknownNameError, match="xco2"):
        checked(Inputs(**NAMED), context)
    with pytest.raises(UnknownNameError, match="xco2"):
        run(tmp_path / "out", context, **{**QUICK, **NAMED})
    assert checked(Inputs(l1b="synthetic"), context) is None


def test_too_many_soundings_are_refused_before_anything_is_retrieved(context, monkeypatch):
    """None is left out silently: six are near, and five may be."""

    def never(*_):
        raise AssertionError("tables were loaded")

    monkeypatch.setattr(comparison, "MOST_READ", 5)
    monkeypatch.setattr(pipeline, "load", never)
    with pytest.raises(TooLargeError, match="6 soundings to compare with; the limit is 5"):
        run(context.folder / "out", context, **{**QUICK, **NAMED})
    rows = columns(1)
    rows["time"][:], rows["latitude"][:], rows["longitude"][:] = START, 31.5, 117.2
    with pytest.raises(TooLargeError, match="6 soundings"):
        compared(Inputs(**NAMED), context, rows)
    monkeypatch.setattr(comparison, "MOST_READ", 6)
    assert compared(Inputs(**NAMED), context, rows).count.tolist() == [6, 6]


def test_a_run_that_is_stopped_stops_comparing():
    asked = []

    def check():
        asked.append(1)
        if len(asked) == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        near(drawn(200, 1), drawn(50, 2), Near(), check)
    assert len(asked) == 2


def test_what_lies_at_the_borders_of_belts_is_found():
    """Exactly as far as allowed, on both sides, at latitudes that are whole belts."""
    place = np.arange(-90.0, 91.0, 2.5)
    rows = {"latitude": place, "longitude": np.zeros(place.size)}
    rows |= {"time": np.full(place.size, START), "xco2": np.full(place.size, 400.0)}
    count = near(rows, rows, Near(latitude=2.5, longitude=1.0, minutes=1.0))[2]
    assert count.tolist() == [2, *[3] * (place.size - 2), 2]


def test_a_larger_collection_and_longer_times_are_expected_to_take_more(tmp_path):
    def cost(minutes, count=3_000_000, **named):
        told = {
            "dimensions": {"sounding": count}, "variables": {},
            "time": ["2023-01-01T00:00:00+00:00", "2023-01-03T00:00:00+00:00"],
        }  # fmt: skip
        (tmp_path / "head.json").write_text(json.dumps({"head": told}))
        references = {"reference": InputRef(str(tmp_path), "1", "")}
        inputs = {"l1b": "synthetic", "near": {"minutes": minutes}, **named}
        return PROCESS.cost(PROCESS.validate(inputs), references)

    alone, short, long = cost(10), cost(10, reference="tccon"), cost(1440, reference="tccon")
    few = cost(10, 1000, reference="tccon")
    assert alone.cpu_seconds < few.cpu_seconds < short.cpu_seconds < long.cpu_seconds
    assert alone.memory < few.memory < short.memory < long.memory
    assert long.memory - alone.memory == 160 * 3_000_000


@pytest.mark.parametrize(
    "wrong", [{"minutes": 0.0}, {"minutes": 1441.0}, {"latitude": 91.0}, {"longitude": "5"}]
)
def test_what_is_not_near_at_all_is_refused(wrong):
    with pytest.raises(InvalidInputsError, match="/near/"):
        PROCESS.validate({**NAMED, "near": wrong})


def test_a_run_says_how_it_differs_from_the_collection_and_draws_it(context):
    inputs = {**QUICK, **NAMED, "plots": True, "max_soundings": 1}
    found = run(context.folder / "out", SerialContext(context.folder, context.references), **inputs)
    assert (found.compared.collection, found.compared.count) == ("tccon", 1)
    assert found.compared.good == found.good.count
    assert found.good.count == 1
    assert found.compared.mean_difference == pytest.approx(found.good.mean - 402.5, abs=1e-4)
    for path in (found.comparison, found.dependence):
        assert path.read_bytes().startswith(b"\x89PNG")


def matches(rows, away=1.0, near_by=slice(None)):
    column = np.full(rows["xco2"].size, np.nan)
    column[near_by] = rows["xco2"][near_by] - away
    return Matches("tccon", column, np.full(column.size, 0.4), np.isfinite(column) * 5)


def test_differences_are_summed_up_of_good_soundings_alone():
    rows = columns(4)
    rows["quality_flag"][:] = [0, 0, 1, 0, 1]
    theirs = matches(rows, np.array([1.0, 3.0, 50.0, 2.0]), slice(0, 4))
    theirs.column[3] = np.nan
    found = summary(theirs, rows)
    assert (found.count, found.good) == (3, 2)
    assert found.mean_difference == pytest.approx(2.0)
    assert found.standard_deviation == pytest.approx(np.sqrt(2.0))
    assert summary(None, rows) is None
    nothing = summary(matches(rows, 1.0, slice(0)), rows)
    assert (nothing.count, nothing.good, nothing.mean_difference) == (0, 0, None)


def test_what_a_column_is_off_by_is_told_from_the_truth_first():
    rows = columns(2)
    assert off(rows, None)[1] == "retrieved - a priori / ppm"
    assert off(rows, matches(rows, 1.0, slice(0)))[1] == "retrieved - a priori / ppm"
    values, label = off(rows, matches(rows))
    assert label == "retrieved - tccon / ppm"
    assert values[:2] == pytest.approx([1.0, 1.0])
    unknown = np.full(rows["xco2"].size, np.nan)
    assert off({**rows, "xco2_true": unknown}, matches(rows))[1] == label
    values, label = off({**rows, "xco2_true": rows["xco2"] - 7.0}, matches(rows))
    assert label == "retrieved - true / ppm"
    assert values[:2] == pytest.approx([7.0, 7.0])


def many(count=80):
    """Soundings that are off by more the thicker their aerosol is."""
    rng, rows = np.random.default_rng(4), columns(count)
    for name in ("albedo_o2a", "albedo_sco2", "aod_total"):
        rows[name][:count] = rng.uniform(0.05, 0.5, count)
    rows["xco2"][:count] = 410.0 + 20.0 * rows["aod_total"][:count] + rng.normal(0, 1, count)
    rows["quality_flag"][: count // 4] = 1
    return rows


def pixels(path):
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def painted(image, colour):
    return int((np.abs(image - colour).max(axis=2) < 12).sum())


@pytest.mark.parametrize("count", [1, 4, 80])
def test_dependence_is_drawn_of_few_and_many_with_medians_of_many(tmp_path, count):
    rows = many(count)
    image = pixels(draw_dependence(tmp_path / "d.png", rows, None, "t"))
    assert image.shape == (792, 1210, 3)
    assert (painted(image, RED) > 500) == (count == 80)


def test_a_band_that_was_not_fitted_gives_place_to_the_weak_one(tmp_path):
    rows = many()
    one = pixels(draw_dependence(tmp_path / "1.png", rows, None, "t"))
    rows["albedo_sco2"][:] = np.nan
    two = pixels(draw_dependence(tmp_path / "2.png", rows, None, "t"))
    quarter = (slice(0, 396), slice(605, None))
    assert (painted(one[quarter], PALE), painted(two[quarter], PALE)) > (200, 20)
    assert (one[quarter] != two[quarter]).any()


def test_a_comparison_shows_what_is_near_and_says_so_where_nothing_is(tmp_path):
    rows = many()
    some, none = (
        pixels(draw_comparison(tmp_path / f"{n}.png", rows, matches(rows, 1.5, part), "t"))
        for n, part in enumerate((slice(0, 80), slice(0)))
    )
    assert painted(some, BLUE) > 1000
    assert painted(some, GREY) > 500
    assert painted(none, BLUE) == 0
    assert none.std() > 3
