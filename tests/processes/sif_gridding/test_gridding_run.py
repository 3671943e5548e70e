"""The whole run: simulated soundings, a collection and a file give the means by hand."""

import netCDF4
import numpy as np
import pytest
from PIL import Image

from casa_ogc.jobs.result_reader import read_result
from casa_processes.common.context import SerialContext, StoppedError
from casa_processes.common.errors import FileContentError, InvalidInputsError
from casa_processes.common.file_inputs import InputFile
from casa_processes.common.netcdf import write_soundings
from casa_processes.common.registry import process
from casa_processes.sif_gridding import pictures, simulated, sources
from casa_processes.sif_gridding.simulated import COUNT, SIGMA
from tests.processes import stored

PROCESS = process("sif-gridding")
SMALL = {"soundings": "synthetic", "resolution": 5.0, "time_step": "P1M", "plots": False}


def run(folder, context=None, **inputs):
    folder.mkdir(exist_ok=True)
    validated = PROCESS.validate(inputs)
    return PROCESS.load()(validated, context or SerialContext(folder))


def fields(path):
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        return {name: each[:] for name, each in file.variables.items()}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return run(tmp_path_factory.mktemp("grid"), **PROCESS.example)


def test_the_simulated_field_comes_back_within_its_error(found):
    grid = fields(found.grid)
    x, y = np.meshgrid(grid["longitude"], grid["latitude"])
    inner = grid["sounding_count"] > 300
    away = (grid["sif_740"] - simulated.field(x, y))[inner]
    assert inner.sum() > 200
    # The field bends within a degree by about 0.01; the rest is noise.
    assert np.abs(away.mean()) < 0.01
    assert away.std() == pytest.approx(grid["sif_740_uncertainty"][inner].mean(), rel=0.25)
    deviation = grid["sif_740_standard_deviation"][inner]
    assert deviation.mean() == pytest.approx(SIGMA, rel=0.05)


def test_cells_without_soundings_are_missing_and_counted_zero(found):
    grid = fields(found.grid)
    empty = grid["sounding_count"] == 0
    assert empty.any()
    assert (np.isnan(grid["sif_740"]) == empty).all()
    assert (np.isnan(grid["sif_740_uncertainty"]) == empty).all()
    assert found.statistics["sif_740"].cells == (~empty).sum()
    weight = np.broadcast_to(np.cos(np.radians(grid["latitude"]))[:, None], empty.shape[1:])
    whole = np.broadcast_to(weight, empty.shape)[~empty]
    mean = np.average(grid["sif_740"][~empty], weights=whole)
    assert found.statistics["sif_740"].mean == pytest.approx(mean, rel=1e-5)
    assert found.statistics["sif_740"].mean_count == grid["sounding_count"][~empty].mean()


def test_the_file_is_a_grid_of_steps_of_eight_days(found):
    dataset = read_result(found.grid, "grid")
    assert dataset.sizes == {"time": 3, "latitude": 180, "longitude": 360, "bound": 2}
    lengths = np.diff(dataset["time_bounds"].values, axis=1)
    assert (lengths == np.timedelta64(8, "D")).all()
    assert dataset.attrs["time_resolution"] == "P8D"
    assert dataset.attrs["mission"] == "Synthetic"
    assert "synthetic" in dataset.attrs["title"]
    assert dataset.attrs["licence"] == "CC0-1.0"
    assert "0 between soundings of a cell within 24 h" in dataset.attrs["error_correlation"]
    assert found.source.simulated
    assert found.steps == 3


def test_the_picture_shows_the_fullest_step(found):
    with Image.open(found.map) as image:
        assert image.format == "PNG"
        assert np.asarray(image.convert("L")).std() > 20


def test_the_same_bits_come_out_however_the_work_is_cut(tmp_path, monkeypatch):
    class Shuffled(SerialContext):
        def map(self, work, parts):
            done = {n: work(parts[n], self.check) for n in reversed(range(len(parts)))}
            return iter([done[n] for n in range(len(parts))])

    one = run(tmp_path / "one", **SMALL)
    two = run(tmp_path / "two", Shuffled(tmp_path / "two"), **SMALL)
    assert one.grid.read_bytes() == two.grid.read_bytes()
    monkeypatch.setattr(sources, "PIECE_ROWS", 7001)
    cut = fields(run(tmp_path / "cut", **SMALL).grid)
    for name, values in fields(one.grid).items():
        np.testing.assert_allclose(cut[name], values, rtol=1e-6, err_msg=name)


