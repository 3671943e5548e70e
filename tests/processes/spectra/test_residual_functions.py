"""Residual functions by file: whose they are, in which channels, and how large."""

from dataclasses import replace

import h5py
import numpy as np
import pytest

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.spectra.granule import open_granule
from casa_processes.spectra.residual_functions import MOST, read_residual_functions
from tests.processes.spectra.files import CHANNELS, FOOTPRINTS, gosat_arrays, oco_arrays, write

BANDS = ("o2a", "wco2", "sco2")
NASA = "Instrument/EmpiricalOrthogonalFunction"


@pytest.fixture(scope="module")
def oco(tmp_path_factory):
    return open_granule(write(tmp_path_factory.mktemp("oco") / "l1b.h5", oco_arrays()))


@pytest.fixture(scope="module")
def gosat(tmp_path_factory):
    return open_granule(write(tmp_path_factory.mktemp("gosat") / "l1b.h5", gosat_arrays()))


def made(path, arrays, units="1", key="units"):
    """Write arrays with their units."""
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            file[name] = values
            if units is not None:
                file[name].attrs[key] = units
    return read_residual_functions(path)


def drawn(*shape):
    return np.random.default_rng(7).standard_normal(shape)


def size(values, spectrum):
    return np.sqrt(np.mean(values[..., spectrum.good] ** 2, axis=-1))


def along(one, other):
    """Cosine between two functions."""
    return one @ other / np.sqrt((one @ one) * (other @ other))


def test_functions_over_the_noise_are_those_of_the_footprint_in_its_noise(oco, tmp_path):
    values = drawn(2, FOOTPRINTS, CHANNELS)
    functions = made(tmp_path / "eof.h5", dict.fromkeys(BANDS, values))
    for number in range(len(oco)):
        sounding = functions.added(oco.sounding(number))
        for name in BANDS:
            spectrum = sounding.bands[name]
            here = values[:, sounding.footprint] * spectrum.uncertainty
            noise = size(spectrum.uncertainty, spectrum)
            assert size(spectrum.functions, spectrum) == pytest.approx([noise, noise])
            for found, expected in zip(spectrum.functions, here, strict=True):
                assert along(found[spectrum.good], expected[spectrum.good]) == pytest.approx(1.0)


def test_functions_in_photons_keep_their_form_and_are_for_all_footprints(oco, tmp_path):
    values = 1e17 * drawn(3, CHANNELS)
    functions = made(tmp_path / "e.h5", {"wco2": values}, "photon s-1 m-2 sr-1 um-1")
    for number in (0, 1):
        spectrum = functions.added(oco.sounding(number)).bands["wco2"]
        for found, expected in zip(spectrum.functions, values, strict=True):
            assert along(found, expected) == pytest.approx(1.0)


def test_a_band_with_fewer_functions_gets_zeros_in_their_place(oco, tmp_path):
    functions = made(tmp_path / "e.h5", {"wco2": drawn(3, CHANNELS), "o2a": drawn(1, CHANNELS)})
    found = functions.added(oco.sounding(0))
    counts = {name: np.any(found.bands[name].functions != 0, axis=1).sum() for name in BANDS}
    assert counts == {"o2a": 1, "wco2": 3, "sco2": 0}
    assert {found.bands[name].functions.shape for name in BANDS} == {(3, CHANNELS)}


@pytest.mark.parametrize(("land", "name"), [(1.0, "Land"), (0.0, "Water"), (np.nan, "Land")])
def test_files_of_nasa_have_functions_of_land_and_of_water(oco, tmp_path, land, name):
    arrays = {
        f"{NASA}/{group}/EOF_{order}_waveform_{band}": drawn(FOOTPRINTS, CHANNELS) + shift
        for group, shift in (("Land", 0.0), ("Water", 3.0))
        for order in (1, 2)
        for band in (1, 2, 3)
    }
    functions = made(tmp_path / "l2_eof.h5", arrays, None)
    sounding = functions.added(replace(oco.sounding(1), land_fraction=land))
    spectrum = sounding.bands["sco2"]
    wanted = arrays[f"{NASA}/{name}/EOF_1_waveform_3"][sounding.footprint] * spectrum.uncertainty
    assert spectrum.functions.shape == (2, CHANNELS)
    assert along(spectrum.functions[0], np.where(spectrum.good, wanted, 0.0)) == pytest.approx(1.0)


def gains(gain, values=np.ones_like):
    """Return arrays of a file of NASA for GOSAT: wavenumber and power."""
    ends = {1: (12900.0, 13000.0), 2: (6100.0, 6200.0), 3: (4780.0, 4850.0)}
    return {
        f"{NASA}/{gain}/EOF_1_waveform_{band}": np.stack(
            [place := np.linspace(*ends[band], 400), values(place)], axis=1
        )
        for band in ends
    }


