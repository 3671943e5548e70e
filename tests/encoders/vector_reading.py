"""A reader of Mapbox vector tiles that shares nothing with the encoder: specification 2.1."""

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple


class Dot(NamedTuple):
    """One point feature: place in units of the tile and properties."""

    x: int
    y: int
    properties: dict[str, Any]


def read_layers(body: bytes) -> dict[str, tuple[int, list[Dot]]]:
    """Return extent and points of each layer of a tile."""
    layers = {}
    for number, content in _fields(body):
        assert number == 3, "a tile has layers only"
        name, extent, dots = _layer(content)
        layers[name] = (extent, dots)
    return layers


def _layer(body: bytes) -> tuple[str, int, list[Dot]]:
    name, extent, version = "", 4096, 1
    keys: list[str] = []
    values: list[Any] = []
    features: list[bytes] = []
    for number, content in _fields(body):
        match number:
            case 1:
                name = content.decode()
            case 2:
                features.append(content)
            case 3:
                keys.append(content.decode())
            case 4:
                values.append(_value(content))
            case 5:
                extent = content
            case 15:
                version = content
    assert version == 2
    return name, extent, [_dot(feature, keys, values) for feature in features]


def _dot(body: bytes, keys: list[str], values: list[Any]) -> Dot:
    found = dict(_fields(body))
    tags = list(_varints(found.get(2, b"")))
    assert found[3] == 1, "a point"
    command, x, y = _varints(found[4])
    assert command == 9, "one MoveTo"
    pairs = zip(tags[::2], tags[1::2], strict=True)
    return Dot(_signed(x), _signed(y), {keys[key]: values[value] for key, value in pairs})


def _value(body: bytes) -> Any:
    ((number, content),) = _fields(body)
    match number:
        case 1:
            return content.decode()
        case 2:
            return struct.unpack("<f", content)[0]
        case 3:
            return struct.unpack("<d", content)[0]
        case 4:
            return content - (1 << 64) if content >> 63 else content
        case 6:
            return _signed(content)
        case 7:
            return bool(content)
    return content


def _fields(body: bytes) -> Iterator[tuple[int, Any]]:
    """Yield number and content of each field of a message of protocol buffers."""
    at = 0
    while at < len(body):
        key, at = _varint(body, at)
        kind = key & 7
        if kind == 0:
            content, at = _varint(body, at)
            yield key >> 3, content
            continue
        if kind == 2:
            size, at = _varint(body, at)
        else:
            size = {1: 8, 5: 4}[kind]
        yield key >> 3, body[at : at + size]
        at += size


def _varints(body: bytes) -> Iterator[int]:
    at = 0
    while at < len(body):
        number, at = _varint(body, at)
        yield number


def _varint(body: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = body[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def _signed(number: int) -> int:
    return (number >> 1) ^ -(number & 1)
