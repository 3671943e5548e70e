"""Inputs of simulated observations: what is taken, what is refused, and what it costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.registry import process
from casa_processes.simulate_observations import MOST_DAYS, PROCESS, Inputs
from casa_processes.simulate_observations.estimate import cost
from casa_processes.simulation.orbits import orbits
from casa_processes.simulation.sampling import INSTRUMENTS


def test_the_process_is_known_and_describes_itself_as_synthetic():
    found = process("simulate-observations")
    assert found is PROCESS
    for language in ("en", "zh"):
        text = str(found.description(language))
        assert ("ynthetic" if language == "en" else "模拟") in text


def test_its_example_can_be_executed():
    assert isinstance(PROCESS.validate(PROCESS.example), Inputs)


@pytest.mark.parametrize("mission", INSTRUMENTS)
def test_every_mission_with_an_orbit_can_be_asked_for(mission):
    assert mission in orbits()
    assert PROCESS.validate({"mission": mission}).mission == mission


@pytest.mark.parametrize(
    ("inputs", "place"),
    [
        ({"mission": "merlin"}, "/mission"),
        ({"start": "2023-02-30"}, "/start"),
        ({"start": "1999-12-31"}, "/start"),
        ({"end": "2050-01-01"}, "/end"),
        ({"start": "2023-06-02", "end": "2023-06-01"}, "/end"),
        ({"start": "2023-01-01", "end": "2023-06-01"}, "/end"),
        ({"grid": "1x1"}, "/grid"),
        ({"seed": -1}, "/seed"),
        ({"seed": 2**29}, "/seed"),
        ({"seed": True}, "/seed"),
        ({"diurnal": 1}, "/diurnal"),
        ({"noise": 0}, "/noise"),
        ([], ""),
    ],
)
def test_what_cannot_be_used_is_named_by_its_place(inputs, place):
    with pytest.raises(InvalidInputsError) as caught:
        PROCESS.validate(inputs)
    assert place in [where for where, _ in caught.value.problems]


def test_as_many_days_as_a_season_has_can_be_run():
    assert Inputs(start="2023-07-01", end="2023-09-30").end == "2023-09-30"
    with pytest.raises(InvalidInputsError, match=str(MOST_DAYS)):
        Inputs(start="2023-07-01", end="2023-10-01")


@given(days=st.integers(1, 27))
def test_more_days_cost_more(days):
    one = cost(Inputs(start="2023-02-01", end=f"2023-02-{days:02}"), {})
    more = cost(Inputs(start="2023-02-01", end=f"2023-02-{days + 1:02}"), {})
    assert more.cpu_seconds > one.cpu_seconds
    assert more.result > one.result
    assert more.memory > one.memory
