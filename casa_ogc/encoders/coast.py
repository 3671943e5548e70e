"""Coastlines on a picture."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from casa_ogc.encoders.frame import Frame

_FINER = 2

type Line = NDArray[np.float64]


@cache
def coastlines() -> tuple[Line, ...]:
    """Return the coasts of the world (Natural Earth 1:110m) as lines of longitude and latitude.

    The edges along which polygons were cut, at the antimeridian and the South Pole, are left out.
    """
    text = (files("casa_ogc") / "web" / "static" / "coastline.json").read_text("utf-8")
    polygons = json.loads(text)["coordinates"]
    return tuple(line for polygon in polygons for ring in polygon for line in _shores(ring))


def draw_coast(image: Image.Image, frame: Frame) -> None:
    """Draw the coasts over an RGBA picture of the same size as the frame."""
    size = (frame.width * _FINER, frame.height * _FINER)
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    scale = np.array([size[0] / (frame.east - frame.west), -size[1] / (frame.north - frame.south)])
    for turn in (-360.0, 0.0, 360.0):
        corner = np.array([frame.west - turn, frame.north])
        for line in coastlines():
            points = (line - corner) * scale
            if (points.max(axis=0) >= 0).all() and (points.min(axis=0) <= size).all():
                pen.line([tuple(point) for point in points.tolist()], fill=190, width=_FINER)
    ink = Image.new("RGBA", image.size, (40, 40, 40, 255))
    ink.putalpha(mask.resize(image.size, Image.Resampling.BOX))
    image.alpha_composite(ink)


def _shores(ring: list[list[float]]) -> Iterator[Line]:
    """Split a ring at its artificial edges."""
    line = [ring[0]]
    for one, other in pairwise(ring):
        if _artificial(one, other):
            if len(line) > 1:
                yield np.array(line)
            line = [other]
        else:
            line.append(other)
    if len(line) > 1:
        yield np.array(line)


def _artificial(one: list[float], other: list[float]) -> bool:
    """Tell whether an edge runs along the antimeridian or lies at the South Pole."""
    return (abs(one[0]) == abs(other[0]) == 180) or one[1] == other[1] == -90