def test_times_and_boxes_select(tmp_path):
    inputs = {**SMALL, "datetime": "2023-07-02/2023-07-03", "bbox": [100, 20, 120, 40]}
    found = run(tmp_path, **{**inputs, "time_step": "P1D"})
    grid = fields(found.grid)
    assert grid["sif_740"].shape == (2, 4, 4)
    assert grid["longitude"].tolist() == [102.5, 107.5, 112.5, 117.5]
    assert found.matched < COUNT / 8
    with pytest.raises(InvalidInputsError, match="/datetime: none of the 240000 soundings"):
        run(tmp_path, **SMALL, datetime="2020-01-01")


def test_correlated_errors_are_less_certain(tmp_path):
    alone = fields(run(tmp_path / "0", **SMALL).grid)["sif_740_uncertainty"]
    inputs = {**SMALL, "error_correlation": 1.0}
    shared = fields(run(tmp_path / "1", **inputs).grid)["sif_740_uncertainty"]
    finer = fields(run(tmp_path / "2", **inputs, overpass=0.01).grid)["sif_740_uncertainty"]
    seen = np.isfinite(alone)
    assert (shared[seen] >= finer[seen] - 1e-7).all()
    assert (finer[seen] >= alone[seen] - 1e-7).all()
    assert np.nanmedian(shared / alone) > 5


def test_bad_soundings_are_left_out_unless_they_are_asked_for(tmp_path):
    good, every = (run(tmp_path / str(g), **SMALL, good_only=g).matched for g in (True, False))
    assert every == COUNT
    assert 0 < every - good < COUNT * 2e-4


def test_a_collection_is_gridded(tmp_path):
    """Six soundings without corners, 6 h apart; two good ones lie in one cell of a day."""
    reference = stored.product(
        tmp_path,
        latitude=np.array([0.5, 0.6, 20.0, 30.0, 40.0, 50.0]),
        longitude=np.array([10.5, 10.4, 160.0, 170.0, -170.0, -160.0]),
        sif_740=np.float32([1.0, 2.0, 3.0, np.nan, 5.0, 6.0]),
        sif_740_uncertainty=np.float32([0.3, 0.4, 0.5, 0.5, 0.5, 0.5]),
        quality_flag=np.int8([0, 0, 0, 0, 1, 0]),
    )
    context = SerialContext(tmp_path, {"collection": reference})
    inputs = {"collection": "demo", "resolution": 1.0, "time_step": "P1D", "plots": False}
    found = run(tmp_path, context, **inputs)
    grid = fields(found.grid)
    assert found.matched == 5
    assert found.source.licence == "CC-BY-4.0"
    seen = {tuple(place) for place in np.argwhere(grid["sounding_count"] > 0).tolist()}
    assert seen == {(0, 90, 190), (0, 110, 340), (1, 140, 20)}
    assert grid["sif_740"][0, 90, 190] == pytest.approx(1.5)
    assert grid["sif_740_uncertainty"][0, 90, 190] == pytest.approx(0.25)
    weighted = run(tmp_path, context, **inputs, weights="inverse-variance")
    wanted = (1 / 0.09 + 2 / 0.16) / (1 / 0.09 + 1 / 0.16)
    assert fields(weighted.grid)["sif_740"][0, 90, 190] == pytest.approx(wanted, rel=1e-6)