def test_functions_over_wavenumber_are_interpolated_and_turned_to_photons(gosat, tmp_path):
    arrays = gains("H_gain", lambda place: np.sin(place / 9.0))
    units = np.array([b"W / cm^2 / sr / cm^-1"])
    functions = made(tmp_path / "l2_gosat_eof.h5", arrays, units, "Units")
    sounding = gosat.sounding(0)
    assert sounding.gain == "H"
    for name in BANDS:
        spectrum = functions.added(sounding).bands[name]
        wavenumber = 1e4 / spectrum.wavelength
        expected = np.sin(wavenumber / 9.0) * wavenumber
        assert along(spectrum.functions[0], expected) == pytest.approx(1.0, abs=1e-4)
        assert size(spectrum.functions[0], spectrum) == pytest.approx(
            size(spectrum.uncertainty, spectrum)
        )


def test_a_sounding_of_another_gain_is_refused_by_name(gosat, tmp_path):
    functions = made(tmp_path / "e.h5", gains("M_gain"), "W / cm^2 / sr / cm^-1", "Units")
    sounding = gosat.sounding(0)
    with pytest.raises(InvalidValueError, match=rf"{sounding.sounding_id}.*gain H.*M_gain"):
        functions.added(sounding)


@pytest.mark.parametrize(
    ("arrays", "units", "said"),
    [
        ({"zork": np.ones((2, 40))}, "1", "none of them"),
        ({"o2a": np.ones(40)}, "1", r"shape \(40,\)"),
        ({"o2a": np.ones((0, 40))}, "1", r"shape \(0, 40\)"),
        ({"o2a": np.ones((MOST + 1, 40))}, "1", "shape"),
        ({"o2a": np.ones((2, 40))}, "K", "units 1 or photon"),
        ({"o2a": np.array([[b"a", b"b"]])}, "1", "numbers"),
        ({"o2a/b": np.ones((2, 40))}, "1", "a group"),
        ({"o2a": np.zeros((MOST, 200_001))}, "1", "at most 2000000"),
        ({f"{NASA}/Land/EOF_1_waveform_1": np.ones((2, 40))}, "1", "none of them"),
        ({f"{NASA}/Land/EOF_1_waveform_{n}": np.ones((1, 2, 40)) for n in (1, 2, 3)}, "1", "shape"),
        ({NASA: np.ones(3)}, "1", "none of them"),
    ],
)
def test_files_of_no_such_form_are_refused(tmp_path, arrays, units, said):
    with pytest.raises(FileContentError, match=rf"eof\.h5.*{said}"):
        if "o2a/b" in arrays:
            with h5py.File(tmp_path / "eof.h5", "w") as file:
                file["o2a/b"] = 1.0
            read_residual_functions(tmp_path / "eof.h5")
        made(tmp_path / "eof.h5", arrays, units)


def test_text_in_place_of_a_file_is_refused(tmp_path):
    (tmp_path / "eof.h5").write_text("no HDF5")
    with pytest.raises(FileContentError, match=r"eof\.h5"):
        read_residual_functions(tmp_path / "eof.h5")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.ones((1, 39)), "39 channels.*40"),
        (np.ones((1, 1, 40)), ""),
        (np.zeros((1, 40)), "zero in all good channels"),
        (np.full((1, 40), np.nan), "zero in all good channels"),
    ],
)
def test_functions_that_do_not_fit_a_sounding_are_refused_by_name(oco, tmp_path, values, said):
    functions = made(tmp_path / "e.h5", {"o2a": values})
    sounding = oco.sounding(1)
    if not said:
        assert functions.added(sounding).bands["o2a"].functions.shape == (1, CHANNELS)
        return
    with pytest.raises(InvalidValueError, match=rf"{sounding.sounding_id}.*o2a.*{said}"):
        functions.added(sounding)


def test_a_footprint_beyond_those_of_the_file_is_refused(oco, tmp_path):
    functions = made(tmp_path / "e.h5", {"o2a": drawn(1, FOOTPRINTS, CHANNELS)})
    with pytest.raises(InvalidValueError, match="footprint 8"):
        functions.added(replace(oco.sounding(0), footprint=7))


@pytest.mark.realdata
def test_functions_of_nasa_for_oco2_and_gosat_are_read(realdata):
    oco, gosat = (
        realdata / place for place in ("oco2_case/l2_oco_eof.h5", "gosat_case/l2_gosat_eof.h5")
    )
    spectra = realdata / "gosat_case" / "acos_L1bB2900_tccon_5_good_qual.h5"
    shapes = realdata / "gosat_case" / "l2_ils_interpol.h5"
    for path in (oco, gosat, spectra, shapes):
        if not path.is_file():
            pytest.skip(f"no {path}")
    found = read_residual_functions(oco)
    assert {
        name: {len(each) for each in group.values()} for name, group in found.groups.items()
    } == {"Land": {4}, "Water": {4}}
    assert found.groups["Land"]["o2a"][0].values.shape == (8, 1016)
    sounding = open_granule(spectra, line_shapes=shapes).sounding(4)
    there = read_residual_functions(gosat).added(sounding)
    for spectrum in there.bands.values():
        assert spectrum.functions.shape == (3, spectrum.wavelength.size)
        low, high = spectrum.window
        outside = (1e4 / spectrum.wavelength < low - 20) | (1e4 / spectrum.wavelength > high + 20)
        assert (spectrum.functions[:, outside] == 0).all()
