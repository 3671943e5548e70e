"""Who asks with a browser reads on a page what a program reads in a problem document."""

import html
import re
from html.parser import HTMLParser

import pytest
import requests

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
GRID = "collections/cube-up-180-tyx-float"
WRONG = (
    ("nowhere", 404),
    ("collections/nothing", 404),
    (f"{GRID}/items/2022-13-45", 404),
    (f"{GRID}/nowhere", 404),
    (f"{GRID}/map/tiles/WebMercatorQuad/99/0/0", 404),
    ("collections?colour=red", 400),
    (f"{GRID}/position?coords=POINT(0 95)", 400),
    (f"{GRID}/position?coords=POINT(0 0)&parameter-name=%3Cscript%3Ealert(1)%3C/script%3E", 400),
    ("collections/%3Cimg src=x onerror=alert(1)%3E", 404),
    ("%3Cscript%3Ealert(1)%3C/script%3E", 404),
)


class Page(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def asked(server: str, path: str, accept: str, **more: object) -> requests.Response:
    headers = {"Accept": accept, **more.pop("headers", {})}  # type: ignore[dict-item]
    method = str(more.pop("method", "GET"))
    return requests.request(method, f"{server}/{path}", headers=headers, timeout=20, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("path", "status"), WRONG)
def test_a_page_tells_the_facts_of_the_problem_document(
    matrix_server: str, path: str, status: int
) -> None:
    document = asked(matrix_server, path, "application/json")
    answer = asked(matrix_server, path, BROWSER)
    assert (document.status_code, answer.status_code) == (status, status)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["Vary"]
    assert "Accept" in document.headers["Vary"]
    page = Page(answer.text)
    problem = document.json()
    for fact in ("detail", "title", "code"):
        assert problem[fact] in page.text
    assert str(status) in page.text
    assert re.search("[\u4e00-\u9fff]{4}", page.text.partition("Status")[0])


@pytest.mark.parametrize(("path", "status"), WRONG)
def test_nothing_of_a_request_becomes_an_element(
    matrix_server: str, path: str, status: int
) -> None:
    text = asked(matrix_server, path, BROWSER).text
    page = Page(text)
    assert not {"img", "iframe", "style"} & set(page.tags)
    sources = re.findall(r'<script src="([^"]+)" defer></script>', text)
    assert page.tags.count("script") == len(sources)
    assert {source.rpartition("/static/")[2] for source in sources} <= {"copy.js"}
    assert all(link.startswith(("http://127.0.0.1", "/")) for link in page.links)
    for mark in re.findall("<[^>]*(?:alert|onerror)[^>]*>", text):
        pytest.fail(mark)


def test_what_would_be_markup_is_shown_as_it_was_asked(matrix_server: str) -> None:
    text = asked(matrix_server, "%3Cscript%3Ealert(1)%3C/script%3E", BROWSER).text
    assert html.escape("/<script>alert(1)</script>", quote=False) in text


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/problem+json", "application/problem+json"),
        ("application/problem+json, text/html;q=0.5", "application/problem+json"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("image/avif,image/webp,*/*;q=0.8", "application/json"),
        ("text/html", "text/html; charset=utf-8"),
        (BROWSER, "text/html; charset=utf-8"),
    ],
)
def test_the_accept_header_chooses(matrix_server: str, accept: str, media: str) -> None:
    answer = asked(matrix_server, "nowhere", accept)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, media)


def test_f_goes_before_the_accept_header(matrix_server: str) -> None:
    as_json = asked(matrix_server, "collections/nothing?f=json", BROWSER)
    assert as_json.headers["Content-Type"] == "application/json"
    as_page = asked(matrix_server, "collections/nothing?f=html", "*/*")
    assert as_page.headers["Content-Type"].startswith("text/html")


def test_data_that_is_asked_for_as_a_page_is_refused_with_one(matrix_server: str) -> None:
    path = f"{GRID}/position?coords=POINT(0 0)"
    answer = asked(matrix_server, path, "text/html")
    assert answer.status_code == 406
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "application/prs.coverage+json" in Page(answer.text).text


def test_a_method_that_is_not_there_keeps_its_header_on_a_page(matrix_server: str) -> None:
    answer = asked(matrix_server, "collections", BROWSER, method="PUT")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "no PUT here" in Page(answer.text).text


def test_a_page_of_too_large_a_request_tells_its_numbers(matrix_server: str) -> None:
    answer = asked(
        matrix_server,
        f"{GRID}/position",
        BROWSER,
        method="POST",
        data=b" " * 17_000_000,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413
    assert "at most 16,777,216 bytes" in Page(answer.text).text


def test_an_unknown_path_says_where_to_start(matrix_server: str) -> None:
    problem = asked(matrix_server, "nowhere", "application/json").json()
    assert problem["detail"].startswith("no page '/nowhere'; there are: /")
    assert problem["code"] == "NotFound"


def test_a_step_that_is_not_there_is_told_with_where_to_find_them(matrix_server: str) -> None:
    detail = asked(matrix_server, f"{GRID}/items/nothing", "application/json").json()["detail"]
    assert f"/{GRID}/items lists, 2022-01-01T00:00:00Z to 2022-01-06T12:00:00Z" in detail
