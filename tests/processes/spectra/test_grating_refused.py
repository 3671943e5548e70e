"""Files of OCO-2 and OCO-3 that cannot be used, or only in part: an error of ours says why."""

import numpy as np
import pytest
import yaml

from casa_processes.common.configuration import config_folder
from casa_processes.common.errors import CasaError, FileContentError, InvalidValueError
from casa_processes.instruments.spectrometer import spectrometer
from casa_processes.spectra.granule import open_granule
from tests.processes.spectra.files import FOOTPRINTS, FRAMES, oco_arrays, without, write


@pytest.fixture
def arrays():
    return oco_arrays()


@pytest.fixture
def opened(tmp_path):
    return lambda arrays: open_granule(write(tmp_path / "l1b.h5", arrays))


NEEDED = [
    name
    for name in oco_arrays()
    if not any(word in name for word in ("Metadata", "solar_", "land", "vertex", "stokes", "bad"))
]


@pytest.mark.parametrize("name", NEEDED)
def test_a_file_without_an_array_is_refused_by_its_name(arrays, opened, name):
    with pytest.raises(FileContentError, match=rf"l1b\.h5: .*{name}.*nothing"):
        opened(without(arrays, name))


@pytest.mark.parametrize("name", [*NEEDED, "FootprintGeometry/footprint_stokes_coefficients"])
@pytest.mark.parametrize("change", ["short", "flat", "text"])
def test_an_array_of_another_form_is_refused(arrays, opened, name, change):
    good = arrays[name]
    arrays[name] = {
        "short": good[:2] if good.shape[0] > 2 else good[:1],
        "flat": good.ravel(),
        "text": np.array([[b"x"] * FOOTPRINTS] * FRAMES),
    }[change]
    with pytest.raises(FileContentError, match=r"l1b\.h5: "):
        opened(arrays).sounding(0)


def test_wavelengths_that_do_not_ascend_are_refused(arrays, opened):
    arrays["InstrumentHeader/dispersion_coef_samp"][1, 0] *= -1
    granule = opened(arrays)
    with pytest.raises(FileContentError, match="ascending wavelengths"):
        granule.sounding(0)
    granule.sounding(1)


def test_a_footprint_without_any_response_is_refused(arrays, opened):
    arrays["InstrumentHeader/ils_relative_response"][0, 1] = 0.0
    with pytest.raises(FileContentError, match=r"ils_relative_response\[0, 1\]"):
        opened(arrays).sounding(1)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.999])
def test_a_truncated_file_is_refused(arrays, tmp_path, share):
    path = write(tmp_path / "l1b.h5", arrays)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(FileContentError, match=r"l1b\.h5: "):
        open_granule(path).sounding(0)


@pytest.mark.parametrize("seed", range(24))
def test_a_damaged_file_gives_a_sounding_or_an_error_of_ours(arrays, tmp_path, seed):
    path = write(tmp_path / "l1b.h5", arrays)
    content = bytearray(path.read_bytes())
    rng = np.random.default_rng(seed)
    for place in rng.integers(0, len(content), 200):
        content[place] = rng.integers(256)
    path.write_bytes(content)
    try:
        open_granule(path).sounding(0)
    except CasaError as error:
        assert str(error)


def test_what_is_no_hdf5_file_is_refused(tmp_path):
    (tmp_path / "text.h5").write_text("no HDF5")
    for name in ("text.h5", "nowhere.h5", "."):
        with pytest.raises(FileContentError, match="a readable HDF5 file"):
            open_granule(tmp_path / name)


def test_a_file_of_an_unknown_instrument_is_refused(tmp_path):
    for arrays in ({"x": np.ones(3)}, {"Metadata/InstrumentShortName": np.array([b"MODIS"])}):
        with pytest.raises(FileContentError, match=r"one of .*OCO-2, "):
            open_granule(write(tmp_path / "l1b.h5", arrays))


@pytest.mark.parametrize("index", [-1, FRAMES * FOOTPRINTS])
def test_a_sounding_that_is_not_there_is_refused(arrays, opened, index):
    with pytest.raises(InvalidValueError, match="from 0 to 5"):
        opened(arrays).sounding(index)


def test_tansat_tells_what_its_configuration_needs(arrays, tmp_path):
    path = write(tmp_path / "l1b.h5", arrays)
    with pytest.raises(InvalidValueError, match=r"tansat\.yml.*sounding_id, time.*full_scale"):
        open_granule(path, "tansat")


def test_tansat_is_read_once_its_names_are_known(arrays, tmp_path, monkeypatch):
    places = {name: f"All/{name.replace('/', '_')}" for name in arrays}
    path = write(tmp_path / "l1b.h5", {places[name]: arrays[name] for name in arrays})
    content = yaml.safe_load((config_folder() / "instruments/tansat.yml").read_text())
    known = spectrometer("oco2").names
    for field in content["names"]:
        first = known[field] if isinstance(known[field], str) else known[field][0]
        content["names"][field] = f"All/{first.replace('/', '_')}"
    for band in content["bands"].values():
        band["full_scale"] = 7e20
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments/tansat.yml").write_text(yaml.safe_dump(content))
    (tmp_path / "casa.yml").write_text("")
    expected = open_granule(write(tmp_path / "oco.h5", arrays)).sounding(3)
    monkeypatch.setenv("CASA_CONFIG", str(tmp_path))
    config_folder.cache_clear()
    try:
        found = open_granule(path, "tansat").sounding(3)
    finally:
        config_folder.cache_clear()
    assert (found.sounding_id, found.latitude) == (expected.sounding_id, expected.latitude)
    for band, spectrum in expected.bands.items():
        assert np.array_equal(found.bands[band].radiance, spectrum.radiance)


def test_an_instrument_without_a_reader_is_refused(arrays, tmp_path):
    with pytest.raises(InvalidValueError, match="tropomi"):
        open_granule(write(tmp_path / "l1b.h5", arrays), "tropomi")
