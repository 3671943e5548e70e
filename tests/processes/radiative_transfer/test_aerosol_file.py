"""Kinds of particles from files: what is written is read, and what is wrong is told."""

import h5py
import numpy as np
import pytest

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.radiative_transfer.aerosol import REFERENCE, henyey_greenstein, optics
from casa_processes.radiative_transfer.aerosol_file import read_kinds

WAVELENGTH = np.array([2.09, 2.03, 1.65, 1.58, 0.785, 0.755])
EXTINCTION = np.array([1.0, 1.1, 1.6, 1.7, 3.8, 4.0])
ASYMMETRY = np.linspace(0.5, 0.7, 6)


def written(path, change=None, humid=False):
    """Write one kind in the layout of the files; each of `change` replaces or removes an array."""
    moments = np.zeros((6, 12, 6))
    moments[:, :, 0] = henyey_greenstein(ASYMMETRY, 12)
    content = {
        "wave_number": 1e4 / WAVELENGTH,
        "extinction_coefficient": EXTINCTION,
        "scattering_coefficient": 0.9 * EXTINCTION,
        "phase_function_moment": moments,
    }
    if humid:
        for name in ("extinction_coefficient", "scattering_coefficient"):
            content[name] = np.stack([content[name], 3 * content[name]], axis=1)
        content["phase_function_moment"] = np.stack([moments, moments], axis=1)
        content["relative_humidity"] = np.array([0.0, 100.0], np.float32)
    with h5py.File(path, "w") as file:
        for name, values in {**content, **(change or {})}.items():
            if values is not None:
                file[f"XY/Properties/{name}"] = values
    return path


def test_a_kind_is_read_as_it_was_written(tmp_path):
    kind = read_kinds(written(tmp_path / "a.h5"))["XY"]
    assert kind.wavelength == pytest.approx(WAVELENGTH[::-1])
    assert kind.extinction == pytest.approx(EXTINCTION[::-1] / 4.0)
    assert kind.albedo == pytest.approx(0.9)
    found = optics(kind, np.array([REFERENCE, 1.58]), 1.58)
    assert found.shape == pytest.approx([1.0, 1.7 / 4.0])
    assert found.moments[1] / 3 == pytest.approx(ASYMMETRY[3])


def test_particles_swell_with_humidity(tmp_path):
    path = written(tmp_path / "a.h5", humid=True)
    dry, half, wet = (read_kinds(path, each)["XY"] for each in (0.0, 50.0, 100.0))
    for kind in (dry, half, wet):
        assert kind.extinction == pytest.approx(EXTINCTION[::-1] / 4.0)
        assert kind.albedo == pytest.approx(0.9)
    mixed = {"scattering_coefficient": np.stack([0.9 * EXTINCTION, 1.5 * EXTINCTION], axis=1)}
    half = read_kinds(written(tmp_path / "b.h5", mixed, humid=True), 50.0)["XY"]
    assert half.albedo == pytest.approx((0.9 + 1.5) / (1 + 3))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"wave_number": None}, "wave_number"),
        ({"extinction_coefficient": -EXTINCTION}, "above zero"),
        ({"extinction_coefficient": np.full(6, np.nan)}, "above zero"),
        ({"scattering_coefficient": 2 * EXTINCTION}, "albedo"),
        ({"wave_number": np.array([5000.0, 6000.0])}, "properties of particles"),
        ({"phase_function_moment": np.zeros((6, 12, 6))}, "moments"),
        ({"phase_function_moment": np.zeros(6)}, "properties of particles"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_reason(tmp_path, change, said):
    with pytest.raises(FileContentError, match=said):
        read_kinds(written(tmp_path / "a.h5", change))


def test_what_is_no_such_file_is_refused(tmp_path):
    path = tmp_path / "a.h5"
    path.write_text("no HDF5")
    with pytest.raises(FileContentError, match="HDF5"):
        read_kinds(path)
    with h5py.File(path, "w"):
        pass
    with pytest.raises(FileContentError, match="each kind"):
        read_kinds(path)
    with h5py.File(path, "w") as file:
        file["XY"] = 1.0
    with pytest.raises(FileContentError, match="nothing"):
        read_kinds(path)


@pytest.mark.parametrize("humidity", [-1.0, 101.0, np.nan])
def test_humidity_is_between_0_and_100(tmp_path, humidity):
    with pytest.raises(InvalidValueError, match="humidity"):
        read_kinds(written(tmp_path / "a.h5"), humidity)


@pytest.mark.realdata
def test_genuine_kinds_are_what_is_known_of_them(realdata):
    folder = realdata / "aerosol"
    if not (folder / "l2_aerosol_combined_RH.h5").is_file():
        pytest.skip("no genuine properties of aerosol")
    found = {**read_kinds(folder / "l2_aerosol_combined_RH.h5")}
    assert set(found) == {"BC", "DU", "OC", "SO", "SS"}
    found |= read_kinds(folder / "ice_MODIS6.h5")
    seen = {name: optics(kind, np.array([0.765]), 0.765) for name, kind in found.items()}
    assert seen["SO"].albedo > 0.99 > seen["DU"].albedo > 0.8 > seen["BC"].albedo
    ice = seen["ice_cloud_MODIS6_070"]
    assert 0.7 < ice.moments[1] / 3 < 0.9
    cosine = np.cos(np.radians(np.linspace(20, 180, 9)))
    assert (np.polynomial.legendre.legval(cosine, ice.moments) > 0).all()
