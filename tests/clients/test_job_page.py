"""The page of a job in a real browser: it follows the progress, and runs no script of a user."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.clients.browser import shown
from tests.service.job_sites import JobSite, job_site

pytestmark = pytest.mark.clients
SCRIPT = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobSite]:
    with job_site(tmp_path_factory.mktemp("pages")) as running:
        yield running


def test_the_page_of_a_running_job_follows_its_progress(site: JobSite, tmp_path: Path) -> None:
    job = site.start({"stringInput": "word", "pause": 300}, {"title": SCRIPT})
    while requests.get(job, timeout=60).json()["status"] != "running":
        time.sleep(0.1)
    page = shown(f"{job}?f=html", tmp_path)
    requests.delete(job, timeout=60)
    assert re.search(r'<button id="stop" type="button">', page), "our own script has run"
    assert re.search(r'<strong[^>]*id="status">running<', page)
    assert "taken" not in re.findall(r"<title>(.*?)</title>", page)


def test_results_run_no_script_of_whoever_asked_for_them(site: JobSite, tmp_path: Path) -> None:
    job = site.start(
        {"stringInput": SCRIPT, "complexObjectInput": SCRIPT}, {"response": "document"}
    )
    site.finished(job)
    page = shown(f"{job}/results?f=html", tmp_path)
    assert "&lt;script&gt;" in page
    assert re.findall(r"<title>(.*?)</title>", page) != ["taken"]
