"""Genuine soundings with what NASA's full physics retrieved of them, as our types.

Files of the test cases of NASA's RtRetrievalFramework. Channels are those that NASA used, at the
wavelengths that it retrieved: those of OCO-2 in the frame of the instrument, whose velocity
follows from its orbit; those of GOSAT in the frame of the surface. The shape of the channels of
OCO-2 is in none of the files: it is a Gaussian of about its width.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pytest

from casa_processes.instruments.doppler import approach, sun
from casa_processes.instruments.shapes import gaussian, tabulated
from casa_processes.instruments.spectrometer import spectrometer
from casa_processes.radiative_transfer.air import Profile
from casa_processes.spectra.photons import photons_of_power_per_wavenumber
from casa_processes.spectra.sounding import LineShape, Sounding, Spectrum, Weather

BANDS = ("o2a", "wco2", "sco2")
NASA_BANDS = ("o2", "weak_co2", "strong_co2")
CASES = ("karlsruhe", "park_falls", "lamont")
FURTHER = ("tsukuba", "wollongong")
"""Soundings that nothing was tried on before they were tests; their files may be missing."""

_RETRIEVALS = {
    "karlsruhe": "oco2_case/oco2_L2_01576a_2014101812360378_expected.h5",
    "park_falls": "gosat_case/l2_20100411193547.h5",
    "lamont": "gosat_case/l2_20100914193918.h5",
    "tsukuba": "gosat_case/l2_20100223034944.h5",
    "wollongong": "gosat_case/l2_20100831023103.h5",
}
_OCO_WEATHER = "oco2_case/oco2_ECMWFTG_01576a_141018_B5000x4_150210001017s_spliced.h5"
_GOSAT_L1B = "gosat_case/acos_L1bB2900_tccon_5_good_qual.h5"
_GOSAT_SHAPES = "gosat_case/l2_ils_interpol.h5"
_OCO_WIDTHS = {"o2a": 4.2e-5, "wco2": 7.6e-5, "sco2": 9.7e-5}
_GOSAT_REACH = 20.0


@dataclass(frozen=True, eq=False)
class Case:
    """One sounding and NASA's retrieval of it.

    Attributes
    ----------
    sounding, weather
        As a reader would give them, but for the wavelengths.
    modelled
        NASA's fit of each band.  [photon s-1 m-2 sr-1 um-1], shape (channel,)
    results
        Group RetrievalResults, in NASA's units: Pa, mole fractions; levels from the top down.
    spectral
        Group SpectralParameters, where the bands follow each other.
    names, state, prior, prior_uncertainty
        The state vector.  shape (element,)
    """

    sounding: Sounding
    weather: Weather
    modelled: Mapping[str, np.ndarray]
    results: Mapping[str, np.ndarray]
    spectral: Mapping[str, np.ndarray]
    names: tuple[str, ...]
    state: np.ndarray
    prior: np.ndarray
    prior_uncertainty: np.ndarray


def case(folder: Path, name: str) -> Case:
    """Read one of `CASES` or `FURTHER` from the folder of genuine files; skips without it."""
    path = folder / _RETRIEVALS[name]
    if not path.is_file():
        pytest.skip(f"no genuine retrieval {path}")
    with h5py.File(path) as file:
        results, spectral, vector = (
            {key: values[()][0] for key, values in file[group].items()}
            for group in ("RetrievalResults", "SpectralParameters", "RetrievedStateVector")
        )
        identifier = int(file["RetrievalHeader/sounding_id_reference"][0])
    oco = name == "karlsruhe"
    place = _oco_place(folder, identifier) if oco else _gosat_place(folder, identifier)
    shapes = _oco_shapes() if oco else gosat_shapes(folder)
    known = spectrometer("oco2" if oco else "gosat")
    bands, modelled = _bands(spectral, shapes, 0.5 if oco else 1.0, known)
    return Case(
        sounding=_sounding(identifier, place, bands),
        weather=_weather(results),
        modelled=modelled,
        results=results,
        spectral=spectral,
        names=tuple(each.decode() for each in vector["state_vector_names"]),
        state=vector["state_vector_result"],
        prior=vector["state_vector_apriori"],
        prior_uncertainty=vector["state_vector_apriori_uncert"],
    )


def gosat_shapes(folder: Path) -> dict[str, LineShape]:
    """Read the shapes that NASA used for GOSAT, cut at 20 cm-1 as it cut them."""
    with h5py.File(folder / _GOSAT_SHAPES) as file:
        tables = [file[f"Instrument/ILS/ILS_{number}"] for number in (1, 2, 3)]
        read = [[t[key][()] for key in ("wavenumber", "delta_lambda", "response")] for t in tables]
    inside = np.abs(read[0][1][0]) <= _GOSAT_REACH
    return {
        band: tabulated("wavenumber", node, offset[:, inside], response[:, inside])
        for band, (node, offset, response) in zip(BANDS, read, strict=True)
    }


def _oco_shapes() -> dict[str, LineShape]:
    return {band: gaussian(width) for band, width in _OCO_WIDTHS.items()}


def _bands(spectral, shapes, share, known):
    """Cut the arrays of all bands, in ascending wavelength and photons."""
    ends = np.cumsum([0, *spectral["num_colors_per_band"]])
    by_number = "wavenumber" in spectral
    place = spectral["wavenumber" if by_number else "wavelength"]
    wavelength = 1e4 / place if by_number else place
    keys = ("measured_radiance", "measured_radiance_uncert", "modeled_radiance")
    rows = np.stack([spectral[key] for key in keys])
    if by_number:
        rows = photons_of_power_per_wavenumber(rows, place)
    bands, modelled = {}, {}
    for band, first, last in zip(BANDS, ends[:-1], ends[1:], strict=True):
        order = first + np.argsort(wavelength[first:last])
        measured, uncertainty, modelled[band] = rows[:, order]
        good = np.ones(order.size, bool)
        bands[band] = Spectrum(
            wavelength[order], measured, uncertainty, good, shapes[band], (share, 0.0, 0.0),
            known.band(band).window, known.band(band).zero_level,
        )  # fmt: skip
    return bands, modelled


def _oco_place(folder, identifier):
    with h5py.File(folder / _OCO_WEATHER) as file:
        group = file["SoundingGeometry"]
        where = tuple(np.argwhere(group["sounding_id"][()] == identifier)[0])
        keys = ("latitude", "longitude", "altitude", "zenith", "azimuth")
        keys = (*keys, "solar_zenith", "solar_azimuth")
        found = {key: float(group[f"sounding_{key}"][where]) for key in keys}
        time = np.datetime64(group["sounding_time_string"][where].decode()[:-1], "ns")
    velocity = approach(found["zenith"], found["azimuth"], found["latitude"], 705e3, 98.2)
    return {**found, "time": time, "velocity": velocity, "footprint": where[1], "land": 1.0}


def _gosat_place(folder, identifier):
    with h5py.File(folder / _GOSAT_L1B) as file:
        index = int(np.flatnonzero(file["SoundingHeader/sounding_id"][()] == identifier)[0])
        group = file["FootprintGeometry"]
        keys = ("latitude", "longitude", "altitude", "zenith", "azimuth")
        keys = (*keys, "solar_zenith", "solar_azimuth", "land_fraction")
        found = {key: float(group[f"footprint_{key}"][index].mean()) for key in keys}
    text = str(identifier)
    day, clock = f"{text[:4]}-{text[4:6]}-{text[6:8]}", f"{text[8:10]}:{text[10:12]}:{text[12:]}"
    land = found.pop("land_fraction") / 100.0
    time = np.datetime64(f"{day}T{clock}", "ns")
    return {**found, "time": time, "velocity": 0.0, "footprint": 0, "land": land}


def _sounding(identifier, place, bands):
    star = sun(place["time"], place["latitude"], place["longitude"], place["altitude"])
    return Sounding(
        sounding_id=str(identifier),
        time=place["time"],
        latitude=place["latitude"],
        longitude=place["longitude"],
        altitude=place["altitude"],
        footprint=int(place["footprint"]),
        solar_zenith=place["solar_zenith"],
        solar_azimuth=place["solar_azimuth"],
        sensor_zenith=place["zenith"],
        sensor_azimuth=place["azimuth"],
        relative_velocity=place["velocity"],
        solar_velocity=star.velocity,
        solar_distance=star.distance,
        land_fraction=place["land"],
        bands=bands,
        latitude_vertices=np.full(4, np.nan),
        longitude_vertices=np.full(4, np.nan),
    )


def _weather(results):
    profile = Profile(
        results["vector_pressure_levels_met"] / 100.0,
        results["temperature_profile_met"],
        results["specific_humidity_profile_met"],
    )
    east, north = (float(results.get(f"wind_speed_{k}_met", np.nan)) for k in "uv")
    return Weather(profile, float(results["surface_pressure_apriori_fph"]) / 100.0, east, north)
