"""The Flask application: our endpoints in front of pygeoapi's blueprint."""

import zlib
from collections.abc import Iterable, Iterator
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException

from casa_ogc.catalog.entries import Catalog, load_catalog
from casa_ogc.catalog.settings import Settings
from casa_ogc.jobs.errors import TokenError
from casa_ogc.web import cookies
from casa_ogc.web.edr_body import posted
from casa_ogc.web.error_pages import as_page
from casa_ogc.web.errors import BodyTooLargeError, MethodError, problem, problem_of
from casa_ogc.web.exchange import Endpoint, Exchange
from casa_ogc.web.frame import TEMPLATES, pygeoapi_blueprint
from casa_ogc.web.parameters import known_only, read_arguments
from casa_ogc.web.routes import ABSENT, BROWSER, ENDPOINTS
from casa_processes.common.errors import CasaError, UnknownNameError

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_EXPOSED = (
    "Accept-Ranges, Content-Range, Content-Bbox, Content-Crs, Content-Datetime, "
    "Content-Disposition, ETag, Link, Location, Preference-Applied, Retry-After"
)
_SENT = (
    "Content-Type, Accept, If-None-Match, Range, If-Range, Authorization, Prefer, Idempotency-Key"
)
_COMPRESSED = ("json", "text/", "xml")
_LEAST_COMPRESSED = 1400
_STATIC_SECONDS = 3600
_BELOW = "/collections/<path:collection_id>/"
_START = ("/", "/collections", "/processes", "/openapi (which lists every path)")


def create_app(folder: Path | None = None) -> Flask:
    """Make the application of a configuration folder.

    Parameters
    ----------
    folder
        Configuration folder; None takes the one of the environment.

    Returns
    -------
    Flask
        Ready to serve; stores open at the first request to each.
    """
    catalog = load_catalog(folder)
    app = Flask(__name__, static_folder=None, template_folder=str(TEMPLATES))
    app.url_map.strict_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = catalog.settings.limits.max_body
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _STATIC_SECONDS
    app.register_blueprint(our_blueprint(catalog))
    app.register_blueprint(pygeoapi_blueprint(catalog))
    settings = catalog.settings
    app.register_error_handler(CasaError, partial(_casa_error, settings))
    app.register_error_handler(HTTPException, partial(_http_error, settings))
    app.after_request(partial(_finish, page_policy(settings.url)))
    return app


def our_blueprint(catalog: Catalog) -> Blueprint:
    """Make the blueprint of our endpoints; each rule takes every method."""
    blueprint = Blueprint("casa", __name__, static_folder="static", static_url_path="/static")
    for endpoint in (*ENDPOINTS, *BROWSER):
        view = partial(_serve, catalog, endpoint)
        blueprint.add_url_rule(endpoint.rule, endpoint.name, view, methods=METHODS)
    icon = partial(blueprint.send_static_file, "favicon.ico")
    blueprint.add_url_rule("/favicon.ico", "icon", icon)
    for number, rule in enumerate(ABSENT):
        blueprint.add_url_rule(rule, f"absent-{number}", _absent, methods=METHODS)
    return blueprint


def _serve(catalog: Catalog, endpoint: Endpoint, **path: str) -> Response:
    allowed = (
        (*endpoint.methods, "HEAD", "OPTIONS")
        if "GET" in endpoint.methods
        else (*endpoint.methods, "OPTIONS")
    )
    if request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": ", ".join(allowed)})
    if request.method not in allowed:
        raise MethodError(request.method, allowed)
    exchange = Exchange(
        catalog=catalog,
        path=path,
        arguments=_arguments(catalog, endpoint, path),
        accept=request.headers.get("Accept", ""),
        body=request.get_data() if "POST" in endpoint.methods else b"",
        root=endpoint.root,
    )
    try:
        return endpoint.handler(exchange)
    except UnknownNameError as error:
        raise _placed(catalog, error) from None


