"""The frame: pygeoapi's blueprint behind ours, configured from the catalogue.

pygeoapi reads its configuration and its OpenAPI document when its Flask module is imported, so
both are written to files that the environment names before that, and that are gone after it.
"""

import os
import shutil
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import yaml
from flask import Blueprint

from casa_ogc.catalog.entries import Catalog, Entry
from casa_ogc.web.openapi import openapi_document

TEMPLATES = Path(__file__).parent / "templates"
_PLUGINS = "casa_ogc.plugins"
_PREFIX = "casa-pygeoapi-"
_STALE_SECONDS = 3600.0
"""Age from which a folder of the frame's files belongs to a process that was killed meanwhile."""


def pygeoapi_configuration(catalog: Catalog) -> dict[str, Any]:
    """Make pygeoapi's configuration from the settings and the products."""
    site = catalog.settings
    resources = {name: _collection_resource(one) for name, one in catalog.entries().items()}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 5000},
            "url": site.url,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "gzip": False,
            "languages": ["en-US", "zh-CN"],
            "pretty_print": False,
            "limits": {
                "default_items": site.limits.items_page,
                "max_items": site.limits.items_max,
            },
            "templates": {"path": str(TEMPLATES), "static": str(TEMPLATES.parent / "static")},
            "map": {"url": "", "attribution": "Natural Earth"},
        },
        "logging": {"level": "ERROR"},
        "metadata": _metadata(catalog),
        "resources": resources,
    }


def pygeoapi_blueprint(catalog: Catalog) -> Blueprint:
    """Import pygeoapi's blueprint under the configuration made from the catalogue."""
    remove_stale(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
        configuration, document = Path(folder, "config.yml"), Path(folder, "openapi.json")
        configuration.write_text(yaml.safe_dump(pygeoapi_configuration(catalog)), encoding="utf-8")
        document.write_bytes(orjson.dumps(openapi_document(catalog.settings)))
        os.environ["PYGEOAPI_CONFIG"] = str(configuration)
        os.environ["PYGEOAPI_OPENAPI"] = str(document)
        from pygeoapi.flask_app import BLUEPRINT  # reads the files named above

    blueprint: Blueprint = BLUEPRINT
    return blueprint


def remove_stale(folder: Path) -> None:
    """Remove what processes have left that were killed while they imported the frame.

    Parameters
    ----------
    folder
        That of temporary files. Folders of other users in it are left alone.
    """
    oldest = time.time() - _STALE_SECONDS
    for path in folder.glob(f"{_PREFIX}*"):
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        if status.st_uid == os.getuid() and status.st_mtime < oldest:
            shutil.rmtree(path, ignore_errors=True)


def _metadata(catalog: Catalog) -> dict[str, Any]:
    site = catalog.settings
    return {
        "identification": {
            "title": {"en": site.title.en, "zh": site.title.zh},
            "description": {"en": site.description.en, "zh": site.description.zh},
            "keywords": list(site.keywords),
            "keywords_type": "theme",
            "terms_of_service": site.terms_of_service or "",
            "url": site.url,
        },
        "license": {"name": site.licence, "url": site.licence_url or ""},
        "provider": {"name": site.provider.name, "url": site.provider.url or site.url},
        "contact": {"name": site.provider.name},
    }


def _collection_resource(entry: Entry) -> dict[str, Any]:
    product, head = entry.product, entry.head
    box, data = head.bounds, {"data": product.id, "id_field": "sounding_id"}
    kinds = {"edr": "edr.CasaEDRProvider", "coverage": "coverage.CasaCoverageProvider"}
    if head.kind == "soundings":
        kinds["feature"] = "soundings.CasaSoundingsProvider"
    form = {"name": "CoverageJSON", "mimetype": "application/prs.coverage+json"}
    extent: dict[str, Any] = {"spatial": {"bbox": [box.west, box.south, box.east, box.north]}}
    if head.time is not None:
        extent["temporal"] = dict(
            zip(("begin", "end"), map(datetime.fromisoformat, head.time), strict=True)
        )
    return {
        "type": "collection",
        "title": {"en": product.title.en, "zh": product.title.zh},
        "description": {"en": product.description.en, "zh": product.description.zh},
        "keywords": list(product.keywords) or [product.id],
        "links": [],
        "extents": extent,
        "providers": [
            {"type": kind, "name": f"{_PLUGINS}.{name}", "format": form, **data}
            for kind, name in kinds.items()
        ],
    }
