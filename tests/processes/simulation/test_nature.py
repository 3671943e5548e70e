"""The nature run: nothing is lost, the same world has the same bits, parts add up."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from casa_processes.common.constants import (
    MOLAR_MASS_CARBON_DIOXIDE,
    MOLAR_MASS_DRY_AIR,
)
from casa_processes.common.errors import InvalidValueError
from casa_processes.simulation.circulation import WAVES
from casa_processes.simulation.fluxes import PARTS
from casa_processes.simulation.geography import geography
from casa_processes.simulation.nature import (
    State,
    at_stations,
    co2,
    column,
    held,
    simulated,
)
from casa_processes.simulation.start import LEVEL, NET, growth, start
from casa_processes.simulation.stations import STATIONS, cells
from casa_processes.simulation.world import (
    DAY,
    FINE,
    STANDARD,
    SURFACE,
    Resolution,
    World,
    world,
)
from casa_processes.transport.plan import plan

THIRD = np.datetime64("2023-01-03")


def digest(state):
    return hashlib.sha256(state.parts.tobytes()).hexdigest()


def last(days):
    *_, day = days
    return day


def test_dry_air_has_the_mass_that_the_earth_has():
    # Trenberth and Smith (2005): 5.1352e18 kg of dry air.
    assert World(STANDARD).mass.sum() == pytest.approx(5.1352e18, rel=2e-3)


def test_layers_are_the_same_on_all_meshes_and_end_at_the_top():
    pressure = World(STANDARD).pressure
    assert pressure[0] == SURFACE
    assert pressure[-1] == 0
    assert np.array_equal(pressure, World(FINE).pressure)
    assert (np.diff(pressure) < 0).all()


def test_what_is_emitted_is_in_the_air(small, begun, ten_days):
    emitted = sum((day.fluxes * small.area).sum(axis=(1, 2)) * DAY for day in ten_days)
    gained = held(small, ten_days[-1].state) - held(small, begun)
    assert np.abs(gained - emitted).max() < 1e-12 * np.abs(emitted).max()
    assert np.abs(emitted).min() > 1e11


def test_the_mass_of_a_part_is_that_of_its_molecules(small):
    parts = np.zeros((*small.mass.shape, 8))
    parts[3, 4, 5, 1] = 1e-6
    found = held(small, State(np.datetime64("2023-01-01"), 0.0, parts))
    moles = 1e-6 * small.mass[3, 4, 5] / MOLAR_MASS_DRY_AIR
    assert found == pytest.approx([0, moles * MOLAR_MASS_CARBON_DIOXIDE, 0, 0])


def test_the_same_world_has_the_same_bits_and_another_seed_others(small, begun, ten_days):
    again = last(simulated(World(small.resolution), begun, np.datetime64("2023-01-11")))
    assert digest(again.state) == digest(ten_days[-1].state)
    other = last(simulated(World(small.resolution, 1), begun, THIRD))
    here = last(simulated(small, begun, THIRD))
    assert digest(other.state) != digest(here.state)


def test_a_run_that_is_taken_up_again_has_the_same_bits(small, begun, ten_days):
    begun_again = last(simulated(small, begun, np.datetime64("2023-01-06"))).state
    kept = replace(begun_again, parts=begun_again.parts.copy())
    rest = list(simulated(small, kept, np.datetime64("2023-01-11")))
    assert [day.date for day in rest] == [day.date for day in ten_days[5:]]
    assert digest(rest[-1].state) == digest(ten_days[-1].state)
    assert np.array_equal(rest[0].parts, ten_days[5].parts)


def test_a_start_is_not_changed_by_the_run(small, begun):
    before = digest(begun)
    last(simulated(small, begun, THIRD))
    assert digest(begun) == before


def test_no_day_is_no_run(small, begun):
    assert list(simulated(small, begun, begun.date)) == []


def test_air_without_fluxes_keeps_what_is_the_same_everywhere(small):
    calm = World(small.resolution)
    object.__setattr__(calm, "fluxes", replace(small.fluxes, parts=0 * small.fluxes.parts))
    parts = np.full((*small.mass.shape, 8), 4e-4)
    state = State(np.datetime64("2023-07-01"), 0.0, parts)
    day = last(simulated(calm, state, np.datetime64("2023-07-03")))
    assert np.abs(day.state.parts / 4e-4 - 1).max() < 1e-13


def test_the_sum_of_parts_is_carbon_dioxide(ten_days):
    day = ten_days[4]
    both = co2(day, ("fossil", "fire")) + co2(day, ("biosphere", "ocean"))
    assert np.allclose(both - day.background, co2(day), atol=1e-10)
    assert 350 < co2(day).min() < co2(day).max() < 600


def test_a_column_is_weighted_by_its_air(small):
    values = np.zeros((2, *small.mass.shape))
    values[0] = 3.0
    values[1, 0] = 1.0
    found = column(small, values)
    assert np.allclose(found[0], 3.0, rtol=1e-14)
    assert np.allclose(found[1], 1 - small.pressure[1] / small.pressure[0], rtol=1e-12)


def test_plants_that_see_the_sun_change_the_day_and_hardly_the_total(small, begun):
    def one(diurnal):
        return last(simulated(small, begun, np.datetime64("2023-01-02"), diurnal=diurnal))

    sun, even = one(True), one(False)
    total = {name: (d.fluxes[1] * small.area).sum() for name, d in (("sun", sun), ("even", even))}
    gross = (small.fluxes.production[0] * small.area).sum()
    assert abs(total["sun"] - total["even"]) < 1e-3 * gross
    assert np.abs(sun.parts[1] - even.parts[1]).max() > 0.1
    assert np.array_equal(sun.parts[0], even.parts[0])


def test_winds_leave_the_air_in_its_cells(small):
    for time in (0.0, 100.25, 5000.0):
        forcing = small.forcing(time)
        gained = np.roll(forcing.east, 1, axis=2) - forcing.east
        gained += forcing.north[:, :-1] - forcing.north[:, 1:] + forcing.up[:-1] - forcing.up[1:]
        assert np.abs(gained / forcing.mass).max() < 1e-12


@pytest.mark.parametrize("resolution", [STANDARD, FINE])
def test_winds_are_never_too_strong_for_the_steps(resolution):
    for time in (15.0, 198.0):
        assert plan(World(resolution).forcing(time)).parts <= 4


def test_worlds_are_made_once():
    assert world(STANDARD, 3) is world(STANDARD, 3)
    assert world(STANDARD, 3) is not world(STANDARD, 4)


# Where it begins.


def test_the_start_has_the_level_of_its_year(small, begun):
    assert begun.background == LEVEL
    later = start(small, 2030)
    assert later.background == pytest.approx(LEVEL + 7 * growth(small))
    assert np.array_equal(later.parts, begun.parts)
    assert later.date == np.datetime64("2030-01-01")


def test_parts_of_the_start_add_nothing_to_the_globe(small, begun):
    largest = np.abs(begun.parts).max() * small.mass.sum()
    assert np.abs(held(small, begun)).max() < 1e-12 * largest
    assert not begun.parts[..., len(PARTS) :].any()


def test_growth_is_what_the_fluxes_leave_in_the_air(small):
    # Ballantyne et al. (2012): 2.124 PgC per ppm, of the air whose mass is 5.1352e18 kg.
    assert growth(small) == pytest.approx(NET / 2.124, rel=5e-3)
    assert 2.0 < growth(small) < 2.6


def test_the_start_has_more_fossil_carbon_in_the_north_and_below(begun):
    fossil = begun.parts[..., 0] * 1e6
    north, south = fossil[:, 8:].mean(axis=(1, 2)), fossil[:, :4].mean(axis=(1, 2))
    assert north[0] - south[0] > 3
    assert north[0] > north[-1] + 2


def test_the_start_is_nearly_the_same_on_other_meshes(begun):
    standard = start(World(STANDARD), 2023)
    rows = np.cos(np.deg2rad(World(STANDARD).mesh.latitude))
    few = np.cos(np.deg2rad(World(Resolution(18, 12, 20, 6)).mesh.latitude))
    for part in range(len(PARTS)):
        fine = np.average(standard.parts[..., part].mean(axis=2), axis=1, weights=rows)
        coarse = np.average(begun.parts[..., part].mean(axis=2), axis=1, weights=few)
        assert np.abs(fine - coarse).max() < 0.15e-6


# Stations.


def test_stations_sample_the_cells_that_they_are_in():
    mesh = World(STANDARD).mesh
    layers, rows, columns = cells(mesh, SURFACE)
    pressure = mesh.pressure(np.array(SURFACE)) / 100
    for each, layer, row, along in zip(STATIONS, layers, rows, columns, strict=True):
        latitude, longitude = each.origin or (each.latitude, each.longitude)
        assert mesh.latitude_edges[row] <= latitude <= mesh.latitude_edges[row + 1]
        assert mesh.longitude_edges[along] <= longitude <= mesh.longitude_edges[along + 1]
        assert pressure[layer + 1] - 30 <= each.pressure <= pressure[layer] + 30


def test_cape_grim_samples_the_air_of_the_ocean_to_its_southwest():
    here = World(STANDARD)
    layers, rows, columns = cells(here.mesh, SURFACE)
    number = [each.code for each in STATIONS].index("CGO")
    site = STATIONS[number]
    assert here.mesh.latitude[rows[number]] < site.latitude
    assert here.mesh.longitude[columns[number]] < site.longitude
    row, along = (int(here.mesh.latitude[rows[number]] + 90), 137 + 180)
    assert not geography().land[row - 1 : row + 2, along - 2 : along + 3].any()
    assert layers[number] == 0


def test_stations_are_found_on_a_mesh_that_begins_elsewhere():
    mesh = World(STANDARD).mesh
    turned = replace(mesh, longitude_edges=mesh.longitude_edges + 180.0)
    assert np.array_equal(cells(mesh, SURFACE)[:2], cells(turned, SURFACE)[:2])
    assert np.array_equal((cells(mesh, SURFACE)[2] + 36) % 72, cells(turned, SURFACE)[2])


def test_station_values_are_those_of_their_cells(small):
    values = np.arange(small.mass.size, dtype=float).reshape(small.mass.shape)
    layers, rows, columns = cells(small.mesh, SURFACE)
    found = at_stations(small, values[None])
    assert found.shape == (1, len(STATIONS))
    assert found[0, 5] == values[layers[5], rows[5], columns[5]]


def test_codes_of_stations_are_unique_and_belts_of_waves_are_on_the_earth():
    assert len({each.code for each in STATIONS}) == len(STATIONS)
    assert all(wave.number > 0 and wave.width > 0 for wave in WAVES)


def test_a_mesh_without_cells_is_refused():
    with pytest.raises(InvalidValueError):
        Resolution(0, 0, 20, 6).mesh  # noqa: B018
