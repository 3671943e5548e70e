"""Every output format, by name and by media type.

An encoder and the library behind it are imported when the first answer is encoded.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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


def _streamer(module: str) -> Callable[[Answer], Iterator[bytes]]:
    """Return the ``stream`` of a module of this room, which is imported on first use."""

    def stream(answer: Answer) -> Iterator[bytes]:
        found = import_module(f"casa_ogc.encoders.{module}").stream
        return cast("Callable[[Answer], Iterator[bytes]]", found)(answer)

    return stream


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
        stream=_streamer("geojson"),
        weight=8,
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
        stream=_streamer("csv"),
        weight=4,
    ),
    Format(
        "PNG",
        "image/png",
        "png",
        grids=True,
        soundings=True,
        encode=_encoder("png"),
        projected=False,
    ),
    Format(
        "GeoTIFF",
        "image/tiff; application=geotiff",
        "tif",
        grids=True,
        soundings=False,
        encode=_encoder("geotiff"),
        aliases=("tiff", "tif"),
        media_aliases=("image/tiff", "application/x-geotiff"),
        ranges=True,
    ),
    Format(
        "COG",
        "image/tiff; application=geotiff; profile=cloud-optimized",
        "tif",
        grids=True,
        soundings=False,
        encode=_encoder("cog"),
        ranges=True,
    ),
    Format(
        "Zarr",
        "application/zip+zarr",
        "zarr.zip",
        grids=True,
        soundings=True,
        encode=_encoder("zarr_zip"),
        media_aliases=("application/x-zarr", "application/vnd.zarr", "application/zip"),
    ),
    Format(
        "Parquet",
        "application/vnd.apache.parquet",
        "parquet",
        grids=True,
        soundings=True,
        encode=_encoder("parquet"),
        aliases=("geoparquet",),
        media_aliases=("application/x-parquet",),
        weight=4,
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


@dataclass(frozen=True)
class _Range:
    """One media range of an ``Accept`` header, all in lower case."""

    media: str
    parameters: frozenset[str]
    quality: float

    def specificity(self, media: str, parameters: frozenset[str]) -> int:
        """Tell how narrowly it holds a media type; 0 when it does not."""
        if self.media == media and self.parameters <= parameters:
            return 3 + len(self.parameters)
        if self.media == media.partition("/")[0] + "/*":
            return 2
        return int(self.media == "*/*")


def _ranges(header: str) -> list[_Range]:
    """Read media ranges and their qualities; an element that cannot be read is left out."""
    found = []
    for element in header.split(","):
        media, parameters = _parts(element)
        quality = _q(parameters)
        if media.count("/") == 1 and quality is not None:
            rest = frozenset(p for p in parameters if p in _KNOWN)
            found.append(_Range(media, rest, quality))
    return found


def _parts(text: str) -> tuple[str, list[str]]:
    """Split a media type and its parameters, in lower case and without blanks."""
    media, *parameters = (part.strip().lower() for part in text.split(";"))
    return media, ["=".join(p.strip().strip('"') for p in part.split("=")) for part in parameters]


_KNOWN = frozenset(part for form in _ALL for part in _parts(form.media_type)[1])


def _q(parameters: list[str]) -> float | None:
    """Return the quality among the parameters of a media range: 1 when absent, None if broken."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                quality = float(value)
            except ValueError:
                return None
            return quality if 0 <= quality <= 1 else None
    return 1.0


def _quality(form: Format, ranges: Sequence[_Range]) -> float:
    """Return the quality that the most specific range gives to a format."""
    best, quality = 0, 0.0
    for media in (form.media_type, *form.media_aliases):
        bare, parameters = _parts(media)
        for one in ranges:
            narrow = one.specificity(bare, frozenset(parameters))
            if narrow > best or (narrow == best and narrow and one.quality > quality):
                best, quality = narrow, one.quality
    return quality
