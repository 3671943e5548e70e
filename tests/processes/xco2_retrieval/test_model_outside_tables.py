"""States beyond the tables of cross-sections: before the search, and where it wants to go."""

from dataclasses import replace

import numpy as np
import pytest

from casa_processes.radiative_transfer.air import Profile
from casa_processes.xco2.model import retrieve
from casa_processes.xco2.result import Outcome
from casa_processes.xco2_retrieval import chunks
from casa_processes.xco2_retrieval.quality import Bit
from casa_processes.xco2_retrieval.screening import Screened
from casa_processes.xco2_retrieval.sources import Simulation
from tests.processes.xco2_retrieval.made import retrieval
from tests.processes.xco2_retrieval.runs import PROCESS, QUICK
from tests.processes.xco2_retrieval.small import simulated, single, small_physics

OPTIONS = single(bands=("wco2",), aerosols=())


def cut(physics, highest):
    """Take the nodes above a temperature out of all tables but the first above it."""
    found = {}
    for name, band in physics.absorption.items():
        states = band.tables[0].states
        kept = int(np.searchsorted(states.temperature, highest)) + 1
        fewer = replace(states, temperature=states.temperature[:kept])
        tables = tuple(
            replace(each, states=fewer, values=mapped(each.values[:, :kept]))
            for each in band.tables
        )
        found[name] = replace(band, tables=tables)
    return replace(physics, absorption=found)


def mapped(values):
    """Copy values; read-only, as those of tables are."""
    found = np.ascontiguousarray(values)
    found.flags.writeable = False
    return found


def warmer(weather, by):
    air = weather.profile
    return replace(weather, profile=Profile(air.pressure, air.temperature + by, air.humidity))


@pytest.fixture(scope="module")
def known():
    return simulated(21, OPTIONS)


def test_air_that_is_beyond_the_tables_from_the_start_has_no_estimate(known):
    found = retrieve(known.sounding, warmer(known.weather, 60.0), small_physics(), OPTIONS)
    assert found.outcome == Outcome.BAD_INPUT
    assert found.outside_tables
    assert "temperature of a layer" in found.message
    assert np.isnan(found.xco2)


def test_a_search_that_tables_stop_says_so(known):
    """The tables end between the air that is expected, 25 K too cold, and the true one."""
    cold = warmer(known.weather, -25.0)
    highest = float(cold.profile.temperature.max())
    tables = cut(small_physics(), highest)
    assert highest < tables.absorption["wco2"].tables[0].states.temperature[-1] < highest + 25.0
    found = retrieve(known.sounding, cold, tables, OPTIONS)
    assert found.outcome in (Outcome.TOO_MANY_STEPS, Outcome.TOO_MANY_REJECTED_STEPS)
    assert found.outside_tables
    assert "temperature of a layer" in found.message


def test_a_search_that_ends_within_the_tables_says_nothing(known):
    found = retrieve(known.sounding, known.weather, small_physics(), OPTIONS)
    assert (found.outcome, found.outside_tables, found.message) == (Outcome.CONVERGED, False, "")


@pytest.mark.parametrize("outside", [True, False])
def test_the_row_of_a_sounding_that_tables_stop_has_bit_10(physics, monkeypatch, outside):
    inputs = PROCESS.validate(QUICK)
    stopped = retrieval(outcome=Outcome.TOO_MANY_STEPS, outside_tables=outside)
    monkeypatch.setattr(chunks, "screened", lambda *_: Screened(None, "", int(Bit.RATIO), {}))
    monkeypatch.setattr(chunks, "retrieve", lambda *_: stopped)
    row, _ = chunks.done(Simulation(0), 1, physics, OPTIONS, inputs)
    expected = Bit.RATIO | (Bit.OUTSIDE_TABLES if outside else Bit(0))
    assert row["retrieval_tests"] == expected
