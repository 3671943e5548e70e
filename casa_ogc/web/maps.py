"""Quick-look maps of collections."""

from flask import Response, request

from casa_ogc.catalog.entries import Entry
from casa_ogc.catalog.product import Style
from casa_ogc.encoders.picture import Frame, draw
from casa_ogc.query.parse import parse_bbox, parse_crs, parse_datetime, parse_z
from casa_ogc.query.request import Box, Request, TimeSelection
from casa_ogc.query.run import run
from casa_ogc.archive.axes import Bounds
from casa_ogc.web.edr import times
from casa_ogc.web.exchange import Exchange
from casa_ogc.web.respond import CACHE, etag
from casa_processes.common.errors import InvalidValueError, UnknownNameError
