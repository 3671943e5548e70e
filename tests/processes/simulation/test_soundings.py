"""Soundings of a day of the small world: columns, errors, clouds, and the same bits always."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from casa_processes.simulation.climate import days
from casa_processes.simulation.clouds import THIN, clear_probability
from casa_processes.simulation.nature import co2, column
from casa_processes.simulation.sampling import GLINT, INSTRUMENTS, instrument, views
from casa_processes.simulation.soundings import clear_views, observed, profiles

NAMES = tuple(INSTRUMENTS)


def bits(one):
    """Return all bytes of nested arrays."""
    if is_dataclass(one):
        return b"".join(bits(getattr(one, each.name)) for each in fields(one))
    return one.tobytes()


@pytest.fixture(scope="module")
def day(ten_days):
    return ten_days[4]


@pytest.fixture(scope="module")
def all_found(small, day):
    return {name: observed(instrument(name), small, day, 0) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_there(name, all_found):
    found = all_found[name]
    for each in (found.xco2, found.truth, found.expected, found.prior, found.kernel):
        assert np.isfinite(each).all()
    assert found.xco2.size == found.seen.time.size > 200
    assert 380.0 < found.xco2.min() < found.xco2.max() < 460.0


@pytest.mark.parametrize("name", ["oco2", "oco3", "tansat"])
def test_a_day_has_as_many_soundings_as_was_planned(name, all_found):
    assert 1_000 < all_found[name].xco2.size < 3_000


@pytest.mark.parametrize("name", NAMES)
def test_what_is_measured_is_what_is_expected_and_its_errors(name, all_found):
    found = all_found[name]
    rest = found.xco2 - found.expected - found.error.noise - found.error.bias
    assert np.abs(rest).max() < 1e-10
    assert (found.error.uncertainty > 0.0).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_kernel_leads_from_the_truth_to_what_is_expected(name, all_found, small, day):
    found = all_found[name]
    profile = profiles(small, co2(day), found.seen.latitude, found.seen.longitude)
    for i in range(0, found.xco2.size, 50):
        total = sum(
            h * (x + a * (t - x))
            for h, x, a, t in zip(
                found.weight, found.prior[i], found.kernel[i], profile[i], strict=True
            )
        )
        assert found.expected[i] == pytest.approx(total, abs=1e-9)


def test_the_truth_is_the_column_of_the_cell_below(all_found, small, day):
    field = column(small, co2(day))
    found = all_found["oco2"]
    mesh = small.mesh
    for i in range(0, found.truth.size, 40):
        y, x = found.seen.latitude[i], found.seen.longitude[i]
        inside_y = (mesh.latitude_edges[:-1] <= y) & (y < mesh.latitude_edges[1:])
        turned = (x - mesh.longitude_edges[0]) % 360.0 + mesh.longitude_edges[0]
        inside_x = (mesh.longitude_edges[:-1] <= turned) & (turned < mesh.longitude_edges[1:])
        assert inside_y.sum() == inside_x.sum() == 1
        assert found.truth[i] == pytest.approx(field[inside_y, inside_x][0], abs=1e-9)


@pytest.mark.parametrize("longitude", [-180.0, 180.0, 179.999_999])
@pytest.mark.parametrize("latitude", [-90.0, 90.0, 0.0])
def test_edges_of_the_world_lie_in_a_cell(small, latitude, longitude):
    _, rows, columns = small.mesh.shape
    values = np.arange(rows * columns, dtype=np.float64).reshape(1, rows, columns)
    found = profiles(small, values, np.array([latitude]), np.array([longitude]))
    assert found.shape == (1, 1)
    assert 0 <= found[0, 0] < rows * columns


def test_a_world_that_is_the_prior_reports_the_prior(small, day):
    flat = replace(day, parts=0.0 * day.parts)
    found = observed(instrument("gosat"), small, flat, 0)
    missing = (flat.background - found.prior) * found.kernel * found.weight
    prior = (found.prior * found.weight).sum(axis=1)
    assert found.expected - prior == pytest.approx(missing.sum(axis=1), abs=1e-9)
    assert found.truth == pytest.approx(flat.background, abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_measured_through_thick_clouds(name, all_found):
    assert all_found[name].scene.cloud.max() < THIN


def test_clouds_leave_as_many_views_as_the_belts_say():
    left = expected = 0.0
    for number in range(8):
        date = np.datetime64("2023-04-01") + np.timedelta64(7 * number, "D")
        seen = views(instrument("oco2"), date)
        expected += clear_probability(seen.latitude, days(seen.time)).sum()
        left += clear_views(instrument("oco2"), date, 0).time.size
    assert left == pytest.approx(expected, rel=0.15)


def test_hazy_soundings_are_flagged(all_found):
    found = all_found["tropomi"]
    assert (found.good == (found.scene.aerosol < 0.3)).all()
    assert 0.8 < np.mean([each.good.mean() for each in all_found.values()]) < 1.0


def test_missions_see_the_same_clouds(small, day, all_found):
    """Where two missions look at one place at one time, one of them cannot be cloudy."""
    seen = all_found["oco2"].seen
    again = clear_views(instrument("oco2"), day.date, 0)
    assert again.time.tobytes() == seen.time.tobytes()
    other = clear_views(instrument("oco2"), day.date, 1)
    assert other.time.size != seen.time.size


def test_glint_is_brighter_than_most_land(all_found):
    found = all_found["oco2"]
    glint = found.seen.mode == GLINT
    assert np.median(found.scene.albedo[glint]) > np.median(found.scene.albedo[~glint])


@pytest.mark.parametrize("name", NAMES)
def test_the_same_inputs_give_the_same_bits(name, small, day, all_found):
    assert bits(observed(instrument(name), small, day, 0)) == bits(all_found[name])


def test_days_and_missions_may_be_made_in_any_order_by_any_number_of_workers(
    small, ten_days, all_found
):
    tasks = [(name, day) for day in ten_days[3:6] for name in ("gosat", "oco3")]

    def made(task):
        return bits(observed(instrument(task[0]), small, task[1], 0))

    alone = [made(task) for task in reversed(tasks)][::-1]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(made, tasks)) == alone
    assert alone[2] == bits(all_found["gosat"])


def test_another_seed_gives_other_soundings(small, day, all_found):
    other = observed(instrument("oco2"), small, day, 1)
    assert bits(other) != bits(all_found["oco2"])


def test_pressures_and_weights_are_those_of_the_layers(small, all_found):
    found = all_found["tansat"]
    assert found.weight.sum() == pytest.approx(1.0, abs=1e-14)
    assert found.pressure.size == small.mesh.shape[0]
    assert (np.diff(found.pressure) < 0.0).all()
