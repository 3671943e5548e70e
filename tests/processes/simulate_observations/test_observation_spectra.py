"""Spectra on request, and what the retrievals of XCO2 and fluorescence find in them."""

import h5py
import numpy as np
import pytest
import xarray as xr

from casa_ogc.jobs.input_files import local, opened
from casa_processes.common.context import SerialContext
from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.file_inputs import named_files
from casa_processes.common.registry import process
from casa_processes.simulate_observations import MOST_SPECTRA, Inputs
from casa_processes.simulate_observations.estimate import cost
from casa_processes.simulation import light_tables
from casa_processes.xco2_retrieval import physics as physics_of

INPUTS = {"mission": "oco2", "start": "2023-01-02", "end": "2023-01-02", "grid": "10x8", "seed": 2}
COUNT = 3
BUILTIN_SPECTROSCOPY = 1 << 12


@pytest.fixture(scope="module", autouse=True)
def small_tables():
    """Spectra are made and retrieved with the same tables, smaller than the usual ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(light_tables, "STATES", physics_of.COARSE)
        patch.setattr(physics_of, "FINE", physics_of.COARSE)
        yield


def run(name, folder, report=None, **inputs):
    folder.mkdir(exist_ok=True)
    asked = process(name)
    checked = asked.validate(inputs)
    files = opened(local(named_files(checked)))
    context = SerialContext(folder, report=report, files=files)
    return asked.load()(checked, context)


@pytest.fixture(scope="module")
def told():
    """What is reported while spectra are made."""
    return []


@pytest.fixture(scope="module")
def made(tmp_path_factory, told):
    folder = tmp_path_factory.mktemp("made")
    given = INPUTS | {"l1b": True, "max_spectra": COUNT}
    return run("simulate-observations", folder, lambda *event: told.append(event), **given)


@pytest.fixture(scope="module")
def truth(made):
    with h5py.File(made.spectra) as file:
        return {name: values[()] for name, values in file["Truth"].items()}


@pytest.fixture(scope="module")
def retrieved(made, tmp_path_factory):
    found = run(
        "xco2-retrieval",
        tmp_path_factory.mktemp("retrieved"),
        l1b=str(made.spectra),
        meteorology=str(made.meteorology),
        screening="off",
        plots=False,
    )
    with xr.open_dataset(found.soundings, engine="h5netcdf") as file:
        return found, file.load()


def test_spectra_and_their_weather_are_written(made, truth):
    assert made.spectra_count == COUNT == truth["xco2"].size
    assert made.count > 1000
    with h5py.File(made.spectra) as file, h5py.File(made.meteorology) as air:
        identifiers = file["SoundingGeometry/sounding_id"][()]
        assert sorted(identifiers[identifiers > 0]) == sorted(truth["sounding_id"])
        assert sorted(air["SoundingGeometry/sounding_id"][()].ravel()) == sorted(
            truth["sounding_id"]
        )
        assert file.attrs["synthetic"] == air.attrs["synthetic"] == "true"


def test_world_tables_and_spectra_share_the_progress(made, told):
    parts = [part for part, _ in told]
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
    assert max(part for part, text in told if text.startswith("2023")) == 0.5
    tables = [part for part, text in told if text == "tables of cross-sections"]
    assert tables[0] == 0.5
    assert tables[-1] == pytest.approx(0.7)
    assert sum(part > 0.7 + 1e-9 for part in parts) == COUNT


def test_spectra_are_of_soundings_of_the_file_of_soundings(made, truth):
    with xr.open_dataset(made.soundings, engine="h5netcdf") as file:
        stamps = np.datetime_as_string(file["time"].values.astype("datetime64[ms]"))
        digits = ["".join(filter(str.isdigit, stamp))[:15] for stamp in stamps]
        names = [f"{d}{n}" for d, n in zip(digits, file["footprint"].values, strict=True)]
        rows = [names.index(str(each)) for each in truth["sounding_id"]]
        assert truth["xco2"] == pytest.approx(file["xco2_profile"].values[rows], abs=1e-3)
        sif = file["sif_740_true"].values[rows] / 1.5
        assert truth["sif_757"] == pytest.approx(sif, abs=1e-6)


@pytest.mark.slow
def test_the_retrieval_finds_the_column_of_the_world_as_its_kernel_sees_it(retrieved, truth):
    found, file = retrieved
    assert found.matched == COUNT
    assert found.source.simulated
    assert found.outcomes.get("converged", 0) >= COUNT - 1
    order = {str(name): row for row, name in enumerate(truth["sounding_id"])}
    rows = [order[str(name)] for name in file["sounding_id"].values]
    profile = truth["co2_profile"][rows][:, ::-1]
    weight, kernel = file["pressure_weight"].values, file["xco2_averaging_kernel"].values
    prior = file["co2_profile_apriori"].values
    expected = file["xco2_apriori"].values + (weight * kernel * (profile - prior)).sum(axis=1)
    there = np.isfinite(file["xco2"].values)
    assert there.sum() >= COUNT - 1
    away = ((file["xco2"].values - expected) / file["xco2_uncertainty"].values)[there]
    assert np.abs(away).max() < 4.0
    assert np.abs(file["xco2"].values - truth["xco2"][rows])[there].max() < 2.5
    for band in ("o2a", "wco2", "sco2"):
        assert file[f"chi2_{band}"].values[there] == pytest.approx(1.0, abs=0.25)
    assert np.abs(file["surface_pressure"].values[there] - 987.0).max() < 4.0


@pytest.mark.slow
def test_the_retrieval_of_fluorescence_finds_that_of_the_world(made, truth, tmp_path):
    found = run(
        "sif-retrieval",
        tmp_path,
        l1b=str(made.spectra),
        method="physical",
        solar="builtin",
        windows=["757"],
        zero_level=False,
        plots=False,
    )
    with xr.open_dataset(found.soundings, engine="h5netcdf") as file:
        order = {str(name): row for row, name in enumerate(truth["sounding_id"])}
        rows = [order[str(name)] for name in file["sounding_id"].values]
        error = file["sif_757"].values - truth["sif_757"][rows]
        away = error / file["sif_757_uncertainty"].values
    assert len(rows) == COUNT
    there = np.isfinite(away)
    assert there.sum() >= COUNT - 1
    assert np.abs(away[there]).max() < 4.0


def test_without_the_wish_there_are_none(tmp_path):
    found = run("simulate-observations", tmp_path, **(INPUTS | {"mission": "gosat"}))
    assert found.spectra is None
    assert found.meteorology is None
    assert found.spectra_count == 0
    assert [path.name for path in tmp_path.iterdir()] == ["synthetic-gosat-soundings.nc"]


@pytest.mark.parametrize(
    ("inputs", "place"),
    [
        ({"l1b": 1}, "/l1b"),
        ({"l1b": True, "mission": "tropomi"}, "/l1b"),
        ({"max_spectra": 0}, "/max_spectra"),
        ({"max_spectra": MOST_SPECTRA + 1}, "/max_spectra"),
        ({"max_spectra": True}, "/max_spectra"),
    ],
)
def test_spectra_that_cannot_be_made_are_refused(inputs, place):
    with pytest.raises(InvalidInputsError) as caught:
        process("simulate-observations").validate(inputs)
    assert place in [where for where, _ in caught.value.problems]


def test_spectra_cost_time_memory_and_room():
    plain, with_some, with_more = (
        cost(Inputs(l1b=l1b, max_spectra=count), {})
        for l1b, count in ((False, 16), (True, 16), (True, 160))
    )
    assert plain.cpu_seconds < with_some.cpu_seconds < with_more.cpu_seconds
    assert plain.memory < with_some.memory
    assert plain.result < with_some.result < with_more.result
