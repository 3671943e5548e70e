"""What is known of a step before any tracer: air, parts, and steps that are too long."""

import pickle

import numpy as np
import pytest

from casa_processes.common.errors import InvalidValueError
from casa_processes.transport.errors import CourantError
from casa_processes.transport.plan import LEAST, LIMIT, pair, plan
from casa_processes.transport.types import MassFlux, Mesh, padded, regular_mesh
from tests.processes.transport.forcings import drawn, moved

ORDERS = pytest.mark.parametrize("zonal_first", [True, False])


def calm(shape=(3, 6, 8)):
    """Air at rest: zeros that a test changes."""
    z, y, x = shape
    return {
        "mass": np.ones(shape),
        "east": np.zeros(shape),
        "north": np.zeros((z, y + 1, x)),
        "up": np.zeros((z + 1, y, x)),
        "mixing": np.zeros((z - 1, y, x)),
    }


@ORDERS
@pytest.mark.parametrize("turning", [0.0, 0.7])
def test_air_after_a_step_is_what_passed_the_faces(zonal_first, turning):
    forcing = drawn(1, turning=turning)
    found = plan(forcing, zonal_first)
    assert np.allclose(found.after, moved(forcing), rtol=1e-14)
    assert found.before is forcing.mass
    assert found.zonal_first is zonal_first


def test_air_that_a_direction_leaves_sets_the_parts_of_each_layer():
    parts = calm()
    parts["east"][1, 2, 3] = 1.5
    parts["north"][1, 2, 3] = 0.9
    parts["north"][1, 3, 3] = -0.55
    found = plan(MassFlux(**parts))
    assert np.diff(found.stages[0].first).tolist() == [1, found.parts, 1]
    share = 1.0 / found.parts
    assert 1.0 - 1.5 * share >= LEAST
    assert 1.0 - 1.5 / (found.parts - 1) < LEAST


def test_a_flux_of_many_cells_needs_no_parts():
    parts = calm()
    parts["east"][:] = 7.3
    assert plan(MassFlux(**parts)).parts == 1


def test_air_that_the_vertical_needs_back_cuts_the_whole_step():
    parts = calm()
    parts["up"][1, 2, 3] = 0.98
    parts["east"][0, 2, 2], parts["east"][1, 2, 3] = 0.97, 0.97
    for zonal_first, stages in ((True, 1), (False, 2)):
        found = plan(MassFlux(**parts), zonal_first)
        assert len(found.stages) == stages
        assert np.allclose(found.after, moved(MassFlux(**parts)), rtol=1e-14)


@ORDERS
@pytest.mark.parametrize(
    ("name", "place", "direction", "cell"),
    [
        ("east", (1, 2, 3), "zonal", (1, 2, 3)),
        ("north", (1, 2, 3), "meridional", (1, 1, 3)),
        ("up", (1, 2, 3), "vertical", (0, 2, 3)),
    ],
)
def test_a_step_that_is_too_long_names_the_cell_and_the_number(
    name, place, direction, cell, zonal_first
):
    parts = calm()
    parts[name][place] = 9.5
    with pytest.raises(CourantError) as caught:
        plan(MassFlux(**parts), zonal_first)
    found = caught.value
    assert (found.direction, found.place, found.limit) == (direction, cell, LIMIT)
    assert found.number == pytest.approx(9.5)
    assert f"is 9.5, {direction}, in layer {cell[0]}, row {cell[1]}, column 3" in str(found)
    assert str(pickle.loads(pickle.dumps(found))) == str(found)


def test_air_that_races_round_a_circle_is_refused_at_once():
    parts = calm()
    parts["east"][:] = 1e30
    with pytest.raises(CourantError, match="1e\\+30, zonal"):
        plan(MassFlux(**parts))


