"""Attacks on whoever is signed in: pages of other sites, and tokens that are none."""

from collections.abc import Iterator

import pytest
import requests

from tests.service.browsing import FORM, Browser, idle_site, owned
from tests.service.job_sites import JobSite

WORD = {"inputs": {"stringInput": "word"}}
STRANGERS = [
    {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site"},
    {"Origin": "https://127.0.0.1"},
    {"Origin": ""},
    {},
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobSite]:
    with idle_site(tmp_path_factory.mktemp("signing")) as served:
        yield served


@pytest.fixture
def browser(site: JobSite) -> Browser:
    return Browser(site)


# Tokens that are none.


@pytest.mark.parametrize(
    "body",
    [
        b"token=casa_unknown",
        b"token=",
        b"",
        b"token=a&token=b",
        b"other=casa_x",
        b"token=" + b"x" * 20_000,
        b"token=" + "ü".encode(),
        b"token=%FF%00%0d%0aSet-Cookie:%20a=b",
        b"token=<script>alert(1)</script>",
        b"&" * 5000,
        b"token=not.a.jwt",
        b"\xff\xfe",
    ],
)
def test_what_is_no_token_signs_nobody_in_and_is_never_repeated(
    browser: Browser, body: bytes
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = browser.ask("POST", "/sign-in", data=body, headers=form)
    assert answer.status_code == 401, answer.text
    assert "Set-Cookie" not in answer.headers
    for part in ("casa_unknown", "casa_x", "xxxx", "alert(1)", "not.a.jwt"):
        assert part not in answer.text
    program = browser.ask("POST", "/sign-in", data=body, headers={**form, "Accept": "*/*"})
    assert program.status_code == 401
    assert "alert" not in program.text


def test_a_token_in_an_address_is_refused_without_being_repeated(
    site: JobSite, browser: Browser
) -> None:
    text = site.token("linker")["Authorization"].removeprefix("Bearer ")
    for path in ("/sign-in", "/jobs", "/processes/echo"):
        answer = browser.ask("GET", f"{path}?token={text}")
        assert answer.status_code == 400
        assert text not in answer.text
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("media", ["application/json", "text/plain", "multipart/form-data", ""])
def test_a_token_comes_in_a_form_alone(site: JobSite, browser: Browser, media: str) -> None:
    text = site.token("poster")["Authorization"].removeprefix("Bearer ")
    answer = browser.ask("POST", "/sign-in", data=f"token={text}", headers={"Content-Type": media})
    assert answer.status_code == 415
    assert text not in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_other_methods_do_nothing(browser: Browser, method: str, path: str) -> None:
    assert browser.ask(method, path).status_code == 405
    assert browser.ask("GET", "/sign-out").status_code == 405


# Pages of others.


@pytest.mark.parametrize("headers", STRANGERS, ids=repr)
def test_no_page_of_another_site_signs_anybody_in_or_out(
    site: JobSite, browser: Browser, headers: dict[str, str]
) -> None:
    """Whoever is signed in as somebody else unawares shows them all that they do."""
    browser.sign_in("stayer")
    kept = dict(browser.session.cookies)
    attacker = site.token("attacker")["Authorization"].removeprefix("Bearer ")
    foreign = {"Origin": None, "Sec-Fetch-Site": None, **headers}
    for path, data in (("/sign-in", {"token": attacker}), ("/sign-out", {})):
        answer = browser.ask("POST", path, data=data, headers=foreign)
        assert answer.status_code == 403, answer.text
        assert "Set-Cookie" not in answer.headers
    assert dict(browser.session.cookies) == kept


@pytest.mark.parametrize("headers", STRANGERS, ids=repr)
@pytest.mark.parametrize("kind", ["form", "json", "bare", "delete"])
def test_no_page_of_another_site_does_anything_in_the_name_of_who_is_signed_in(
    site: JobSite, browser: Browser, headers: dict[str, str], kind: str
) -> None:
    """A body without a type needs no permission of the server (fetch in the mode no-cors)."""
    browser.sign_in("victim")
    job = site.start({"stringInput": kind}, **site.token("victim")).removeprefix(site.url)
    before = owned(site, "victim"), owned(site, "")
    foreign = {"Origin": None, "Sec-Fetch-Site": None, **headers}
    path = "/processes/echo/execution"
    if kind == "form":
        answer = browser.ask("POST", path, data=FORM, headers=foreign)
    elif kind == "json":
        answer = browser.ask("POST", path, json=WORD, headers=foreign)
    elif kind == "bare":
        body = b'{"inputs": {"stringInput": "x"}}'
        answer = browser.ask("POST", path, data=body, headers={**foreign, "Content-Type": None})
    else:
        answer = browser.ask("DELETE", job, headers=foreign)
    assert answer.status_code in (400, 403), answer.text
    assert (owned(site, "victim"), owned(site, "")) == before
    assert browser.ask("GET", job, headers={"Accept": "*/*"}).json()["status"] == "accepted"


@pytest.mark.parametrize("headers", [one for one in STRANGERS if one], ids=repr)
def test_what_a_page_of_another_site_reads_is_what_everybody_may_read(
    site: JobSite, browser: Browser, headers: dict[str, str]
) -> None:
    browser.sign_in("reading")
    job = site.start({"stringInput": "x"}, **site.token("reading")).removeprefix(site.url)
    foreign = {"Sec-Fetch-Site": None, "Accept": "*/*", **headers}
    assert browser.ask("GET", "/jobs", headers=foreign).json()["jobs"] == []
    assert browser.ask("GET", job, headers=foreign).status_code == 404
    for path in ("/jobs", "/sign-in"):
        told = browser.ask("GET", path, headers=foreign).headers
        assert told["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in told


@pytest.mark.parametrize("headers", [one for one in STRANGERS if one], ids=repr)
def test_no_page_of_another_site_runs_anything_without_asking_first(
    site: JobSite, headers: dict[str, str]
) -> None:
    """A body without a type is sent without a preflight; whoever visits a page would pay for it."""
    url = f"{site.url}/processes/echo/execution"
    body, before = b'{"inputs": {"stringInput": "x"}}', owned(site, "")
    answer = requests.post(url, body, headers=headers, timeout=60)
    assert answer.status_code == 400, answer.text
    assert owned(site, "") == before
    alone = requests.post(url, body, headers={"Prefer": "respond-async"}, timeout=60)
    assert alone.status_code == 201


def test_programs_without_cookies_need_say_nothing_of_their_pages(site: JobSite) -> None:
    mine = site.token("program")
    assert site.run(WORD, Prefer="respond-async", **mine).status_code == 201
    named = {**mine, "Origin": "https://app.example", "Sec-Fetch-Site": "cross-site"}
    assert site.run(WORD, Prefer="respond-async", **named).status_code == 201
