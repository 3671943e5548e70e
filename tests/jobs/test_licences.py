"""The licence of a result, by what the licences of its inputs ask."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.jobs.licences import KNOWN, NoDerivativesError, combined, duties, spdx_address

FREE = "CC0-1.0"
NAMES = [name for name in KNOWN if "no derivatives" not in duties(name)]
licences = st.lists(st.sampled_from([*NAMES, "Our terms", "Their terms"]), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (["CC0-1.0"], "CC0-1.0"),
        (["CC0-1.0", "CC-BY-4.0"], "CC-BY-4.0"),
        (["CC-BY-4.0", "CC-BY-3.0"], "CC-BY-4.0"),
        (["Apache-2.0", "CC-BY-4.0"], "CC-BY-4.0"),
        (["NASA open data", "CC-BY-4.0"], "CC-BY-4.0"),
        (["NASA open data"], "NASA open data"),
        (["CC-BY-4.0", "CC-BY-SA-4.0"], "CC-BY-SA-4.0"),
        (["CC-BY-4.0", "CC-BY-NC-4.0", "CC0-1.0"], "CC-BY-NC-4.0"),
        (["CC-BY-NC-4.0", "CC-BY-NC-SA-4.0"], "CC-BY-NC-SA-4.0"),
        (["CC-BY-SA-4.0", "CC-BY-NC-4.0"], "CC-BY-SA-4.0 AND CC-BY-NC-4.0"),
        (["CC-BY-SA-4.0", "ODbL-1.0"], "CC-BY-SA-4.0 AND ODbL-1.0"),
        (["GPL-3.0-only", "CC-BY-4.0"], "GPL-3.0-only"),
        (["TCCON data use policy", "CC-BY-4.0"], "TCCON data use policy"),
        (["TCCON data use policy", "CC-BY-NC-4.0"], "CC-BY-NC-4.0 AND TCCON data use policy"),
        (["B terms", "A terms"], "A terms AND B terms"),
        (["A terms AND CC-BY-4.0", "CC0-1.0"], "A terms"),
    ],
)
def test_the_result_asks_for_what_its_inputs_ask(given_, expected):
    for order in permutations(given_):
        assert combined(order).name == expected


@pytest.mark.parametrize("name", ["CC-BY-ND-4.0", "CC-BY-NC-ND-4.0"])
def test_what_may_not_be_changed_is_not_published_changed(name):
    with pytest.raises(NoDerivativesError, match=f"data under {name} may be shared only"):
        combined([FREE, name])


@given(licences)
def test_no_duty_is_lost_and_none_is_added(names):
    kept = combined(names)
    asked = {duty for name in names for duty in duties(name)}
    assert {duty for name in kept.parts for duty in duties(name)} == asked
    assert set(kept.parts) <= set(names)


@given(licences)
def test_no_licence_that_another_stands_for_is_named(names):
    parts = combined(names).parts
    for one in parts:
        assert not any(duties(other) >= duties(one) for other in parts if other != one)


@given(first=licences, second=licences)
def test_results_of_results_are_under_the_same_licence(first, second):
    at_once = combined([*first, *second])
    in_steps = combined([combined(first).name, combined(second).name])
    assert in_steps == at_once


def test_an_address_exists_for_identifiers_alone():
    assert spdx_address("CC-BY-4.0") == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert spdx_address("NASA open data") is None
    assert spdx_address("Our terms") is None
