"""The form of a process: what it offers, what it says of wrong values, and that nothing is lost."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from casa_ogc.catalog.entries import Catalog
from casa_ogc.jobs.queries import JobQuery
from casa_ogc.jobs.store import open_store
from casa_ogc.web import processes_page
from casa_ogc.web.app import create_app
from casa_ogc.web.processes_form import parsed
from casa_ogc.web.processes_page import collections_of
from casa_processes.common.registry import process
from tests.jobs.publishing import site, stocked

HTML = {"Accept": "text/html"}
SMOOTHED = "/processes/smoothed-column"
FORM = {
    "inputs.profile": "430, 400",
    "inputs.collection": "columns",
    "inputs.limit": "5",
    "title": 'Mine & "yours"',
    "response": "collection",
}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder: Path = tmp_path_factory.mktemp("form")
    return site(folder, stocked(folder / "stocked"), quota={"open_jobs": 1})


@pytest.fixture(scope="module")
def client(catalog: Catalog) -> FlaskClient:
    return create_app(catalog.root.parent / "config").test_client()


def queued(catalog: Catalog) -> int:
    return len(open_store(catalog.settings.jobs).find(JobQuery()).jobs)


def part(text: str, name: str) -> str:
    """Return the field of a name, from its label to its description."""
    (found,) = re.findall(rf'<label for="in-{name}">.*?</small>', text, re.DOTALL)
    return str(found)


def held(text: str) -> dict[str, str]:
    """Return what stands in the fields of a page."""
    found = dict(re.findall(r'<input [^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', text))
    found |= dict(re.findall(r'<textarea [^>]*?name="([^"]+)"[^>]*>([^<]*)<', text))
    for name, inner in re.findall(r'<select [^>]*?name="([^"]+)"[^>]*>(.*?)</select>', text, re.S):
        found[name] = "".join(re.findall(r'<option value="([^"]*)" selected', inner))
    return {name: unescape(value) for name, value in found.items() if value}


def options(text: str, name: str) -> list[str]:
    (inner,) = re.findall(rf'<select [^>]*name="{name}"[^>]*>(.*?)</select>', text, re.DOTALL)
    return re.findall(r'<option value="([^"]*)"', inner)


def test_a_form_offers_the_collections_that_exist_of_the_kind_that_is_needed(
    client: FlaskClient,
) -> None:
    text = client.get(SMOOTHED, headers=HTML).text
    assert options(text, "inputs.collection") == ["", "columns", "months"]
    assert "columns – " in text, "with their titles"
    text = client.get("/processes/extract", headers=HTML).text
    assert options(text, "inputs.collection") == ["columns", "maps", "months"]


def test_a_site_of_many_collections_offers_some(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes_page, "MOST_CHOICES", 2)
    found = collections_of(process("extract"), catalog)
    assert [name for name, _ in found["collection"]] == ["columns", "maps"]
    assert collections_of(process("echo"), catalog) == {}


def test_a_form_says_that_a_collection_is_public(client: FlaskClient) -> None:
    text = client.get(SMOOTHED, headers=HTML).text
    assert "collection – publish them: everybody sees them" in text
    assert "makes the results public" in text
    assert "everybody sees it" in part(text, "title")
    echo = client.get("/processes/echo", headers=HTML).text
    assert options(echo, "response") == ["document", "raw"]
    assert "public" not in echo


def test_a_refused_form_is_answered_as_it_was_sent_with_the_reason_at_its_field(
    catalog: Catalog, client: FlaskClient
) -> None:
    before = queued(catalog)
    answer = client.post(f"{SMOOTHED}/execution", data=FORM, headers=HTML)
    assert answer.status_code == 400
    assert held(answer.text) == FORM
    assert "2 levels; the retrievals have" in part(answer.text, "profile")
    assert 'aria-invalid="true"' in part(answer.text, "profile")
    assert answer.text.count('class="problem">') == 1
    assert 'aria-invalid="true"' not in part(answer.text, "collection")
    assert queued(catalog) == before, "nothing is queued"


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("profile", "high", "should be &#39;prior&#39;"),
        ("profile", "[430, null, 1]", "1: Input should be a valid number"),
        ("profile", "430, 420, 0, 1", "levels"),
        ("collection", "maps", "holds no soundings"),
        ("collection", "nowhere", "no collection &#39;nowhere&#39;"),
        ("bbox", "1, 2", "at least 4 items, not 2"),
        ("datetime", "yesterday", "datetime"),
        ("limit", "0", "greater than or equal to 1"),
        ("observations", "[1]", "expected an object"),
    ],
)
def test_reasons_are_in_words_without_names_of_python(
    client: FlaskClient, field: str, text: str, words: str
) -> None:
    form = {**FORM, "inputs.profile": "prior", f"inputs.{field}": text}
    answer = client.post(f"{SMOOTHED}/execution", data=form, headers=HTML)
    assert answer.status_code == 400
    assert words in part(answer.text, field)
    assert held(answer.text) == form
    for leak in ("_depth", "dict", "Input tag", "NoneType", "union", "instance of", "tuple"):
        assert leak not in answer.text


def test_a_reason_that_no_field_has_stands_above_the_form(client: FlaskClient) -> None:
    form = {"inputs.profile": "prior", "title": "t"}
    answer = client.post(f"{SMOOTHED}/execution", data=form, headers=HTML)
    assert answer.status_code == 400
    above = answer.text.partition("<form")[0]
    assert "expected either collection or observations" in above
    missing = client.post(f"{SMOOTHED}/execution", data={"title": "t"}, headers=HTML)
    assert "profile: Field required" in missing.text.partition("<form")[0]
    title = client.post(f"{SMOOTHED}/execution", data={**form, "title": "a\x01"}, headers=HTML)
    assert "printable text" in part(title.text, "title")


def test_a_job_is_run_again_from_its_form_and_a_quota_keeps_it(
    client: FlaskClient, catalog: Catalog
) -> None:
    form = {**FORM, "inputs.profile": "prior"}
    first = client.post(f"{SMOOTHED}/execution", data=form, headers=HTML)
    assert first.status_code == 303, first.text
    job = first.headers["Location"].rpartition("/")[2].partition("?")[0]
    page = client.get(f"{SMOOTHED}?job={job}", headers=HTML)
    assert held(page.text) == form, "the form of a job can be sent again"
    assert held(client.get(f"/processes/echo?job={job}", headers=HTML).text) != form
    assert client.get(f"{SMOOTHED}?job={'0' * 32}", headers=HTML).status_code == 404
    again = {**form, "title": "again"}
    answer = client.post(f"{SMOOTHED}/execution", data=again, headers=HTML)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.content_type.startswith("text/html")
    assert held(answer.text) == again


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("profile", [400.0, None]),
        ("profile", "prior"),
        ("profile", "[1]"),
        ("collection", "columns"),
        ("collection", {"value": "columns"}),
        ("limit", 5),
        ("good_only", True),
        ("datetime", "2023-07"),
        ("datetime", "1"),
    ],
)
def test_what_a_form_is_given_again_means_the_same(key: str, value: object) -> None:
    schema = process("smoothed-column").description()["inputs"][key]["schema"]
    text = processes_page._text(schema, value)
    assert "'" not in text
    if not isinstance(value, dict):
        assert parsed(schema, text) == value


def test_a_program_that_posts_a_form_is_told_in_json(client: FlaskClient) -> None:
    answer = client.post(f"{SMOOTHED}/execution", data=FORM)
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["pointer"] == "/inputs/profile"


def test_a_form_of_no_process_is_that_of_none(client: FlaskClient) -> None:
    answer = client.post("/processes/nothing/execution", data=FORM, headers=HTML)
    assert answer.status_code == 404
