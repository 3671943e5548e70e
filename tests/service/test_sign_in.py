"""A token in a browser: kept where no script reads it, and used by pages of this server alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from casa_ogc.catalog.settings import load_settings
from casa_ogc.jobs.queries import JobQuery
from casa_ogc.jobs.store import open_store
from casa_ogc.jobs.tokens import tokens
from casa_ogc.web import cookies
from casa_ogc.web.app import create_app
from tests.service.job_sites import JobSite
from tests.service.sites import free_port, serving, site_file

TIMEOUT = 60
HTML = {"Accept": "text/html"}
WORD = {"inputs": {"stringInput": "word"}}
FORM = {"inputs.stringInput": "word", "title": "mine"}
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
    """Server without a broker: jobs wait for ever."""
    folder = tmp_path_factory.mktemp("signing")
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


@pytest.fixture
def browser(site: JobSite) -> Browser:
    return Browser(site)


def owned(site: JobSite, name: str) -> int:
    """Count the jobs of a principal."""
    return len(open_store(site.settings.jobs).find(JobQuery(owner=name)).jobs)


def morsel(header: str) -> Morsel[str]:
    (found,) = SimpleCookie(header).values()
    return found


# What a browser keeps.


def test_a_token_becomes_a_cookie_that_no_script_and_no_other_site_can_use(
    site: JobSite, browser: Browser
) -> None:
    text = site.token("flags")["Authorization"].removeprefix("Bearer ")
    answer = browser.ask("POST", "/sign-in", data={"token": f" {text}\n"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{site.url}/jobs?f=html"
    kept = morsel(answer.headers["Set-Cookie"])
    assert kept.value == text
    assert kept["httponly"]
    assert kept["samesite"] == "Strict"
    assert kept["path"] == "/"
    assert kept["max-age"] == "43200"
    assert not kept["domain"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert text not in answer.text + answer.headers["Location"]


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[FlaskClient]:
    """Application of a site that is reached by https."""
    site_file(tmp_path, tmp_path / "a", url="https://casa.example", jobs={"folder": str(tmp_path)})
    yield create_app(tmp_path).test_client(use_cookies=False)


def token_of(folder: Path) -> str:
    return tokens(load_settings(folder)).issue("ada", ("read", "execute"))


def post_token(client: FlaskClient, text: str, origin: str) -> TestResponse:
    return client.post("/sign-in", data={"token": text}, headers={"Origin": origin})


def test_over_https_the_cookie_is_bound_to_this_host_alone(
    behind: FlaskClient, tmp_path: Path
) -> None:
    text = token_of(tmp_path)
    answer = post_token(behind, text, "https://casa.example")
    kept = morsel(answer.headers["Set-Cookie"])
    assert kept.key.startswith("__Host-")
    assert kept["secure"]
    assert kept["httponly"]
    assert kept["path"] == "/"
    header = {"Cookie": f"{kept.key}={text}"}
    assert behind.get("/sign-in", headers=header).get_json()["name"] == "ada"
    plain = {"Cookie": f"casa-token={text}"}
    assert behind.get("/sign-in", headers=plain).get_json()["name"] is None


def test_below_a_path_the_cookie_goes_there_alone(tmp_path: Path) -> None:
    site_file(tmp_path, tmp_path, url="https://x.example/casa", jobs={"folder": str(tmp_path)})
    client = create_app(tmp_path).test_client(use_cookies=False)
    answer = post_token(client, token_of(tmp_path), "https://x.example")
    kept = morsel(answer.headers["Set-Cookie"])
    assert (kept.key, kept["path"]) == ("__Secure-casa-token", "/casa")


@pytest.mark.parametrize(
    ("url", "host", "jobs"),
    [
        ("http://casa.example", "http://casa.example", {}),
        ("http://127.0.0.1:5000", "http://casa.example", {}),
        ("https://casa.example", "https://casa.example", {"sign_in": False}),
    ],
    ids=["plain", "plain from elsewhere", "switched off"],
)
def test_no_token_is_taken_where_somebody_can_listen_or_the_site_does_not_want_it(
    tmp_path: Path, url: str, host: str, jobs: dict[str, bool]
) -> None:
    site_file(tmp_path, tmp_path, url=url, jobs={"folder": str(tmp_path), **jobs})
    client = create_app(tmp_path).test_client(use_cookies=False)
    text = token_of(tmp_path)
    headers = {"Origin": host, **HTML}
    answer = client.post("/sign-in", data={"token": text}, headers=headers, base_url=host)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    assert text not in answer.text
    for name in ("casa-token", "__Host-casa-token"):
        shown = {"Cookie": f"{name}={text}"}
        assert client.get("/sign-in", headers=shown, base_url=host).get_json()["name"] is None
    page = client.get("/jobs", headers=HTML, base_url=host)
    assert 'name="token"' not in page.text


# What is done with it.


def test_who_is_signed_in_has_jobs_of_their_own_and_leaves_when_signing_out(
    site: JobSite, browser: Browser
) -> None:
    browser.sign_in("ada")
    answer = browser.ask("POST", "/processes/echo/execution", data=FORM)
    assert answer.status_code == 303
    job = answer.headers["Location"].removeprefix(site.url)
    page = browser.ask("GET", "/jobs?f=html")
    assert "ada" in page.text
    assert ">mine</a>" in page.text
    assert browser.ask("GET", job).status_code == 200
    assert Browser(site).ask("GET", job).status_code == 404
    assert "that of ada" in browser.ask("GET", "/processes/echo").text
    path = job.partition("?")[0]
    assert browser.ask("DELETE", path).json()["status"] == "dismissed"
    gone = browser.ask("POST", "/sign-out")
    assert gone.status_code == 303
    assert not browser.session.cookies
    assert browser.ask("GET", job).status_code == 404
    assert 'name="token"' in browser.ask("GET", "/jobs?f=html").text


def test_a_page_for_somebody_is_kept_by_nobody_else(site: JobSite, browser: Browser) -> None:
    browser.sign_in("private")
    for path in ("/jobs", "/sign-in", "/processes/echo"):
        headers = browser.ask("GET", path).headers
        assert "no-store" in headers["Cache-Control"]
        assert "Cookie" in headers["Vary"]


def test_scopes_hold_in_a_browser_too(site: JobSite, browser: Browser) -> None:
    browser.sign_in("reader", "read")
    answer = browser.ask("POST", "/processes/echo/execution", data=FORM)
    assert answer.status_code == 403
    assert "execute" in answer.text
    assert 'value="mine"' in answer.text, "what was written is still there"
    assert owned(site, "reader") == 0


def test_a_header_counts_before_a_cookie(site: JobSite, browser: Browser) -> None:
    browser.sign_in("first")
    other = site.token("second")
    said = browser.ask("GET", "/sign-in?f=json", headers=other).json()
    assert said["name"] == "second"
    wrong = browser.ask("GET", "/jobs?f=json", headers={"Authorization": "Bearer x"})
    assert wrong.status_code == 401


def test_a_revoked_token_is_refused_at_once_and_forgotten(site: JobSite, browser: Browser) -> None:
    text = browser.sign_in("leaver")
    book = tokens(site.settings)
    (mine,) = [one for one in book.all() if one.name == "leaver"]
    book.revoke(mine.id)
    refused = browser.ask("POST", "/processes/echo/execution", data=FORM)
    assert refused.status_code == 401
    assert text not in refused.text
    assert not browser.session.cookies, "else nobody could sign in again"
    assert owned(site, "leaver") == owned(site, "") == 0, "never taken for nobody"
    assert browser.ask("GET", "/jobs?f=html").status_code == 200


def test_a_list_of_jobs_forgets_a_token_that_is_revoked(site: JobSite, browser: Browser) -> None:
    browser.sign_in("gone")
    book = tokens(site.settings)
    (mine,) = [one for one in book.all() if one.name == "gone"]
    book.revoke(mine.id)
    refused = browser.ask("GET", "/jobs?f=html")
    assert refused.status_code == 401
    assert "/jobs?f=html" in refused.text, "where one can sign in again"
    assert not browser.session.cookies
    assert 'name="token"' in browser.ask("GET", "/jobs?f=html").text


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


def test_programs_without_cookies_need_say_nothing_of_their_pages(site: JobSite) -> None:
    mine = site.token("program")
    assert site.run(WORD, Prefer="respond-async", **mine).status_code == 201
    named = {**mine, "Origin": "https://app.example", "Sec-Fetch-Site": "cross-site"}
    assert site.run(WORD, Prefer="respond-async", **named).status_code == 201


# Scripts in what is shown.


def test_names_of_principals_and_reasons_are_text_on_pages(
    site: JobSite, browser: Browser, tmp_path: Path
) -> None:
    browser.sign_in("ada")
    script = "<script>alert(1)</script>"
    form = {"inputs.stringInput": script, "inputs.arrayInput": f"[{script}", "title": script}
    answer = browser.ask("POST", "/processes/echo/execution", data=form)
    assert answer.status_code == 400
    assert script not in answer.text
    assert answer.text.count("&lt;script&gt;") >= 3, "it is shown where it was written"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


def test_a_token_of_another_issuer_is_shown_by_its_name_as_text(tmp_path: Path) -> None:
    site_file(tmp_path, tmp_path, jobs={"folder": str(tmp_path)})
    app = create_app(tmp_path)
    template = app.jinja_env.get_template("_sign_in.html")
    who = {"name": "https://i.example#<b>\"'", "scopes": ["<i>"], "cookie": True}
    shown = str(template.module.sign_in(who, "http://x"))  # type: ignore[attr-defined]
    assert "<b>" not in shown
    assert "<i>" not in shown
    assert "&lt;b&gt;&#34;&#39;" in shown


def test_the_longest_token_fits_a_cookie() -> None:
    assert len("__Secure-casa-token=") + cookies.LONGEST < 4096