def test_a_pair_holds_both_orders():
    assert [one.zonal_first for one in pair(drawn())] == [True, False]


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("mass", 0.0, "above 0"),
        ("mass", np.nan, "above 0"),
        ("east", np.inf, "finite"),
        ("north", np.nan, "finite"),
        ("mixing", -1.0, ">= 0"),
    ],
)
def test_fluxes_that_cannot_be_are_refused_with_their_place(name, value, word):
    parts = calm()
    parts[name][1, 2, 3] = value
    with pytest.raises(InvalidValueError, match=f"{name} at \\(1, 2, 3\\).*{word}"):
        MassFlux(**parts)


@pytest.mark.parametrize("name", ["east", "north", "up", "mixing"])
def test_fluxes_of_another_shape_are_refused(name):
    parts = calm()
    parts[name] = parts[name][:, :, :-1]
    with pytest.raises(InvalidValueError, match=name):
        MassFlux(**parts)


@pytest.mark.parametrize(("name", "place"), [("north", (0, 0, 1)), ("north", (0, 6, 1)),
                                             ("up", (0, 1, 1)), ("up", (3, 1, 1))])  # fmt: skip
def test_nothing_passes_poles_surface_and_top(name, place):
    parts = calm()
    parts[name][place] = 0.1
    with pytest.raises(InvalidValueError, match="nothing at poles"):
        MassFlux(**parts)


def test_exchange_between_rows_is_nothing_without_a_word_and_never_negative():
    assert not MassFlux(**calm()).exchange.any()
    with pytest.raises(InvalidValueError, match="lateral"):
        MassFlux(**calm(), lateral=np.full((3, 7), -1.0))
    with pytest.raises(InvalidValueError, match="lateral"):
        MassFlux(**calm(), lateral=np.ones((3, 6)))


def test_areas_of_a_mesh_sum_to_that_of_the_sphere():
    mesh = regular_mesh(72, 45, np.array([1e5, 5e4, 0.0]))
    assert mesh.shape == (2, 45, 72)
    assert mesh.area.sum() * 72 == pytest.approx(4.0 * np.pi * 6371008.7714**2, rel=1e-12)
    assert mesh.longitude[0] == -177.5
    assert mesh.latitude[[0, 22]].tolist() == pytest.approx([-88.0, 0.0])


def test_the_mass_of_a_mesh_is_that_which_the_surface_carries():
    hybrid = Mesh(
        np.linspace(0, 360, 5), np.array([-90.0, -60.0, 30.0, 90.0]), np.array([0.0, 2e4, 0.0]),
        np.array([1.0, 0.3, 0.0]),
    )  # fmt: skip
    surface = np.random.default_rng(0).uniform(6e4, 1.04e5, (3, 4))
    weight = surface * hybrid.area[:, None] / 9.80665
    assert np.allclose(hybrid.mass(surface).sum(axis=0), weight, rtol=1e-14)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"longitude_edges": np.linspace(0, 350, 5)}, "once round"),
        ({"longitude_edges": np.array([0.0, 100.0, 180.0, 270.0, 360.0])}, "equal steps"),
        ({"latitude_edges": np.linspace(-80, 90, 5)}, "-90 to 90"),
        ({"latitude_edges": np.array([-90.0, 30.0, 10.0, 90.0])}, "ascending"),
        ({"latitude_edges": np.array([90.0])}, "two or more"),
        ({"a": np.array([1e5, np.nan, 0.0])}, "finite"),
        ({"a": np.array([1e5, 1.1e5, 0.0])}, "fall upwards"),
        ({"b": np.zeros(4)}, "shape of a"),
    ],
)
def test_a_mesh_that_does_not_cover_the_sphere_is_refused(change, word):
    parts = {
        "longitude_edges": np.linspace(0, 360, 5),
        "latitude_edges": np.linspace(-90, 90, 5),
        "a": np.array([1e5, 5e4, 0.0]),
        "b": np.zeros(3),
    }
    with pytest.raises(InvalidValueError, match=word):
        Mesh(**(parts | change))


@pytest.mark.parametrize(("count", "found"), [(1, 8), (8, 8), (9, 16), (0, 0)])
def test_arrays_hold_a_multiple_of_eight_tracers(count, found):
    assert padded(count) == found
