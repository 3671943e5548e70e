"""Genuine spectra of GOSAT and OCO-2, retrieved as jobs of a server from files that it holds.

Built-in lines and one band are quick, and say so: what better ones give is tested elsewhere.
"""

import io
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
import requests
import xarray as xr

from casa_processes.common.caches import cache_folder
from casa_processes.instruments.shapes import tabulated
from casa_processes.instruments.spectrometer import Optics, spectrometer
from casa_processes.spectra.simulated import write_simulated
from tests.nasa import case
from tests.processes.xco2_retrieval.genuine import karlsruhe
from tests.service.job_sites import JobSite, job_site

pytestmark = [pytest.mark.realdata, pytest.mark.slow]
NAME = "xco2-retrieval"
QUICK = {
    "screening": "off",
    "plots": False,
    "options": {"bands": ["wco2"], "aerosols": [], "scattering": "single", "threshold": 0.5},
}
GOSAT = {
    "l1b": "gosat/acos_L1bB2900_tccon_5_good_qual.h5",
    "meteorology": "gosat/acos_EcmB2900_tccon_5_good_qual.h5",
    "line_shapes": "gosat/l2_ils_interpol.h5",
    "datetime": "2010-09-14",
}
OCO2 = {
    "l1b": "karlsruhe.h5",
    "meteorology": "oco2/oco2_ECMWFTG_01576a_141018_B5000x4_150210001017s_spliced.h5",
}
CHANNELS = 1016


def rewritten(realdata: Path, path: Path) -> None:
    """Write the genuine spectrum that is in a file of NASA's results as a level-1B file of OCO-2.

    Wavelengths over the numbers of its channels are a polynomial of the fifth degree; its noise is
    written as that of the dark, its responses are those derived for the tests.
    """
    known = karlsruhe(case(realdata, "karlsruhe"))
    counts, indices = known.spectral["num_colors_per_band"], known.spectral["sample_indexes"]
    number, seen, bands = np.arange(1, CHANNELS + 1), {}, {}
    for (name, band), here in zip(
        known.sounding.bands.items(), np.split(indices, np.cumsum(counts)[:-1]), strict=True
    ):
        polynomial = np.polynomial.Polynomial.fit(here, band.wavelength, 5)
        radiance, noise = np.full(CHANNELS, np.nan), np.full(CHANNELS, 1e18)
        radiance[here - 1], noise[here - 1] = band.radiance, band.uncertainty
        scale = spectrometer("oco2").band(name).full_scale
        dark, usable = np.zeros(CHANNELS), np.isfinite(radiance)
        table = band.shape.offset[:, ::8], band.shape.response[:, ::8]
        shape = tabulated("wavelength", [0.0], *table)
        seen[name] = Optics(polynomial(number), shape, dark, 100.0 * noise / scale, scale, usable)
        bands[name] = replace(band, radiance=radiance)
    sounding = replace(known.sounding, bands=bands)
    write_simulated(path, spectrometer("oco2"), [sounding], "genuine, rewritten", seen)
    with h5py.File(path, "r+") as file:
        del file.attrs["synthetic"]


@pytest.fixture(scope="module")
def site(realdata, tmp_path_factory):
    folder = tmp_path_factory.mktemp("genuine")
    files, cache = folder / "files", folder / "jobs" / "cache"
    files.mkdir()
    cache.parent.mkdir()
    cache_folder().mkdir(parents=True, exist_ok=True)
    cache.symlink_to(cache_folder())
    for name in ("gosat", "oco2"):
        (files / name).symlink_to(realdata / f"{name}_case")
    rewritten(realdata, files / "karlsruhe.h5")
    with job_site(folder, files=str(files)) as found:
        yield found


def job(site: JobSite, **inputs):
    """Run a job to its end; returns its address."""
    content = {"inputs": {**QUICK, **inputs}, "response": "collection", "title": "Genuine"}
    response = site.run(content, process=NAME, Prefer="respond-async")
    assert response.status_code == 201, response.text
    address = response.headers["Location"]
    for _ in range(5):
        try:
            status = site.finished(address)
        except TimeoutError:
            continue
        assert status["status"] == "successful", status
        return address
    raise TimeoutError(address)


def output(address, name):
    response = requests.get(f"{address}/results/{name}", timeout=60)
    assert response.status_code == 200, response.text
    return response


@pytest.fixture(scope="module")
def lamont(site):
    return job(site, **GOSAT, plots=True, residual_functions="gosat/l2_gosat_eof.h5")


def test_a_sounding_of_gosat_is_retrieved_and_called_no_science(lamont):
    """Within 3 % of NASA's 390.24 ppm; the A band, which would tell the pressure, is left out."""
    (ended,) = output(lamont, "outcomes").json()
    assert ended.startswith("converged")
    source = output(lamont, "source").json()
    assert source["simulated"] is False
    assert source["science_quality"] == "no"
    assert source["channels"] == {"wco2": {"good": 401, "fitted": 401}}
    assert {"l1b", "meteorology", "line_shapes", "residual_functions"} == set(source["files"])
    with xr.open_dataset(io.BytesIO(output(lamont, "soundings").content)) as found:
        assert found["sounding_id"].values.tolist() == ["20100914193918"]
        assert found["xco2"].values[0] == pytest.approx(390.24, rel=0.03)
        assert found["quality_flag"].values.tolist() == [1]
        assert found.attrs["mission"] == "GOSAT"


@pytest.mark.parametrize("name", ["fit", "profile", "map", "dependence"])
def test_its_pictures_are_results(lamont, name):
    response = output(lamont, name)
    assert response.headers["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")


def test_it_is_found_by_a_query_of_the_published_collection(lamont):
    links = requests.get(lamont, timeout=60).json()["links"]
    collection = next(link["href"] for link in links if link["rel"] == "collection")
    area = "POLYGON((-98 36,-96 36,-96 37,-98 37,-98 36))"
    asked = {"coords": area, "parameter-name": "xco2,xco2_averaging_kernel", "f": "NetCDF"}
    answer = requests.get(f"{collection}/area", params=asked, timeout=60)
    assert answer.status_code == 200, answer.text
    with xr.open_dataset(io.BytesIO(answer.content)) as found:
        assert found["sounding_id"].values.tolist() == ["20100914193918"]
        assert found["xco2_averaging_kernel"].shape == (1, 20)


def test_the_spectrum_of_oco2_is_retrieved_from_a_level_1b_file(site, realdata):
    """All its channels within the window are fitted; no aerosol and built-in lines cost 4 %."""
    address = job(site, **OCO2)
    theirs = case(realdata, "karlsruhe")
    source = output(address, "source").json()
    assert source["channels"] == {"wco2": {"good": 496, "fitted": 496}}
    with xr.open_dataset(io.BytesIO(output(address, "soundings").content)) as found:
        assert found["sounding_id"].values.tolist() == ["2014101812360378"]
        assert found["latitude"].values[0] == pytest.approx(49.1027, abs=1e-3)
        assert found["xco2"].values[0] == pytest.approx(theirs.results["xco2"] * 1e6, rel=0.06)
        assert found["outcome_flag"].values[0] in (1, 2)
