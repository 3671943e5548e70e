"""Every output format, by name and by media type.

An encoder and the library behind it are imported when the first answer is encoded.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from casa_ogc.encoders.format import Format
from casa_ogc.query.answer import Answer
from casa_processes.common.errors import UnknownNameError

if TYPE_CHECKING:
    from casa_ogc.readers.reader import Kind


def _encoder(module: str) -> Callable[[Answer], bytes]:
    """Return the ``encode`` of a module of this room, which is imported on first use."""

    def encode(answer: Answer) -> bytes:
        found = import_module(f"casa_ogc.encoders.{module}").encode
        return cast("Callable[[Answer], bytes]", found)(answer)

    return encode


_ALL = (
    Format(
        "CoverageJSON",
        "application/prs.coverage+json",
        "covjson",
        grids=True,
        soundings=True,
        encode=_encoder("coveragejson"),
        aliases=("json", "covjson"),
        media_aliases=("application/json", "application/vnd.cov+json"),
    ),
    Format(
        "GeoJSON",
        "application/geo+json",
        "geojson",
        grids=True,
        soundings=True,
        encode=_encoder("geojson"),
        media_aliases=("application/vnd.geo+json",),
    ),
    Format(
        "NetCDF",
        "application/netcdf",
        "nc",
        grids=True,
        soundings=True,
        encode=_encoder("netcdf"),
        aliases=("netcdf4", "nc"),
        media_aliases=("application/x-netcdf", "application/x-netcdf4"),
    ),
    Format(
        "CSV",
        "text/csv",
        "csv",
        grids=True,
        soundings=True,
        encode=_encoder("csv"),
    ),
    Format(
        "PNG",
        "image/png",
        "png",
        grids=True,
        soundings=True,
        encode=_encoder("png"),
    ),
)

FORMATS: Mapping[str, Format] = MappingProxyType({form.name: form for form in _ALL})
"""Formats by name; the first is the default."""

_BY_NAME: Mapping[str, Format] = {
    name: form for form in _ALL for name in (form.name.lower(), *form.aliases)
}


def format_named(name: str) -> Format:
    """Return the format that a value of ``f`` names, without regard to case.

    Raises
    ------
    UnknownNameError
        When there is no such format.
    """
    try:
        return _BY_NAME[name.strip().lower()]
    except KeyError:
        raise UnknownNameError("format", name, FORMATS) from None


def acceptable(accept_header: str | None, kind: "Kind") -> Format | None:
    """Choose the format of an answer by an ``Accept`` header.

    The most specific media range that matches a format gives its quality (RFC 9110, section
    12.5.1); of equal qualities the first of `FORMATS` wins. No header accepts everything.

    Returns
    -------
    The format, or None when the header accepts none that can hold the kind of product.
    """
    ranges = _ranges(accept_header or "*/*")
    best, best_quality = None, 0.0
    for form in _ALL:
        quality = _quality(form, ranges) if form.holds(kind) else 0.0
        if quality > best_quality:
            best, best_quality = form, quality
    return best


def _ranges(header: str) -> dict[str, float]:
    """Read media ranges and their qualities; an element that cannot be read is left out."""
    found: dict[str, float] = {}
    for element in header.split(","):
        media, *parameters = (part.strip().lower() for part in element.split(";"))
        quality = _q(parameters)
        if media.count("/") == 1 and quality is not None:
            found[media] = max(quality, found.get(media, 0.0))
    return found


def _q(parameters: list[str]) -> float | None:
    """Return the quality among the parameters of a media range: 1 when absent, None if broken."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return None
            return quality if 0 <= quality <= 1 else None
    return 1.0


def _quality(form: Format, ranges: Mapping[str, float]) -> float:
    """Return the quality of a format: by its media types, else by type/*, else by */*."""
    exact = [ranges[media] for media in (form.media_type, *form.media_aliases) if media in ranges]
    if exact:
        return max(exact)
    group = form.media_type.partition("/")[0] + "/*"
    return ranges.get(group, ranges.get("*/*", 0.0))
