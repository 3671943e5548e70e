"""Tokens from the command line: what it prints proves who asks, until it is revoked."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from casa_ogc.jobs.database import Database
from casa_ogc.jobs.tokens import Tokens


@pytest.fixture
def tokens(casa):
    """Tokens of the database that the command line finds."""
    casa.folder.mkdir()
    database = Database(f"sqlite:///{casa.folder / 'jobs.sqlite'}")
    yield Tokens(database)
    database.close()


def created(casa, *arguments):
    """Create a token; returns its text, the only thing on standard output."""
    done = casa("token", "create", *arguments)
    assert done.exit_code == 0, done.output
    (line,) = done.stdout.splitlines()
    return line


def listed(casa):
    return json.loads(casa("token", "list", "--json").stdout)


def test_a_created_token_proves_who_asks_and_what_for(casa, tokens):
    text = created(casa, "ada", "--scope", "read")
    found = tokens.check(text)
    assert (found.name, found.scopes) == ("ada", ("read",))


def test_a_token_may_read_and_execute_for_a_year_unless_told_otherwise(casa, tokens):
    found = tokens.check(created(casa, "ada"))
    assert found.scopes == ("read", "execute")
    (row,) = listed(casa)
    left = datetime.fromisoformat(row["expires"]) - datetime.now(UTC)
    assert timedelta(days=364) < left < timedelta(days=366)


def test_a_token_may_never_expire(casa, tokens):
    created(casa, "ada", "--days", 0)
    assert listed(casa)[0]["expires"] is None
    assert "never" in casa("token", "list").output


def test_the_text_of_a_token_is_in_no_list_and_in_no_file(casa, tokens):
    text = created(casa, "ada")
    assert text not in casa("token", "list").output
    assert text not in json.dumps(listed(casa))
    assert not any(text.encode() in path.read_bytes() for path in casa.folder.iterdir())


def test_a_revoked_token_proves_nothing(casa, tokens):
    text = created(casa, "ada")
    other = created(casa, "ada")
    first, _ = listed(casa)
    assert casa("token", "revoke", first["id"]).output == f"{first['id']} is revoked\n"
    assert sum(tokens.check(one) is None for one in (text, other)) == 1
    table = casa("token", "list").output.splitlines()
    assert [line.split()[-1] for line in table] == ["state", "revoked", "valid"]


def test_an_expired_token_is_said_to_be_expired(casa, tokens):
    created(casa, "ada", "--days", 1e-9)
    assert casa("token", "list").output.split()[-1] == "expired"


@pytest.mark.parametrize(("overlap", "old"), [([], None), (["--overlap", "1"], "ada")])
def test_a_rotated_token_is_replaced_by_another_of_the_same_principal(casa, tokens, overlap, old):
    text = created(casa, "ada", "--scope", "admin")
    done = casa("token", "rotate", listed(casa)[0]["id"], *overlap)
    fresh = tokens.check(done.stdout.strip())
    assert (fresh.name, fresh.scopes) == ("ada", ("admin",))
    found = tokens.check(text)
    assert (found.name if found else None) == old


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["create", "a b"], 1, "at most 64 letters"),
        (["create", "ada", "--days", "-1"], 1, "a positive number"),
        (["create", "ada", "--scope", "root"], 2, "Invalid value"),
        (["revoke", "nonsense"], 1, "no token 'nonsense'"),
        (["rotate", "nonsense"], 1, "no token 'nonsense'"),
    ],
)
def test_what_cannot_be_done_is_said(casa, arguments, code, said):
    done = casa("token", *arguments)
    assert done.exit_code == code
    assert said in done.output


@pytest.mark.parametrize(
    ("made", "rotated", "days"),
    [
        (["--days", "90"], [], 90),
        (["--days", "0"], [], None),
        (["--days", "90"], ["--days", "7"], 7),
        (["--days", "90"], ["--days", "0"], None),
    ],
)
def test_a_rotated_token_is_valid_as_long_as_the_old_one_unless_told(casa, made, rotated, days):
    created(casa, "ada", *made)
    (old,) = listed(casa)
    assert casa("token", "rotate", old["id"], *rotated).exit_code == 0
    (new,) = (row for row in listed(casa) if row["id"] != old["id"])
    if days is None:
        assert new["expires"] is None
    else:
        span = datetime.fromisoformat(new["expires"]) - datetime.fromisoformat(new["created"])
        assert abs(span - timedelta(days=days)) < timedelta(seconds=1)


@pytest.mark.parametrize("command", ["revoke", "rotate"])
def test_a_token_that_was_revoked_is_said_to_be_so(casa, command):
    created(casa, "ada")
    (row,) = listed(casa)
    casa("token", "revoke", row["id"])
    done = casa("token", command, row["id"])
    assert done.exit_code == 1
    assert "revoked 20" in done.output
    assert "no token" not in done.output
