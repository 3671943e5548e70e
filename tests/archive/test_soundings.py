"""Soundings: every query answers what brute force answers, and reads little for it."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from casa_ogc.archive import soundings as module
from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.heads import read_head
from casa_ogc.archive.soundings import open_soundings, write_soundings
from casa_processes.common.errors import FileContentError, UnknownNameError
from tests.archive.builders import START, files_below, soundings, source

COLUMNS = ("sounding_id", "time", "longitude", "latitude", "xco2")
boxes = st.tuples(
    st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 200), st.floats(0, 120)
).map(lambda b: Bounds(b[0], b[1], min(180.0, b[0] + b[2]), min(90.0, b[1] + b[3])))
offsets = st.one_of(st.none(), st.integers(-5, 65))


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    root = tmp_path_factory.mktemp("filled")
    dataset = soundings(60_000)
    head = write_soundings(root, "p", dataset, [source("a.nc")])
    return dataset, open_soundings(root, "p", head.snapshot)


def brute(dataset, where, interval):
    """Rows within any box and the interval, in the order of time and identifier."""
    x, y, t = (dataset[name].values for name in ("longitude", "latitude", "time"))
    hit = np.ones(x.size, dtype=bool)
    if where:
        hit[:] = False
        for b in where:
            hit |= (x >= b.west) & (x <= b.east) & (y >= b.south) & (y <= b.north)
    start, stop = interval
    hit &= (t >= start) if start is not None else True
    hit &= (t <= stop) if stop is not None else True
    rows = np.flatnonzero(hit)
    return rows[np.lexsort((dataset["sounding_id"].values[rows], t[rows]))]


@settings(max_examples=40)
@given(st.lists(boxes, max_size=3), offsets, offsets)
def test_any_query_answers_what_brute_force_answers(filled, where, first, last):
    dataset, store = filled
    ends = tuple(None if n is None else START + n * np.timedelta64(1, "D") for n in (first, last))
    found = store.select(COLUMNS, where, ends)
    rows = brute(dataset, where, ends)
    for name in COLUMNS:
        assert_array_equal(found[name], dataset[name].values[rows])
    assert store.count(where, ends) >= rows.size == store.number(where, ends)


def test_a_box_is_closed_and_so_is_an_interval(filled):
    dataset, store = filled
    x, y, t = (dataset[name].values[77] for name in ("longitude", "latitude", "time"))
    found = store.select(["sounding_id"], [Bounds(x, y, x, y)], (t, t))
    assert found["sounding_id"].tolist() == [dataset["sounding_id"].values[77]]


def test_nothing_found_gives_empty_columns_of_the_right_types(filled):
    _, store = filled
    found = store.select(COLUMNS, [], (np.datetime64("1990-01-01"), np.datetime64("1991-01-01")))
    kinds = {name: values.dtype.kind for name, values in found.items()}
    assert all(values.shape == (0,) for values in found.values())
    assert kinds == dict(zip(COLUMNS, "UMfff", strict=True))
    assert store.count([], (np.datetime64("1990-01-01"), np.datetime64("1991-01-01"))) == 0


def test_a_small_box_looks_at_few_of_the_rows(tmp_path):
    head = write_soundings(tmp_path, "p", soundings(100_000, period=20), [source("a.nc")])
    store = open_soundings(tmp_path, "p", head.snapshot)
    assert sum(part.rows.size for part in store.parts) == 7
    assert 0 < store.count([Bounds(30, 20, 31, 21)]) <= 4 * 2048


def test_texts_and_profiles_are_read_from_the_row_groups_of_the_hits_only(tmp_path, monkeypatch):
    dataset = soundings(50_000, period=20, levels=3)
    head = write_soundings(tmp_path, "p", dataset, [source("a.nc")])
    store = open_soundings(tmp_path, "p", head.snapshot)
    read = []
    original = module.read_columns
    monkeypatch.setattr(
        module, "read_columns", lambda p, g, n: read.append((p.path, g)) or original(p, g, n)
    )
    where = [Bounds(30, 20, 31, 21)]
    found = store.select(["xco2_averaging_kernel", "xco2"], where)
    rows = brute(dataset, where, (None, None))
    assert_array_equal(
        found["xco2_averaging_kernel"], dataset["xco2_averaging_kernel"].values[rows]
    )
    assert len(read) == len(set(read)) <= 2
    store.select(COLUMNS, where)
    assert len(read) <= 2


def test_an_unknown_column_is_refused_naming_the_known(filled):
    with pytest.raises(UnknownNameError, match="xco2"):
        filled[1].select(["yco2"])


def test_only_the_columns_that_were_asked_for_come_back(filled):
    assert list(filled[1].select(["xco2"], [Bounds(0, 0, 5, 5)])) == ["xco2"]


def test_profiles_come_back_as_rows_of_levels(tmp_path):
    dataset = soundings(500, levels=20)
    head = write_soundings(tmp_path, "p", dataset, [source("a.nc")])
    store = open_soundings(tmp_path, "p", head.snapshot)
    found = store.select(["xco2_averaging_kernel"])["xco2_averaging_kernel"]
    rows = brute(dataset, (), (None, None))
    assert_array_equal(found, dataset["xco2_averaging_kernel"].values[rows])
    assert head.dimensions == {"sounding": 500, "level": 20}


def test_missing_values_come_back_as_nan(tmp_path):
    dataset = soundings(100)
    dataset["xco2"][::3] = np.nan
    head = write_soundings(tmp_path, "p", dataset, [source("a.nc")])
    found = open_soundings(tmp_path, "p", head.snapshot).select(["sounding_id", "xco2"])
    numbers = np.array([int(text) for text in found["sounding_id"]])
    assert_array_equal(np.isnan(found["xco2"]), numbers % 3 == 0)


def test_the_head_describes_the_soundings(tmp_path):
    dataset = soundings(1000, time_resolution="P1D")
    head = write_soundings(tmp_path, "p", dataset, [source("a.nc", 1000)])
    assert head == read_head(tmp_path, "p")
    assert (head.kind, head.files, head.missions) == ("soundings", 1, ("OCO-2",))
    assert head.dimensions == {"sounding": 1000}
    assert head.bounds.west == dataset["longitude"].values.min()
    assert head.bounds.north == dataset["latitude"].values.max()
    assert np.datetime64(head.time[0][:-1]) == dataset["time"].values.min()
    assert head.time_resolution == "P1D"
    assert open_soundings(tmp_path, "p", head.snapshot).time_resolution == "P1D"


def test_files_are_geoparquet_of_month_partitions(tmp_path):
    write_soundings(tmp_path, "p", soundings(2000), [source("a.nc")])
    files = files_below(tmp_path / "p" / "soundings")
    places = [path.parent.relative_to(tmp_path / "p" / "soundings").as_posix() for path in files]
    assert places == ["year=2021/month=01", "year=2021/month=02", "year=2021/month=03"]
    for path in files:
        geo = json.loads(pq.read_schema(path).metadata[b"geo"])
        column = geo["columns"][geo["primary_column"]]
        assert geo["version"] == "1.1.0"
        assert (column["encoding"], column["geometry_types"]) == ("WKB", ["Point"])
        assert column["covering"]["bbox"]["xmax"] == ["bbox", "xmax"]


def test_geometry_and_bbox_are_the_centre_of_each_sounding(tmp_path):
    write_soundings(tmp_path, "p", soundings(300), [source("a.nc")])
    for path in files_below(tmp_path / "p" / "soundings"):
        table = pq.read_table(path, partitioning=None)
        points = shapely.from_wkb(table["geometry"].to_pylist())
        x, y = table["longitude"].to_numpy(), table["latitude"].to_numpy()
        assert_array_equal(shapely.get_coordinates(points), np.stack([x, y], axis=1))
        box = table["bbox"].combine_chunks()
        assert_array_equal(box.field("xmin"), x)
        assert_array_equal(box.field("ymax"), y)


def test_row_groups_hold_sixteen_thousand_rows_near_each_other(tmp_path):
    write_soundings(tmp_path, "p", soundings(70_000, period=20), [source("a.nc")])
    (path,) = files_below(tmp_path / "p" / "soundings")
    metadata = pq.read_metadata(path)
    assert metadata.row_group(0).num_rows == 16_384
    assert metadata.row_group(0).column(0).compression == "ZSTD"
    table = pq.read_table(path, partitioning=None)
    x = table["longitude"].to_numpy()[:16_384]
    y = table["latitude"].to_numpy()[:16_384]
    assert np.ptp(x) * np.ptp(y) < 360 * 180 / 3


def test_profiles_are_lists_of_fixed_size_and_text_is_text(tmp_path):
    write_soundings(tmp_path, "p", soundings(50, levels=5, period=5), [source("a.nc")])
    (path,) = files_below(tmp_path / "p" / "soundings")
    schema = pq.read_schema(path)
    assert schema.field("xco2_averaging_kernel").type == pa.list_(pa.float32(), 5)
    assert schema.field("sounding_id").type == pa.string()
    assert schema.field("time").type == pa.timestamp("ns", "UTC")


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (lambda d: d.drop_vars("latitude"), "latitude"),
        (lambda d: d.assign_coords(latitude=d.latitude * 3), "latitude"),
        (lambda d: d.assign_coords(longitude=d.longitude.where(d.longitude > 0)), "longitude"),
        (lambda d: d.assign_coords(time=d.time.where(d.longitude > 0)), "time"),
        (lambda d: d.assign_coords(sounding_id=("sounding", [""] * 50)), "sounding_id"),
    ],
)
def test_bad_soundings_are_refused_and_leave_nothing(tmp_path, spoil, where):
    with pytest.raises(FileContentError, match=where):
        write_soundings(tmp_path, "p", spoil(soundings(50)), [source("a.nc")])
    assert not (tmp_path / "p").exists()
