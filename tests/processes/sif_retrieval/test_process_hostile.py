"""Soundings in no order, grids too fine, wide windows, and land cover that lies."""

from dataclasses import dataclass
from itertools import pairwise

import h5py
import netCDF4
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import FileContentError, InvalidInputsError
from casa_processes.gridding.running import numbered, steps_of
from casa_processes.gridding.sums import Measured, Shares, summed
from casa_processes.sif_retrieval import parts, surface
from casa_processes.sif_retrieval.choices import Means
from casa_processes.sif_retrieval.output import Gridded, in_turn
from casa_processes.sif_retrieval.surface import read_surface
from tests.processes.sif_retrieval.runs import OWN, PROCESS, as_input, plain_file, run

DAY = 86_400_000_000_000
GRID = {"resolution": 10.0, "time_step": "P1D", "error_correlation": 0.3}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """A run over a file whose frames are of three days in turn, cut into many pieces."""
    folder = tmp_path_factory.mktemp("mixed")
    file = plain_file(folder / "plain.nc")
    with h5py.File(file.path, "r+") as made:
        days = np.arange(made["time"].shape[0])[:, None] % 3
        made["time"][...] = made["time"][...] + days * DAY
        for name in ("latitude_vertices", "longitude_vertices"):
            made[name][...] = np.nan
    inputs = {"l1b": "plain.nc", "windows": [OWN], "plots": False, "grid": GRID}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PIECE", 160)
        return run(folder, files={"l1b": as_input(folder / "plain.nc")}, **inputs)


def table_of(path):
    """Good soundings of a file, with the day and the cell that each lies in."""
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        names = ("time", "latitude", "longitude", "sif_740", "sif_740_uncertainty")
        table = pd.DataFrame({name: file[name][:] for name in names})
        good = file["sif_quality_class"][:] < 2
    table["day"] = table.time // DAY
    table["row"] = np.floor((table.latitude + 90) / 10).astype(int)
    table["column"] = np.floor((table.longitude + 180) / 10).astype(int)
    return table[good & np.isfinite(table.sif_740)].astype({"sif_740": float})


def test_means_of_frames_in_no_order_are_those_of_a_group_by(mixed):
    """A later piece of the same day had overwritten what earlier ones gave."""
    table = table_of(mixed.soundings)
    cells = table.groupby([table.day - table.day.min(), "row", "column"])
    mean, count = cells["sif_740"].mean(), cells.size()
    error = table["sif_740_uncertainty"].astype(float)
    table = table.assign(error=error, square=error**2)
    sums = table.groupby([table.day - table.day.min(), "row", "column"])[["error", "square"]].sum()
    sigma = np.sqrt(0.7 * sums["square"] + 0.3 * sums["error"] ** 2) / count
    with netCDF4.Dataset(mixed.means) as file:
        file.set_auto_mask(False)
        found = file["sounding_count"][:]
        assert found.shape == (3, 18, 36)
        assert found.sum() == len(table) > 1000
        for place in count.index:
            assert found[place] == count[place]
            assert file["sif_740"][place] == pytest.approx(mean[place], rel=1e-5)
            assert file["sif_740_uncertainty"][place] == pytest.approx(sigma[place], rel=1e-5)


@given(seed=st.integers(0, 10**6))
def test_pieces_in_any_order_give_the_sums_of_those_in_order(seed):
    random = np.random.default_rng(seed)
    count = 30
    step = np.sort(random.integers(0, 4, count))
    made = []
    for begin in range(0, count, 5):
        rows = np.arange(begin, begin + 5)
        shares = Shares(np.arange(5), random.integers(0, 3, 5), random.uniform(1, 2, 5))
        measured = Measured(random.normal(size=5), np.full(5, 0.4), step[rows], step[rows] // 2)
        made.append(numbered(0, summed(shares, measured, by_variance=False)))
    mixed = [made[place] for place in random.permutation(len(made))]
    one, two = (
        {step: sums["a"].fields(0.4) for step, sums in steps_of(pieces, ["a"], 3)}
        for pieces in (made, in_turn(mixed))
    )
    assert list(two) == sorted(two)
    assert one.keys() == two.keys()
    for step, fields in one.items():
        for name, each in fields.items():
            np.testing.assert_allclose(two[step][name], each, rtol=1e-9, err_msg=name)


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([[0, 5]], True),
        ([[0, DAY], [DAY, 2 * DAY]], True),
        ([[0, DAY - 1], [5, DAY]], True),
        ([[0, DAY], [DAY - 1, DAY]], False),
        ([[DAY, DAY], [0, 1]], False),
        ([[-2 * DAY, -1], [-1, DAY]], True),
    ],
)
def test_pieces_are_in_turn_when_no_day_comes_back(ends, expected):
    assert Gridded(Means(resolution=10.0), np.array(ends), "sif_740").in_turn == expected


