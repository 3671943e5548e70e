"""Processes as the standard wants them described, and the conformance that is declared."""

import re
from pathlib import Path

import pytest

from casa_ogc.web.landing import CONFORMANCE as DECLARED
from tests.service.job_sites import JobSite
from tests.service.standard import CONFORMANCE, EXCEPTIONS, REL, faults, get, proves

WORD = "teststring"


@proves("core", "json")
def test_the_list_of_processes_is_valid_paged_and_linked(
    job_server: JobSite, schemas: Path
) -> None:
    whole = get(f"{job_server.url}/processes").json()
    assert not faults(schemas, "processList", whole)
    ids = [one["id"] for one in whole["processes"]]
    assert ids == sorted(ids)
    assert "echo" in ids
    assert "long" not in ids, "it is hidden by default"
    walked, url = [], f"{job_server.url}/processes?limit=1"
    while url:
        page = get(url).json()
        assert not faults(schemas, "processList", page)
        assert len(page["processes"]) == 1
        walked.append(page["processes"][0]["id"])
        url = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
    assert walked == ids
    for one in whole["processes"]:
        rels = {each["rel"]: each["href"] for each in one["links"]}
        assert rels["self"] == f"{job_server.url}/processes/{one['id']}"


@proves("core", "ogc-process-description", "json")
def test_every_process_is_described_by_the_schema_of_the_standard(
    job_server: JobSite, schemas: Path
) -> None:
    for one in get(f"{job_server.url}/processes").json()["processes"]:
        described = get(f"{job_server.url}/processes/{one['id']}").json()
        assert not faults(schemas, "process", described)
        assert described["inputs"]
        for each in (*described["inputs"].values(), *described["outputs"].values()):
            assert each["schema"]
        assert set(described["jobControlOptions"]) == {"sync-execute", "async-execute", "dismiss"}
        rels = {each["rel"]: each["href"] for each in described["links"]}
        assert rels[f"{REL}execute"] == f"{job_server.url}/processes/{one['id']}/execution"


@proves("core")
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("processes/none", "no-such-process"),
        ("jobs/none", "no-such-job"),
        ("jobs/none/results", "no-such-job"),
        ("jobs/none/results/x", "no-such-job"),
        ("jobs/none/log", "no-such-job"),
        ("jobs/none/prov", "no-such-job"),
    ],
)
def test_what_does_not_exist_is_told_by_the_type_of_the_standard(
    job_server: JobSite, schemas: Path, path: str, kind: str
) -> None:
    response = get(f"{job_server.url}/{path}", Accept="application/json")
    assert response.status_code == 404
    assert response.json()["type"] == f"{EXCEPTIONS}{kind}"
    assert response.headers["Cache-Control"] == "no-store"
    assert not faults(schemas, "exception", response.json())


@proves("html")
@pytest.mark.parametrize("page", ["processes", "processes/echo", "jobs"])
def test_every_resource_is_a_page_too(job_server: JobSite, page: str) -> None:
    response = get(f"{job_server.url}/{page}", Accept="text/html")
    assert response.headers["Content-Type"].startswith("text/html")
    assert "<h1>" in response.text
    job = job_server.start({"stringInput": WORD})
    job_server.finished(job)
    for each in (job, f"{job}/results"):
        assert get(each, Accept="text/html").headers["Content-Type"].startswith("text/html")


@proves("oas30")
def test_the_definition_of_the_interface_has_every_operation(job_server: JobSite) -> None:
    paths = get(f"{job_server.url}/openapi").json()["paths"]
    for path, method in (
        ("/processes", "get"),
        ("/processes/{processID}", "get"),
        ("/processes/echo/execution", "post"),
        ("/jobs", "get"),
        ("/jobs/{jobID}", "get"),
        ("/jobs/{jobID}", "delete"),
        ("/jobs/{jobID}/results", "get"),
        ("/jobs/{jobID}/results/{outputID}", "get"),
    ):
        assert method in paths[path]


def test_every_class_that_is_declared_has_a_test_that_proves_it() -> None:
    proved = {
        name
        for path in Path(__file__).parent.glob("test_processes_*.py")
        for words in re.findall(r"^@proves\((.+)\)$", path.read_text(), re.MULTILINE)
        for name in re.findall(r'"([\w-]+)"', words)
    }
    declared = {one.removeprefix(CONFORMANCE) for one in DECLARED if one.startswith(CONFORMANCE)}
    assert declared == proved