def test_a_collection_without_what_is_needed_is_refused_by_the_input(tmp_path):
    context = SerialContext(tmp_path, {"collection": stored.product(tmp_path)})
    with pytest.raises(InvalidInputsError) as caught:
        run(tmp_path, context, collection="demo")
    assert [place for place, _ in caught.value.problems] == ["/variables/0", "/good_only"]
    more = {"xco2": np.float32(np.arange(6)), "quality_flag": np.int8(np.zeros(6))}
    context = SerialContext(tmp_path, {"collection": stored.product(tmp_path, "other", **more)})
    inputs = {"collection": "demo", "variables": ["xco2"], "weights": "inverse-variance"}
    with pytest.raises(InvalidInputsError, match="/weights: the soundings have no uncertainty"):
        run(tmp_path, context, **inputs)
    assert "xco2_uncertainty" not in fields(
        run(tmp_path, context, collection="demo", variables=["xco2"], plots=False).grid
    )


def sounding_file(path, **more):
    rows = simulated.simulated(0, 3000) | more
    write_soundings(path, rows, {"title": "T", "mission": "Synthetic", "licence": "CC-BY-4.0"})
    return InputFile(str(path), path.name, "0" * 64, path.stat().st_size)


def test_a_file_gives_what_its_soundings_give(tmp_path, monkeypatch):
    file = sounding_file(tmp_path / "soundings.nc")
    context = SerialContext(tmp_path, files={"soundings": file})
    found = run(tmp_path, context, **{**SMALL, "soundings": "soundings.nc"})
    monkeypatch.setattr(sources, "COUNT", 3000)
    wanted = run(tmp_path / "made", **SMALL)
    assert found.matched == wanted.matched > 2990
    assert found.source.model_dump(include={"simulated", "sha256", "licence", "soundings"}) == {
        "soundings": "soundings.nc",
        "licence": "CC-BY-4.0",
        "simulated": True,
        "sha256": "0" * 64,
    }
    ours, theirs = fields(found.grid), fields(wanted.grid)
    for name in ("sif_740", "sif_740_uncertainty", "sounding_count"):
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-5)


def test_a_file_that_is_no_file_of_soundings_is_one_clear_error(tmp_path):
    backwards = simulated.simulated(0, 3000)["time"][::-1]
    file = sounding_file(tmp_path / "late.nc", time=backwards)
    with pytest.raises(FileContentError, match=r"late.nc: time: expected soundings in the order"):
        run(tmp_path, SerialContext(tmp_path, files={"soundings": file}), soundings="late.nc")
    (tmp_path / "text.nc").write_text("nothing")
    file = InputFile(str(tmp_path / "text.nc"), "text.nc", "0" * 64, 7)
    with pytest.raises(FileContentError, match="a readable HDF5 file"):
        run(tmp_path, SerialContext(tmp_path, files={"soundings": file}), soundings="text.nc")
    with netCDF4.Dataset(tmp_path / "empty.nc", "w") as made:
        made.createDimension("sounding", 1)
    file = InputFile(str(tmp_path / "empty.nc"), "empty.nc", "0" * 64, 7)
    with pytest.raises(FileContentError, match=r"empty.nc: time: expected a column"):
        run(tmp_path, SerialContext(tmp_path, files={"soundings": file}), soundings="empty.nc")


def test_a_stopped_run_ends_between_pieces(tmp_path):
    class Stopping(SerialContext):
        def check(self):
            raise StoppedError

    with pytest.raises(StoppedError):
        run(tmp_path, Stopping(tmp_path), **SMALL)


def test_a_picture_without_soundings_is_none(tmp_path):
    grid = pictures.Grid((1.0, 1.0), (0, 0), (360, 180), 360)
    assert pictures.drawn(tmp_path / "no.png", grid, pictures.Fullest(), "t") is None


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (None, None),
        ([0, 0, 10, 10], (-1, -1, 11, 11)),
        ([175, 0, -175, 10], (174, -1, -174, 11)),
        ([179.5, 0, 180, 10], (178.5, -1, -179, 11)),
        ([-180, 0, 180, 10], (-180, -1, 180, 11)),
        ([-179, 0, 179.5, 10], (-180, -1, 180, 11)),
        ([0, 80, 10, 90], (-180, 79, 180, 90)),
    ],
)
def test_boxes_are_widened_for_footprints_that_reach_into_them(box, expected):
    found = sources._around(box)
    assert found == expected or (found.west, found.south, found.east, found.north) == expected
