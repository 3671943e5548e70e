"""Responses that are pictures."""

from typing import TYPE_CHECKING

from flask import Response, request

from casa_ogc.web.errors import NotAcceptableError
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.respond import CACHE, has_version
from casa_processes.common.errors import InvalidValueError

if TYPE_CHECKING:
    from casa_ogc.encoders.drawing import Drawing, Pixels

TYPES = {"png": "image/png", "webp": "image/webp"}
"""Media types of pictures by their names in `f`; the first is the default."""


def spelled_type(exchange: Exchange) -> str:
    """Choose the media type of a picture by `f`, else by the Accept header; PNG where it may be.

    Raises
    ------
    InvalidValueError
        When `f` names none of them.
    NotAcceptableError
        When the Accept header admits none.
    """
    named = exchange.text("f")
    if named is not None:
        if named.lower() not in TYPES:
            raise InvalidValueError("f", named, " or ".join(TYPES))
        return TYPES[named.lower()]
    for media in TYPES.values():
        if not exchange.accept or request.accept_mimetypes[media] > 0:
            return media
    raise NotAcceptableError(exchange.accept, tuple(TYPES.values()))


def current(tag: str) -> Response | None:
    """Answer that the client's copy is current, if it is."""
    if not has_version(tag):
        return None
    return Response(status=304, headers={"ETag": f'"{tag}"', "Cache-Control": CACHE})


def pictured(picture: "Pixels | Drawing", media: str, tag: str) -> Response:
    """Answer RGBA pixels, or what draws them, as a picture."""
    from casa_ogc.encoders.images import image_bytes

    return picture_response(image_bytes(picture, media), media, tag)


def picture_response(content: bytes, media: str, tag: str) -> Response:
    """Answer a picture that is encoded already."""
    headers = {"ETag": f'"{tag}"', "Cache-Control": CACHE, "Vary": "Accept"}
    return Response(content, 200, headers, media)
