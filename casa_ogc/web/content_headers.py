"""Headers that tell where and when the content of a coverage or of a map lies.

OGC API Coverages and OGC API Maps, requirements ``/req/core/response-headers`` and
``/req/core/map-response``: URIs of reference systems stand bare, times are those that are shown.
"""

from typing import TYPE_CHECKING

import numpy as np

from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.heads import Head
from casa_ogc.archive.instants import instant, rfc3339
from casa_ogc.query.answer import Answer, GridAnswer
from casa_ogc.query.systems import parse_system
from casa_ogc.web.respond import CRS84, grid_bounds

if TYPE_CHECKING:
    from casa_ogc.encoders.render import Subject
    from casa_ogc.encoders.window import Window

type Headers = dict[str, str]


def coverage_headers(answer: Answer) -> Headers:
    """Return reference system and times of an answer, and the box of a grid in its axis order."""
    if not isinstance(answer, GridAnswer):
        times = answer.columns["time"]
        known = times[~np.isnat(times)]
        return {"Content-Crs": CRS84} | _during(known)
    headers = {"Content-Crs": answer.crs}
    if len(answer.grids) == 1:
        box = parse_system(answer.crs).ordered(grid_bounds(answer))
        headers["Content-Bbox"] = ",".join(f"{value:.12g}" for value in box)
    axes = [one.axes["t"].values for one in answer.grids if "t" in one.axes]
    return headers | (_during(np.concatenate(axes)) if axes else {})


def map_headers(subject: "Subject", window: "Window", head: Head) -> Headers:
    """Return reference system, box in its axis order, and times of a map."""
    edges = (window.left, window.bottom, window.right, window.top)
    if window.projection.northing_first:
        edges = (edges[1], edges[0], edges[3], edges[2])
    headers = {
        "Content-Bbox": ",".join(f"{edge:.12g}" for edge in edges),
        "Content-Crs": window.projection.uri,
    }
    return headers | _during(_shown(subject, head))


def _shown(subject: "Subject", head: Head) -> "np.ndarray[tuple[int], np.dtype[np.datetime64]]":
    """Return the step of a cube that is shown, or the ends of the time of soundings."""
    from casa_ogc.query.overview import depth

    if isinstance(subject.store, Cube):
        at = depth(subject.store, subject.time, subject.level)
        found = [] if at is None or at.t is None else [subject.store.axes["t"].values[at.t]]
        return np.array(found, "M8[ns]")
    if head.time is None or subject.time is None:
        return np.array([], "M8[ns]")
    first, last = (instant(end) for end in head.time)
    lows = [first if low is None else low for low, _ in subject.time.intervals]
    highs = [last if high is None else high for _, high in subject.time.intervals]
    ends = np.array([max(first, min(lows)), min(last, max(highs))], "M8[ns]")
    return ends if ends[0] <= ends[1] else np.array([min(lows), max(highs)], "M8[ns]")


def _during(times: "np.ndarray[tuple[int], np.dtype[np.datetime64]]") -> Headers:
    """Return the instant, or the interval, of some times; nothing of none."""
    if not times.size:
        return {}
    ends = dict.fromkeys(rfc3339(end) for end in (times.min(), times.max()))
    return {"Content-Datetime": "/".join(ends)}
