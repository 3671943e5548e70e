"""Runs of simulated observations, and what becomes of them as a collection."""

import numpy as np
import pytest
import xarray as xr

from casa_ogc.archive.integrity import verify
from casa_ogc.jobs.publication import publish
from casa_processes.simulation.choices import GRIDS
from casa_processes.simulation.nature import simulated
from casa_processes.simulation.sampling import instrument
from casa_processes.simulation.soundings import observed
from casa_processes.simulation.start import start
from casa_processes.simulation.world import Resolution, world
from tests.jobs.publishing import job_of, ran, site, stocked

INPUTS = {"mission": "oco2", "start": "2023-01-03", "end": "2023-01-04", "grid": "10x8", "seed": 2}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    archive = stocked(tmp_path_factory.mktemp("stocked") / "archive")
    return site(tmp_path_factory.mktemp("site"), archive)


@pytest.fixture(scope="module")
def done(catalog):
    """A job, its results and the collection made of them."""
    job = job_of(catalog, "simulate-observations", INPUTS, outputs=("soundings",), id=f"{7:032x}")
    manifest = ran(catalog, job)
    return job, manifest, publish(job, manifest, catalog)


@pytest.fixture(scope="module")
def expected():
    """The same soundings, by the functions beneath."""
    here = world(Resolution(*GRIDS["10x8"]), 2)
    run = list(simulated(here, start(here, 2023), np.datetime64("2023-01-05")))
    return [observed(instrument("oco2"), here, day, 2) for day in run[2:]]


def test_the_file_holds_what_the_world_was_measured_to_be(catalog, done, expected):
    job, _, _ = done
    folder = catalog.settings.jobs.folder / "results" / job.id / str(job.attempt)
    with xr.open_dataset(folder / "synthetic-oco2-soundings.nc", engine="h5netcdf") as file:
        values, days = file["xco2"].values, file["time"].values.astype("datetime64[D]")
    assert values == pytest.approx(np.concatenate([each.xco2 for each in expected]), rel=1e-6)
    assert set(days.astype(str)) == {"2023-01-03", "2023-01-04"}


def test_the_result_becomes_a_collection_that_says_it_is_synthetic(catalog, done, expected):
    collection = done[2]
    product = catalog.entry(collection).product
    assert product.synthetic
    assert product.title.en.startswith("Synthetic")
    assert product.licence == "CC0-1.0"
    assert not verify(catalog.root, collection)
    stored = catalog.open(catalog.entry(collection)).select(["xco2", "sounding_id"])
    assert stored["xco2"].size == sum(each.xco2.size for each in expected)
    assert all(str(each).startswith("synthetic-oco2-") for each in stored["sounding_id"])
