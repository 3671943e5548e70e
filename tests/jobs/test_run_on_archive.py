"""Running a process on soundings that the archive itself has written."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from casa_ogc.archive.heads import read_head
from casa_ogc.archive.manifests import SourceFile
from casa_ogc.archive.soundings import open_soundings, write_soundings
from casa_ogc.readers import read
from tests.jobs.running import run_here
from tests.processes import stored


def dataset(rows):
    """Rows in the common schema."""
    dims = {1: ("sounding",), 2: ("sounding", "level")}
    return xr.Dataset(
        {name: (dims[np.ndim(values)], values) for name, values in rows.items()},
        attrs={"source": "rows.nc", "mission": "Test"},
    )


def source_file(number):
    """What the archive notes of a file."""
    return SourceFile(f"{number}.nc", f"{number:064d}", 1, "test", "1", "2023-04-02T00:00:00Z", 2)


def shelf(root, name):
    """A catalogue of one product."""
    entry = SimpleNamespace(
        product=SimpleNamespace(id=name, licence="CC-BY-4.0"), head=read_head(root, name)
    )
    return SimpleNamespace(root=root, entry=lambda asked: entry)


@pytest.fixture
def catalog(tmp_path):
    """An archive of two commits: the first rows, then the others."""
    rows = stored.soundings()
    for number, part in enumerate((slice(0, 2), slice(2, None))):
        chosen = dataset({name: values[part] for name, values in rows.items()})
        write_soundings(tmp_path, "demo", chosen, [source_file(number)])
    return shelf(tmp_path, "demo")


def test_columns_of_archived_soundings_are_those_of_their_values(catalog):
    inputs = {"profile": [400.0, 404.0, 410.0], "collection": "demo"}
    found = run_here("smoothed-column", inputs, catalog)
    assert found["sounding_id"] == [f"s{row}" for row in range(6)]
    assert found["smoothed_column"] == [404.5, None, 404.5, 404.5, 404.5, 404.5]
    assert found["source"]["snapshot"] == catalog.entry("demo").head.snapshot


def test_the_rows_of_a_selection_are_those_that_the_archive_selects(catalog):
    inputs = {"profile": "prior", "collection": "demo", "datetime": "2023-04-01T06:00:00Z/.."}
    found = run_here("smoothed-column", inputs, catalog)
    store = open_soundings(catalog.root, "demo", catalog.entry("demo").head.snapshot)
    interval = (np.datetime64("2023-04-01T06:00", "ns"), None)
    expected = store.select(["sounding_id", "co2_profile_apriori"], interval=interval)
    assert found["sounding_id"] == list(expected["sounding_id"])
    np.testing.assert_allclose(found["prior_column"], expected["co2_profile_apriori"].mean(axis=1))


@pytest.mark.realdata
def test_a_genuine_tccon_file_gives_its_prior_columns_through_reader_and_archive(
    realdata, tmp_path
):
    path = realdata / "tccon/hw20230402_20230402.public.qc.nc"
    if not path.is_file():
        pytest.skip(f"no genuine TCCON file {path}")
    _, spectra = read(path)
    write_soundings(tmp_path, "tccon", spectra, [source_file(0)])
    found = run_here(
        "smoothed-column", {"profile": "prior", "collection": "tccon"}, shelf(tmp_path, "tccon")
    )
    order = np.lexsort((spectra["sounding_id"].values, spectra["time"].values))
    expected = spectra["xco2_apriori"].values[order]
    np.testing.assert_allclose(found["smoothed_column"], expected, rtol=1e-4)
    assert found["source"]["profile_basis"] == "wet"
