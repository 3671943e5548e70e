"""Jobs of users: each sees and stops their own, and nobody else's; lists, quotas, expiry."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from casa_ogc.catalog.settings import load_settings
from casa_ogc.jobs.store import open_store
from casa_ogc.jobs.tokens import tokens
from tests.service.job_sites import TIMEOUT, JobSite
from tests.service.sites import free_port, serving, site_file

WORD = {"stringInput": "word"}
OURS = ("", "/results", "/log", "/prov", "/results/stringInput")


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobSite]:
    """Server without a broker: jobs wait for ever. An account may have five of them."""
    folder = tmp_path_factory.mktemp("idle")
    port = free_port()
    jobs = {"folder": str(folder / "jobs"), "quota": {"open_jobs": 5, "cpu_seconds": 1e4}}
    site_file(folder, folder / "archive", url=f"http://127.0.0.1:{port}", jobs=jobs)
    with serving(folder, port) as url:
        yield JobSite(url, load_settings(folder))


def ask(method: str, url: str, header: dict[str, str] | None = None) -> requests.Response:
    return requests.request(method, url, headers=header, timeout=TIMEOUT)


def ids(site: JobSite, query: str, header: dict[str, str]) -> list[str]:
    answer = ask("GET", f"{site.url}/jobs{query}", header)
    assert answer.status_code == 200, answer.text
    return [one["jobID"] for one in answer.json()["jobs"]]


def name_of(job: str) -> str:
    return job.rpartition("/")[2]


@pytest.mark.parametrize("path", OURS)
def test_a_job_of_a_token_does_not_exist_for_others(idle: JobSite, path: str) -> None:
    owner, other = idle.token(f"owner{len(path)}"), idle.token("other")
    job = idle.start({"stringInput": path or "."}, **owner)
    missing = ask("GET", f"{idle.url}/jobs/{'0' * 32}{path}").json()
    for header in (None, other):
        response = ask("GET", job + path, header)
        assert response.status_code == 404
        expected = missing["detail"].replace("0" * 32, name_of(job))
        assert response.json()["detail"] == expected, "it is told as one that never was"
        assert response.json()["type"] == missing["type"]


def test_nobody_can_dismiss_the_job_of_another(idle: JobSite) -> None:
    owner, other = idle.token("victim"), idle.token("attacker")
    job = idle.start(WORD, **owner)
    for header in (None, other):
        assert ask("DELETE", job, header).status_code == 404
    assert ask("GET", job, owner).json()["status"] == "accepted"
    assert ask("DELETE", job, owner).json()["status"] == "dismissed"
    assert ask("GET", job, owner).json()["status"] == "dismissed"


def test_an_anonymous_job_is_reached_by_its_id_and_listed_nowhere(idle: JobSite) -> None:
    job = idle.start(WORD)
    reader = idle.token("somebody")
    assert len(name_of(job)) == 32
    assert ask("GET", job).json()["position"] >= 1
    assert ask("GET", job, reader).status_code == 200
    assert ids(idle, "", {}) == []
    assert name_of(job) not in ids(idle, "?limit=1000", reader)
    assert ask("DELETE", job).json()["status"] == "dismissed"


def test_an_administrator_sees_and_stops_everything(idle: JobSite) -> None:
    admin, owner = idle.token("root", "admin"), idle.token("plain")
    jobs = [idle.start(WORD), idle.start({"stringInput": "other"}, **owner)]
    assert {name_of(job) for job in jobs} <= set(ids(idle, "?limit=1000", admin))
    for job in jobs:
        assert ask("DELETE", job, admin).json()["status"] == "dismissed"


def test_a_token_does_no_more_than_its_scopes(idle: JobSite) -> None:
    reader, runner = idle.token("scoped", "read"), idle.token("scoped", "execute")
    assert idle.run({"inputs": WORD}, **reader).status_code == 403
    job = idle.start(WORD, **runner)
    assert ask("GET", job, runner).status_code == 403
    assert ask("GET", f"{idle.url}/jobs", runner).status_code == 403
    assert ask("GET", job, reader).status_code == 200
    refused = ask("DELETE", job, reader)
    assert refused.status_code == 403
    assert "execute" in refused.json()["detail"]


@pytest.mark.parametrize(
    "header",
    [
        "Bearer casa_unknown",
        "Bearer ",
        "Bearer",
        "Basic dXNlcjp3b3Jk",
        "casa_unknown",
        "Bearer " + "x" * 9000,
        "Bearer a b c",
        "Bearer not.a.jwt",
        "Bearer ü".encode().decode("latin-1"),
    ],
)
@pytest.mark.parametrize("path", ["/jobs", "/processes/echo/execution"])
def test_a_token_that_proves_nothing_is_refused_and_never_taken_for_nobody(
    idle: JobSite, path: str, header: str
) -> None:
    method = "POST" if path.endswith("execution") else "GET"
    shown = {"Authorization": header.encode("latin-1")}
    response = requests.request(
        method, f"{idle.url}{path}", json={"inputs": WORD}, headers=shown, timeout=TIMEOUT
    )
    assert response.status_code == 401, response.text
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_is_refused_at_once(idle: JobSite) -> None:
    header = idle.token("leaver")
    assert ids(idle, "", header) == []
    book = tokens(idle.settings)
    (mine,) = [one for one in book.all() if one.name == "leaver"]
    book.revoke(mine.id)
    assert ask("GET", f"{idle.url}/jobs", header).status_code == 401


def test_a_quota_is_refused_with_the_time_to_ask_again(idle: JobSite) -> None:
    header, other = idle.token("greedy"), idle.token("modest")
    for number in range(5):
        idle.start({"stringInput": str(number)}, **header)
    response = idle.run({"inputs": WORD}, **header)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "5" in response.json()["detail"]
    assert idle.run({"inputs": WORD}, Prefer="respond-async", **other).status_code == 201


def test_the_list_is_filtered_and_paged(idle: JobSite) -> None:
    mine = idle.token("collector")
    jobs = [
        name_of(idle.start({"stringInput": str(n)}, {"labels": [f"n{n % 2}", "all"]}, **mine))
        for n in range(4)
    ]
    newest = jobs[::-1]
    assert ids(idle, "", mine) == newest
    assert ids(idle, "?label=n1&label=all", mine) == [jobs[3], jobs[1]]
    assert ids(idle, "?status=accepted,running&processID=echo&type=process", mine) == newest
    assert ids(idle, "?status=failed&status=successful", mine) == []
    assert ids(idle, "?type=other", mine) == []
    assert ids(idle, "?processID=long", mine) == []
    assert ids(idle, "?minDuration=0", mine) == []
    created = ask("GET", f"{idle.url}/jobs/{jobs[1]}", mine).json()["created"]
    assert set(ids(idle, f"?datetime=../{created}", mine)) == set(jobs[:2])
    assert ids(idle, "?datetime=1999-01-01/2000-01-01", mine) == []
    walked, url = [], f"{idle.url}/jobs?limit=1&label=all"
    while url:
        page = ask("GET", url, mine).json()
        walked += [one["jobID"] for one in page["jobs"]]
        url = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
    assert walked == newest


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "limit=0",
        "limit=x",
        "limit=1e3",
        "minDuration=-1",
        "maxDuration=-5",
        "minDuration=x",
        "minDuration=9&maxDuration=1",
        "status=done",
        "datetime=yesterday",
        "datetime=2026-01-02/2026-01-01",
        "cursor=zork",
        "offset=-1",
        "zork=1",
        "limit=1&limit=2",
        "processID=" + "x" * 300,
        "status=" + ",".join(["accepted"] * 99),
    ],
)
def test_a_list_that_cannot_be_asked_for_is_refused(idle: JobSite, query: str) -> None:
    header = idle.token("asker")
    assert ask("GET", f"{idle.url}/jobs?{query}", header).status_code == 400


@pytest.mark.parametrize("query", ["limit=-1", "limit=0", "offset=-1", "offset=x", "lang=de"])
def test_a_page_of_processes_that_cannot_be_is_refused(idle: JobSite, query: str) -> None:
    assert ask("GET", f"{idle.url}/processes?{query}").status_code == 400


def test_an_expired_job_is_gone(idle: JobSite) -> None:
    header = idle.token("historian")
    job = idle.start(WORD, **header)
    assert ask("DELETE", job, header).status_code == 200
    open_store(idle.settings.jobs).expire("2126-01-01T00:00:00Z")
    for path in ("", "/results", "/log"):
        response = ask("GET", job + path, header)
        assert response.status_code == 410, response.text
        assert "expired" in response.json()["detail"]
    assert ask("DELETE", job, header).status_code == 410
    assert ids(idle, "", header) == []


def test_a_foreign_expired_job_is_told_as_one_that_never_was(idle: JobSite) -> None:
    header = idle.token("secretive")
    job = idle.start(WORD, **header)
    ask("DELETE", job, header)
    open_store(idle.settings.jobs).expire("2126-01-01T00:00:00Z")
    assert ask("GET", job).status_code == 404


def test_a_job_that_fails_tells_why(job_server: JobSite) -> None:
    more = {"observations": {"pressure_weight": [0.5, 0.9], "averaging_kernel": [1, 1]}}
    content: dict[str, Any] = {"inputs": {"profile": [1.0], **more}}
    response = job_server.run(content, process="smoothed-column")
    assert response.status_code == 400
    assert response.json()["errors"]


def test_the_position_in_the_queue_is_told(idle: JobSite) -> None:
    header = idle.token("waiter")
    first = idle.start({"stringInput": "1"}, **header)
    second = idle.start({"stringInput": "2"}, **header)
    places = [ask("GET", job, header).json()["position"] for job in (first, second)]
    assert places[0] < places[1]


def test_the_database_of_jobs_may_be_away_for_a_while(tmp_path: Path) -> None:
    """Nothing is lost or answered wrongly then: the client is told to come again."""
    site_file(tmp_path, tmp_path, jobs={"folder": str(tmp_path / "file" / "jobs")})
    (tmp_path / "file").write_text("not a folder")
    with serving(tmp_path) as url:
        start = time.monotonic()
        response = requests.get(f"{url}/jobs/{'0' * 32}", timeout=TIMEOUT)
        assert response.status_code in (400, 503), response.text
        assert time.monotonic() - start < TIMEOUT
