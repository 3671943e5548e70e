"""Trajectories, corridors and locations over HTTP are what plain numpy gives for every habit."""

import random
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pytest
import requests
from pyproj import Geod

from casa_ogc.query.locations import bundled
from tests.service.cubes import HABITS, LATITUDES, LEVELS, LONGITUDES, TIMES, Habit, canonical
from tests.service.test_oracle import cells_of

VALUES = canonical().astype("float32")
GEOD = Geod(ellps="WGS84")
STEPS = 1500
COUNT = 24

type Vertex = tuple[float, float]
type Cell = tuple[int, int]


def cell(longitude: float, latitude: float) -> Cell:
    x = (longitude + 180) % 360 - 180
    return int(np.argmin(np.abs(LATITUDES - latitude))), int(np.argmin(np.abs(LONGITUDES - x)))


def steps(start: Vertex, stop: Vertex) -> np.ndarray:
    """Places close together on a leg, shape (n, 2)."""
    part = (np.arange(STEPS) + 0.5) / STEPS
    aside = (stop[0] - start[0] + 180) % 360 - 180
    return np.column_stack([start[0] + part * aside, start[1] + part * (stop[1] - start[1])])


def passed(vertices: list[Vertex]) -> list[Cell]:
    """Cells of the vertices, and of longer runs of steps between them."""
    found = [cell(*vertices[0])]
    for start, stop in pairwise(vertices):
        ends = {cell(*start), cell(*stop)}
        every = (cell(*place) for place in steps(start, stop).tolist())
        runs = [(one, len(list(same))) for one, same in groupby(every)]
        found += [one for one, count in runs if one not in ends and count > 3]
        found.append(cell(*stop))
    return found


def draw(dice: random.Random) -> list[Vertex]:
    return [
        (round(dice.uniform(-179, 179), 2) + 0.003, round(dice.uniform(-88, 88), 2) + 0.003)
        for _ in range(dice.randint(2, 4))
    ]


def wkt(vertices: list[Vertex], *more: tuple[float, ...]) -> str:
    rows = zip(vertices, *more, strict=True) if more else ((vertex,) for vertex in vertices)
    body = ",".join(" ".join(f"{n!r}" for n in (*row[0], *row[1:])) for row in rows)
    return f"({body})"


def ask(server: str, habit: Habit, query: str, **parameters: str) -> Any:
    names = {name.replace("_", "-"): value for name, value in parameters.items()}
    response = requests.get(
        f"{server}/collections/{habit.id}/{query}",
        params={**names, "parameter-name": "xco2"},
        timeout=60,
    )
    assert response.status_code == 200, f"{response.url} {response.text[:300]}"
    return response.json()


def tuples(document: Any) -> list[list[tuple[list[Any], float]]]:
    """Coordinates and value of each sample of each track."""
    tracks = []
    for one in document.get("coverages", [document]):
        composite = one["domain"]["axes"]["composite"]
        assert composite["coordinates"][:3] == ["t", "x", "y"]
        values = one["ranges"]["xco2"]["values"]
        assert one["ranges"]["xco2"]["shape"] == [len(composite["values"])]
        tracks.append(list(zip(composite["values"], values, strict=True)))
    return tracks


def same(found: float | None, expected: np.floating) -> bool:
    return (found is None and bool(np.isnan(expected))) or found == expected


@pytest.mark.parametrize("seed", range(COUNT))
def test_a_trajectory_has_the_value_of_each_cell_that_it_passes(
    matrix_server: str, seed: int
) -> None:
    dice = random.Random(seed)
    habit, vertices = dice.choice(HABITS), draw(dice)
    step = dice.randrange(TIMES.size)
    instant = f"{TIMES[step].astype('datetime64[s]')}Z"
    tracks = tuples(
        ask(
            matrix_server,
            habit,
            "trajectory",
            coords=f"LINESTRING{wkt(vertices)}",
            datetime=instant,
        )
    )
    levels = range(LEVELS.size) if "z" in habit.order else [0]
    assert len(tracks) == len(levels)
    for z, track in zip(levels, tracks, strict=True):
        cells = [cell(place[1], place[2]) for place, _ in track]
        remaining = iter(cells)
        expected = passed(vertices)
        assert all(one in remaining for one in expected), (cells, expected)
        for (place, value), (y, x) in zip(track, cells, strict=True):
            assert place[0] == instant
            assert same(value, VALUES[step, z, y, x]), (place, value)