def test_a_grid_of_too_many_cells_is_refused_before_it_is_made():
    """At 0.01 degrees the sums of a step took 36 GB."""
    for resolution, wrong in ((0.05, True), (0.01, True), (0.1, False)):
        inputs = PROCESS.validate({"l1b": "synthetic", "grid": {"resolution": resolution}})
        if not wrong:
            PROCESS.examine(inputs, {})
            continue
        with pytest.raises(InvalidInputsError, match=r"/grid/resolution: .* cells; at most 8,000"):
            PROCESS.examine(inputs, {})


def test_too_many_steps_of_a_fine_grid_are_refused_by_the_step():
    asked, ends = Means(resolution=0.1), np.array([[0, 100 * DAY]])
    with pytest.raises(InvalidInputsError, match="/grid/time_step: 654,480,000 cells of all"):
        Gridded(asked, ends, "sif_740")
    assert Gridded(asked, np.array([[0, 50 * DAY]]), "sif_740").borders.size == 52


def test_a_grid_is_expected_to_take_memory_and_room():
    def cost(**grid):
        return PROCESS.cost(PROCESS.validate({"l1b": "synthetic", "grid": grid}), {})

    alone = PROCESS.cost(PROCESS.validate({"l1b": "synthetic"}), {})
    fine, coarse = cost(resolution=0.1), cost(resolution=1.0)
    assert fine.memory - alone.memory > 7e8 > coarse.memory - alone.memory > 7e6
    assert fine.result - alone.result > 1e8 > coarse.result - alone.result > 1e6
    assert cost(resolution=0.011).memory == cost(resolution=0.01).memory


@dataclass(frozen=True)
class Shape:
    """As much of spectra as the cut needs."""

    frames: int


@given(frames=st.integers(1, 40_000), across=st.integers(1, 3000), channels=st.integers(1, 1 << 14))
def test_pieces_are_all_frames_once_and_no_larger_than_what_is_read_at_a_time(
    frames, across, channels
):
    found = list(parts.pieces(Shape(frames), across, channels))
    assert (found[0].start, found[-1].stop) == (0, frames)
    assert all(one.stop == two.start for one, two in pairwise(found))
    most = max(each.stop - each.start for each in found)
    assert most == 1 or most * across <= parts.PIECE
    assert most == 1 or most * across * channels <= parts.VALUES


def cover_file(path, **arrays):
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            file[name] = values
    return path


def test_codes_that_no_class_has_are_unknown(tmp_path):
    number = np.arange(5) + 20230701000000
    codes = np.array([16.0, np.nan, 1e300, -9999.0, 300.0])
    path = cover_file(
        tmp_path / "c.nc", sounding_id=number, igbp_class=codes, cloud_flag=[0, 1, 2, -1, 1e12]
    )
    cover, cloud = read_surface(path).of(number.astype(str))
    assert cover.tolist() == [16, -1, -1, -1, -1]
    assert cloud.tolist() == [0, 1, -1, -1, -1]


def test_identifiers_in_double_precision_are_found(tmp_path):
    number = np.arange(5) + 2023070111300071
    path = cover_file(tmp_path / "c.nc", sounding_id=number.astype(float), igbp_class=np.arange(5))
    assert read_surface(path).of(number[::-1].astype(str))[0].tolist() == [4, 3, 2, 1, 0]


def test_identifiers_in_single_precision_are_refused(tmp_path):
    """They met no sounding, and all land cover was unknown without a word."""
    number = (np.arange(5) + 2023070111300071).astype(np.float32)
    path = cover_file(tmp_path / "c.nc", sounding_id=number, igbp_class=np.arange(5))
    with pytest.raises(FileContentError, match=r"c.nc: sounding_id: expected whole numbers"):
        read_surface(path)


def test_a_file_of_land_cover_that_claims_too_much_is_refused_unread(tmp_path):
    path = cover_file(tmp_path / "c.nc", sounding_id=np.arange(3))
    with h5py.File(path, "r+") as file:
        file.create_dataset("igbp_class", (10**12,), "i1", chunks=(1 << 20,))
    assert path.stat().st_size < 1e7
    with pytest.raises(FileContentError, match="igbp_class: expected at most 50,000,000") as caught:
        read_surface(path)
    assert str(tmp_path) not in str(caught.value)
    assert surface.MOST_SOUNDINGS == 50_000_000
