"""Tables of absorption coefficients, on files written here in the two genuine layouts."""

import h5py
import numpy as np
import pytest

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.spectroscopy.absco import read_absco
from casa_processes.spectroscopy.cross_sections import Grid
from tests.processes.spectroscopy.records import approx

WAVENUMBER = 6200.0 + 0.01 * np.arange(301)
PRESSURE = np.array([1.0, 10.0, 100.0, 1000.0])
WATER = np.array([0.0, 0.03, 0.06])
GRID = Grid(6200.5, 0.01, 101)


def temperatures():
    """Five temperatures for each pressure, 10 K apart, from another start each."""
    return 180.0 + 5.0 * np.arange(4)[:, None] + 10.0 * np.arange(5)


def truth(wavenumber, pressure, temperature, water):
    """Cross-sections that are linear in all that tables are interpolated over."""
    shape = 1e-23 * (1.0 + 0.1 * (wavenumber - 6200.0))
    return shape * (1 + 0.2 * np.log(pressure)) * (1 + 0.004 * (temperature - 200)) * (1 + water)


def cube(water):
    """Values in the order of ABSCO: pressure, temperature, water, wavenumber."""
    return truth(
        WAVENUMBER,
        PRESSURE[:, None, None, None],
        temperatures()[:, :, None, None],
        np.asarray(water)[:, None],
    )


def written_oco(folder, water=WATER, dtype=np.float32, broadener="01"):
    path = folder / "co2_v52.hdf"
    with h5py.File(path, "w") as file:
        file["Pressure"] = PRESSURE * 100.0
        file["Temperature"] = temperatures()
        file["Wavenumber"] = WAVENUMBER
        file["Gas_Index"] = np.array([b"02\0"])
        values = cube(water if len(water) else [0.0]).astype(dtype)
        if len(water):
            file[f"Broadener_{broadener}_VMR"] = water
            file["Broadener_Index"] = np.array([broadener.encode()])
        else:
            values = values[:, :, 0]
        file["Gas_02_Absorption"] = values
    return path


def written_aer(folder, water=WATER, units="cm-1"):
    """Layers from the ground up; pressures and values missing where there is no temperature."""
    path = folder / "CO2_06200-06203_v0.0_init.nc"
    layers, kelvin = np.repeat(PRESSURE[::-1, None], 5, axis=1), temperatures()[::-1].copy()
    values = cube(water if len(water) else [0.0])[::-1].copy()
    for array in (layers, kelvin, values):
        array[0, 0] = np.nan
    with h5py.File(path, "w") as file:
        file["P_level"] = np.geomspace(1200.0, 0.5, 5)
        file["P_layer"] = layers
        file["T_layer"] = kelvin
        file["Spectral_Grid"] = WAVENUMBER
        file["Spectral_Grid"].attrs["units"] = units
        ordered = np.transpose(values, (3, 1, 0, 2))
        file["Cross_Section"] = ordered if len(water) else ordered[..., 0]
        if len(water):
            file["H2O_VMR"] = np.asarray(water) * 1e6
    return path


WRITERS = [written_oco, written_aer]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    ("pressure", "temperature"), [(10.0, 205.0), (37.0, 213.3), (650.0, 228.0)]
)
def test_tables_are_interpolated_in_pressure_and_temperature(
    tmp_path, writer, pressure, temperature
):
    found = read_absco(writer(tmp_path)).cross_section(GRID, pressure, temperature)
    expected = truth(GRID.values, pressure, temperature, 0.0)
    assert found == approx(expected, rel=1e-6)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_table_gives_its_change_with_water(tmp_path, writer):
    path = writer(tmp_path)
    found = read_absco(path, 1.1, change=True).cross_section(GRID, 300.0, 210.0)
    dry = truth(GRID.values, 300.0, 210.0, 0.0)
    assert found == approx(1.1 * dry, rel=1e-4)


@pytest.mark.parametrize("writer", WRITERS)
def test_tables_without_water_are_read_and_have_no_change_with_it(tmp_path, writer):
    path = writer(tmp_path, water=[])
    found = read_absco(path, 0.99).cross_section(GRID, 100.0, 215.0)
    expected = 0.99 * truth(GRID.values, 100.0, 215.0, 0.0)
    assert found == approx(expected, rel=1e-6)
    with pytest.raises(FileContentError, match="two mole fractions"):
        read_absco(path, change=True)


