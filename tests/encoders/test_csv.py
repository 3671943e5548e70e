"""CSV, read back by pandas without options beyond the types."""

from io import BytesIO
from itertools import product

import numpy as np
import pandas as pd
from hypothesis import given

from casa_ogc.archive.axes import ROLES
from casa_ogc.encoders.csv import encode
from casa_ogc.query.answer import Grid, GridAnswer, GridField, SoundingsAnswer
from tests.encoders.answers import ORIGIN, XCO2, axis, grid_answers, soundings, time_axis


def test_the_header_names_units_and_a_line_holds_a_cell() -> None:
    axes = {
        "t": time_axis(1, np.timedelta64(1, "D"), True),
        "z": axis("pressure", "z", 850, -10, 1),
        "y": axis("latitude", "y", 40, 1, 1),
        "x": axis("longitude", "x", 179, 2, 2),
    }
    values = np.array([[[[400.1, np.nan]]]], dtype=np.float32)
    grid = Grid(axes, {"xco2": GridField(XCO2, ROLES, values)})
    assert encode(GridAnswer(ORIGIN, (grid,))).decode().splitlines() == [
        "datetime,pressure [hPa],latitude,longitude,xco2 [ppm]",
        '"2020-01-01T00:00:00Z",850,40,179,400.1',
        '"2020-01-01T00:00:00Z",850,40,-179,',
    ]


@given(grid_answers)
def test_every_cell_has_its_line(answer: GridAnswer) -> None:
    found = pd.read_csv(BytesIO(encode(answer)))
    start = 0
    for grid in answer.grids:
        roles = [role for role in ROLES if role in grid.axes]
        for index in product(*(range(grid.axes[role].size) for role in roles)):
            check_line(found.iloc[start], grid, dict(zip(roles, index, strict=True)))
            start += 1
    assert start == len(found)


def check_line(line: "pd.Series[float]", grid: Grid, at: dict[str, int]) -> None:
    """Compare one line with one cell."""
    assert line["latitude"] == grid.axes["y"].values[at["y"]]
    assert (line["longitude"] - grid.axes["x"].values[at["x"]]) % 360 == 0
    assert -180 <= line["longitude"] <= 180
    if "t" in at:
        assert line["datetime"].endswith("Z")
        assert np.datetime64(line["datetime"][:-1]) == grid.axes["t"].values[at["t"]]
    if "z" in at:
        assert line["pressure [hPa]"] == grid.axes["z"].values[at["z"]]
    for name, field in grid.fields.items():
        value = field.values[tuple(at[role] for role in field.roles)]
        sent = line[f"{name} [{field.variable.units}]"]
        assert np.array_equal(value.dtype.type(sent), value, equal_nan=value.dtype.kind == "f")


@given(soundings())
def test_every_sounding_has_its_line(answer: SoundingsAnswer) -> None:
    body = encode(answer)
    found = pd.read_csv(BytesIO(body), dtype={"sounding_id": str}, keep_default_na=True)
    assert len(found) == answer.columns["time"].size
    assert found["sounding_id"].tolist() == answer.columns["sounding_id"].tolist()
    for name, column in answer.columns.items():
        if name in ("time", "sounding_id"):
            continue
        variable = answer.variables.get(name)
        units = f" [{variable.units}]" if variable and variable.units else ""
        if column.ndim == 2:
            parts = [found[f"{name}_{i + 1}{units}"] for i in range(column.shape[1])]
            sent = np.stack([part.to_numpy(np.float32) for part in parts], axis=1)
            np.testing.assert_array_equal(sent, column)
        elif column.dtype == object:
            sent = [None if pd.isna(text) else text for text in found[name]]
            assert sent == [text.strip() or None for text in column]
        else:
            np.testing.assert_array_equal(found[name + units].to_numpy(column.dtype), column)


@given(soundings(least=1))
def test_times_of_which_only_the_date_is_known_are_dates(answer: SoundingsAnswer) -> None:
    texts = pd.read_csv(BytesIO(encode(answer)))["datetime"]
    for text, time in zip(texts, answer.columns["time"], strict=True):
        if answer.time_resolution == "P1D":
            assert text == "2020-01-01"
        else:
            assert text.endswith("Z")
            assert np.datetime64(text[:-1]) == time
