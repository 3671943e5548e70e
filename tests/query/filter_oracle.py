"""Rows for tests of filters, and what a loop in plain Python over them matches.

None is what is neither true nor false, and what is missing.
"""

import math
from typing import Any

import numpy as np
import shapely

from casa_ogc.query.filters import compiled

ROWS = 120
KINDS: dict[str, Any] = {
    "xco2": "number",
    "quality_flag": "number",
    "mode": "text",
    "sounding_id": "text",
    "time": "time",
    "geometry": "geometry",
    "longitude": "number",
    "latitude": "number",
}
DAY = 86_400 * 10**9
START = 18_993 * DAY  # 2022-01-01


def table() -> dict[str, np.ndarray]:
    chance = np.random.default_rng(3)
    xco2 = np.round(chance.normal(410, 3, ROWS), 1).astype(np.float32)
    xco2[::9] = np.nan
    modes = np.array(["nadir", "glint", "Target", "", "100%", "a_b", "it's"])
    lon = np.round(chance.uniform(-180, 180, ROWS))
    lat = np.round(chance.uniform(-90, 90, ROWS))
    lon[:4], lat[:4] = [180, -180, 10, 10], [0, 0, 10, 0]
    times = START + chance.integers(0, 240, ROWS) * (DAY // 8)
    return {
        "xco2": xco2,
        "quality_flag": chance.integers(0, 3, ROWS).astype(np.int8),
        "mode": modes[chance.integers(0, modes.size, ROWS)],
        "sounding_id": np.array([f"s{i:03d}" for i in range(ROWS)]),
        "time": times.view("datetime64[ns]"),
        "longitude": lon,
        "latitude": lat,
    }


COLUMNS = table()


def matched(tree: Any) -> list[int]:
    found = compiled(tree, KINDS)
    held = {name: COLUMNS[name] for name in found.columns}
    return np.flatnonzero(found.matches(held, ROWS)).tolist()


def brute(tree: Any, i: int) -> bool | None:
    if isinstance(tree, bool):
        return tree
    op, args = tree["op"], tree["args"]
    if op in REWRITTEN:
        return brute(REWRITTEN[op](args), i)
    if op in ("and", "or"):
        found = [brute(one, i) for one in args]
        decisive = op == "or"
        return decisive if decisive in found else None if None in found else not decisive
    if op == "not":
        inner = brute(args[0], i)
        return None if inner is None else not inner
    if op == "isNull":
        return value(args[0], i) is None
    return near(op, args, i) if op.startswith("s_") else compared(op, args, i)


REWRITTEN = {
    "in": lambda args: {
        "op": "or",
        "args": [{"op": "=", "args": [args[0], one]} for one in args[1]],
    },
    "between": lambda args: {
        "op": "and",
        "args": [{"op": ">=", "args": args[:2]}, {"op": "<=", "args": [args[0], args[2]]}],
    },
}


def compared(op: str, args: Any, i: int) -> bool | None:
    a, b = (value(one, i) for one in args)
    if a is None or b is None:
        return None
    if op == "like":
        return like(a, b)
    if isinstance(a, tuple):
        return when(op, a, b)
    if isinstance(a, float):
        a, b = as_precise(a, args), as_precise(b, args[::-1])
    return {"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]


def as_precise(number: float, args: Any) -> float:
    """A literal is as precise as the column with which it is compared."""
    mine, other = args
    single = isinstance(other, dict) and other.get("property") == "xco2"
    with np.errstate(over="ignore"):
        return float(np.float32(number)) if single and not isinstance(mine, dict) else number


def value(tree: Any, i: int) -> Any:
    if isinstance(tree, str):
        return tree or None
    if isinstance(tree, int | float):
        return float(tree)
    if "property" in tree:
        name = {"datetime": "time"}.get(tree["property"], tree["property"])
        found = COLUMNS[name][i]
        if name == "time":
            return (int(found.astype(np.int64)),) * 2
        if isinstance(found, np.str_):
            return str(found) or None
        return None if math.isnan(found) else float(found)
    if "op" in tree:
        return calculated(tree, i)
    if "interval" in tree:
        first, last = tree["interval"]
        low = -(10**20) if first == ".." else day_of(first)[0]
        return low, 10**20 if last == ".." else day_of(last)[1]
    return day_of(tree.get("date") or tree["timestamp"])


def day_of(text: str) -> tuple[int, int]:
    exact = int(np.datetime64(text.rstrip("Z"), "ns").astype(np.int64))
    return (exact, exact + DAY - 1) if len(text) == 10 else (exact, exact)


def calculated(tree: Any, i: int) -> Any:
    if tree["op"] == "casei":
        found = value(tree["args"][0], i)
        return None if found is None else found.casefold()
    a, b = (value(one, i) for one in tree["args"])
    if a is None or b is None:
        return None
    try:
        found = {
            "+": lambda: a + b,
            "-": lambda: a - b,
            "*": lambda: a * b,
            "/": lambda: a / b,
            "%": lambda: math.fmod(a, b),
            "div": lambda: float(math.trunc(a / b)),
        }[tree["op"]]()
    except (ZeroDivisionError, ValueError):
        return None
    return found if math.isfinite(found) else None


def like(text: str, pattern: str) -> bool:
    if not pattern:
        return not text
    head, rest = pattern[0], pattern[1:]
    if head == "\\" and rest:
        return text[:1] == rest[0] and like(text[1:], rest[1:])
    if head == "%":
        return any(like(text[k:], rest) for k in range(len(text) + 1))
    return bool(text) and head in ("_", text[0]) and like(text[1:], rest)


def when(op: str, a: tuple[int, int], b: tuple[int, int]) -> bool:
    meets = a[0] <= b[1] and b[0] <= a[1]
    same = (b[0] <= a[0] and a[1] <= b[1]) or (a[0] <= b[0] and b[1] <= a[1])
    return {
        "t_before": a[1] < b[0],
        "<": a[1] < b[0],
        "t_after": a[0] > b[1],
        ">": a[0] > b[1],
        "t_during": b[0] < a[0] and a[1] < b[1],
        "t_intersects": meets,
        "t_disjoint": not meets,
        "t_equals": same,
        "=": same,
        "<>": not same,
        "<=": a[1] <= b[1],
        ">=": a[0] >= b[0],
    }[op]


def near(op: str, args: Any, i: int) -> bool:
    shape = args[1]
    if "bbox" in shape:
        west, south, east, north = shape["bbox"]
        geometry = shapely.box(west, south, east + 360 * (east < west), north)
    else:
        geometry = shapely.geometry.shape(shape)
    lon, lat = float(COLUMNS["longitude"][i]), float(COLUMNS["latitude"][i])
    points = [shapely.Point(lon + turn, lat) for turn in (-360, 0, 360)]
    if op == "s_within":
        return any(point.within(geometry) for point in points)
    met = any(point.intersects(geometry) for point in points)
    return met if op == "s_intersects" else not met
