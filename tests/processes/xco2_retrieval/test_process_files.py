"""Files of spectra and weather: soundings that cannot be used, and files that cannot."""

import h5py
import netCDF4
import numpy as np
import pytest

from casa_ogc.jobs.input_files import local, opened
from casa_processes.common.context import SerialContext
from casa_processes.common.errors import CasaError, FileContentError
from casa_processes.common.file_inputs import named_files
from casa_processes.common.registry import process
from casa_processes.xco2_retrieval import physics as physics_of
from tests.processes.xco2_retrieval.granules import granule

PROCESS = process("xco2-retrieval")
QUICK = {
    "plots": False,
    "screening": "off",
    "options": {"scattering": "single", "bands": ["wco2"], "aerosols": [], "threshold": 0.5},
}
RADIANCE = "SoundingMeasurements/radiance_weak_co2"


@pytest.fixture(scope="module", autouse=True)
def small_tables():
    """Files are retrieved with the tables that they were simulated with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(physics_of, "FINE", physics_of.COARSE)
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory, physics):
    folder = tmp_path_factory.mktemp("files")
    return folder, granule(folder, physics, 7)


@pytest.fixture
def copied(files, tmp_path):
    """Copies of the files that a test may damage."""
    for name in ("l1b.h5", "met.h5"):
        (tmp_path / name).write_bytes((files[0] / name).read_bytes())
    return tmp_path


def run(folder, out, **more):
    out.mkdir(exist_ok=True)
    names = {"l1b": str(folder / "l1b.h5"), "meteorology": str(folder / "met.h5")}
    inputs = PROCESS.validate({**names, **more})
    context = SerialContext(out, files=opened(local(named_files(inputs))))
    return PROCESS.load()(inputs, context)


def test_what_was_simulated_is_retrieved_from_its_files(files, tmp_path):
    folder, true = files
    found = run(folder, tmp_path, plots=False, screening="off", max_soundings=2)
    assert found.matched == 7
    assert found.source.simulated
    assert sorted(found.source.files) == ["l1b", "meteorology"]
    with netCDF4.Dataset(found.soundings) as file:
        away = (file["xco2"][:] - np.array(true[:2])) / file["xco2_uncertainty"][:]
        assert "synthetic" in file.title
        assert file.input_l1b.endswith(found.source.files["l1b"])
    assert np.abs(away).max() < 4.0
    assert found.outcomes == {"converged": 2}


def test_single_soundings_that_cannot_be_used_are_told_and_the_rest_is_done(copied, tmp_path):
    with h5py.File(copied / "l1b.h5", "r+") as file:
        band = file[RADIANCE]
        band[0, 1] = -999999.0
        band[0, 2] = 1e16 * np.random.default_rng(0).standard_normal(band.shape[2])
        band[0, 3] = np.minimum(band[0, 3], np.percentile(band[0, 3], 60))
        file["SoundingGeometry/sounding_solar_zenith"][0, 4] = 96.0
    with h5py.File(copied / "met.h5", "r+") as file:
        file["SoundingGeometry/sounding_id"][5, 0] = 1
        file["Meteorology/surface_pressure_met"][6, 0] = np.nan
    found = run(copied, tmp_path / "out", **QUICK)
    assert found.outcomes == {"converged": 1, "bad_input": 6}
    told = {int(each.sounding_id[-1]): each.message for each in found.messages}
    assert sorted(told) == [2, 3, 4, 5, 6, 7]
    assert "signal" in told[3] or "dark" in told[3]
    assert "saturated" in told[4]
    assert "solar zenith" in told[5]
    assert found.failed_tests["not_converged"] == 6


def test_a_band_that_a_whole_file_lacks_is_one_error_that_names_it(copied, tmp_path):
    with h5py.File(copied / "l1b.h5", "r+") as file:
        del file[RADIANCE]
    with pytest.raises(FileContentError, match=r"l1b\.h5.*radiance_weak_co2"):
        run(copied, tmp_path / "out", **QUICK)


@pytest.mark.parametrize("name", ["l1b.h5", "met.h5"])
@pytest.mark.parametrize("damage", ["text", "cut", "empty"])
def test_a_file_that_cannot_be_used_is_one_error_that_names_it(copied, tmp_path, name, damage):
    path = copied / name
    content = path.read_bytes()
    path.write_bytes(
        {"text": b"no HDF5", "cut": content[: len(content) // 2], "empty": b""}[damage]
    )
    with pytest.raises(FileContentError, match=name):
        run(copied, tmp_path / "out", **QUICK)


@pytest.mark.parametrize(
    ("field", "content"),
    [
        ("spectroscopy", "bands: {o2a: {gases: {}}}"),
        ("spectroscopy", "\0"),
        ("solar", "no spectrum"),
        ("bias_correction", "[]"),
        ("prior", "time,latitude,fraction,co2"),
        ("residual_functions", "no HDF5"),
    ],
)
def test_another_file_that_cannot_be_used_is_one_error(copied, tmp_path, field, content):
    path = tmp_path / f"{field}.txt"
    path.write_text(content)
    with pytest.raises(CasaError) as caught:
        run(copied, tmp_path / "out", **QUICK, **{field: str(path)})
    assert path.name in str(caught.value)


def test_a_priori_profiles_of_a_file_are_those_of_the_soundings(files, tmp_path):
    """They fall from 440 ppm at the ground to 420 at the top, half of it in half of the air."""
    rows = [f"2023-07-01T0{h}:00:00Z,0,{f},{420 + 20 * f}" for h in (4, 6) for f in (0, 1)]
    path = tmp_path / "prior.csv"
    path.write_text("\n".join(["time,latitude,fraction,co2", *rows]))
    found = run(files[0], tmp_path / "out", **QUICK, prior=str(path), max_soundings=1)
    assert "prior" in found.source.files
    with netCDF4.Dataset(found.soundings) as file:
        assert file["xco2_apriori"][0] == pytest.approx(430.0, abs=0.3)
        assert file["co2_profile_apriori"][0, 0] == pytest.approx(440.0, abs=0.01)


def test_soundings_before_a_priori_profiles_are_told(files, tmp_path):
    rows = [f"2024-0{m}-01,0,{f},420" for m in (1, 2) for f in (0, 1)]
    path = tmp_path / "prior.csv"
    path.write_text("\n".join(["time,latitude,fraction,co2", *rows]))
    found = run(files[0], tmp_path / "out", **QUICK, prior=str(path), max_soundings=1)
    assert found.outcomes == {"bad_input": 1}
    assert "a priori profiles" in found.messages[0].message


def test_an_instrument_that_is_none_is_refused_with_those_there_are(copied, tmp_path):
    with pytest.raises(CasaError, match="oco2"):
        run(copied, tmp_path / "out", **QUICK, instrument="zork")


def test_a_selection_by_place_time_and_footprint_reaches_the_files(files, tmp_path):
    found = run(
        files[0],
        tmp_path,
        **QUICK,
        bbox=[117.015, 30, 117.055, 32],
        datetime="2023-07-01T05:00:00Z",
        footprints=[3, 5, 8],
    )
    assert found.matched == 2
    with netCDF4.Dataset(found.soundings) as file:
        assert file["footprint"][:].tolist() == [3, 5]


def test_weather_of_other_soundings_is_missing_for_each(copied, tmp_path):
    with h5py.File(copied / "met.h5", "r+") as file:
        file["SoundingGeometry/sounding_id"][...] += 1000
    found = run(copied, tmp_path / "out", **QUICK, max_soundings=2)
    assert found.outcomes == {"bad_input": 2}
    assert "met.h5" in found.messages[0].message


def pattern():
    """A residual that no element of the state resembles: waves along the channels."""
    channel = np.arange(1016)
    return np.sin(channel / 3.7) * np.cos(channel / 210.0)


@pytest.mark.parametrize("eofs", [0, 3])
def test_a_planted_residual_is_taken_up_by_its_function_alone(copied, tmp_path, eofs):
    """Four times the noise at all channels makes a misfit of 5 where nothing takes it up."""
    with h5py.File(copied / "l1b.h5", "r+") as file:
        noise = 2.45e20 / 100 * np.sqrt(100 * file[RADIANCE][0, 0] / 2.45e20 * 0.008**2 + 9e-5)
        file[RADIANCE][0, 0] += (4.0 * noise * pattern()).astype(np.float32)
    with h5py.File(tmp_path / "eof.h5", "w") as file:
        file["wco2"] = pattern()[None]
    quick = {**QUICK, "options": {**QUICK["options"], "eofs": eofs}}
    found = run(
        copied, tmp_path / "out", **quick, max_soundings=1,
        residual_functions=str(tmp_path / "eof.h5"),
    )  # fmt: skip
    assert sorted(found.source.files) == ["l1b", "meteorology", "residual_functions"]
    with netCDF4.Dataset(found.soundings) as file:
        misfit = float(file["chi2_wco2"][0])
    assert found.outcomes == {"converged_high_chi_squared" if eofs == 0 else "converged": 1}
    assert (misfit > 4.0) if eofs == 0 else (0.8 < misfit < 1.2)


def test_residual_functions_of_another_instrument_are_told_for_each_sounding(copied, tmp_path):
    with h5py.File(tmp_path / "eof.h5", "w") as file:
        file["wco2"] = np.ones((2, 500))
    found = run(
        copied, tmp_path / "out", **QUICK, max_soundings=2,
        residual_functions=str(tmp_path / "eof.h5"),
    )  # fmt: skip
    assert found.outcomes == {"bad_input": 2}
    assert "500 channels" in found.messages[0].message


def test_a_truth_that_the_file_tells_stands_beside_what_was_retrieved(files, copied, tmp_path):
    with h5py.File(copied / "l1b.h5", "r+") as file:
        names = file["SoundingGeometry/sounding_id"][0, :7]
        file["Truth/sounding_id"], file["Truth/xco2"] = names[:2], np.array(files[1][:2])
    found = run(copied, tmp_path / "out", **QUICK, max_soundings=3)
    with netCDF4.Dataset(found.soundings) as file:
        true = np.ma.filled(file["xco2_true"][:], np.nan)
    assert true == pytest.approx([*files[1][:2], np.nan], abs=1e-4, nan_ok=True)
    assert found.good.count
    assert np.isfinite(found.good.mean_true)


def test_a_band_that_is_missing_counts_where_it_is_fitted_alone(copied, tmp_path):
    """Without channels in the strong band the weak one is retrieved; it has a test of its own."""
    with h5py.File(copied / "l1b.h5", "r+") as file:
        file["SoundingMeasurements/radiance_strong_co2"][0, 0] = -999999.0
        file[RADIANCE][0, 1] = -999999.0
    found = run(copied, tmp_path / "out", **QUICK, max_soundings=2)
    assert found.outcomes == {"converged": 1, "bad_input": 1}
    assert found.messages[0].message == "wco2: no good channel"
    assert found.failed_tests["signal_too_low_or_saturated"] == 1
