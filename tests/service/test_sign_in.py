"""A token in a browser: kept where no script reads it, and used by pages of this server alone."""

from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from casa_ogc.catalog.settings import load_settings
from casa_ogc.jobs.tokens import tokens
from casa_ogc.web import cookies
from casa_ogc.web.app import create_app
from tests.service.browsing import FORM, HTML, Browser, idle_site, owned
from tests.service.job_sites import JobSite
from tests.service.sites import site_file


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobSite]:
    with idle_site(tmp_path_factory.mktemp("signing")) as served:
        yield served


@pytest.fixture
def browser(site: JobSite) -> Browser:
    return Browser(site)


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
    shown = browser.ask("GET", job)
    assert shown.status_code == 200
    assert "The job of ada" in shown.text
    path = job.partition("?")[0]
    assert "owner" not in browser.ask("GET", path, headers={"Accept": "*/*"}).json()
    assert Browser(site).ask("GET", job).status_code == 404
    assert "that of ada" in browser.ask("GET", "/processes/echo").text
    assert browser.ask("DELETE", path).json()["status"] == "dismissed"
    gone = browser.ask("POST", "/sign-out")
    assert gone.status_code == 303
    assert not browser.session.cookies
    assert browser.ask("GET", job).status_code == 404
    assert 'name="token"' in browser.ask("GET", "/jobs?f=html").text


@pytest.mark.parametrize(
    ("process", "path"),
    [
        ("echo", "/processes/echo"),
        ("long", "/jobs"),
        ("//evil.example", "/jobs"),
        ("echo\r\nX: y", "/jobs"),
        ("../admin", "/jobs"),
    ],
)
def test_signing_in_goes_on_with_a_process_of_this_site_and_nowhere_else(
    site: JobSite, browser: Browser, process: str, path: str
) -> None:
    page = browser.ask("GET", "/sign-in", params={"process": process}).text
    assert (f'value="{process}"' in page) == (path != "/jobs")
    text = site.token("traveller")["Authorization"].removeprefix("Bearer ")
    answer = browser.ask("POST", "/sign-in", data={"token": text, "process": process})
    assert answer.headers["Location"] == f"{site.url}{path}?f=html"
    wrong = browser.ask("POST", "/sign-in", data={"token": "x", "process": process})
    assert (f'value="{process}"' in wrong.text) == (path != "/jobs")


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
