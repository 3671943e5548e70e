"""Questions over HTTP and the answers that plain numpy gives to them.

Nothing of the project's own query code is used here: cells are chosen by comparing the canonical
coordinates one by one, and expected values come from the cells' indices.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.service.cubes import HABITS, LATITUDES, LEVELS, LONGITUDES, TIMES, Habit, canonical

VALUES = canonical().astype("float32")
STEP = 10.0


@dataclass(frozen=True)
class Question:
    """One request and the cells that must come back.

    `cells` maps (time index, level index, latitude index, longitude index) to nothing more than
    its presence: values follow from the indices. `masked` holds those of them that must be null.
    """

    habit: Habit
    path: str
    parameters: tuple[tuple[str, str], ...]
    times: tuple[int, ...]
    levels: tuple[int, ...]
    latitudes: tuple[int, ...]
    longitudes: tuple[int, ...]
    masked: frozenset[tuple[int, int]] = frozenset()

    @property
    def empty(self) -> bool:
        return not all((self.times, self.levels, self.latitudes, self.longitudes))

    def expected(self) -> dict[tuple[int, int, int, int], float]:
        """Return the value of each cell, NaN where it is missing or masked."""
        return {
            (t, z, y, x): float("nan") if (y, x) in self.masked else float(VALUES[t, z, y, x])
            for t in self.times
            for z in self.levels
            for y in self.latitudes
            for x in self.longitudes
        }


def questions(count: int, seed: int) -> list[Question]:
    """Draw questions over all habits and kinds of request."""
    dice = random.Random(seed)
    makers: tuple[Callable[[random.Random, Habit], Question], ...] = (
        _position,
        _cube,
        _bbox,
        _subset,
        _area,
        _radius,
    )
    return [dice.choice(makers)(dice, dice.choice(HABITS)) for _ in range(count)]


def _position(dice: random.Random, habit: Habit) -> Question:
    longitude, latitude = round(dice.uniform(-180, 180), 3), round(dice.uniform(-90, 90), 3)
    asked = longitude + 360 if longitude < 0 and dice.random() < 0.3 else longitude
    crs, first, second = _ordered(dice, asked, latitude)
    y = (_cell(latitude, LATITUDES),)
    x = (_cell(longitude, LONGITUDES),)
    point = ("coords", f"POINT({first} {second})")
    return _finish(dice, habit, "position", [point, *crs], y, x)


def _cube(dice: random.Random, habit: Habit) -> Question:
    numbers, y, x = _box(dice)
    crs = []
    if dice.random() < 0.3:
        west, south, east, north = numbers
        numbers, crs = (south, west, north, east), [("crs", "EPSG:4326")]
    text = ",".join(f"{number}" for number in numbers)
    return _finish(dice, habit, "cube", [("bbox", text), *crs], y, x)


def _bbox(dice: random.Random, habit: Habit) -> Question:
    (west, south, east, north), y, x = _box(dice)
    parameters = [("bbox", f"{west},{south},{east},{north}")]
    if dice.random() < 0.3:
        name = dice.choice(("EPSG:4326", "http://www.opengis.net/def/crs/EPSG/0/4326"))
        parameters = [("bbox", f"{south},{west},{north},{east}"), ("bbox-crs", name)]
    return _finish(dice, habit, "coverage", parameters, y, x, vertical=False)


def _subset(dice: random.Random, habit: Habit) -> Question:
    (west, south, east, north), y, x = _box(dice)
    lat, lon = dice.choice((("Lat", "Lon"), ("lat", "Long"), ("latitude", "longitude"), ("y", "x")))
    cuts = [f"{lat}({south}:{north})", f"{lon}({west}:{east})"]
    dice.shuffle(cuts)
    if dice.random() < 0.5:
        parameters = [("subset", ",".join(cuts))]
    else:
        parameters = [("subset", cut) for cut in cuts]
    return _finish(dice, habit, "coverage", parameters, y, x, vertical=False)


def _area(dice: random.Random, habit: Habit) -> Question:
    ring = _triangle(dice)
    inside = [
        (y, x)
        for y, latitude in enumerate(LATITUDES)
        for x, longitude in enumerate(LONGITUDES)
        if _inside(longitude, latitude, ring)
    ]
    if not inside:
        return _area(dice, habit)
    rows = tuple(sorted({y for y, _ in inside}))
    columns = tuple(sorted({x for _, x in inside}))
    outside = {(y, x) for y in rows for x in columns} - set(inside)
    text = ",".join(f"{x} {y}" for x, y in (*ring, ring[0]))
    question = _finish(dice, habit, "area", [("coords", f"POLYGON(({text}))")], rows, columns)
    return Question(**{**vars(question), "masked": frozenset(outside)})


def _radius(dice: random.Random, habit: Habit) -> Question:
    longitude, latitude = round(dice.uniform(-120, 120), 2), round(dice.uniform(-60, 60), 2)
    kilometres = round(dice.uniform(900, 3000), 1)
    inside, uncertain = [], False
    for y, cell_latitude in enumerate(LATITUDES):
        for x, cell_longitude in enumerate(LONGITUDES):
            distance = _great_circle(longitude, latitude, cell_longitude, cell_latitude)
            uncertain |= abs(distance - kilometres) < 0.01 * kilometres
            if distance <= kilometres:
                inside.append((y, x))
    if uncertain or not inside:
        return _radius(dice, habit)
    rows = tuple(sorted({y for y, _ in inside}))
    columns = tuple(sorted({x for _, x in inside}))
    outside = {(y, x) for y in rows for x in columns} - set(inside)
    unit, factor = dice.choice((("km", 1.0), ("m", 1000.0)))
    parameters = [
        ("coords", f"POINT({longitude} {latitude})"),
        ("within", f"{kilometres * factor}"),
        ("within-units", unit),
    ]
    question = _finish(dice, habit, "radius", parameters, rows, columns)
    return Question(**{**vars(question), "masked": frozenset(outside)})


def _finish(
    dice: random.Random,
    habit: Habit,
    path: str,
    parameters: list[tuple[str, str]],
    y: tuple[int, ...],
    x: tuple[int, ...],
    vertical: bool = True,
) -> Question:
    text, steps = _when(dice)
    if text:
        parameters = [*parameters, ("datetime", text)]
    levels = tuple(range(LEVELS.size)) if "z" in habit.order else (0,)
    if "z" in habit.order and vertical and dice.random() < 0.5:
        chosen = dice.randrange(LEVELS.size)
        levels, parameters = (chosen,), [*parameters, ("z", f"{LEVELS[chosen]:g}")]
    name = "properties" if path == "coverage" else "parameter-name"
    parameters = [*parameters, (name, "xco2")]
    return Question(habit, path, tuple(parameters), steps, levels, y, x)


def _when(dice: random.Random) -> tuple[str, tuple[int, ...]]:
    """Return a datetime text and the indices of the steps that it means."""
    kind = dice.choice(("all", "instant", "date", "interval", "open", "between"))
    first = dice.randrange(TIMES.size)
    last = dice.randrange(first, TIMES.size)
    zone = dice.choice(("", "Z", "+00:00"))
    texts = [str(step.astype("datetime64[s]")) for step in TIMES]
    if kind == "instant":
        return texts[first] + zone, (first,)
    if kind == "date":
        return texts[first][:10], tuple(
            i for i, t in enumerate(texts) if t[:10] == texts[first][:10]
        )
    if kind == "interval":
        return f"{texts[first]}{zone}/{texts[last]}{zone}", tuple(range(first, last + 1))
    if kind == "open":
        if dice.random() < 0.5:
            return f"{texts[first]}{zone}/..", tuple(range(first, TIMES.size))
        return f"../{texts[last]}{zone}", tuple(range(last + 1))
    if kind == "between":
        return texts[first][:11] + "05:00:00Z", ()
    return "", tuple(range(TIMES.size))


def _box(
    dice: random.Random,
) -> tuple[tuple[float, float, float, float], tuple[int, ...], tuple[int, ...]]:
    south, north = sorted(round(dice.uniform(-90, 90), 3) for _ in range(2))
    west, east = round(dice.uniform(-180, 180), 3), round(dice.uniform(-180, 180), 3)
    if dice.random() < 0.2:
        north, east = min(90.0, round(south + 2.5, 3)), min(180.0, round(west + 2.5, 3))
    if west <= east:
        x = tuple(i for i, value in enumerate(LONGITUDES) if west <= value <= east)
        middle = (west + east) / 2
    else:
        x = tuple(i for i, value in enumerate(LONGITUDES) if value >= west or value <= east)
        middle = ((west + east + 360) / 2 + 180) % 360 - 180
    y = tuple(i for i, value in enumerate(LATITUDES) if south <= value <= north)
    return (
        (west, south, east, north),
        y or (_cell((south + north) / 2, LATITUDES),),
        x or (_cell(middle, LONGITUDES),),
    )


def _cell(coordinate: float, centres: np.ndarray) -> int:
    return int(np.argmin(np.abs(centres - coordinate)))


def _ordered(
    dice: random.Random, longitude: float, latitude: float
) -> tuple[list[tuple[str, str]], float, float]:
    if dice.random() < 0.3:
        return [("crs", "EPSG:4326")], latitude, longitude
    return [], longitude, latitude


def _triangle(dice: random.Random) -> tuple[tuple[float, float], ...]:
    return tuple(
        (round(dice.uniform(-179, 179), 2) + 0.003, round(dice.uniform(-89, 89), 2) + 0.003)
        for _ in range(3)
    )


def _inside(x: float, y: float, ring: tuple[tuple[float, float], ...]) -> bool:
    """Cast a ray to the east and count crossings."""
    crossings = 0
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            crossings += 1
    return crossings % 2 == 1


def _great_circle(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Distance on a sphere [km]; the ellipsoid differs by less than 0.6 per cent."""
    a, b = np.radians(lat1), np.radians(lat2)
    half = np.sin((b - a) / 2) ** 2
    half += np.cos(a) * np.cos(b) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return float(2 * 6371.0088 * np.arcsin(np.sqrt(half)))
