"""Test sites: their configuration folders, and servers of them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from werkzeug.serving import make_server

from casa_ogc.web.app import create_app

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
    places = {"archive": str(archive), "jobs": {"folder": str(folder / "jobs")}}
    text = yaml.safe_dump(SITE | places | more)
    (folder / "casa.yml").write_text(text, encoding="utf-8")


def free_port() -> int:
    """Find a port that nothing listens on, for sites whose documents must name it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve a configuration folder on a port of this machine; 0 takes a free one."""
    server = make_server("127.0.0.1", port, create_app(folder), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
