"""What a run of gridding says and draws of itself: statistics, attributes, pictures, simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from casa_processes.common.file_inputs import InputFile
from casa_processes.common.references import Box, InputRef
from casa_processes.gridding.grid import grid_of
from casa_processes.gridding.sums import Footprints, Measured, StepSums, shares, summed
from casa_processes.sif_gridding import Inputs, pictures
from casa_processes.sif_gridding.pictures import Fullest, drawn
from casa_processes.sif_gridding.report import attributes, source_of, statistics
from casa_processes.sif_gridding.simulated import (
    ACROSS,
    ALONG,
    COUNT,
    DAYS,
    OTHER_SEED,
    ROWS,
    SEED,
    SIGMA,
    field,
    simulated,
)
from casa_processes.sif_gridding.sources import Source, columns_of

SEEDS = st.integers(0, 10**6)
FILE = InputFile("/there/s.nc", "s.nc", "a" * 64, 5)


def source(**told):
    ends = np.datetime64("2023-07-01", "ns"), np.datetime64("2023-07-02", "ns")
    return Source((), ends, frozenset({"sif_740"}), told)


def asked(**more):
    return Inputs(**{"soundings": "s.nc", **more})


def fields(count, mean=None):
    count = np.asarray(count, float)
    values = np.where(count > 0, 1.0 if mean is None else mean, np.nan)
    return {"count": count, "mean": values, "uncertainty": 0.1 * values}


# Statistics


@given(seed=SEEDS)
def test_statistics_are_those_of_numpy(seed):
    random = np.random.default_rng(seed)
    cells = int(random.integers(1, 50))
    area, mean = random.uniform(0.1, 1.0, cells), random.normal(1.0, 0.5, cells)
    sigma, count = random.uniform(0.1, 0.5, cells), random.integers(1, 9, cells)
    totals = [float(cells), float(area @ mean), area.sum(), sigma.sum(), float(count.sum())]
    found = statistics({"sif_740": totals})["sif_740"]
    assert found.cells == cells
    assert found.mean == pytest.approx(np.average(mean, weights=area))
    assert found.mean_uncertainty == pytest.approx(sigma.mean())
    assert found.mean_count == pytest.approx(count.mean())


def test_nothing_is_told_of_no_cells_and_no_uncertainty_where_there_is_none():
    none = statistics({"sif_740": [0.0] * 5})["sif_740"]
    assert (none.cells, none.mean, none.mean_uncertainty, none.mean_count) == (0, None, None, None)
    sure = statistics({"sif_740": [2.0, 2.0, 2.0, 0.0, 4.0]})["sif_740"]
    assert (sure.mean, sure.mean_uncertainty) == (1.0, None)


# Attributes


def test_attributes_tell_what_must_be_known():
    inputs = asked(variables=["sif_740", "sif_757"], error_correlation=0.25, overpass=6.0)
    origin = source(mission="TanSat", instrument="ACGS", licence="CC-BY-4.0")
    said = source_of(inputs, origin, None, FILE)
    found = attributes(inputs, origin, said)
    assert found["main_variables"] == "sif_740 sif_757"
    assert found["error_correlation"] == "0.25 between soundings of a cell within 6 h, none beyond"
    assert (found["mission"], found["instrument"]) == ("TanSat", "ACGS")
    assert (found["input_soundings"], found["input_sha256"]) == ("s.nc", "a" * 64)
    assert found["licence"] == "CC-BY-4.0"
    assert "synthetic" not in found["title"]
    assert not said.simulated
    assert "input_snapshot" not in found
    assert "" not in found.values()


@pytest.mark.parametrize(
    ("inputs", "told", "reference", "file"),
    [
        (asked(soundings="synthetic"), {}, None, None),
        (asked(), {"mission": "Synthetic"}, None, FILE),
        (
            Inputs(collection="c"), {"mission": "Synthetic"}, InputRef("/c", "0001", "CC0-1.0"),
            None,
        ),
    ],
)  # fmt: skip
def test_what_was_simulated_is_called_so_wherever_it_is_from(inputs, told, reference, file):
    origin = source(**told)
    said = source_of(inputs, origin, reference, file)
    assert said.simulated
    assert "(synthetic: " in attributes(inputs, origin, said)["title"]


def test_a_collection_is_told_with_its_version_and_licence():
    said = source_of(Inputs(collection="c"), source(), InputRef("/c", "0007", "CC-BY-4.0"), None)
    assert (said.soundings, said.snapshot, said.licence) == ("c", "0007", "CC-BY-4.0")
    assert said.sha256 == ""


# Columns


@pytest.mark.parametrize("good_only", [True, False])
def test_columns_are_those_that_are_there_each_once(good_only):
    known = frozenset({"sif_740", "sif_740_uncertainty", "latitude_vertices", "quality_flag"})
    inputs = asked(variables=["sif_740", "sif_740_uncertainty"], good_only=good_only)
    found = columns_of(inputs, known)
    wanted = ("latitude", "longitude", "sif_740", "sif_740_uncertainty", "latitude_vertices")
    assert found == (*wanted, *(("quality_flag",) if good_only else ()))


# Pictures


@given(counts=st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), max_size=6))
def test_the_fullest_step_is_the_first_of_those_with_most_cells(counts):
    fullest = Fullest()
    for number, each in enumerate(counts):
        fullest.offer("sif_740", np.datetime64(f"2023-07-0{number + 1}", "ns"), fields(each))
    seen = [int((np.array(each) > 0).sum()) for each in counts]
    assert fullest.seen == max(seen, default=0)
    if fullest.seen:
        assert fullest.start == np.datetime64(f"2023-07-0{int(np.argmax(seen)) + 1}", "ns")


@given(cells=st.sets(st.integers(0, 18 * 36 - 1), min_size=1, max_size=8))
def test_the_window_of_a_picture_holds_all_cells_that_are_seen_and_a_margin(cells):
    grid, count = grid_of((10.0, 10.0)), np.zeros(18 * 36)
    count[list(cells)] = 1.0
    rows, columns = pictures._window(grid, count)
    for cell in cells:
        line, column = divmod(cell, 36)
        assert rows.start <= line < rows.stop
        assert columns.start <= column < columns.stop
    lines = [cell // 36 for cell in cells]
    assert rows == slice(max(min(lines) - 1, 0), min(max(lines) + 2, 18))


@pytest.mark.parametrize(
    ("uncertain", "box"), [(False, None), (True, Box(170.0, -20.0, -170.0, 20.0))]
)
def test_a_picture_is_drawn_of_any_grid(tmp_path, uncertain, box):
    grid = grid_of((5.0, 5.0), box)
    count = np.zeros(grid.cells)
    count[[3, 5, 7]] = 2.0
    made = fields(count, np.linspace(0.0, 2.0, grid.cells))
    if not uncertain:
        made["uncertainty"] = 0.0 * made["uncertainty"]
    fullest = Fullest()
    fullest.offer("sif_740", np.datetime64("2023-07-01", "ns"), made)
    path = drawn(tmp_path / "map.png", grid, fullest, "Means")
    with Image.open(path) as image:
        assert np.asarray(image.convert("L")).std() > 5
        height = image.size[1]
    # A panel for the uncertainty where there is one.
    assert height > (600 if uncertain else 400)


# Simulation


@pytest.mark.parametrize("seed", [SEED, OTHER_SEED])
def test_any_part_of_the_simulation_is_that_part_of_all_of_it(seed):
    whole = simulated(0, 12_000, seed)
    for start, stop in ((0, 1), (5999, 6001), (7000, 12_000)):
        part = simulated(start, stop, seed)
        for name, values in part.items():
            assert np.array_equal(values, whole[name][start:stop]), name


def test_the_simulation_is_in_the_order_of_time_and_as_long_as_is_said():
    times = simulated(0, COUNT)["time"]
    assert (np.diff(times.astype(np.int64)) >= 0).all()
    assert COUNT == ROWS * ACROSS * ALONG
    days = (times[-1] - times[0]) / np.timedelta64(1, "D")
    assert DAYS - 1.0 < days < DAYS


def test_noise_is_as_large_as_is_told_and_another_missions_is_its_own():
    one, two = simulated(0, 60_000), simulated(0, 60_000, OTHER_SEED)
    away = [each["sif_740"] - field(each["longitude"], each["latitude"]) for each in (one, two)]
    for each in away:
        assert each.std() == pytest.approx(SIGMA, rel=0.01)
        assert abs(each.mean()) < 4 * SIGMA / np.sqrt(60_000)
    assert abs(np.corrcoef(*away)[0, 1]) < 0.02
    assert "gross_primary_production" not in one
    assert (two["gross_primary_production"] > 0).all()
    assert (two["longitude"] > one["longitude"]).all()


def test_footprints_of_the_simulation_lie_around_their_centres():
    found = simulated(0, 3000)
    for axis in ("latitude", "longitude"):
        corners = found[f"{axis}_vertices"]
        assert corners.shape == (3000, 4)
        np.testing.assert_allclose(corners.mean(axis=1), found[axis], atol=1e-9)


# Sums of soundings that are as many as a cell can hold


@given(seed=SEEDS)
def test_many_soundings_of_a_cell_have_the_mean_of_numpy(seed):
    random, count = np.random.default_rng(seed), 300
    x, y = random.uniform(0.1, 9.9, count), random.uniform(0.1, 9.9, count)
    nowhere = np.full((count, 4), np.nan)
    places = Footprints(x, y, nowhere, nowhere)
    overpass = np.sort(random.integers(0, 4, count))
    values, sigma = random.normal(1.0, 0.4, count), random.uniform(0.2, 0.5, count)
    measured = Measured(values, sigma, np.zeros(count, int), overpass)
    grid = grid_of((10.0, 10.0))
    total = StepSums(grid.cells)
    total.add(summed(shares(places, grid, 1.0), measured, by_variance=True))
    found, cell = total.fields(0.3), 9 * 36 + 18
    weight = sigma**-2.0
    assert found["count"][cell] == count == found["count"].sum()
    assert found["mean"][cell] == pytest.approx(np.average(values, weights=weight), rel=1e-12)
    spread = np.average((values - found["mean"][cell]) ** 2, weights=weight)
    assert found["deviation"][cell] == pytest.approx(np.sqrt(spread), rel=1e-9)
    u = weight * sigma
    common = sum(u[overpass == each].sum() ** 2 for each in range(4))
    variance = (0.7 * (u**2).sum() + 0.3 * common) / weight.sum() ** 2
    assert found["uncertainty"][cell] == pytest.approx(np.sqrt(variance), rel=1e-12)
