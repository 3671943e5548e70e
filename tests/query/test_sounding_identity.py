"""Soundings by their identifier, against loops over all of them."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from casa_ogc.query.parse import parse_datetime
from casa_ogc.query.request import Everywhere, Region, Request
from casa_ogc.query.run import estimate, run
from tests import strategies
from tests.query.conftest import Kept
from tests.query.test_soundings import OPTIONS, TEXTS, brute, numbers


def test_an_identifier_means_its_one_row(kept: Callable[..., Kept]) -> None:
    store, _ = kept()
    answer = run(store, Request(sounding_id="s00123", limit=1), OPTIONS)
    assert numbers(answer) == [123]
    assert run(store, Request(sounding_id="s99999", limit=1), OPTIONS) is None


@settings(max_examples=80)
@given(
    number=st.integers(0, 401),
    region=st.one_of(
        st.just(Everywhere()),
        strategies.box_regions(),
        strategies.disc_regions,
        strategies.area_regions(),
    ),
    text=st.sampled_from([None, *TEXTS]),
    resolution=st.sampled_from(["", "P1D", "P1M"]),
)
def test_an_identifier_means_its_row_only_where_the_region_and_the_time_mean_it(
    kept: Callable[..., Kept], number: int, region: Region, text: str | None, resolution: str
) -> None:
    store, data = kept(resolution=resolution)
    asked = Request(region=region, time=parse_datetime(text) if text else None)
    meant = brute(data, asked, resolution)
    found = run(store, replace(asked, sounding_id=f"s{number:05d}"), OPTIONS)
    assert numbers(found) == [number] * (number in meant)


def test_one_row_by_its_identifier_costs_one_row(kept: Callable[..., Kept]) -> None:
    store, _ = kept()
    asked = Request(variables=("xco2_averaging_kernel",), sounding_id="s00123")
    few = replace(OPTIONS, max_cells=8)
    assert estimate(store, asked, few).cells == 8
    assert numbers(run(store, asked, few)) == [123]
