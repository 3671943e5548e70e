"""Tokens of our own: told once, kept hashed, scoped, revoked, rotated."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from casa_ogc.catalog.settings import Jobs
from casa_ogc.jobs.database import Database
from casa_ogc.jobs.store import open_store
from casa_ogc.jobs.tables import TOKENS
from casa_ogc.jobs.tokens import Principal, Tokens, check
from casa_processes.common.errors import InvalidValueError, UnknownNameError

DAY = 86_400.0


@pytest.fixture
def database(url, clock):
    opened = Database(url, clock)
    yield opened
    opened.close()


@pytest.fixture
def tokens(database):
    return Tokens(database)


def test_a_token_tells_whose_it_is_and_what_it_may(tokens):
    text = tokens.issue("ann@example.com", ["execute", "read"])
    assert tokens.check(text) == Principal("ann@example.com", ("read", "execute"))
    assert re.fullmatch(r"casa_[\w-]{43}", text)


def test_no_two_tokens_are_equal(tokens):
    assert len({tokens.issue("ann", ["read"]) for _ in range(20)}) == 20


def test_the_text_of_a_token_is_nowhere_in_the_database(tokens, database):
    text = tokens.issue("ann", ["read"])
    with database.read() as connection:
        (row,) = connection.execute(select(TOKENS)).all()
    assert text not in str(row)
    assert text.removeprefix("casa_") not in str(row)
    assert len(row.hash) == 64
    assert tokens.check(row.hash) is None
    assert tokens.check(row.id) is None


@pytest.mark.parametrize(
    "change", [str.upper, str.lower, lambda text: text[:-1], lambda text: f"{text} "]
)
def test_what_is_nearly_a_token_is_none(tokens, change):
    text = tokens.issue("ann", ["read"])
    assert change(text) == text or tokens.check(change(text)) is None


@given(st.text(st.characters(), max_size=80))
def test_no_other_text_is_a_token(tmp_path_factory, text):
    settings = _settings(tmp_path_factory)
    assert check(text, settings) is None


_MADE = {}


def _settings(tmp_path_factory):
    """Settings of a site without tokens, the same each time."""
    if not _MADE:
        _MADE["folder"] = tmp_path_factory.mktemp("tokens")
    return type("Settings", (), {"jobs": Jobs(folder=_MADE["folder"])})


def test_a_token_of_the_site_is_checked_by_its_settings(tmp_path_factory):
    settings = _settings(tmp_path_factory)
    text = Tokens(open_store(settings.jobs).database).issue("ann", ["admin"])
    assert check(text, settings) == Principal("ann", ("admin",))
    open_store(settings.jobs).close()
    _MADE.clear()


def test_a_token_ends_when_its_time_is_over(tokens, clock):
    text = tokens.issue("ann", ["read"], days=2.0)
    clock.turn(2 * DAY - 0.001)
    assert tokens.check(text)
    clock.turn(0.001)
    assert tokens.check(text) is None


def test_a_token_may_be_for_ever(tokens, clock):
    text = tokens.issue("ann", ["read"], days=None)
    clock.turn(1000 * 365 * DAY)
    assert tokens.check(text)


def test_a_revoked_token_is_accepted_no_more_and_others_are(tokens):
    first, second = tokens.issue("ann", ["read"]), tokens.issue("ann", ["read"])
    tokens.revoke(tokens.all()[0].id)
    assert sum(tokens.check(text) is None for text in (first, second)) == 1
    with pytest.raises(InvalidValueError, match="one that is valid; revoked"):
        tokens.revoke(tokens.all()[0].id)
    with pytest.raises(UnknownNameError):
        tokens.revoke("nobody")


def test_rotation_gives_the_same_principal_and_ends_the_old_token(tokens):
    old = tokens.issue("ann", ["read", "execute"])
    new = tokens.rotate(tokens.all()[0].id)
    assert new != old
    assert tokens.check(old) is None
    assert tokens.check(new) == Principal("ann", ("read", "execute"))


def test_the_old_token_may_be_good_for_a_while_and_can_be_revoked_before(tokens, clock):
    old = tokens.issue("ann", ["read"])
    token_id = tokens.all()[0].id
    tokens.rotate(token_id, overlap_seconds=100.0)
    clock.turn(99)
    assert tokens.check(old)
    clock.turn(1)
    assert tokens.check(old) is None
    clock.turn(-50)
    tokens.revoke(token_id)
    assert tokens.check(old) is None


def test_a_rotation_that_is_refused_leaves_the_old_token(tokens):
    old = tokens.issue("ann", ["read"])
    with pytest.raises(InvalidValueError, match="days"):
        tokens.rotate(tokens.all()[0].id, days=-1.0)
    assert tokens.check(old)
    assert len(tokens.all()) == 1


def test_an_unknown_token_is_named_with_those_that_are_valid(tokens):
    tokens.issue("ann", ["read"])
    with pytest.raises(UnknownNameError, match=tokens.all()[0].id):
        tokens.rotate("nothing")


def test_all_tokens_are_listed_oldest_first(tokens, clock):
    tokens.issue("ann", ["read"], days=1.0)
    clock.turn(1)
    tokens.issue("bob", ["admin"], days=None)
    first, second = tokens.all()
    assert (first.name, first.scopes, first.revoked) == ("ann", ("read",), None)
    assert first.expires == "2026-01-02T00:00:00.000Z"
    assert (second.name, second.expires) == ("bob", None)
    tokens.revoke(first.id)
    assert tokens.all()[0].revoked == "2026-01-01T00:00:01.000Z"


@pytest.mark.parametrize(
    "name",
    ["", " ann", "ann#x", "https://issuer/#ann", "address:1.2.3.4", "a" * 65, "a\n", "ä", "\0"],
)
def test_a_name_that_could_be_another_principal_is_refused(tokens, name):
    with pytest.raises(InvalidValueError, match="name"):
        tokens.issue(name, ["read"])


@pytest.mark.parametrize("scopes", [[], ["write"], ["read", "root"], ["READ"]])
def test_a_scope_that_there_is_not_is_refused(tokens, scopes):
    with pytest.raises(InvalidValueError, match="scopes"):
        tokens.issue("ann", scopes)


@pytest.mark.parametrize("days", [0.0, -1.0, float("nan")])
def test_a_time_that_is_none_is_refused(tokens, days):
    with pytest.raises(InvalidValueError, match="days"):
        tokens.issue("ann", ["read"], days)
