"""Parquet, reopened by pandas; the geometry by shapely."""

import json
from io import BytesIO

import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from pyarrow import parquet

from casa_ogc.archive.axes import Axis
from casa_ogc.encoders.parquet import encode
from casa_ogc.query.answer import Grid, GridAnswer, SoundingsAnswer
from tests.encoders.answers import ORIGIN, soundings
from tests.encoders.test_geotiff import answer


def test_a_grid_has_a_row_for_each_cell_time_and_level() -> None:
    made = answer()
    grid = made.grids[0]
    table = pd.read_parquet(BytesIO(encode(made)))
    assert len(table) == 2 * 2 * 5 * 7
    assert str(table["time"].dtype) == "datetime64[ns, UTC]"
    row = 1 * 70 + 1 * 35 + 3 * 7 + 6
    told = table.iloc[row]
    assert told["time"] == pd.Timestamp("2020-01-02", tz="UTC")
    assert told["pressure"] == 850
    assert told["latitude"] == grid.axes["y"].values[3]
    assert told["longitude"] == grid.axes["x"].values[6] - 360
    assert told["xco2"] == grid.fields["xco2"].values[1, 1, 3, 6]
    assert told["xco2_uncertainty"] == grid.fields["xco2_uncertainty"].values[1, 3, 6]
    assert table["xco2"].isna().sum() == 1


def test_the_geometry_is_geoparquet() -> None:
    body = encode(answer())
    metadata = parquet.read_metadata(BytesIO(body)).metadata
    geo = json.loads(metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["primary_column"] == "geometry"
    assert geo["columns"]["geometry"]["encoding"] == "WKB"
    assert geo["columns"]["geometry"]["geometry_types"] == ["Point"]
    table = pd.read_parquet(BytesIO(body))
    places = shapely.from_wkb(table["geometry"].to_numpy())
    np.testing.assert_array_equal(shapely.get_x(places), table["longitude"])
    np.testing.assert_array_equal(shapely.get_y(places), table["latitude"])
    assert geo["columns"]["geometry"]["bbox"] == list(shapely.total_bounds(places))
    assert metadata[b"product_version"].decode() == ORIGIN.snapshot


def test_units_stand_in_the_metadata_of_a_column() -> None:
    schema = parquet.read_schema(BytesIO(encode(answer())))
    assert schema.field("xco2").metadata[b"units"] == b"ppm"
    assert schema.field("latitude").metadata[b"units"] == b"degrees_north"
    assert "二氧化碳" in schema.field("xco2").metadata[b"long_name_zh"].decode()


def test_a_projected_grid_is_given_in_degrees() -> None:
    grid = answer(levels=1).grids[0]
    axes = dict(grid.axes)
    axes["x"] = Axis("x", "x", np.linspace(-1e7, 1e7, 7), None, "m")
    axes["y"] = Axis("y", "y", np.linspace(5e6, -5e6, 5), None, "m")
    crs = "http://www.opengis.net/def/crs/EPSG/0/3857"
    table = pd.read_parquet(BytesIO(encode(GridAnswer(ORIGIN, (Grid(axes, grid.fields),), crs))))
    assert abs(table["longitude"].iloc[0] + 180 * 1e7 / 20037508.342789244) < 1e-9
    assert abs(table["latitude"].iloc[0] - 40.91) < 0.02


@settings(max_examples=40)
@given(soundings())
def test_soundings_come_back(made: SoundingsAnswer) -> None:
    table = parquet.read_table(BytesIO(encode(made)))
    assert table.num_rows == made.columns["time"].size
    np.testing.assert_array_equal(
        table["time"].to_numpy().astype("datetime64[ns]"), made.columns["time"]
    )
    for name, values in made.columns.items():
        if values.dtype.kind == "f" and name != "longitude":
            found = np.array(table[name].to_pylist(), dtype=object)
            found = np.where(found == None, np.nan, found).astype(values.dtype)  # noqa: E711
            np.testing.assert_array_equal(found.reshape(values.shape), values)
        elif values.dtype.kind in "iu":
            np.testing.assert_array_equal(table[name].to_numpy(), values)
    if made.time_resolution:
        assert table.schema.field("time").metadata == {b"resolution": b"P1D"}
