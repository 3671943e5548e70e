"""Phrases say to the driver what their statements say."""

import pytest
from sqlalchemy import bindparam, select, text

from casa_ogc.jobs.database import Database
from casa_ogc.jobs.phrases import Phrase
from casa_ogc.jobs.tables import LEASES

INSERT = Phrase(
    text("INSERT INTO casa_leases (name, holder, until) VALUES (:name, :holder, :until)")
)
FIND = Phrase(
    select(LEASES.c.holder, LEASES.c.name)
    .where(LEASES.c.until == bindparam("until"), LEASES.c.holder != "nobody")
    .where(LEASES.c.name == bindparam("name"))
)


@pytest.fixture
def database(url):
    opened = Database(url)
    yield opened
    opened.close()


def test_values_find_their_places_whatever_their_order(database):
    with database.write() as connection:
        INSERT.run(connection, until="u", name="%s ? :x", holder="h")
        cursor = FIND.run(connection, name="%s ? :x", until="u")
        assert tuple(cursor.fetchone()) == ("h", "%s ? :x")
    assert tuple(database.first(FIND, until="u", name="%s ? :x")) == ("h", "%s ? :x")
    assert database.first(FIND, until="u", name="y") is None


def test_what_the_statement_holds_already_is_said_too(database):
    with database.write() as connection:
        INSERT.run(connection, until="u", name="n", holder="nobody")
    assert database.first(FIND, until="u", name="n") is None


def test_a_phrase_is_a_part_of_its_transaction(database):
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        INSERT.run(connection, until="u", name="n", holder="h")
        raise ZeroDivisionError
    assert database.first(FIND, until="u", name="n") is None


def test_a_value_that_is_missing_is_an_error(database):
    with pytest.raises(KeyError), database.write() as connection:
        INSERT.run(connection, until="u")
