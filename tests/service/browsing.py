"""A browser as far as cookies and the origin of its pages go, and a site to sign in at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from casa_ogc.catalog.settings import load_settings
from casa_ogc.jobs.queries import JobQuery
from casa_ogc.jobs.store import open_store
from tests.service.job_sites import JobSite
from tests.service.sites import free_port, serving, site_file

TIMEOUT = 60
HTML = {"Accept": "text/html"}
FORM = {"inputs.stringInput": "word", "title": "mine"}


@contextmanager
def idle_site(folder: Path) -> Iterator[JobSite]:
    """Serve a site without a broker: its jobs wait for ever."""
    port = free_port()
    site_file(folder, folder / "a", url=f"http://127.0.0.1:{port}", jobs={"folder": str(folder)})
    with serving(folder, port) as url:
        yield JobSite(url, load_settings(folder))


@dataclass
class Browser:
    """Keeps cookies, and says of each request where its page is from, as browsers do."""

    site: JobSite

    def __post_init__(self) -> None:
        self.session = requests.Session()

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        headers: dict[str, str | None] = {**HTML, "Sec-Fetch-Site": "same-origin"}
        if method not in ("GET", "HEAD"):
            headers["Origin"] = self.site.url
        headers |= more.pop("headers", {})
        kept = {name: value for name, value in headers.items() if value is not None}
        return self.session.request(
            method,
            f"{self.site.url}{path}",
            headers=kept,
            timeout=TIMEOUT,
            allow_redirects=False,
            **more,
        )

    def sign_in(self, name: str, *scopes: str) -> str:
        text = self.site.token(name, *scopes)["Authorization"].removeprefix("Bearer ")
        answer = self.ask("POST", "/sign-in", data={"token": text})
        assert answer.status_code == 303, answer.text
        return text


def owned(site: JobSite, name: str) -> int:
    """Count the jobs of a principal."""
    return len(open_store(site.settings.jobs).find(JobQuery(owner=name)).jobs)
