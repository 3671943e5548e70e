"""Frames of quick looks, legends and trajectories along paths."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from casa_ogc.encoders.colour import COLOUR_MAPS, Scale, colour_table
from casa_ogc.encoders.frame import Frame, frame_around
from casa_ogc.encoders.images import on_ground
from casa_ogc.encoders.legend import legend_picture
from casa_ogc.encoders.parameters import data_type, edr_parameter, parameter, uncertainty_groups
from casa_ogc.encoders.paths import path_coverages
from casa_ogc.query.answer import PathAnswer
from casa_processes.common.vocabulary import VOCABULARY, Variable
from tests.encoders.answers import DAY, ORIGIN, SIGMA, XCO2

frames = st.builds(
    lambda west, south, across, up, width, height: Frame(
        west, south, west + across, south + up, width, height
    ),
    st.floats(-180, 180),
    st.floats(-90, 80),
    st.floats(1, 360),
    st.floats(1, 10),
    st.integers(1, 40),
    st.integers(1, 40),
)
pictures = arrays(np.uint8, (3, 2, 4))


@given(frames, st.sampled_from([-360, 0, 360]))
def test_the_centre_of_each_pixel_lies_in_it_whatever_the_turn(frame: Frame, turn: int) -> None:
    assert frame.columns(frame.longitudes() + turn).tolist() == list(range(frame.width))
    assert frame.rows(frame.latitudes()).tolist() == list(range(frame.height))


@given(frames, st.floats(0.01, 50))
def test_a_place_beyond_the_frame_is_in_no_pixel(frame: Frame, beyond: float) -> None:
    outside = np.array([frame.north + beyond, frame.south - beyond])
    assert frame.rows(outside).tolist() == [-1, -1]
    assume(frame.east - frame.west + 2 * beyond < 360)
    outside = np.array([frame.east + beyond, frame.west - beyond])
    assert frame.columns(outside).tolist() == [-1, -1]


@given(frames)
def test_centres_of_pixels_are_half_way_between_their_edges(frame: Frame) -> None:
    meridians, parallels = frame.edges()
    middle = (meridians[1:] + meridians[:-1]) / 2
    np.testing.assert_allclose(frame.longitudes(), middle, atol=1e-9)
    middle = (parallels[1:] + parallels[:-1]) / 2
    np.testing.assert_allclose(frame.latitudes(), middle, atol=1e-9)
    assert (np.diff(parallels) < 0).all()


@given(st.floats(0.01, 360), st.floats(0.01, 180))
def test_a_frame_has_square_pixels_and_no_side_above_the_one_asked_for(across, up) -> None:
    frame = frame_around(0.0, -90.0, across, -90.0 + up, 200)
    assert max(frame.width, frame.height) == 200
    assert min(frame.width, frame.height) >= 1
    if min(frame.width, frame.height) > 20:
        assert across / frame.width == pytest.approx(up / frame.height, rel=0.03)


@pytest.mark.parametrize("width", [216, 400, 733])
@pytest.mark.parametrize("name", ["viridis", "RdBu_r"])
def test_a_legend_shows_every_colour_of_its_scale_from_left_to_right(name, width) -> None:
    picture = legend_picture(Scale(name, 398.0, 415.0), XCO2, width)
    assert picture.shape[1:] == (width, 4)
    assert (picture[..., 3] == 255).all()
    assert (picture[:8] == 255).all()
    assert (picture[:, :8] == 255).all()
    inner = width - 16
    bar = picture[8 + 5, 8:-8].astype(int)
    wanted = colour_table(name)[np.arange(inner) * 256 // inner].astype(int)
    np.testing.assert_array_equal(bar[1:-1], wanted[1:-1])


def test_legends_of_unlike_units_or_limits_differ() -> None:
    seen = {
        legend_picture(Scale("viridis", low, 420.0), variable, 300).tobytes()
        for low in (380.0, 400.0)
        for variable in (XCO2, SIGMA, Variable("n", "", "Number", "数"))
    }
    assert len(seen) == 6


@pytest.mark.parametrize("name", sorted(COLOUR_MAPS))
def test_a_reversed_colour_map_is_the_same_backwards_and_case_does_not_matter(name: str) -> None:
    table = colour_table(name)
    np.testing.assert_array_equal(colour_table(f"{name}_r"), table[::-1])
    np.testing.assert_array_equal(colour_table(name.upper()), table)
    ends = [bytes(table[end, :3]).hex() for end in (0, -1)]
    assert ends == [COLOUR_MAPS[name].split()[end] for end in (0, -1)]


@given(pictures, st.tuples(*[st.integers(0, 255)] * 3))
def test_pixels_on_ground_are_blended_as_porter_and_duff_say(picture, ground) -> None:
    share = picture[..., 3:].astype(float) / 255
    wanted = picture[..., :3] * share + np.array(ground) * (1 - share)
    found = on_ground(picture, (*ground, 255))
    assert np.abs(found[..., :3] - wanted).max() <= 1


@given(pictures, st.tuples(*[st.integers(0, 255)] * 3))
def test_a_picture_on_opaque_ground_is_opaque(picture, ground) -> None:
    found = on_ground(picture, (*ground, 255))
    assert (found[..., 3] == 255).all()
    clear, full = picture[..., 3] == 0, picture[..., 3] == 255
    assert (found[clear][:, :3] == ground).all()
    assert (found[full] == picture[full]).all()


def path(times, tracks, vertical="") -> PathAnswer:
    """Samples along tracks; longitude tells the row."""
    count = len(tracks)
    columns = {
        "track": np.array(tracks),
        "time": np.array(times, "datetime64[ns]"),
        "longitude": np.arange(count, dtype=np.float32),
        "latitude": np.full(count, 5.0, np.float32),
        "xco2": np.array([400.0 + n if n % 2 else np.nan for n in range(count)], np.float32),
    }
    if vertical:
        columns[vertical] = np.linspace(1000, 800, count).astype(np.float32)
    return PathAnswer(
        ORIGIN, columns, {"xco2": XCO2}, count, vertical=vertical, units="hPa", positive="down"
    )


@pytest.mark.parametrize("vertical", ["", "pressure"])
def test_each_track_is_a_trajectory_of_its_own_samples(vertical: str) -> None:
    times = DAY + np.arange(5) * np.timedelta64(1, "s")
    tracks = [1, 2, 1, 2, 2]
    coverages, variables, systems = path_coverages(path(times, tracks, vertical))
    assert list(variables) == ["xco2"]
    assert len(coverages) == 2
    for number, coverage in enumerate(coverages, start=1):
        rows = [row for row, track in enumerate(tracks) if track == number]
        axis = coverage["domain"]["axes"]["composite"]
        assert coverage["domain"]["domainType"] == "Trajectory"
        assert axis["coordinates"] == ["t", "x", "y", *(["z"] if vertical else [])]
        assert [place[1] for place in axis["values"]] == rows
        assert [place[0] for place in axis["values"]] == [f"2020-01-01T00:00:0{n}Z" for n in rows]
        assert coverage["ranges"]["xco2"]["shape"] == [len(rows)]
    named = {name for system in systems for name in system["coordinates"]}
    assert named == {"x", "y", "t", *(["z"] if vertical else [])}


def test_a_path_without_times_names_no_domain_type() -> None:
    ((coverage,), _, systems) = path_coverages(path(["NaT"] * 3, [1, 1, 1]))
    assert "domainType" not in coverage["domain"]
    assert coverage["domain"]["axes"]["composite"]["coordinates"] == ["x", "y"]
    assert "t" not in {name for system in systems for name in system["coordinates"]}


@pytest.mark.parametrize("name", sorted(VOCABULARY))
def test_every_variable_of_the_vocabulary_is_described_alike_in_both_formats(name: str) -> None:
    variable = VOCABULARY[name]
    one, other = parameter(variable), edr_parameter(variable)
    assert one["observedProperty"]["label"]["en"] == other["label"] != ""
    assert one["observedProperty"].get("id") == other["observedProperty"].get("id")
    assert ("unit" in one) == ("unit" in other) == bool(variable.units)
    if variable.units:
        assert one["unit"]["symbol"] == other["unit"]["symbol"]
    assert other["data-type"] == data_type(variable.dtype)


def test_a_variable_is_tied_to_its_uncertainty_only_where_both_are_given() -> None:
    assert uncertainty_groups([XCO2]) == uncertainty_groups([SIGMA]) == []
    (group,) = uncertainty_groups([SIGMA, XCO2])
    assert group["members"] == ["xco2", "xco2_uncertainty"]
