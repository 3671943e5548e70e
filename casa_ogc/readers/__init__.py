"""Readers: one module per mission product family, each mapping files to the common schema."""

from casa_ogc.readers.checks import Finding, check
from casa_ogc.readers.read import read
from casa_ogc.readers.reader import Reader, Source
from casa_ogc.readers.registry import reader_named, reader_names, reader_of

__all__ = [
    "Finding",
    "Reader",
    "Source",
    "check",
    "read",
    "reader_named",
    "reader_names",
    "reader_of",
]
