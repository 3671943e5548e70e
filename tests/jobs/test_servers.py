"""The PostgreSQL server of the tests: really there, only here, and missed aloud."""

import pytest
from sqlalchemy import text

from casa_ogc.jobs.database import Database
from tests import postgres
from tests.house.checkout import ROOT


def test_without_a_server_tests_are_skipped_but_fail_in_continuous_integration(monkeypatch):
    monkeypatch.setattr(postgres, "binaries", lambda: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="install"):
        postgres.require()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="install-servers"):
        postgres.require()


@pytest.mark.postgres
def test_the_server_is_a_real_one_that_no_network_reaches(postgres_server):
    opened = Database(postgres_server())
    with opened.read() as connection:
        assert "PostgreSQL" in connection.execute(text("SELECT version()")).scalar()
        assert connection.execute(text("SHOW listen_addresses")).scalar() == ""
        assert connection.execute(text("SELECT inet_server_addr()")).scalar() is None
    opened.close()


@pytest.mark.postgres
def test_a_durable_server_waits_for_the_disk():
    postgres.require()
    with postgres.server(durable=True) as databases:
        opened = Database(databases())
        with opened.read() as connection:
            assert connection.execute(text("SHOW fsync")).scalar() == "on"
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
        opened.close()


def test_continuous_integration_installs_the_servers():
    assert ".ci/install-servers" in (ROOT / ".ci/run").read_text()
    assert (ROOT / ".ci/install-servers").stat().st_mode & 0o111
