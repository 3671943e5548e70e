"""CoverageJSON, read back by covjson-pydantic and by a strict parser."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from casa_ogc.archive.axes import ROLES, Axis
from casa_ogc.encoders.coveragejson import axis_json, encode
from casa_ogc.query.answer import Grid, GridAnswer, GridField
from tests.encoders.answers import (
    ORIGIN,
    SIGMA,
    XCO2,
    axis,
    grid_answers,
    strict_json,
    time_axis,
)
from tests.encoders.coverage_reading import cells, coordinate, coverages, equal, parsed

Validate = Callable[[Any], None]


def expected(grid: Grid, field: GridField) -> dict[tuple[Any, ...], Any]:
    """Values by coordinates, by brute force."""
    several = [r for r in ("t", "z") if r in grid.axes and grid.axes[r].size > 1]
    stated = [r for r in ROLES if r in grid.axes and (r not in several or r in field.roles)]
    found = {}
    for index in product(*(range(grid.axes[role].size) for role in stated)):
        at = dict(zip(stated, index, strict=True))
        value = field.values[tuple(at[role] for role in field.roles)]
        place = tuple(
            coordinate(grid.axes[role].values[at[role]]) if role in at else None for role in ROLES
        )
        found[place] = None if np.isnan(value) else value
    return found


@given(grid_answers)
def test_every_grid_answer_is_valid_everywhere(
    ogc_coveragejson: Validate, answer: GridAnswer
) -> None:
    body = encode(answer)
    parsed(body)
    ogc_coveragejson(strict_json(body))


@given(grid_answers)
def test_every_cell_is_found_at_its_coordinates(answer: GridAnswer) -> None:
    answer = GridAnswer(answer.origin, tuple(microseconds(grid) for grid in answer.grids))
    pending = [(grid, name) for grid in answer.grids for name in grid.fields]
    for coverage in coverages(encode(answer)):
        for name in coverage.ranges:
            found = cells(coverage, name)
            match = next(
                (g, n)
                for g, n in pending
                if n == name and same_cells(found, expected(g, g.fields[n]))
            )
            pending.remove(match)
    assert not pending


def microseconds(grid: Grid) -> Grid:
    """Return a grid whose times the independent library can hold."""
    if "t" not in grid.axes or not np.any(grid.axes["t"].values.astype(np.int64) % 1000):
        return grid
    return Grid(
        {**grid.axes, "t": time_axis(grid.axes["t"].size, np.timedelta64(3, "us"), True)},
        grid.fields,
    )


def same_cells(found: dict[Any, Any], wanted: dict[Any, Any]) -> bool:
    return found.keys() == wanted.keys() and all(equal(found[at], wanted[at]) for at in wanted)


def one_grid(*axes: Axis, values: Any = None) -> GridAnswer:
    """Build an answer of one variable on the given axes."""
    shape = tuple(a.size for a in axes)
    filled = (
        np.arange(np.prod(shape), dtype=np.float32).reshape(shape) if values is None else values
    )
    roles = tuple(a.role for a in axes)
    grid = Grid({a.role: a for a in axes}, {"xco2": GridField(XCO2, roles, filled)})
    return GridAnswer(ORIGIN, (grid,))


T3, T1 = (time_axis(n, np.timedelta64(1, "D"), False) for n in (3, 1))
Z3, Z1 = (axis("pressure", "z", 1000, -100, n) for n in (3, 1))
Y1, X1 = axis("latitude", "y", 40, 1, 1), axis("longitude", "x", 116, 1, 1)
Y2 = axis("latitude", "y", 40, -1, 2)


@pytest.mark.parametrize(
    ("axes", "kind"),
    [
        ((Y1, X1), "Point"),
        ((T1, Z1, Y1, X1), "Point"),
        ((T3, Y1, X1), "PointSeries"),
        ((T3, Z1, Y1, X1), "PointSeries"),
        ((Z3, Y1, X1), "VerticalProfile"),
        ((T1, Z3, Y1, X1), "VerticalProfile"),
        ((T3, Z3, Y1, X1), "Grid"),
        ((T1, Y2, X1), "Grid"),
    ],
)
def test_the_domain_is_named_by_its_extent(
    ogc_coveragejson: Validate, axes: tuple[Axis, ...], kind: str
) -> None:
    body = encode(one_grid(*axes))
    ogc_coveragejson(strict_json(body))
    domain = parsed(body).domain  # type: ignore[union-attr]
    assert domain.domainType is not None
    assert domain.domainType.value == kind


def test_times_end_with_z_and_are_listed() -> None:
    document = strict_json(encode(one_grid(T3, Y1, X1)))
    times = ["2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", "2020-01-03T00:00:00Z"]
    assert document["domain"]["axes"]["t"] == {"values": times}


def test_longitudes_run_past_180_and_bounds_are_flat() -> None:
    across = axis("longitude", "x", 179.0, 2.0, 2)
    sent = strict_json(encode(one_grid(Y1, across)))["domain"]["axes"]["x"]
    assert sent == {"values": [179.0, 181.0], "bounds": [178.0, 180.0, 180.0, 182.0]}


def test_a_regular_axis_without_bounds_is_compact_only_when_exact() -> None:
    assert axis_json(axis("longitude", "x", 0.5, 1.0, 360, bounds=False)) == {
        "start": 0.5,
        "stop": 359.5,
        "num": 360,
    }
    crooked = Axis("longitude", "x", np.array([0.0, 1.0, 2.0000001]), None)
    assert axis_json(crooked)["values"].tolist() == [0.0, 1.0, 2.0000001]


def test_a_float32_is_printed_in_its_shortest_form() -> None:
    values = np.array([[400.1, np.nan], [0.3, np.inf]], dtype=np.float32)
    answer = one_grid(Y2, axis("longitude", "x", 0, 1, 2), values=values)
    assert b'"values":[400.1,null,0.3,null]' in encode(answer)


def test_a_view_in_another_memory_order_is_sent_in_the_order_of_its_axes() -> None:
    values = np.asfortranarray(np.arange(6, dtype=">f4").reshape(2, 3))
    document = strict_json(encode(one_grid(Y2, axis("longitude", "x", 0, 1, 3), values=values)))
    assert document["ranges"]["xco2"]["values"] == [0, 1, 2, 3, 4, 5]


def test_parameters_name_quantity_and_units_in_two_languages() -> None:
    found = strict_json(encode(one_grid(Y1, X1)))["parameters"]["xco2"]
    assert found["observedProperty"] == {
        "id": "http://vocab.nerc.ac.uk/standard_name/"
        "dry_atmosphere_mole_fraction_of_carbon_dioxide/",
        "label": {"en": "Column CO2", "zh": "二氧化碳柱浓度"},
    }
    assert found["unit"]["symbol"] == {
        "value": "[ppm]",
        "type": "http://www.opengis.net/def/uom/UCUM/",
    }


def test_a_variable_and_its_uncertainty_form_a_group() -> None:
    value = np.ones((1, 1), dtype=np.float32)
    fields = {v.name: GridField(v, ("y", "x"), value) for v in (XCO2, SIGMA)}
    body = encode(GridAnswer(ORIGIN, (Grid({"y": Y1, "x": X1}, fields),)))
    groups = parsed(body).parameterGroups
    assert groups is not None
    assert [group.members for group in groups] == [["xco2", "xco2_uncertainty"]]


def test_the_reference_systems_say_axis_order_calendar_and_direction() -> None:
    systems = strict_json(encode(one_grid(T3, Z3, Y2, X1)))["domain"]["referencing"]
    assert [system["coordinates"] for system in systems] == [["x", "y"], ["t"], ["z"]]
    assert systems[0]["system"]["id"] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert systems[1]["system"]["calendar"] == "Gregorian"
    vertical = systems[2]["system"]["cs"]["csAxes"][0]
    assert vertical["name"] == {"en": "pressure"}
    assert vertical["direction"] == "down"
    assert vertical["unit"]["symbol"]["value"] == "hPa"


def test_the_origin_of_the_data_is_stated() -> None:
    document = strict_json(encode(one_grid(Y1, X1)))
    assert document["dct:license"] == "CC-BY-4.0"
    assert document["dct:source"] == "oco2-xco2-lite"
    assert document["dct:hasVersion"] == "8SNAPSHOT"
    assert document["dct:bibliographicCitation"].startswith("Team")
