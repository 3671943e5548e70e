"""Results of a nature run as collections, and as files of the command line."""

import json

import h5netcdf
import numpy as np
import pytest
from click.testing import CliRunner

from casa_ogc.archive.integrity import verify
from casa_ogc.cli import main
from casa_ogc.jobs.publication import publish
from casa_processes.common.netcdf import described
from casa_processes.common.vocabulary import variable
from tests.jobs.publishing import job_of, ran, site, stocked, stored_fields

INPUTS = {"start": "2023-01-01", "end": "2023-01-03", "grid": "10x8", "every": 2}
OUTPUTS = {"xco2": "xco2", "co2": "co2", "fluxes": "co2_flux", "stations": "co2"}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    archive = stocked(tmp_path_factory.mktemp("stocked") / "archive")
    return site(tmp_path_factory.mktemp("site"), archive)


@pytest.fixture(scope="module")
def published(catalog):
    """Each output as the collection of a job of its own, with the manifest of its results."""
    found = {}
    for number, name in enumerate(OUTPUTS):
        job = job_of(catalog, "nature-run", INPUTS, outputs=(name,), id=f"{number:032x}")
        manifest = ran(catalog, job)
        found[name] = job, manifest, publish(job, manifest, catalog)
    return found


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_output_becomes_a_collection_that_says_it_is_synthetic(catalog, published, name):
    _, _, collection = published[name]
    product = catalog.entry(collection).product
    assert product.synthetic
    assert product.title.en.startswith("Synthetic")
    assert "模拟" in product.title.zh
    assert product.description.en.startswith("Simulated, not observed.")
    assert product.licence == "CC0-1.0"
    assert OUTPUTS[name] in product.default_variables
    assert not verify(catalog.root, collection)


def test_levels_are_stored_with_their_pressures(catalog, published):
    entry, fields = stored_fields(catalog, published["co2"][2])
    assert entry.head.vertical.name == "pressure"
    assert entry.head.vertical.units == "hPa"
    assert entry.head.vertical.positive == "down"
    assert len(entry.head.vertical.values) == 20
    assert fields["co2"].shape == (2, 20, 23, 36)
    assert entry.head.time_resolution == "P2D"
    assert np.isfinite(fields["co2"]).all()


def test_the_archive_keeps_the_values_of_the_file(catalog, published):
    job, _, collection = published["xco2"]
    folder = catalog.settings.jobs.folder / "results" / job.id / str(job.attempt)
    _, fields = stored_fields(catalog, collection)
    with h5netcdf.File(folder / "synthetic-xco2.nc") as file:
        written = file["xco2"][:]
    assert np.array_equal(np.sort(fields["xco2"], axis=None), np.sort(written, axis=None))
    assert fields["xco2"].shape == (3, 23, 36)


def test_stations_are_soundings_of_every_day(catalog, published):
    entry = catalog.entry(published["stations"][2])
    rows = catalog.open(entry).select(["sounding_id", "site", "co2", "time"])
    assert len(rows["co2"]) == 3 * 9
    assert len(set(rows["sounding_id"])) == 27
    assert set(map(str, rows["site"])) >= {"MLO", "SPO", "BRW"}
    assert np.unique(rows["time"]).size == 3


@pytest.fixture(scope="module")
def files(published, catalog):
    """The files of one run, open."""
    opened = {}
    for name, (job, manifest, _) in published.items():
        folder = catalog.settings.jobs.folder / "results" / job.id / str(job.attempt)
        opened[name] = h5netcdf.File(folder / manifest.outputs[name].file)
    yield opened
    for each in opened.values():
        each.close()


def test_files_of_jobs_are_named_synthetic(published):
    for name, (_, manifest, _) in published.items():
        assert manifest.outputs[name].file == f"synthetic-{name}.nc"


@pytest.mark.parametrize("name", OUTPUTS)
def test_variables_have_the_words_of_the_vocabulary(files, name):
    file = files[name]
    assert file.attrs["Conventions"] == "CF-1.8"
    for key, stored in file.variables.items():
        if key.endswith("_bounds") or key == "time":
            continue
        row = variable(key)
        for attribute, expected in described(row).items():
            assert stored.attrs[attribute] == expected, (key, attribute)
        assert str(stored.dtype) in (row.dtype, "float64", "object")


@pytest.mark.parametrize("name", ["xco2", "co2", "fluxes"])
def test_axes_have_bounds_that_touch_and_cover_the_globe(files, name):
    file = files[name]
    for axis, first, last in (("latitude", -90, 90), ("longitude", -180, 180)):
        bounds = file[f"{axis}_bounds"][:]
        assert bounds[0, 0] == first
        assert bounds[-1, 1] == last
        assert np.allclose(bounds[1:, 0], bounds[:-1, 1], atol=1e-12)
        assert np.allclose(bounds.mean(axis=1), file[axis][:], atol=1e-12)
        assert file[axis].attrs["bounds"] == f"{axis}_bounds"
    days = file["time_bounds"][:]
    assert (np.diff(days, axis=1) == 86_400).all()
    assert file["time"].attrs["units"] == "seconds since 1970-01-01"


def test_layers_touch_and_end_at_the_top(files):
    bounds = files["co2"]["pressure_bounds"][:]
    assert bounds[0, 0] == 987.0
    assert bounds[-1, 1] == 0.0
    assert np.array_equal(bounds[1:, 0], bounds[:-1, 1])


def test_fields_are_in_pieces_of_one_day_and_compressed(files):
    for name, key in (("xco2", "xco2"), ("co2", "co2"), ("fluxes", "co2_flux_fossil")):
        stored = files[name][key]
        assert stored.chunks is None or stored.chunks[0] == 1
        assert np.isfinite(stored[:]).all()
    assert files["co2"]["co2"].chunks is not None


@pytest.fixture
def casa(monkeypatch, tmp_path):
    """Run ``casa`` on an empty archive."""

    def run(*arguments):
        monkeypatch.setenv("CASA_ARCHIVE", str(tmp_path / "archive"))
        return CliRunner().invoke(main, [str(one) for one in arguments], prog_name="casa")

    return run


def test_the_command_line_runs_it(casa, tmp_path):
    inputs = tmp_path / "inputs.json"
    inputs.write_text(json.dumps({**INPUTS, "end": "2023-01-01"}))
    done = casa("run", "nature-run", inputs, "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"results.json", *(f"{name}.nc" for name in OUTPUTS)}
    found = json.loads((tmp_path / "out" / "results.json").read_text())
    assert found["days"] == 1
    assert len(found["digest"]) == 64
    assert found["mass_error"] < 1e-12


def test_the_command_line_names_what_is_wrong(casa, tmp_path):
    inputs = tmp_path / "inputs.json"
    inputs.write_text(json.dumps({"start": "2023-13-01"}))
    done = casa("run", "nature-run", inputs, "-o", tmp_path / "out")
    assert done.exit_code != 0
    assert "/start" in done.output
    assert not (tmp_path / "out").exists()
