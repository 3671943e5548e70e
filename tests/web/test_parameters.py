"""Query strings are read as they are declared: names, spellings, numbers of values, numbers."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.web.exchange import Exchange
from casa_ogc.web.parameters import Parameter, known_only, read_arguments
from casa_processes.common.errors import InvalidValueError, UnknownNameError

PLAIN = Parameter("plain", "Stands once.", aliases=("simple", "bare"))
MANY = Parameter("many", "Stands often.", repeated=True, aliases=("lots",))
NEEDED = Parameter("needed", "Has to be there.", required=True)
DECLARED = (PLAIN, MANY, NEEDED)
HOME = {"plain": "plain", "simple": "plain", "bare": "plain", "many": "many", "lots": "many"} | {
    "needed": "needed"
}

texts = st.lists(st.text(max_size=4), min_size=1, max_size=3)
queries = st.dictionaries(st.sampled_from([*HOME, "Plain", "zork", ""]), texts, max_size=5)


def exchange(**arguments: str) -> Exchange:
    nothing: Any = None
    return Exchange(nothing, arguments={name: [text] for name, text in arguments.items()})


@given(queries)
def test_a_query_is_read_exactly_when_the_declaration_admits_it(
    given_: Mapping[str, list[str]],
) -> None:
    expected: dict[str, list[str]] = {}
    for name, values in given_.items():
        expected[HOME.get(name, "?")] = expected.get(HOME.get(name, "?"), []) + values
    if "?" in expected:
        with pytest.raises(UnknownNameError, match="there are: many, needed, plain"):
            read_arguments(given_, DECLARED)
    elif "needed" not in expected or any(
        len(expected.get(name, ())) > 1 for name in ("plain", "needed")
    ):
        with pytest.raises(InvalidValueError):
            read_arguments(given_, DECLARED)
    else:
        assert read_arguments(given_, DECLARED) == expected


def test_a_parameter_under_two_of_its_spellings_stands_twice() -> None:
    with pytest.raises(InvalidValueError, match=r"plain = \['a', 'b'\].*one value"):
        read_arguments({"simple": ["a"], "bare": ["b"]}, [PLAIN])


def test_a_missing_parameter_is_told_with_what_it_means() -> None:
    with pytest.raises(InvalidValueError, match=r"^needed is missing; expected has to be there$"):
        read_arguments({}, DECLARED)


@given(st.sampled_from(["plain", "PLAIN", "Simple", "bArE"]), texts)
def test_a_lenient_reading_takes_the_first_value_of_a_name_in_any_case(
    name: str, values: list[str]
) -> None:
    found = known_only({"zork": ["x"], name: values}, DECLARED)
    assert found == {name.lower(): values[:1]}


def test_a_lenient_reading_keeps_the_first_of_two_cases_of_a_name() -> None:
    assert known_only({"Plain": ["a"], "PLAIN": ["b"]}, DECLARED) == {"plain": ["a"]}


@given(
    text=st.one_of(
        st.integers(-20, 2000).map(str),
        st.sampled_from(["", " 5", "5 ", "+5", "5.0", "1e2", "٣", "²", "0005", "9" * 13]),
    ),
    least=st.sampled_from([0, 1, 7]),
    most=st.sampled_from([7, 100]),
)
def test_a_whole_number_is_plain_digits_from_the_least_and_the_most_caps_it(
    text: str, least: int, most: int
) -> None:
    plain = text != "" and set(text) <= set("0123456789") and len(text) < 13
    if plain and int(text) >= least:
        assert exchange(limit=text).whole("limit", 5, least, most) == min(int(text), most)
    else:
        with pytest.raises(InvalidValueError, match=f"a whole number from {least}"):
            exchange(limit=text).whole("limit", 5, least, most)


def test_a_whole_number_that_was_not_given_is_the_default_even_beyond_the_most() -> None:
    assert exchange().whole("limit", 50, 1, 10) == 50


def test_a_parameter_that_was_not_given_has_no_text_and_an_empty_one_has() -> None:
    assert exchange().text("q") is None
    assert exchange(q="").text("q") == ""
