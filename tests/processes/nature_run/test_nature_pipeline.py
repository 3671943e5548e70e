"""A nature run from inputs to files: what they hold, that they can be published, and progress."""

import hashlib

import h5netcdf
import numpy as np
import pytest
import xarray as xr

from casa_ogc.jobs.result_reader import read_result
from casa_processes.common.constants import MOLAR_MASS_CARBON, MOLAR_MASS_CARBON_DIOXIDE
from casa_processes.common.context import SerialContext, StoppedError
from casa_processes.common.registry import process
from casa_processes.nature_run import Inputs, Outputs
from casa_processes.nature_run.estimate import cost
from casa_processes.nature_run.pipeline import nature_run
from casa_processes.simulation.geography import cell_areas
from casa_processes.simulation.stations import STATIONS

INPUTS = {"start": "2023-01-03", "end": "2023-01-08", "grid": "10x8", "every": 4}
KINDS = {"xco2": "grid", "co2": "grid", "fluxes": "grid", "stations": "soundings"}


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def found(tmp_path_factory, told):
    folder = tmp_path_factory.mktemp("nature")
    context = SerialContext(folder, report=lambda part, text: told.append((part, text)))
    return nature_run(Inputs(**INPUTS), context)


@pytest.fixture(scope="module")
def datasets(found):
    return {name: read_result(getattr(found, name), kind) for name, kind in KINDS.items()}


def again(folder, **inputs):
    return nature_run(Inputs(**{**INPUTS, **inputs}), SerialContext(folder))


def test_every_file_can_be_published_and_says_that_it_is_synthetic(datasets, found):
    assert process("nature-run").files().keys() == KINDS.keys()
    for name, dataset in datasets.items():
        assert dataset.attrs["title"].startswith("Synthetic ")
        assert dataset.attrs["synthetic"] == "true"
        assert dataset.attrs["mission"] == "Synthetic"
        with h5netcdf.File(getattr(found, name)) as file:
            assert file.attrs["product"].startswith("synthetic-")
            assert "no observation" in file.attrs["source"]
        assert getattr(found, name).name.startswith("synthetic-")
    ids = datasets["stations"]["sounding_id"].values
    assert all(str(each).startswith("synthetic-") for each in ids)


def test_fields_are_on_their_days_and_cells(datasets):
    days = np.arange(np.datetime64("2023-01-03"), np.datetime64("2023-01-09"))
    noon = np.timedelta64(12, "h")
    for name, expected in (("xco2", days), ("fluxes", days), ("co2", days[::4])):
        dataset = datasets[name]
        assert np.array_equal(dataset["time"].values, expected.astype("datetime64[ns]") + noon)
        assert dataset.sizes["latitude"] == 23
        assert dataset.sizes["longitude"] == 36
        bounds = dataset["time_bounds"].values
        assert ((bounds[:, 1] - bounds[:, 0]) == np.timedelta64(1, "D")).all()
    pressure = datasets["co2"]["pressure"].values
    assert pressure.size == 20
    assert 900 < pressure[0] < 987
    assert (np.diff(pressure) < 0).all()


def test_the_column_is_the_mean_of_the_levels(datasets):
    levels = datasets["co2"]
    bounds = levels["pressure_bounds"].values
    weight = (bounds[:, 0] - bounds[:, 1]) / bounds[0, 0]
    column = np.einsum("z,tzyx->tyx", weight, levels["co2"].values.astype(float))
    assert np.abs(column - datasets["xco2"]["xco2"].values[::4]).max() < 2e-4
    assert weight.sum() == pytest.approx(1.0, rel=1e-6)


def test_stations_are_cells_of_the_levels(datasets):
    levels, stations = datasets["co2"], datasets["stations"]
    first = stations.isel(sounding=slice(0, len(STATIONS)))
    for number, each in enumerate(STATIONS):
        latitude, longitude = each.origin or (each.latitude, each.longitude)
        cell = levels.isel(time=0).sel(latitude=latitude, longitude=longitude, method="nearest")
        cell = cell.sel(pressure=each.pressure, method="nearest")
        assert float(first["co2"][number]) == pytest.approx(float(cell["co2"]), abs=1e-4)
        assert str(first["site"].values[number]) == each.code
        assert float(first["latitude"][number]) == each.latitude


