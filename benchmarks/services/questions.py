"""The requests of the benchmark, in the words of each server, and whether an answer is right."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.services.field import VARIABLES, Shape, values
from benchmarks.services.stores import PRODUCT

PLACE = (116.4, 39.9)
CHINA = (73, 18, 135, 54)
_TOLERANCE = 1e-5
_POINT = f"coords=POINT({PLACE[0]}%20{PLACE[1]})"
_EARTH = "bbox=-180,-90,180,90"
_BOX = f"bbox={','.join(map(str, CHINA))}"


@dataclass(frozen=True)
class Question:
    """One request.

    Attributes
    ----------
    name, title
        Key and words for the table.
    paths
        Path and query for each server.
    days, rows, columns
        Cells of the cube that a right answer holds.
    most_latency, least_rate, most_body
        Goals: times the ceiling's latency, part of its requests per second, part of the bytes of
        stock's answer; None where there is no such goal.
    """

    name: str
    title: str
    paths: Mapping[str, str]
    days: NDArray[np.intp]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    most_latency: float
    least_rate: float | None = None
    most_body: float | None = None


def questions(shape: Shape) -> tuple[Question, ...]:
    """Return the three requests to a cube of this shape."""
    middle = shape.days // 2
    day = str(np.datetime_as_string(shape.times[middle], unit="D"))
    return (_position(shape), _cube(shape, middle, day), _globe(shape, middle, day))


def _path(name: str) -> str:
    return f"/collections/{name}"


def _xpublish(store: str) -> str:
    """Return the path of a store; xpublish-edr has no coverages, so a globe is a cube of it."""
    return f"/datasets/{store}/edr"


def _stock_day(day: str) -> str:
    """Stock takes a single date of a daily cube for a scalar and fails; an interval works."""
    return f"datetime={day}/{day}&f=json"


def _position(shape: Shape) -> Question:
    return Question(
        "position",
        f"position, {shape.days} days",
        {
            "ours": f"{_path(PRODUCT)}/position?{_POINT}&f=CoverageJSON",
            "ceiling": f"/position?{_POINT}",
            "stock": f"{_path('series')}/position?{_POINT}&f=json",
            "xpublish": f"{_xpublish('series')}/position?{_POINT}&f=cf_covjson",
        },
        np.arange(shape.days),
        np.abs(shape.latitudes - PLACE[1]).argmin(keepdims=True),
        np.abs(shape.longitudes - PLACE[0]).argmin(keepdims=True),
        most_latency=1.5,
        least_rate=0.7,
    )


def _cube(shape: Shape, middle: int, day: str) -> Question:
    west, south, east, north = CHINA
    return Question(
        "cube",
        "China cube, 1 day",
        {
            "ours": f"{_path(PRODUCT)}/cube?{_BOX}&datetime={day}&f=CoverageJSON",
            "ceiling": f"/cube?{_BOX}&datetime={day}",
            "stock": f"{_path('map')}/cube?{_BOX}&{_stock_day(day)}",
            "xpublish": f"{_xpublish('map')}/cube?{_BOX}&datetime={day}&f=cf_covjson",
        },
        np.array([middle]),
        np.flatnonzero((shape.latitudes >= south) & (shape.latitudes <= north)),
        np.flatnonzero((shape.longitudes >= west) & (shape.longitudes <= east)),
        most_latency=1.5,
        least_rate=0.7,
    )


def _globe(shape: Shape, middle: int, day: str) -> Question:
    return Question(
        "globe",
        "globe, 1 day, CoverageJSON",
        {
            "ours": f"{_path(PRODUCT)}/coverage?datetime={day}&f=CoverageJSON",
            "ceiling": f"/globe?datetime={day}",
            "stock": f"{_path('map')}/coverage?{_stock_day(day)}",
            "xpublish": f"{_xpublish('map')}/cube?{_EARTH}&datetime={day}&f=cf_covjson",
        },
        np.array([middle]),
        np.arange(shape.rows),
        np.arange(shape.columns),
        most_latency=1.5,
        most_body=0.5,
    )


def fault(question: Question, shape: Shape, body: bytes) -> str:
    """Return what is wrong with an answer in CoverageJSON, or "" when every value is right.

    Each value is compared with the field at the place that the answer's own axes give it.
    """
    try:
        document = json.loads(body)
        axes = {name: _axis(axis) for name, axis in document["domain"]["axes"].items()}
        ranges = {name: _block(document["ranges"][name]) for name in VARIABLES}
    except (ValueError, KeyError, TypeError) as error:
        return f"no coverage of all variables ({type(error).__name__}: {error})"
    days = np.asarray(axes["t"]).astype("datetime64[D]") - shape.times[0].astype("datetime64[D]")
    rows, columns = _nearest(shape.latitudes, axes["y"]), _nearest(shape.longitudes, axes["x"])
    asked = (question.days, question.rows, question.columns)
    found = (days.astype(np.intp), rows, columns)
    if not all(np.array_equal(np.sort(f), a) for f, a in zip(found, asked, strict=True)):
        return f"other cells than asked: {[f.size for f in found]}, not {[a.size for a in asked]}"
    for name, block in ranges.items():
        wanted = _wanted(name, shape, *found)
        if not _same(block, wanted):
            upside_down = _same(block, wanted[:, ::-1])
            return "upside down" if upside_down else f"wrong values of {name}"
    return ""


def _same(block: NDArray[np.float64], wanted: NDArray[np.float32]) -> bool:
    return block.size == wanted.size and np.allclose(
        block.reshape(wanted.shape), wanted, rtol=_TOLERANCE
    )


def _wanted(
    name: str,
    shape: Shape,
    days: NDArray[np.intp],
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
) -> NDArray[np.float32]:
    """Return the field on any days, rows and columns, by way of the block that holds them."""
    cuts = [slice(int(cells.min()), int(cells.max()) + 1) for cells in (days, rows, columns)]
    block = values(name, shape, *cuts)
    places = (cells - cut.start for cells, cut in zip((days, rows, columns), cuts, strict=True))
    return block[np.ix_(*places)]


def _axis(axis: Mapping[str, Any]) -> NDArray[Any]:
    if "values" not in axis:
        return np.linspace(axis["start"], axis["stop"], axis["num"])
    listed = axis["values"]
    return np.array([v[:10] for v in listed]) if isinstance(listed[0], str) else np.array(listed)


def _block(one: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the values of a range with its axes in the order t, z, y, x."""
    names, block = list(one["axisNames"]), np.array(one["values"], dtype=np.float64)
    if names != sorted(names, key="tzyx".index):
        raise ValueError(f"axes in the order {names}")
    return block.reshape(one["shape"])


def _nearest(axis: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.abs(axis[None, :] - np.asarray(places, dtype=np.float64)[:, None]).argmin(axis=1)
