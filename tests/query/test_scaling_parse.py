"""Texts of scaling and of systems: what they mean, and that nothing else gets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.query.parse.bbox import parse_bbox_in
from casa_ogc.query.parse.scaling import parse_scaling
from casa_ogc.query.parse.subset import parse_subset_in
from casa_ogc.query.systems import parse_system
from casa_processes.common.errors import InvalidValueError, UnknownNameError

NAMES = ("scale-factor", "scale-axes", "scale-size", "width", "height", "resolution")
LAEA = parse_system("EPSG:3035")
texts = st.text(st.sampled_from('LatonimeE0123456789.,()":-+ePTMN *'), max_size=25) | st.text(
    max_size=20
)


@pytest.mark.parametrize(
    ("given_texts", "factors", "sizes", "resolutions", "period"),
    [
        ({"scale-factor": "2"}, {"y": 2, "x": 2}, {}, {}, None),
        ({"scale-axes": " Lat(2) , Long(3),time(7)"}, {"y": 2, "x": 3, "t": 7}, {}, {}, None),
        ({"scale-axes": "E(2),N(0.5),Pressure(3)"}, {"x": 2, "y": 0.5, "z": 3}, {}, {}, None),
        ({"scale-size": "x(10),y(20)"}, {}, {"x": 10, "y": 20}, {}, None),
        ({"width": "7", "height": "3"}, {}, {"x": 7, "y": 3}, {}, None),
        ({"resolution": "Lat(0.5),time(P1M)"}, {}, {}, {"y": 0.5}, (1, "M")),
        ({"resolution": 'time("P7D")'}, {}, {}, {}, (7, "D")),
        ({"resolution": "time(PT12H)"}, {}, {}, {}, (12, "h")),
        ({"resolution": "time(PT30M)"}, {}, {}, {}, (30, "m")),
        ({"resolution": "time(p2y)"}, {}, {}, {}, (2, "Y")),
        ({"scale-axes": "Lat(2)", "scale-size": "Lon(9)"}, {"y": 2}, {"x": 9}, {}, None),
        ({}, {}, {}, {}, None),
    ],
)
def test_a_text_means_factors_sizes_and_resolutions(
    given_texts: dict[str, str],
    factors: dict[str, float],
    sizes: dict[str, int],
    resolutions: dict[str, float],
    period: tuple[int, str] | None,
) -> None:
    found = parse_scaling(given_texts)
    assert (found.factors, found.sizes, found.resolutions, found.period) == (
        factors,
        sizes,
        resolutions,
        period,
    )
    assert found.asked is bool(given_texts)


@given(st.dictionaries(st.sampled_from(NAMES), texts, max_size=3))
def test_any_text_is_understood_or_refused(given_texts: dict[str, str]) -> None:
    try:
        found = parse_scaling(given_texts, "pressure")
    except (InvalidValueError, UnknownNameError):
        return
    numbers = [*found.factors.values(), *found.sizes.values(), *found.resolutions.values()]
    assert all(0 < number <= 1e6 for number in numbers)


@given(texts)
def test_any_name_of_a_system_is_understood_or_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        parse_system(text)


@given(texts)
def test_any_projected_place_is_understood_or_refused(text: str) -> None:
    for parse in (
        lambda: parse_bbox_in(text, LAEA)[0],
        lambda: parse_subset_in([text], LAEA)[0],
    ):
        try:
            box = parse()
        except (InvalidValueError, UnknownNameError):
            continue
        assert box is None or (box[0] <= box[2] and box[1] <= box[3])


def test_corners_of_a_projected_box_follow_the_order_of_its_axes() -> None:
    box, levels = parse_bbox_in("1,2,3,4", LAEA)
    assert (box, levels) == ((2, 1, 4, 3), None)
    box, levels = parse_bbox_in("1,2,500,3,4,850", parse_system("EPSG:3857"))
    assert box == (1, 2, 3, 4)
    assert levels is not None
    assert levels.interval == (500, 850)


def test_cuts_of_a_projected_grid_keep_times_and_levels() -> None:
    box, cut = parse_subset_in(['E(1:2),N(3:4),time("2022"),z(850)'], LAEA)
    assert box == (1, 3, 2, 4)
    assert cut.time is not None
    assert cut.vertical is not None
    assert parse_subset_in(['time("2022")'], LAEA)[0] is None


@pytest.mark.parametrize(
    "given_texts",
    [
        {"scale-factor": "2", "scale-axes": "Lat(2)"},
        {"resolution": "time(P1M)", "scale-axes": "time(2)"},
        {"width": "3", "resolution": "Lon(2)"},
        {"scale-size": "Lat(2),Lat(3)"},
    ],
)
def test_an_axis_is_scaled_once(given_texts: dict[str, str]) -> None:
    with pytest.raises(InvalidValueError, match="once"):
        parse_scaling(given_texts)
