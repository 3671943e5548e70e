"""Requests are repeated where that is safe, tokens stay with their server, refusals have words."""

import json

import pytest

from casa_ogc.client import (
    AnswerError,
    Client,
    ConnectionFailedError,
    DeniedError,
    ExpiredError,
    InvalidRequestError,
    NotFoundError,
    NotReadyError,
    ServerFaultError,
    TooManyError,
    UncertainError,
    UnreadableError,
)
from casa_ogc.client.transport import KEY
from tests.client.wire import Answer, answering

ACCEPTED = json.dumps({"jobID": "one", "status": "accepted"}).encode()
LANDING = {"links": [{"rel": "service-desc", "href": "/api"}]}


@pytest.fixture
def slept(monkeypatch):
    """Collect the pauses instead of waiting."""
    found = []
    monkeypatch.setattr("casa_ogc.client.transport.time.sleep", found.append)
    return found


class Script:
    """Server that gives the answers of a list to POSTs, or to GETs below /processes."""

    def __init__(self, *answers, api="{}"):
        self.answers, self.api, self.seen = list(answers), api, []

    def __call__(self, request):
        if request.path == "/":
            links = [{"rel": "service-desc", "href": f"http://{request.headers['Host']}/api"}]
            return Answer(body=json.dumps({"links": links}).encode())
        if request.path == "/api":
            return Answer(body=self.api.encode())
        self.seen.append(request)
        return self.answers.pop(0)


def submitted(script, **more):
    with answering(script) as url, Client(url, **more) as client:
        return client.submit("p", {"a": 1})


def asked(script, **more):
    with answering(script) as url, Client(url, **more) as client:
        return client.process("p")


def test_a_lost_answer_is_asked_for_again_with_the_same_key_where_keys_are_known(slept):
    script = Script(None, None, Answer(201, ACCEPTED), api=f'{{"name": "{KEY.lower()}"}}')
    assert submitted(script).id == "one"
    keys = {request.headers[KEY] for request in script.seen}
    assert (len(script.seen), len(keys)) == (3, 1)
    assert len({request.body for request in script.seen}) == 1
    assert 0.35 < slept[0] < 0.7 < slept[1] < 1.3


def test_two_submissions_have_two_keys_and_a_named_key_is_kept():
    script = Script(*[Answer(201, ACCEPTED)] * 3)
    with answering(script) as url, Client(url) as client:
        client.submit("p", {})
        client.submit("p", {})
        client.submit("p", {}, key="mine")
    keys = [request.headers[KEY] for request in script.seen]
    assert keys[2] == "mine"
    assert len(set(keys)) == 3


@pytest.mark.parametrize("lost", [None, Answer(502), Answer(504)])
def test_a_lost_answer_is_not_asked_for_again_where_keys_are_unknown(slept, lost):
    script = Script(lost, Answer(201, ACCEPTED))
    with pytest.raises(UncertainError if lost is None else ServerFaultError):
        submitted(script)
    assert len(script.seen) == 1


def test_a_server_that_says_later_is_asked_later_whether_it_knows_keys_or_not(slept):
    script = Script(Answer(503, headers={"Retry-After": "7"}), Answer(201, ACCEPTED))
    assert submitted(script).id == "one"
    assert 7 * 0.75 <= slept[0] <= 7 * 1.25


def test_a_used_up_quota_is_told_at_once_when_waiting_would_take_long(slept):
    body = json.dumps({"type": "TooManyJobs", "detail": "20 jobs are open"}).encode()
    with pytest.raises(TooManyError, match=r"20 jobs are open; ask again after 3600 s") as caught:
        submitted(Script(Answer(429, body, {"Retry-After": "3600"})))
    assert caught.value.retry_after == 3600.0
    assert not slept


def test_questions_are_given_up_after_the_last_attempt(slept):
    script = Script(*[Answer(503, b'{"detail": "store unavailable"}')] * 3)
    with pytest.raises(ServerFaultError, match="store unavailable"):
        asked(script, attempts=3)
    assert len(slept) == 2


def test_a_server_that_is_not_there_is_told(slept):
    with answering(Script()) as url:
        pass
    with Client(url, attempts=3) as client, pytest.raises(ConnectionFailedError, match=url):
        client.submit("p", {})
    assert len(slept) == 2


def test_an_address_that_is_none_is_told():
    with Client("nonsense") as client, pytest.raises(UnreadableError, match="an http address"):
        client.processes()


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        (400, {"type": "x/InvalidParameterValue", "detail": "why"}, InvalidRequestError),
        (401, {"detail": "why"}, DeniedError),
        (403, {"detail": "why"}, DeniedError),
        (404, {"code": "NoSuchProcess", "description": "why"}, NotFoundError),
        (404, {"type": "http://x/ogcapi-processes-1/1.0/result-not-ready"}, NotReadyError),
        (404, {"type": "ResultNotReady"}, NotReadyError),
        (410, {"title": "why"}, ExpiredError),
        (413, {"detail": "why"}, InvalidRequestError),
        (418, {"detail": "why"}, AnswerError),
        (500, {"detail": "why"}, ServerFaultError),
    ],
)
def test_a_refusal_has_its_class_and_the_words_of_the_server(status, body, found):
    with pytest.raises(found) as caught:
        asked(Script(Answer(status, json.dumps(body).encode())))
    assert type(caught.value) is found
    assert caught.value.status == status
    assert ("why" in str(caught.value)) == ("why" in body.values())


@pytest.mark.parametrize("body", [b"", b"<h1>no</h1>", b"[]", b'{"errors": 1}', b"\xff"])
def test_a_refusal_without_words_names_the_status(body):
    with pytest.raises(InvalidRequestError, match="answered 400: Bad Request"):
        asked(Script(Answer(400, body)))


def test_each_wrong_place_is_told():
    errors = [{"pointer": "/inputs/a", "detail": "too small"}, {"pointer": "/x", "detail": "extra"}]
    body = json.dumps({"detail": "two problems", "errors": errors}).encode()
    with pytest.raises(InvalidRequestError, match="/inputs/a: too small; /x: extra") as caught:
        submitted(Script(Answer(400, body)))
    assert caught.value.problems == (("/inputs/a", "too small"), ("/x", "extra"))


@pytest.mark.parametrize("body", [b"[]", b"1", b"nonsense", b""])
def test_an_answer_that_is_no_document_is_told(body):
    with pytest.raises(UnreadableError, match="a JSON object"):
        asked(Script(Answer(body=body)))


def test_a_token_is_shown_to_its_server_and_to_no_other():
    other = Script(Answer(body=b"data"))
    own = Script(Answer(201, ACCEPTED))
    with answering(other) as elsewhere, answering(own) as url:
        link = {"href": f"{elsewhere}/file", "type": "image/png"}
        own.answers.append(Answer(body=json.dumps({"picture": link}).encode()))
        with Client(url, token="secret") as client:
            picture = client.submit("p", {}).results()["picture"]
            assert picture.bytes() == b"data"
    assert {one.headers["Authorization"] for one in own.seen} == {"Bearer secret"}
    assert "Authorization" not in other.seen[0].headers


def test_a_redirect_to_another_server_does_not_carry_the_token():
    other = Script(Answer(body=b'{"id": "p"}'))
    with answering(other) as elsewhere:
        own = Script(Answer(307, headers={"Location": f"{elsewhere}/processes/p"}))
        assert asked(own, token="secret").id == "p"
    assert "Authorization" not in other.seen[0].headers
