"""Inputs of the nature run: what is taken, what is refused with its place, and what it costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.registry import process
from casa_processes.nature_run import MOST_DAYS, PROCESS, Inputs
from casa_processes.nature_run.estimate import cost
from casa_processes.simulation.choices import GRIDS
from casa_processes.simulation.fluxes import PARTS


def test_the_process_is_known_and_describes_itself_as_synthetic():
    found = process("nature-run")
    assert found is PROCESS
    for language in ("en", "zh"):
        text = str(found.description(language))
        assert ("ynthetic" if language == "en" else "模拟") in text


def test_its_example_can_be_executed():
    assert isinstance(PROCESS.validate(PROCESS.example), Inputs)


def test_without_a_word_it_is_the_whole_of_2023_with_all_fluxes():
    found = Inputs()
    assert (found.start, found.end, found.grid) == ("2023-01-01", "2023-12-31", "5x4")
    assert tuple(found.tracers) == PARTS


@pytest.mark.parametrize(
    ("inputs", "place"),
    [
        ({"start": "2023-02-30"}, "/start"),
        ({"start": "20230201"}, "/start"),
        ({"start": "1999-12-31"}, "/start"),
        ({"end": "2050-01-01"}, "/end"),
        ({"start": 20230101}, "/start"),
        ({"start": "2023-06-02", "end": "2023-06-01"}, "/end"),
        ({"start": "2020-01-01", "end": "2023-01-02"}, "/end"),
        ({"grid": "1x1"}, "/grid"),
        ({"tracers": []}, "/tracers"),
        ({"tracers": ["soot"]}, "/tracers/0"),
        ({"tracers": ["fire", "fire"]}, "/tracers"),
        ({"seed": -1}, "/seed"),
        ({"seed": 1.5}, "/seed"),
        ({"every": 0}, "/every"),
        ({"diurnal": "yes"}, "/diurnal"),
        ({"colour": "red"}, "/colour"),
        ([], ""),
    ],
)
def test_what_cannot_be_used_is_named_by_its_place(inputs, place):
    with pytest.raises(InvalidInputsError) as caught:
        PROCESS.validate(inputs)
    assert place in [where for where, _ in caught.value.problems]


def test_as_many_days_as_three_years_have_can_be_run():
    found = Inputs(start="2020-01-01", end="2022-12-31")
    assert found.end == "2022-12-31"
    with pytest.raises(InvalidInputsError, match=str(MOST_DAYS)):
        Inputs(start="2020-01-01", end="2023-01-01")


@given(days=st.integers(1, 28), every=st.integers(1, 28))
def test_more_days_and_more_fields_cost_more(days, every):
    one = cost(Inputs(start="2023-01-01", end=f"2023-01-{days:02}", every=every), {})
    more = cost(Inputs(start="2023-01-01", end="2023-02-28", every=every), {})
    assert more.cpu_seconds > one.cpu_seconds
    assert more.result > one.result
    daily = cost(Inputs(start="2023-01-01", end=f"2023-01-{days:02}", every=1), {})
    assert daily.result >= one.result


def test_the_days_before_the_first_one_are_paid_for():
    early = cost(Inputs(start="2023-01-01", end="2023-01-10"), {})
    late = cost(Inputs(start="2023-12-01", end="2023-12-10"), {})
    assert late.cpu_seconds > early.cpu_seconds
    assert late.result == early.result


def test_finer_grids_cost_more():
    seconds = [cost(Inputs(grid=grid), {}).cpu_seconds for grid in GRIDS]
    assert seconds == sorted(seconds)
