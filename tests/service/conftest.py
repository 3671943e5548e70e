"""Real HTTP servers over archives that the tests make."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from werkzeug.serving import make_server

from casa_ogc.archive.cubes import write_cube
from casa_ogc.web.app import create_app
from tests.service.cubes import HABITS, cube

SITE = {
    "title": {"en": "Test", "zh": "测试"},
    "description": {"en": "Test site", "zh": "测试站点"},
    "licence": "CC0-1.0",
    "provider": {"name": "Tests"},
}


def product_file(folder: Path, name: str, kind: str, **more: object) -> None:
    """Write a product file of a synthetic product."""
    content = {
        "kind": kind,
        "title": {"en": name, "zh": "测试产品"},
        "description": {"en": "Synthetic test data", "zh": "模拟测试数据"},
        "synthetic": True,
        "licence": "CC0-1.0",
        "citation": "Tests (2026)",
        "providers": [{"name": "Tests", "roles": ["producer"]}],
    }
    path = folder / "products" / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content | more), encoding="utf-8")


def site_file(folder: Path, archive: Path, **more: object) -> None:
    """Write the site file of a test."""
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(SITE | {"archive": str(archive)} | more)
    (folder / "casa.yml").write_text(text, encoding="utf-8")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a configuration folder on a free port of this machine."""
    server = make_server("127.0.0.1", 0, create_app(folder), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def matrix_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Server of the encoded cube in every storage habit."""
    folder = tmp_path_factory.mktemp("matrix")
    config, archive = folder / "config", folder / "archive"
    site_file(config, archive)
    for habit in HABITS:
        product_file(config, habit.id, "grid")
        write_cube(archive, habit.id, cube(habit), ())
    with serving(config) as url:
        yield url
