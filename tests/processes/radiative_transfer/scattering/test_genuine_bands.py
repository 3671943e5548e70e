"""Corrected two streams in bands of genuine lines, against a finer accurate solver."""

import gzip

import numpy as np
import pytest

from casa_processes.radiative_transfer.air import Profile, layers
from casa_processes.radiative_transfer.scattering.accurate import absorption, accurate, medium
from casa_processes.radiative_transfer.scattering.correction import uncorrected
from casa_processes.radiative_transfer.scattering.mixture import ACCURATE, Accuracy
from casa_processes.spectroscopy.cross_sections import Grid, cross_section
from casa_processes.spectroscopy.hitran import read_hitran
from tests.processes.radiative_transfer.scattering.atmospheres import LAYERS, air, seen
from tests.processes.radiative_transfer.scattering.test_correction import Band

FINER = Accuracy(streams=8, orders=8, thin=0.0015)
LINES = {
    "o2a": (("O2_12847_13339_iso123.par.gz", "o2"),),
    "sco2": (("CO2_4750_5000_iso1.par.gz", "co2"), ("H2O_4750_5000_iso1.par.gz", "h2o")),
}
GRIDS = {"o2a": Grid(12950.0, 0.3, 801), "sco2": Grid(4810.0, 0.15, 581)}
SCENES = {
    "haze": air(0.15, 0.65, 0.95, 0.85, 0.1),
    "cloud": air(0.2, 0.8, 0.98, 0.35, 0.05),
}

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def depths(realdata, tmp_path_factory):
    """Optical depths of 19 layers by band."""
    folder = realdata / "spectroscopy" / "hitran"
    if not folder.is_dir():
        pytest.skip(f"no genuine lines in {folder}")
    pressure = np.geomspace(0.05, 1013, 80)
    height = 7.5 * np.log(1013 / pressure)
    warmth = np.clip(np.where(height < 11, 288 - 6.5 * height, 216.5), 180, 300)
    profile = Profile(pressure, warmth, 0.008 * (pressure / 1013) ** 3)
    levels = np.concatenate([[0.1], 1000 * np.arange(1, LAYERS + 1) / LAYERS])
    column = layers(levels, profile, 40.0, 0.0)
    amounts = {"o2": 0.2095 * column.dry_air, "co2": 4e-4 * column.dry_air, "h2o": column.water}
    found = {}
    for band, gases in LINES.items():
        found[band] = np.zeros((LAYERS, GRIDS[band].size))
        for name, gas in gases:
            path = tmp_path_factory.mktemp("lines") / "lines.par"
            path.write_bytes(gzip.decompress((folder / name).read_bytes()))
            lines = read_hitran(path)
            for layer, amount in enumerate(amounts[gas]):
                state = column.pressure[layer], column.temperature[layer]
                found[band][layer] += amount * cross_section(lines, GRIDS[band], *state)
    return {band: np.maximum(each, 0.0) for band, each in found.items()}


@pytest.mark.parametrize("band", LINES)
@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize(("surface", "angles"), [(0.25, (40, 10, 40)), (0.06, (62, 25, 140))])
def test_the_error_left_is_about_a_thousandth_of_the_continuum(depths, band, name, surface, angles):
    there, finer = (
        Band(seen(*angles), surface, depths[band], SCENES[name], accuracy)
        for accuracy in (ACCURATE, FINER)
    )
    points = np.arange(0, depths[band].shape[1], 6)
    single = finer.rows(uncorrected(LAYERS)._replace(constant=-1.0))[0][points]
    state = (finer.air, finer.ways, finer.ground)
    absorbed = absorption(finer.gases, points)
    truth = single + accurate(finer.mixture, medium(finer.mixture, absorbed, *state, points))
    error = (there.rows(there.fit().correction)[0][points] - truth) / truth.max()
    assert np.sqrt((error**2).mean()) < 1e-3
    assert np.abs(error).max() < 2e-3