@pytest.mark.parametrize("seed", range(COUNT // 2))
def test_a_trajectory_with_times_and_levels_has_those_of_the_closest_steps(
    matrix_server: str, seed: int
) -> None:
    dice = random.Random(1000 + seed)
    deep = dice.random() < 0.5
    habit = dice.choice([one for one in HABITS if ("z" in one.order) == deep])
    vertices = draw(dice)
    seconds = TIMES.astype("datetime64[s]").astype(float)
    passing = tuple(round(dice.uniform(seconds[0], seconds[-1])) + 0.0 for _ in vertices)
    heights = tuple(round(dice.uniform(100, 1000), 1) for _ in vertices)
    text = (
        f"LINESTRINGZM{wkt(vertices, heights, passing)}"
        if deep
        else f"LINESTRINGM{wkt(vertices, passing)}"
    )
    (track,) = tuples(ask(matrix_server, habit, "trajectory", coords=text))
    for place, value in track:
        instant = np.datetime64(place[0].rstrip("Z"), "ms").astype(float) / 1e3
        away = np.abs(seconds - instant)
        steps_ = np.flatnonzero(away <= away.min() + 1)
        levels = [int(np.argmin(np.abs(LEVELS - place[3])))] if deep else [0]
        y, x = cell(place[1], place[2])
        assert any(same(value, VALUES[t, z, y, x]) for t in steps_ for z in levels)
    starts = {(round(place[1], 3), round(place[2], 3)) for place, _ in track}
    assert {(round(x, 3), round(y, 3)) for x, y in vertices} <= starts


@pytest.mark.parametrize("seed", range(COUNT // 6))
def test_a_corridor_holds_the_cells_within_half_its_width_and_on_its_path(
    matrix_server: str, seed: int
) -> None:
    dice = random.Random(2000 + seed)
    habit, vertices = dice.choice(HABITS), draw(dice)[:3]
    kilometres = dice.choice([10.0, 800.0, 2500.0])
    found = cells_of(
        ask(
            matrix_server,
            habit,
            "corridor",
            coords=f"LINESTRING{wkt(vertices)}",
            corridor_width=f"{kilometres}",
            width_units="km",
            datetime="2022-01-03T12:00:00Z",
        ),
        "xco2",
    )
    along = np.concatenate([steps(*leg) for leg in pairwise(vertices)])
    on = {cell(*place) for place in along.tolist()}
    crossed = set(passed(vertices))
    for y, latitude in enumerate(LATITUDES):
        for x, longitude in enumerate(LONGITUDES):
            start = np.full((2, along.shape[0]), [[longitude], [latitude]])
            away = GEOD.inv(*start, *along.T)[2].min()
            value = found.get((5, 0, y, x), float("nan"))
            meant = (y, x) in crossed or away < kilometres * 500 - 3000
            if meant:
                assert same(None if np.isnan(value) else value, VALUES[5, 0, y, x])
            elif away > kilometres * 500 + 3000 and (y, x) not in on:
                assert np.isnan(value)


@pytest.mark.parametrize("name", ["china", "brazil", "russia", "continent-africa", "156"])
@pytest.mark.parametrize("habit", HABITS[::5], ids=lambda habit: habit.id)
def test_a_location_holds_the_cells_whose_centre_lies_in_it(
    matrix_server: str, habit: Habit, name: str
) -> None:
    found = cells_of(
        ask(matrix_server, habit, f"locations/{name}", datetime="2022-01-01T00:00:00Z"), "xco2"
    )
    polygons = bundled()["china" if name == "156" else name].geometry.__geo_interface__
    rings = polygons["coordinates"]
    rings = rings if polygons["type"] == "MultiPolygon" else [rings]
    for y, latitude in enumerate(LATITUDES):
        for x, longitude in enumerate(LONGITUDES):
            inside = (
                sum(_crossings(longitude, latitude, ring) for part in rings for ring in part) % 2
            )
            value = found.get((0, 0, y, x), float("nan"))
            expected = VALUES[0, 0, y, x] if inside else np.float32("nan")
            assert same(None if np.isnan(value) else value, expected), (longitude, latitude)


def _crossings(x: float, y: float, ring: tuple[Vertex, ...]) -> int:
    """Count crossings of a ray to the east."""
    return sum(
        (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        for (x1, y1), (x2, y2) in pairwise(ring)
    )


def test_a_reduced_location_is_the_area_weighted_mean_of_its_cells(matrix_server: str) -> None:
    habit = HABITS[0]
    document = ask(matrix_server, habit, "locations/brazil", datetime="2022-01-02", reduce="mean")
    whole = cells_of(ask(matrix_server, habit, "locations/brazil", datetime="2022-01-02"), "xco2")
    kept = {key: value for key, value in whole.items() if not np.isnan(value)}
    edges = np.radians(np.stack([LATITUDES - 5, LATITUDES + 5], axis=1))
    e2 = 0.00669437999014
    e = np.sqrt(e2)
    sine = np.sin(edges)
    q = (1 - e2) * (sine / (1 - e2 * sine**2) + np.arctanh(e * sine) / e)
    weight = np.array([q[key[2], 1] - q[key[2], 0] for key in kept])
    expected = float((weight * list(kept.values())).sum() / weight.sum())
    assert document["ranges"]["xco2"]["values"] == [pytest.approx(expected, rel=1e-7)]
