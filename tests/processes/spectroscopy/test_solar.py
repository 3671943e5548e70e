"""Sunlight: files written here in the genuine forms, shapes of lines, and genuine files."""

import gzip

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from casa_processes.common.errors import FileContentError, InvalidValueError
from casa_processes.spectroscopy.bands import BANDS
from casa_processes.spectroscopy.solar.lines import SolarLines, read_solar_lines
from casa_processes.spectroscopy.solar.source import sunlight
from casa_processes.spectroscopy.solar.spectrum import Span, Tabulated, continuum

HEAD = """Solar Doppler Velocity [m/s]:   298.33     # Note
Solar Intensity Units are: ph/s/m^2/um
Distance to Sun in AU:    1.00721
S = Solar Rest Frame.  E = earth-centered rest frame.
 Wavenumber_E  Wavenumber_S   Wavelength_S [um]  Transmittance  Intensity
"""


def one_line(thickness=0.8, wing=0.05, core=0.1, rotation=0.0):
    row = (np.array([value]) for value in (6220.0, thickness, wing, core))
    return SolarLines(*row, rotation, {"source": "one line"})


def record(position=6220.0, thickness="8.000E-01", wing="5.000E-02", core=".1000"):
    row = f" 56{position:12.6f} {thickness} {wing}{core}.0000    0.0000  0.0000 Fe"
    return row.ljust(100) + "\n"


def spectrum_file(folder, low, name="solar_spectrum_1.txt"):
    wavenumber = low + 0.01 * np.arange(500)[::-1]
    rows = [
        f"{w + 0.013:.5f} {w:.5f} {1e4 / w:.10f} {0.9:.10f} {2e21 + (w - low) * 1e18:.6E}\n"
        for w in wavenumber
    ]
    path = folder / name
    path.write_text(HEAD + "".join(rows))
    return path


def planck(wavelength, temperature):
    """Photons of a black body [photon s-1 m-2 sr-1 um-1], in its textbook form per metre."""
    h, c, k = 6.62607015e-34, 299792458.0, 1.380649e-23
    metres = wavelength * 1e-6
    energy = 2 * h * c**2 / metres**5 / (np.exp(h * c / (metres * k * temperature)) - 1)
    return energy / (h * c / metres) * 1e-6


@pytest.mark.parametrize(("wavelength", "temperature"), [(0.7651, 5787), (1.6062, 6505)])
def test_the_continuum_is_a_black_body_seen_under_the_suns_angle(wavelength, temperature):
    angle = np.pi * (695_700.0 / 149_597_870.7) ** 2
    expected = planck(wavelength, temperature) * angle
    assert continuum(np.array([1e4 / wavelength]))[0] == pytest.approx(expected, rel=1e-3)


@given(st.floats(0.01, 3.0), st.floats(0.0, 0.3), st.floats(0.02, 0.3))
def test_a_line_is_gaussian_in_its_core_and_symmetric(thickness, wing, core):
    lines = one_line(thickness, wing, core)
    distance = np.linspace(0.0, 3.0, 301)
    grid = np.concatenate([6220.0 - distance[:0:-1], 6220.0 + distance])
    depth = -np.log(lines.transmittance(grid))
    assert depth.max() == pytest.approx(thickness, rel=1e-9)
    assert depth[:300] == pytest.approx(depth[:300:-1], rel=1e-5, abs=1e-7)
    inner = distance < min(0.1 * core**2 / max(wing, 1e-9), core)
    expected = thickness * np.exp(-((distance / core) ** 2))
    assert depth[300:][inner] == pytest.approx(expected[inner], rel=0.05)


def test_without_a_wing_a_line_is_gaussian_everywhere():
    grid = 6219.0 + 0.01 * np.arange(201)
    depth = -np.log(one_line(wing=0.0).transmittance(grid))
    expected = 0.8 * np.exp(-(((grid - 6220.0) / 0.1) ** 2))
    assert depth == pytest.approx(expected, abs=2e-7)


def test_rotation_widens_the_lines_of_the_whole_disk_and_keeps_their_depth():
    grid = 6219.0 + 0.001 * np.arange(2001)
    still, turning = (one_line(wing=0.0, core=0.02, rotation=r) for r in (0.0, 1.0))
    one, other = (-np.log(each.transmittance(grid)) for each in (still, turning))
    assert other.max() == pytest.approx(one.max())
    width = np.sqrt(0.02**2 + (3.95e-6 * 6220.0) ** 2)
    assert other.sum() / one.sum() == pytest.approx(width / 0.02, rel=1e-3)


def test_wings_are_followed_until_nothing_is_left():
    grid = 6220.0 + np.array([0.0, 2.0, 8.0, 20.0])
    wide = one_line(thickness=2.0, wing=1.0, core=0.2)
    expected = 2.0 * np.exp(
        -((grid - 6220.0) ** 2)
        / np.sqrt(0.2**4 + (grid - 6220.0) ** 2 * (1 + (grid - 6220.0) / 1.07))
    )
    assert -np.log(wide.transmittance(grid)) == pytest.approx(expected, abs=2e-7)


