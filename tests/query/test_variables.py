"""Which variables a request means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.query.variables import chosen
from casa_processes.common.errors import UnknownNameError
from casa_processes.common.vocabulary import VOCABULARY

STORED = ("xco2", "xco2_averaging_kernel", "xco2_uncertainty", "surface_pressure")
names = st.lists(st.sampled_from(STORED), max_size=4)


def asked(wanted: list[str], defaults: list[str], always: tuple[str, ...] = ()) -> list[str]:
    return [variable.name for variable in chosen(STORED, wanted, defaults, always)]


@given(names, names)
def test_each_variable_is_answered_once_with_its_uncertainty_next_to_it(
    wanted: list[str], defaults: list[str]
) -> None:
    found = asked(wanted, defaults)
    assert len(found) == len(set(found)) > 0
    assert set(wanted or defaults) <= set(found)
    for name in found:
        uncertainty = VOCABULARY[name].uncertainty
        assert uncertainty not in STORED or uncertainty in found


@given(names.filter(bool))
def test_variables_are_answered_in_the_order_asked(wanted: list[str]) -> None:
    found = [name for name in asked(wanted, []) if name in wanted]
    assert found[0] == wanted[0]
    assert set(found) == set(wanted)


def test_without_names_and_defaults_all_scalars_are_meant() -> None:
    assert asked([], []) == ["xco2", "xco2_uncertainty", "surface_pressure"]


def test_a_default_that_is_not_stored_is_left_out() -> None:
    assert asked([], ["surface_pressure", "co2"]) == ["surface_pressure"]
    assert asked([], ["co2"]) == asked([], [])


def test_what_is_always_answered_comes_first_and_once() -> None:
    always = ("surface_pressure",)
    assert asked(["xco2", "surface_pressure"], [], always) == [
        "surface_pressure",
        "xco2",
        "xco2_uncertainty",
    ]


def test_an_unknown_name_beside_a_known_one_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no variable 'xch4'; there are: surface_pressure"):
        asked(["xco2", "xch4"], [])