def test_fluxes_are_what_was_emitted(datasets, found):
    dataset = datasets["fluxes"]
    edges = [dataset[f"{name}_bounds"].values for name in ("latitude", "longitude")]
    cuts = [np.append(each[:, 0], each[-1, 1]) for each in edges]
    area = cell_areas(*cuts)
    total = np.zeros(area.shape)
    for part, emitted in found.emitted.items():
        field = dataset[f"co2_flux_{part}"].values.astype(float)
        mass = (field.sum(axis=0) * area).sum() * 86_400
        carbon = mass * MOLAR_MASS_CARBON / MOLAR_MASS_CARBON_DIOXIDE / 1e12
        assert carbon == pytest.approx(emitted, rel=1e-5)
        total = total + field
    assert np.allclose(total, dataset["co2_flux"].values, rtol=1e-4, atol=1e-14)
    assert found.emitted["fossil"] == pytest.approx(9.9 * 6 / 365.25, rel=0.1)


def test_the_books_are_balanced_and_the_summary_is_that_of_the_files(datasets, found):
    assert found.mass_error < 1e-12
    assert found.days == 6
    latitude = np.deg2rad(datasets["xco2"]["latitude_bounds"].values)
    weight = np.sin(latitude[:, 1]) - np.sin(latitude[:, 0])
    means = datasets["xco2"]["xco2"].values.mean(axis=(0, 2))
    assert found.mean_xco2 == pytest.approx(np.average(means, weights=weight), abs=1e-4)
    series = datasets["stations"]["co2"].values.reshape(6, -1)
    for number, each in enumerate(found.stations_summary):
        assert each.code == STATIONS[number].code
        assert each.mean == pytest.approx(series[:, number].mean(), abs=1e-4)
        assert each.lowest <= each.mean <= each.highest


def test_progress_is_told_day_by_day_from_the_first_of_january(told, found):
    parts = [part for part, _ in told]
    assert parts == sorted(parts)
    assert parts[0] == 0.0
    assert parts[-1] == 1.0
    assert len(parts) == 1 + 8
    assert told[1][1] == "simulated 2023-01-01"
    assert found.digest


def test_the_same_inputs_give_the_same_files_and_another_seed_others(found, tmp_path):
    for name in ("same", "other"):
        (tmp_path / name).mkdir()
    same, other = again(tmp_path / "same"), again(tmp_path / "other", seed=5)
    assert same.digest == found.digest != other.digest
    for name in KINDS:
        bits = [hashlib.sha256(getattr(each, name).read_bytes()).digest() for each in (found, same)]
        assert bits[0] == bits[1]
    assert Outputs.model_validate(same.model_dump()) == same


def test_a_world_without_fossil_fuels_has_less_in_the_north(found, datasets, tmp_path):
    natural = again(tmp_path, tracers=["biosphere", "ocean", "fire"])
    with xr.open_dataset(natural.xco2, engine="h5netcdf") as without:
        less = (datasets["xco2"]["xco2"].values - without["xco2"].values).mean(axis=(0, 2))
    assert less[-6:].mean() > 1
    assert less[:6].mean() < 0
    assert "fossil" not in natural.emitted
    with xr.open_dataset(natural.fluxes, engine="h5netcdf") as fluxes:
        assert "co2_flux_fossil" not in fluxes
    assert natural.digest == found.digest


def test_a_run_ends_when_it_is_stopped(tmp_path):
    class Stopping(SerialContext):
        def progress(self, fraction, message=""):
            if "2023-01-02" in message:
                raise StoppedError

    with pytest.raises(StoppedError):
        nature_run(Inputs(**INPUTS), Stopping(tmp_path))


def test_what_is_expected_is_not_less_than_what_is_written(found):
    expected = cost(Inputs(**INPUTS), {})
    written = sum(getattr(found, name).stat().st_size for name in KINDS)
    assert written < 2 * expected.result