def _placed(catalog: Catalog, error: UnknownNameError) -> UnknownNameError:
    """Return what is unknown: below a collection that exists it is a page of it."""
    name, _, rest = error.name.partition("/")
    if error.kind != "collection" or not rest or name not in catalog.entries():
        return error
    pages = {one.rule.removeprefix(_BELOW) for one in ENDPOINTS if one.rule.startswith(_BELOW)}
    base = f"/collections/{name}/"
    offered = (f"{base}{page}" for page in pages if "<" not in page)
    return UnknownNameError("page", f"{base}{rest}", offered)


def _arguments(catalog: Catalog, endpoint: Endpoint, path: dict[str, str]) -> dict[str, list[str]]:
    given = request.args.to_dict(flat=False)
    if endpoint.posts and request.method == "POST":
        given = posted(given)
    declared = endpoint.parameters
    if endpoint.further is not None:
        declared += endpoint.further(catalog, path)
    known = known_only(given, declared) if endpoint.lenient else given
    return read_arguments(known, declared)


def _absent(**_path: str) -> Response:
    raise UnknownNameError("page", request.path, _START)


def _casa_error(settings: Settings, error: CasaError) -> Response:
    response = as_page(problem_of(error, request.headers.get("Accept", "")), settings.url)
    if isinstance(error, TokenError) and cookies.held(settings) is not None:
        cookies.take(response, settings)
    return response


def _http_error(settings: Settings, error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    if status.is_redirection:
        return Response(status=status, headers=dict(error.get_headers()))
    if status is HTTPStatus.NOT_FOUND:
        return _casa_error(settings, UnknownNameError("page", request.path, _START))
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE and request.max_content_length is not None:
        return _casa_error(settings, BodyTooLargeError(request.max_content_length))
    code = status.phrase.title().replace(" ", "")
    accept = request.headers.get("Accept", "")
    response = problem(status, code, error.description or status.phrase, accept)
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = dict(error.get_headers()).get("Allow", "")
    return as_page(response, settings.url)


def page_policy(url: str) -> str:
    """Return what a page may load and run: files of this server, and no script within the page.

    Parameters
    ----------
    url
        Address under which clients reach the server; a page that was asked for under another one
        still names it.
    """
    parts = urlsplit(url)
    own = f"'self' {parts.scheme}://{parts.netloc}"
    kinds = ("script-src", "style-src", "img-src", "connect-src", "form-action")
    allowed = "; ".join(f"{kind} {own}" for kind in kinds)
    return f"default-src 'none'; {allowed}; base-uri 'none'; frame-ancestors 'none'"


def _finish(policy: str, response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Referrer-Policy", "same-origin")
    if response.status_code == HTTPStatus.NO_CONTENT:
        response.headers.pop("Content-Type", None)
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        response.headers["Access-Control-Allow-Headers"] = _SENT
    if response.is_streamed and _admits_packing(response):
        return _packed_on_the_way(response)
    return _compressed(response) if _compressible(response) else response


def _compressible(response: Response) -> bool:
    return _admits_packing(response) and (response.content_length or 0) >= _LEAST_COMPRESSED


def _admits_packing(response: Response) -> bool:
    media: Any = response.content_type or ""
    return (
        response.status_code == HTTPStatus.OK
        and not response.direct_passthrough
        and "Content-Encoding" not in response.headers
        and request.accept_encodings.quality("gzip") > 0
        and any(part in media for part in _COMPRESSED)
    )


def _compressed(response: Response) -> Response:
    packer = zlib.compressobj(level=1, wbits=31)
    response.set_data(packer.compress(response.get_data()) + packer.flush())
    return _told_packed(response)


def _packed_on_the_way(response: Response) -> Response:
    response.response = _packed(response.iter_encoded())
    return _told_packed(response)


def _packed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(level=1, wbits=31)
    for block in blocks:
        yield packer.compress(block)
    yield packer.flush()


def _told_packed(response: Response) -> Response:
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = response.headers.get("Vary", "Accept-Encoding")
    return response
