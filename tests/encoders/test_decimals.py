"""Coordinates in texts, held against the shortest decimals that numpy knows of float32."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.archive.axes import Axis, midpoint_bounds
from casa_ogc.encoders import coveragejson, csv, geojson
from casa_ogc.encoders.decimals import is_single, narrowed, spelled
from casa_ogc.encoders.table import tables
from casa_ogc.query.answer import Grid, GridAnswer, GridField, SoundingsAnswer
from tests.encoders.answers import DAY, ORIGIN, XCO2, strict_json

PLACES = (116.3972, 51.57, -0.1, 179.99, 39.9042)
hundredths = st.integers(-17999, 17999).map(lambda n: n / 100)
singles = st.floats(-180, 180, width=32)


def single(values) -> np.ndarray:
    """Doubles as a reader makes them of a float32 file."""
    return np.asarray(values, dtype=np.float32).astype(np.float64)


def regular(first: float, step: float, size: int, role: str = "y", past: float = 1e9) -> Axis:
    """An axis of a float32 file; longitudes `past` a value were turned by 360 degrees."""
    values = single([float(Decimal(str(first)) + Decimal(str(step)) * n) for n in range(size)])
    values = np.sort(np.where(values > past, values - 360, values))
    name, units = ("longitude", "degrees_east") if role == "x" else ("latitude", "degrees_north")
    return Axis(name, role, values, midpoint_bounds(values), units)


def soundings() -> SoundingsAnswer:
    """Soundings at places of a float32 file."""
    columns = {
        "sounding_id": np.array([str(n) for n in range(len(PLACES))], dtype=object),
        "time": DAY + np.arange(len(PLACES)) * np.timedelta64(1, "s"),
        "longitude": single(PLACES),
        "latitude": single(PLACES) / 2,
        "xco2": np.asarray(PLACES, dtype=np.float32),
    }
    return SoundingsAnswer(ORIGIN, columns, {"xco2": XCO2}, len(PLACES))


def cells() -> GridAnswer:
    """A grid of a float32 file."""
    axes = {"y": regular(51.53, 0.01, 4), "x": regular(0.05, 0.1, 3600, "x", past=180)}
    values = np.zeros((4, 3600), dtype=np.float32)
    return GridAnswer(ORIGIN, (Grid(axes, {"xco2": GridField(XCO2, ("y", "x"), values)}),))


@given(st.lists(singles, min_size=1, max_size=20))
def test_a_narrowed_column_reads_back_as_the_float32_that_the_file_held(values) -> None:
    column = single(values)
    np.testing.assert_array_equal(narrowed(column).astype(np.float64), column)


@given(st.lists(hundredths, min_size=1, max_size=20))
def test_doubles_that_are_no_singles_stay_as_they_are(values) -> None:
    column = np.asarray(values) + 1e-9
    assert narrowed(column) is column


@pytest.mark.parametrize("step", [0.25, 0.3125, 45 / 128, 45 / 512, 1 / 1024])
def test_centres_that_are_sums_of_halves_are_never_shortened(step: float) -> None:
    values = -180 + step * np.arange(64)
    assert not is_single(values)
    axis = Axis("longitude", "x", values, midpoint_bounds(values), "degrees_east")
    shown, bounds = spelled(axis)
    np.testing.assert_array_equal(shown, values)
    assert bounds is not None
    np.testing.assert_array_equal(bounds, midpoint_bounds(values))


def test_missing_places_are_no_reason_to_print_noise() -> None:
    assert narrowed(single([51.57, np.nan])).dtype == np.float32
    assert narrowed(np.array([np.nan, np.inf])).dtype == np.float64
    assert narrowed(np.array([1e300, 0.1])).dtype == np.float64


@given(st.integers(1, 8), st.integers(-89, 80), st.sampled_from([0.01, 0.05, 0.1, 0.5, 2.0]))
def test_an_axis_of_decimals_comes_back_exactly(size: int, first: int, step: float) -> None:
    start = Decimal(first) + Decimal("0.03")
    exact = [float(start + Decimal(str(step)) * n) for n in range(size)]
    values = single(exact)
    shown, _ = spelled(Axis("latitude", "y", values, None, "degrees_north"))
    assert shown.tolist() == exact


def test_cells_of_a_tenth_degree_have_edges_of_tenths_whatever_the_origin_of_longitude() -> None:
    shown, bounds = spelled(regular(0.05, 0.1, 3600, "x", past=180))
    assert bounds is not None
    assert shown.tolist() == [n / 100 for n in range(-17995, 18000, 10)]
    assert bounds[:, 0].tolist() == [n / 10 for n in range(-1800, 1800)]
    assert bounds[:, 1].tolist() == [n / 10 for n in range(-1799, 1801)]


def test_every_decimal_of_an_axis_is_within_half_a_step_of_float32() -> None:
    generator = np.random.default_rng(7)
    values = np.sort(single(generator.uniform(-90, 90, 500)))
    shown, _ = spelled(Axis("latitude", "y", values, None, "degrees_north"))
    assert np.abs(shown - values).max() <= float(np.spacing(np.float32(90))) / 2
    texts = [np.format_float_positional(np.float32(value), unique=True) for value in values]
    assert all(len(repr(a)) <= len(b) + 2 for a, b in zip(shown.tolist(), texts, strict=True))


def test_cells_that_would_coincide_keep_their_full_length() -> None:
    values = single([10.0, 10.000001, 10.000002, 300.3])
    axis = Axis("longitude", "x", values, None, "degrees_east")
    shown, bounds = spelled(axis)
    np.testing.assert_array_equal(shown, values)
    assert bounds is None


def test_csv_of_soundings_states_the_decimals_of_the_file() -> None:
    lines = csv.encode(soundings()).decode().splitlines()[1:]
    found = [[float(cell) for cell in line.split(",")[1:3]] for line in lines]
    texts = [line.split(",")[2] for line in lines]
    assert texts == [str(place) for place in PLACES]
    np.testing.assert_array_equal(np.float32(np.array(found)[:, 0]), np.float32(PLACES) / 2)


def test_json_of_soundings_states_the_decimals_of_the_file() -> None:
    features = strict_json(geojson.encode(soundings()))["features"]
    assert [one["geometry"]["coordinates"][0] for one in features] == list(PLACES)
    document = strict_json(coveragejson.encode(soundings()))
    tuples = document["domain"]["axes"]["composite"]["values"]
    assert [one[1] for one in tuples] == list(PLACES)
    assert document["ranges"]["xco2"]["values"] == list(PLACES)


def test_texts_of_a_grid_state_the_decimals_of_the_file() -> None:
    axes = strict_json(coveragejson.encode(cells()))["domain"]["axes"]
    assert axes["y"] == {
        "values": [51.53, 51.54, 51.55, 51.56],
        "bounds": [51.525, 51.535, 51.535, 51.545, 51.545, 51.555, 51.555, 51.565],
    }
    assert axes["x"]["values"][:2] == [-179.95, -179.85]
    lines = csv.encode(cells()).decode().splitlines()
    assert lines[1] == "51.53,-179.95,0"
    assert lines[-1] == "51.56,179.95,0"
    feature = strict_json(geojson.encode(cells()))["features"][1]
    assert feature["geometry"]["coordinates"] == [-179.85, 51.53]


def test_tables_of_binary_formats_hold_what_is_stored() -> None:
    (table,) = tables(cells())
    stored = cells().grids[0].axes["y"].values
    np.testing.assert_array_equal(np.unique(table.latitude), stored)


def test_two_places_of_one_answer_are_both_short() -> None:
    first, second = (
        Grid(
            {"y": regular(lat, 1.0, 1), "x": regular(lon, 1.0, 1, "x")},
            {"xco2": GridField(XCO2, ("y", "x"), np.array([[400.5]], dtype=np.float32))},
        )
        for lat, lon in ((51.57, 0.1), (39.9, 116.4))
    )
    lines = csv.encode(GridAnswer(ORIGIN, (first, second))).decode().splitlines()[1:]
    assert lines == ["51.57,0.1,400.5", "39.9,116.4,400.5"]
