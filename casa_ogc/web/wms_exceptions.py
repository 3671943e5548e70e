"""Refusals of the Web Map Service, as its own exception reports."""

from flask import Response, render_template

from casa_processes.common.errors import CasaError, InvalidValueError, UnknownNameError

V130, V111 = "1.3.0", "1.1.1"
_TYPES = {V130: "text/xml; charset=utf-8", V111: "application/vnd.ogc.se_xml; charset=utf-8"}
_CODES = {
    "variable": "LayerNotDefined",
    "collection": "LayerNotDefined",
    "layer": "LayerNotDefined",
    "style": "StyleNotDefined",
    "picture format": "InvalidFormat",
    "datetime": "InvalidDimensionValue",
    "TIME": "InvalidDimensionValue",
    "z": "InvalidDimensionValue",
    "ELEVATION": "InvalidDimensionValue",
    "CRS": "InvalidCRS",
    "point": "InvalidPoint",
    "FORMAT": "InvalidFormat",
    "INFO_FORMAT": "InvalidFormat",
    "REQUEST": "OperationNotSupported",
}


def report(error: CasaError, version: str) -> Response:
    """Answer an exception report.

    Both versions of the standard give the report itself as the answer of the request, and clients
    read it only then: its status is 200. A request that names no known operation is none of the
    standard: 400.
    """
    code = _code(error)
    if code == "InvalidCRS" and version == V111:
        code = "InvalidSRS"
    text = render_template("wms/exception.xml", version=version, code=code, text=str(error))
    status = 400 if code == "OperationNotSupported" else 200
    return Response(text, status, content_type=_TYPES[version])


def _code(error: CasaError) -> str:
    if isinstance(error, UnknownNameError):
        return _CODES.get(error.kind, "")
    return _CODES.get(error.what, "") if isinstance(error, InvalidValueError) else ""