@pytest.mark.parametrize("writer", WRITERS)
def test_tables_that_begin_moist_are_led_back_to_dry_air(tmp_path, writer):
    found = read_absco(writer(tmp_path, water=[0.01, 0.03])).cross_section(GRID, 100.0, 215.0)
    assert found == approx(truth(GRID.values, 100.0, 215.0, 0.0), rel=1e-5)


@pytest.mark.parametrize("writer", WRITERS)
def test_beyond_its_states_the_nearest_ones_of_a_table_stand_in(tmp_path, writer):
    table = read_absco(writer(tmp_path))
    low = table.cross_section(GRID, 0.01, 150.0)
    assert low == approx(truth(GRID.values, 1.0, 180.0, 0.0), rel=1e-6)
    high = table.cross_section(GRID, 5000.0, 400.0)
    assert high == approx(truth(GRID.values, 1000.0, 235.0, 0.0), rel=1e-6)


@pytest.mark.parametrize("writer", WRITERS)
def test_other_wavenumbers_lie_between_those_of_the_table(tmp_path, writer):
    table = read_absco(writer(tmp_path))
    fine = Grid(6200.503, 0.004, 50)
    expected = truth(fine.values, 100.0, 215.0, 0.0)
    assert table.cross_section(fine, 100.0, 215.0) == approx(expected, rel=1e-6)
    for grid in (Grid(6199.0, 0.01, 10), Grid(6202.9, 0.01, 50)):
        with pytest.raises(InvalidValueError, match="part of 6200"):
            table.cross_section(grid, 100.0, 215.0)


def test_double_precision_is_read_too(tmp_path):
    table = read_absco(written_oco(tmp_path, dtype=np.float64))
    expected = truth(GRID.values, 100.0, 215.0, 0.0)
    assert table.cross_section(GRID, 100.0, 215.0) == approx(expected, rel=1e-12)


def test_a_key_follows_content_scale_and_what_is_asked(tmp_path):
    path = written_oco(tmp_path)
    keys = {read_absco(path).key(), read_absco(path, 1.01).key(), read_absco(path, 1.0, True).key()}
    with h5py.File(path, "a") as file:
        file["Gas_02_Absorption"][0, 0, 0, 0] *= 1.001
    assert len(keys | {read_absco(path).key()}) == 4


def test_a_table_tells_what_it_is(tmp_path):
    assert read_absco(written_oco(tmp_path)).about()["kind"] == "ABSCO"
    about = read_absco(written_aer(tmp_path), 0.994, change=True).about()
    assert (about["kind"], about["scale"]) == ("AER", 0.994)
    assert "change_with_water" in about


def damaged(folder, damage):
    path = written_aer(folder) if damage in ("units", "layers") else written_oco(folder)
    with h5py.File(path, "a") as file:
        if damage == "units":
            file["Spectral_Grid"].attrs["units"] = "um"
        elif damage == "layers":
            del file["T_layer"]
        elif damage == "shape":
            del file["Gas_02_Absorption"]
            file["Gas_02_Absorption"] = np.zeros((2, 2, 2, 2))
        elif damage == "order":
            file["Wavenumber"][:] = WAVENUMBER[::-1]
        elif damage == "temperatures":
            file["Temperature"][0, 1:] = np.nan
        else:
            file.move("Broadener_01_VMR", "Broadener_06_VMR")
    return path


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("units", "not in cm-1"),
        ("layers", "T_layer"),
        ("shape", "of the shape"),
        ("order", "do not ascend"),
        ("temperatures", "fewer than two temperatures"),
        ("broadener", "not water"),
    ],
)
def test_a_file_that_is_not_of_its_layout_is_refused(tmp_path, damage, said):
    with pytest.raises(FileContentError, match=said):
        read_absco(damaged(tmp_path, damage))


def test_a_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "table.hdf"
    path.write_bytes(b"no HDF5")
    with pytest.raises(FileContentError, match="an ABSCO or AER table"):
        read_absco(path)
