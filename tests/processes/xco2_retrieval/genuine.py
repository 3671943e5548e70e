"""Spectroscopy and line shapes for genuine soundings: what is calibrated, once, and frozen.

`SCALES` and `SHAPES` come from files of NASA's simulator, no sounding went into them; `WIDTHS` were
fitted to the radiances that NASA modelled for the OCO-2 sounding at Karlsruhe, with the state fixed
at NASA's. Agreement there is no independent one, agreement with soundings of GOSAT is, as far as
NASA's own tables, of which the factors are, go.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from casa_processes.instruments.shapes import tabulated
from casa_processes.spectroscopy.solar.source import sunlight
from casa_processes.spectroscopy.source import absorption
from casa_processes.spectroscopy.tables import states
from casa_processes.xco2.model import Layer, Options, Physics

SET = """
title: HITRAN lines of several editions, mixing and collision-induced absorption of GGG
quality: hitran
bands:
  o2a:
    O2:
      lines: [{file: hitran/O2_12847_13339_iso123.par.gz}]
      line_mixing:
        - form: oxygen
          lines: ggg_line_mixing/SDFO2.dat
          matrix: ggg_line_mixing/RMFO2.dat.gz
      continuum: ggg_line_mixing/CIAO2.dat
      cut: 300.0
  wco2:
    CO2:
      lines:
        - file: hitran/CO2_6200_6280_iso1.par.gz
        - file: ggg_line_mixing/S13001300001.dat
        - file: ggg_line_mixing/S13001200001.dat
        - builtin: true
      line_mixing:
        - form: dioxide
          lines: ggg_line_mixing/S13001300001.dat
          matrix: ggg_line_mixing/WTfit00.dat.gz
    H2O:
      stop_gap:
        file: hapi_xs/Voigt_H2O_T250_P1000.csv.gz
        first: 6000.0
        step: 0.01
        pressure: 1000.0
        temperature: 250.0
  sco2:
    CO2:
      lines:
        - file: hitran/CO2_4750_5000_iso1.par.gz
        - {builtin: true, isotopologues: [2, 3]}
      line_mixing:
        - form: dioxide
          lines: ggg_line_mixing/S12001300001.dat
          matrix: ggg_line_mixing/WTfit00.dat.gz
        - form: dioxide
          lines: ggg_line_mixing/S12001200001.dat
          matrix: ggg_line_mixing/WTfit00.dat.gz
    H2O:
      lines: [{file: hitran/H2O_4750_5000_iso1.par.gz}]
"""

SCALES = {"o2a": 1.0201, "wco2": 0.9867, "sco2": 0.9873}
"""Of the absorption of oxygen and carbon dioxide.

What the monochromatic spectra of NASA's simulator of OCO-2 (sounding 10774, ABSCO 4.0.2, the state
is known) need: 1.0075, 0.9867 and 0.9973; times the factors that NASA's retrievals give tables of
version 4: 1.0125 for oxygen and 0.99 for the strong band.
"""

WIDTHS = {"o2a": 4.2e-5 * 1.0512, "wco2": 7.6e-5 * 1.0509, "sco2": 9.7e-5 * 0.9408}
"""Full widths of the channels at half maximum: fitted to what NASA modelled for Karlsruhe.  [um]"""

SHAPES = {
    "o2a": (2.5422, 0.0616, 0.0),
    "wco2": (3.4409, 0.0378, 0.0),
    "sco2": (2.5045, 0.0652, -0.0505),
}
"""Exponent of the core, share of the wings and asymmetry: of the channels of the simulator, from
its monochromatic spectra and what its channels make of them."""

LAYERS = (
    Layer("fine", 0.04, 0.9, 0.05),
    Layer("stratospheric", 0.006, 0.03, 0.04, 1.8, 0.0),
)
"""Depths, heights and widths are a priori ones of NASA's retrievals of these soundings: its kinds
from a model of aerosol as one layer, and the stratosphere; thin clouds are left out."""

OPTIONS = Options(aerosols=LAYERS, scattering="multiple")


def physics(realdata: Path, folder: Path) -> Physics:
    """Build the tables from genuine files, coarser than usual."""
    path = folder / "genuine.yml"
    path.write_text(SET)
    at = states(pressures=48, temperature=(180.0, 310.0), temperatures=17)
    bands = {name: absorption(str(path), name, folder / "tables", states=at) for name in SCALES}
    names = [f"solar_spectrum_02368_{number}.txt.gz" for number in (1, 2, 3)]
    files = (realdata / "spectroscopy" / each for each in (*names, "solar_di_20100208.101.gz"))
    return Physics(bands, sunlight(*map(str, files)))


def scaled(known: Physics, scales: dict[str, float]) -> Physics:
    """Multiply the absorption of oxygen or carbon dioxide in each band."""
    bands = {name: _scaled(each, scales[name]) for name, each in known.absorption.items()}
    return replace(known, absorption=bands)


def _scaled(band, factor):
    tables = []
    for gas, table in zip(band.gases, band.tables, strict=True):
        values = np.array(table.values) * np.float32(1.0 if gas.startswith("H2O") else factor)
        values.flags.writeable = False
        tables.append(replace(table, values=values))
    return replace(band, tables=tuple(tables))


def shape(name: str):
    """Return the derived shape: exp(-|x|^p ln 2) and wings, x in half widths."""
    power, wing, skew = SHAPES[name]
    x = np.linspace(-8.0, 8.0, 1601)
    core = np.exp(-np.log(2.0) * np.abs(x) ** power)
    wings = 1.0 / (1.0 + (x / 1.5) ** 2) / (1.0 + (x / 6.0) ** 4)
    mixed = (1 - wing) * core / np.trapezoid(core, x) + wing * wings / np.trapezoid(wings, x)
    seen = np.maximum(mixed * (1.0 + skew * np.tanh(x)), 0.0)
    return tabulated("wavelength", [0.0], (x * WIDTHS[name] / 2.0)[None], seen[None])


def karlsruhe(known):
    """Return a case with derived shapes, and with the polarisation that its spectrum shows.

    The files tell an angle of 0 between the plane of polarisation and the meridian plane, not
    which of the two components that is; Rayleigh-scattered light in the lines of oxygen is as weak
    as only that across the plane can be.
    """
    bands = {
        name: replace(each, shape=shape(name), stokes=(0.5, -0.5, 0.0))
        for name, each in known.sounding.bands.items()
    }
    return replace(known, sounding=replace(known.sounding, bands=bands))