def test_a_list_of_lines_is_read_field_by_field_and_sorted(tmp_path):
    path = tmp_path / "solar_di_20100208.101.gz"
    rows = record(6221.5, "1.4444-02") + record()
    path.write_bytes(gzip.compress(rows.encode()))
    found = read_solar_lines(path)
    assert found.position.tolist() == [6220.0, 6221.5]
    assert found.thickness.tolist() == [0.8, 0.014444]
    assert (found.wing[0], found.core[0], found.rotation) == (0.05, 0.1, 1.0)
    assert found.about["disk"] == "whole"


def test_a_list_of_the_disks_centre_does_not_rotate(tmp_path):
    path = tmp_path / "solar_dc_20090102.101"
    path.write_text(record())
    assert read_solar_lines(path).rotation == 0.0


@pytest.mark.parametrize(
    ("name", "content", "error", "said"),
    [
        ("solar_di.101", "", FileContentError, "none"),
        ("solar_di.101", record().replace("8.000E-01", "8.0x0E-01"), FileContentError, "line 1"),
        ("sun.101", record(), InvalidValueError, "solar_di"),
        ("sun.txt", "nothing\n", FileContentError, "Wavenumber"),
        ("sun.txt", HEAD + "1 2 3\n", FileContentError, "5 numbers"),
        ("sun.txt", HEAD + "1 2 3 4 x\n", FileContentError, "rows of numbers"),
        ("sun.h5", "no HDF5", FileContentError, "Solar/Absorption"),
        ("sun.nc", "", InvalidValueError, "source of sunlight"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, name, content, error, said):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(error, match=said):
        sunlight(str(path))


def test_a_file_that_is_missing_or_cut_off_is_refused(tmp_path):
    for name in ("solar_di.101.gz", "sun.txt", "sun.h5"):
        with pytest.raises(FileContentError, match=name):
            sunlight(str(tmp_path / name))
    with pytest.raises(InvalidValueError, match="source of sunlight"):
        sunlight()


def test_a_spectrum_is_read_in_the_frame_of_the_sun(tmp_path):
    paths = [spectrum_file(tmp_path, 6200.0), spectrum_file(tmp_path, 4800.0, "two.txt")]
    sun = sunlight(*map(str, paths))
    assert sun.quality == "spectrum"
    assert sun.irradiance(np.array([6201.0, 6202.0])) == pytest.approx([2.001e21, 2.002e21])
    assert sun.irradiance(np.array([4801.0])) == pytest.approx([2.001e21])
    with pytest.raises(InvalidValueError, match=r"6200 to 6205, 4800 to 4805"):
        sun.irradiance(np.array([4801.0, 6201.0]))


def with_lines(folder):
    lines = folder / "solar_di_20100208.101"
    lines.write_text(record(6190.0) + record(6202.0) + record(6220.0))
    return sunlight(str(spectrum_file(folder, 6200.0)), str(lines)), sunlight(str(lines))


def test_beyond_a_spectrum_lines_go_on_as_bright_as_it_ends(tmp_path):
    sun, lines = with_lines(tmp_path)
    grid = np.arange(6180.0, 6230.0, 0.01)
    found, alone = sun.irradiance(grid), lines.irradiance(grid)
    inside = (grid >= 6200.0) & (grid <= 6204.99)
    assert found[inside] == pytest.approx(2e21 + (grid[inside] - 6200.0) * 1e18)
    mean = 2e21 + 2.495 * 1e18
    ratio = mean / lines.irradiance(6200.0 + 0.01 * np.arange(500)).mean()
    assert found[~inside] == pytest.approx(ratio * alone[~inside], rel=1e-6)
    assert sun.quality == "spectrum"
    assert sun.about["source"] == "solar_spectrum_1.txt; beyond it solar_di_20100208.101"


def test_far_from_any_spectrum_lines_stand_for_themselves(tmp_path):
    sun, lines = with_lines(tmp_path)
    grid = np.arange(6210.0, 6230.0, 0.01)
    assert np.array_equal(sun.irradiance(grid), lines.irradiance(grid))


def test_two_lists_of_lines_beside_a_spectrum_are_refused(tmp_path):
    with_lines(tmp_path)
    other = tmp_path / "solar_dc_20090102.101"
    other.write_text(record())
    names = ["solar_spectrum_1.txt", "solar_di_20100208.101", other.name]
    with pytest.raises(InvalidValueError, match="source of sunlight"):
        sunlight(*(str(tmp_path / name) for name in names))


@pytest.mark.realdata
@pytest.mark.parametrize(("number", "band"), [(1, "o2a"), (2, "wco2"), (3, "sco2")])
def test_genuine_spectra_and_lines_reach_whole_tables_without_a_step(genuine, number, band):
    """Spectra end within what channels of GOSAT receive; solar lines are as deep on both sides."""
    path, lines = genuine / f"solar_spectrum_02368_{number}.txt.gz", "solar_di_20100208.101.gz"
    sun = sunlight(str(path), str(genuine / lines))
    grid = BANDS[band].grid().values
    found = sun.irradiance(grid) / sun.beyond.irradiance(grid)
    assert np.isfinite(found).all()
    for end in (s for span in sun.table.spans for s in span.wavenumber[[0, -1]]):
        if grid[0] + 3 < end < grid[-1] - 3:
            below, above = (found[np.abs(grid - end - by) < 1.5].mean() for by in (-1.5, 1.5))
            assert below == pytest.approx(above, rel=0.005)


def test_smoothed_transmittances_are_read_and_labelled(tmp_path):
    path = tmp_path / "pseudo.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("Solar/Absorption/Absorption_1")
        group["wavenumber"] = (6200.0 + 0.01 * np.arange(101)).astype(">f8")
        group["spectrum"] = np.full(101, 0.75, dtype=">f8")
    sun = sunlight(str(path))
    assert sun.quality == "smoothed"
    wavenumber = np.array([6200.2, 6200.9])
    assert sun.irradiance(wavenumber) == pytest.approx(0.75 * continuum(wavenumber))


@pytest.mark.parametrize(
    ("wavenumber", "value"),
    [([1.0, 2.0], [1.0]), ([2.0, 1.0], [1.0, 1.0]), ([1.0, 2.0], [1.0, np.nan]), ([1.0], [1.0])],
)
def test_a_span_that_is_no_spectrum_is_refused(wavenumber, value):
    with pytest.raises(InvalidValueError, match="solar spectrum"):
        Span(np.array(wavenumber), np.array(value))


def test_transmittances_are_multiplied_by_the_continuum_and_irradiances_are_not():
    grid = np.array([6200.0, 6201.0])
    span = (Span(grid, np.array([0.5, 0.5])),)
    assert Tabulated(span, "smoothed", {}).irradiance(grid) == pytest.approx(0.5 * continuum(grid))
    assert Tabulated(span, "spectrum", {}, False).irradiance(grid) == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("band", BANDS.values(), ids=lambda band: band.name)
def test_synthetic_sunlight_has_lines_in_every_band_and_is_labelled(band):
    sun = sunlight("builtin")
    assert sun.quality == "builtin"
    assert "synthetic" in sun.about["source"]
    grid = band.grid(0.05).values
    transmittance = sun.irradiance(grid) / continuum(grid)
    assert 0.2 < transmittance.min() < 0.95
    assert 0.9 < transmittance.mean() < 1.0
    assert transmittance.max() <= 1.0


BAND_SPANS = {1: (12945.0, 13195.0, 3.0), 2: (6170.0, 6282.0, 2.0), 3: (4802.0, 4892.0, 1.5)}


@pytest.fixture
def genuine(realdata):
    folder = realdata / "spectroscopy"
    if not (folder / "solar_di_20100208.101.gz").is_file():
        pytest.skip(f"no genuine solar files in {folder}")
    return folder


@pytest.mark.realdata
@pytest.mark.parametrize("number", BAND_SPANS)
def test_genuine_lines_give_the_genuine_spectrum(genuine, number):
    low, high, _ = BAND_SPANS[number]
    grid = np.arange(low, high, 0.02)
    lines = sunlight(str(genuine / "solar_di_20100208.101.gz"))
    spectrum = sunlight(str(genuine / f"solar_spectrum_02368_{number}.txt.gz"))
    ratio = lines.irradiance(grid) / spectrum.irradiance(grid)
    assert ratio.mean() == pytest.approx(1.0, abs=2e-3)
    assert ratio.std() < 4e-3
    assert (lines.irradiance(grid) / continuum(grid)).std() > 0.02


@pytest.mark.realdata
def test_lines_of_the_disks_centre_fit_a_spectrum_of_the_whole_disk_worse(genuine):
    grid = np.arange(12950.0, 13050.0, 0.02)
    spectrum = sunlight(str(genuine / "solar_spectrum_02368_1.txt.gz")).irradiance(grid)
    whole, centre = (
        np.std(sunlight(str(genuine / name)).irradiance(grid) / spectrum)
        for name in ("solar_di_20100208.101.gz", "solar_dc_20090102.101.gz")
    )
    assert centre > 1.5 * whole


@pytest.mark.realdata
@pytest.mark.parametrize("number", BAND_SPANS)
def test_smoothed_transmittances_are_those_of_the_lines_smeared_out(genuine, number):
    low, high, width = BAND_SPANS[number]
    grid = np.arange(low, high, 0.01)
    sun = sunlight(str(genuine / "smoothed_pseudo_trans_spectra.h5"))
    smoothed = sun.irradiance(grid) / continuum(grid)
    sharp = sunlight(str(genuine / "solar_di_20100208.101.gz")).irradiance(grid) / continuum(grid)
    smeared = gaussian_filter1d(sharp, width / 0.01)
    inner = slice(1500, -1500)
    assert np.corrcoef(smoothed[inner], smeared[inner])[0, 1] > 0.97
    assert np.corrcoef(smoothed[inner], sharp[inner])[0, 1] < 0.5
