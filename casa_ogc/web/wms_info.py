"""GetFeatureInfo: the values under a pixel."""

from typing import TYPE_CHECKING, Any

import orjson
from flask import Response

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.cubes import Cube
from casa_ogc.archive.instants import rfc3339
from casa_ogc.encoders.ndarrays import json_values
from casa_ogc.query.answer import GridAnswer, SoundingsAnswer
from casa_ogc.query.products import ask
from casa_ogc.query.request import Box, Points, Request, TimeSelection, VerticalSelection
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.wms_exceptions import V130
from casa_ogc.web.wms_request import (
    Layer,
    map_window,
    required,
    shown_layers,
    subject_of_layer,
)
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import variable

if TYPE_CHECKING:
    from casa_ogc.encoders.render import Subject
    from casa_ogc.encoders.window import Window

FORMATS = ("text/plain", "application/json")
_REACH = 3
_MOST = 50

type Feature = dict[str, Any]


def feature_info(exchange: Exchange, version: str) -> Response:
    """Answer the value of each layer at a pixel: of its cell, or of the soundings around it."""
    media = (exchange.text("INFO_FORMAT") or FORMATS[0]).partition(";")[0].strip().lower()
    media = {"application/geo+json": FORMATS[1], "text/html": FORMATS[0]}.get(media, media)
    if media not in FORMATS:
        raise InvalidValueError("INFO_FORMAT", media, " or ".join(FORMATS))
    window = map_window(exchange, version)
    column, row = _pixel(exchange, version, window)
    features = [
        feature
        for layer in shown_layers(exchange, "QUERY_LAYERS")
        for feature in _features(exchange, layer, window, column, row)
    ]
    if media == FORMATS[1]:
        content = {"type": "FeatureCollection", "features": features}
        return Response(orjson.dumps(content), content_type=media)
    return Response(_text(features), content_type="text/plain; charset=utf-8")


def _pixel(exchange: Exchange, version: str, window: "Window") -> tuple[int, int]:
    keys = ("I", "J") if version == V130 else ("X", "Y")
    texts = [exchange.text(key) or required(exchange, key) for key in keys]
    sides = (window.width, window.height)
    for text, side in zip(texts, sides, strict=True):
        if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) >= side:
            raise InvalidValueError("point", ",".join(texts), f"a pixel of {sides[0]} x {sides[1]}")
    return int(texts[0]), int(texts[1])


def _features(
    exchange: Exchange, layer: Layer, window: "Window", column: int, row: int
) -> list[Feature]:
    subject = subject_of_layer(exchange, layer)
    if isinstance(subject.store, Cube):
        return _cell(exchange, layer, subject, subject.store, window.place(column + 0.5, row + 0.5))
    most = exchange.whole("FEATURE_COUNT", 1, 1, _MOST)
    corners = (
        window.place(column - _REACH, row + _REACH + 1),
        window.place(column + _REACH + 1, row - _REACH),
    )
    return _soundings(exchange, layer, subject, corners, most)


def _cell(
    exchange: Exchange, layer: Layer, subject: "Subject", cube: Cube, place: tuple[float, float]
) -> list[Feature]:
    from casa_ogc.query.overview import depth

    longitude, latitude = place
    at = depth(cube, subject.time, subject.level)
    if at is None or not abs(latitude) <= 90:
        return []
    found: Feature = {"layer": layer.name, "variable": layer.variable, "value": None}
    found["units"] = variable(layer.variable).units
    time = level = None
    if at.t is not None:
        step = cube.axes["t"].values[at.t]
        time, found["time"] = TimeSelection(((step, step),)), rfc3339(step)
    if at.z is not None:
        height = float(cube.axes["z"].values[at.z])
        level, found["elevation"] = VerticalSelection(levels=(height,)), height
    region = Points((longitude,), (latitude,))
    question = Request(region, (layer.variable,), time, level)
    answer = ask(exchange.catalog, layer.entry, question)
    if not isinstance(answer, GridAnswer) or not answer.grids:
        return []
    found["value"] = json_values(answer.grids[0].fields[layer.variable].values.ravel()[:1])[0]
    return [_feature(longitude, latitude, found)]


def _soundings(
    exchange: Exchange,
    layer: Layer,
    subject: "Subject",
    corners: tuple[tuple[float, float], tuple[float, float]],
    most: int,
) -> list[Feature]:
    (west, south), (east, north) = corners
    low, high = max(min(south, north), -90.0), min(max(south, north), 90.0)
    if not low <= high:
        return []
    box = Box(Bounds(west, low, east, high))
    question = Request(box, (layer.variable,), subject.time, limit=most, filters=subject.filters)
    answer = ask(exchange.catalog, layer.entry, question)
    if not isinstance(answer, SoundingsAnswer):
        return []
    columns = {
        name: json_values(answer.columns[name])
        for name in ("longitude", "latitude", "sounding_id", layer.variable)
    }
    units = variable(layer.variable).units
    return [
        _feature(
            columns["longitude"][i],
            columns["latitude"][i],
            {
                "layer": layer.name,
                "sounding_id": columns["sounding_id"][i],
                "time": rfc3339(answer.columns["time"][i]),
                "variable": layer.variable,
                "value": columns[layer.variable][i],
                "units": units,
            },
        )
        for i in range(answer.columns["time"].size)
    ]


def _feature(longitude: float, latitude: float, properties: Feature) -> Feature:
    geometry = {"type": "Point", "coordinates": [round(longitude, 7), round(latitude, 7)]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _text(features: list[Feature]) -> str:
    if not features:
        return "Nothing is there.\n"
    blocks = []
    for feature in features:
        longitude, latitude = feature["geometry"]["coordinates"]
        lines = [f"{name} = {value}" for name, value in feature["properties"].items()]
        blocks.append("\n".join([*lines, f"longitude = {longitude}", f"latitude = {latitude}"]))
    return "\n\n".join(blocks) + "\n"
