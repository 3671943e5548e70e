"""A site whose operator lets no results become public collections."""

import pytest
import requests

from tests.service.sites import serving, site_file

PROCESS = "smoothed-column"
INPUTS = {"profile": "prior", "collection": "columns"}
OUTPUT = "http://www.opengis.net/spec/ogcapi-processes-3/0.0/conf/collection-output"


@pytest.fixture(scope="module", params=[True, False], ids=["publishing", "not publishing"])
def site(request, tmp_path_factory):
    """Whether results may be published, and the address of a site where that is so."""
    folder = tmp_path_factory.mktemp("site")
    jobs = {"folder": str(folder / "jobs"), "publish": request.param}
    site_file(folder / "config", folder / "archive", jobs=jobs)
    with serving(folder / "config") as url:
        yield request.param, url


def ask(url, path, **query):
    return requests.get(f"{url}{path}", params=query, timeout=60)


@pytest.mark.parametrize(
    ("content", "query"),
    [({"response": "collection"}, {}), ({}, {"response": "collection"})],
    ids=["member", "parameter"],
)
def test_a_collection_is_refused_for_the_reason_that_the_operator_gave(site, content, query):
    publishes, url = site
    address = f"{url}/processes/{PROCESS}/execution"
    body = {"inputs": INPUTS, **content}
    answer = requests.post(address, json=body, params=query, timeout=60)
    said = answer.json()["detail"]
    if publishes:
        assert (answer.status_code, "publish" in said) == (400, False)
        assert "'columns'" in said
    else:
        assert answer.status_code == 403
        assert "does not publish results (jobs.publish)" in said
        assert "ask for raw or document" in said


def test_other_results_are_run_as_ever(site):
    _, url = site
    answer = requests.post(
        f"{url}/processes/echo/execution",
        json={"inputs": {"stringInput": "a"}, "response": "document"},
        headers={"Prefer": "respond-async"},
        timeout=60,
    )
    assert answer.status_code == 201


def test_only_what_is_done_is_offered(site):
    publishes, url = site
    paths = ask(url, "/openapi", f="json").json()["paths"]
    body = paths[f"/processes/{PROCESS}/execution"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    kinds = {"raw", "document"} | ({"collection"} if publishes else set())
    assert set(schema["properties"]["response"]["enum"]) == kinds
    assert (OUTPUT in ask(url, "/conformance", f="json").json()["conformsTo"]) == publishes
    page = ask(url, f"/processes/{PROCESS}", f="html").text
    assert ('<option value="collection">' in page) == publishes
