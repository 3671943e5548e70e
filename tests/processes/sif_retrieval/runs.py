"""Runs of the process, and files of simulated spectra for them."""

import h5py
import numpy as np

from casa_processes.common.context import SerialContext
from casa_processes.common.file_inputs import InputFile
from casa_processes.common.registry import process
from casa_processes.sif_retrieval.simulated import BAND, Simulation, shapes
from casa_processes.spectra.photons import power_per_wavelength_of_photons
from casa_processes.spectra.simulated_blocks import put_frames, simulated_blocks

PROCESS = process("sif-retrieval")
COUNT = 2000
OWN = {"name": "757", "first_nm": 758.1, "last_nm": 759.2, "vectors": 2}
QUICK = {"l1b": "synthetic", "simulated": COUNT, "plots": False, "windows": [OWN]}
NARROW = slice(20, 100)
"""Channels around the window at 757 nm."""
EVERY = slice(None)


def run(folder, context=None, files=None, **inputs):
    """Run it in a folder, which is made."""
    folder.mkdir(exist_ok=True)
    if context is None:
        context = SerialContext(folder, files=files, cache=folder.parent / "cache")
    return PROCESS.load()(PROCESS.validate(inputs), context)


def as_input(path):
    return InputFile(str(path), path.name, "0" * 64, path.stat().st_size)


def plain_file(path, count=COUNT, seed=0, spoil=None):
    """Write simulated spectra around 757 nm in the plain layout; `spoil` changes them before."""
    source = Simulation(count, seed)
    frames, made = slice(0, source.frames), shapes()
    wavelength = made.wavelength[NARROW]
    scale = 2.0 * power_per_wavelength_of_photons(np.full(wavelength.size, 1.0), wavelength)
    photon, background = made.noise[:, NARROW]
    part = made.full_scale / 100.0
    noise = (part * background * scale) ** 2, part * photon**2 * scale
    rows = source.rows(BAND, NARROW, frames, EVERY)
    if spoil is not None:
        spoil(rows.radiance.reshape(source.frames, source.across, -1))
    grid = np.tile(wavelength, (source.across, 1))
    shape = (source.frames, source.across)
    with simulated_blocks(path, source.spectrometer, shape, grid, noise, "for tests") as file:
        put_frames(file, 0, source.places(frames, EVERY), rows)
    return as_input(path)


def oco_file(path, count=COUNT, seed=0):
    """Write the same spectra, at both windows, in the layout of OCO-2."""
    source = Simulation(count, seed)
    frames, made = slice(0, source.frames), shapes()
    shape, channels = (source.frames, source.across), made.wavelength.size
    rows, places = (
        source.rows(BAND, slice(0, channels), frames, EVERY),
        source.places(frames, EVERY),
    )
    unit = 2.0 * power_per_wavelength_of_photons(np.full(channels, 1.0), made.wavelength)
    number = np.char.replace(places.sounding_id, "sif", "1").astype(np.int64)
    seconds = (places.time - np.datetime64("1993-01-01", "ns")).astype(np.int64) / 1e9 + 10
    planes = {
        "sounding_id": number, "sounding_time_tai93": seconds,
        "sounding_latitude": places.latitude, "sounding_longitude": places.longitude,
        "sounding_solar_zenith": places.solar_zenith, "sounding_zenith": places.sensor_zenith,
        "sounding_altitude": 0 * seconds, "sounding_solar_azimuth": 0 * seconds,
        "sounding_azimuth": 0 * seconds, "sounding_relative_velocity": 0 * seconds,
        "sounding_land_fraction": 100 * places.land_fraction,
    }  # fmt: skip
    with h5py.File(path, "w") as file:
        file["Metadata/InstrumentShortName"] = [b"SYNTHETIC"]
        file.attrs["synthetic"] = "true"
        for name, values in planes.items():
            file[f"SoundingGeometry/{name}"] = values.reshape(shape)
        _put_header(file, source, made)
        for name in ("o2", "weak_co2", "strong_co2"):
            packed = {"chunks": (1, 1, channels), "compression": "gzip"}
            where = f"SoundingMeasurements/radiance_{name}"
            array = file.create_dataset(where, (*shape, channels), "f4", **packed)
            if name == "o2":
                array[:] = (rows.radiance / unit).reshape(*shape, channels)
    return as_input(path), number


def _put_header(file, source, made):
    """Write what the instrument looks like, the same for all footprints."""
    header = (3, source.across)
    bands = [source.spectrometer.bands[name] for name in ("o2a", "wco2", "sco2")]
    coefficients = [np.pad(each.dispersion, (0, 6 - len(each.dispersion))) for each in bands]
    whole = np.repeat(np.array(coefficients)[:, None], source.across, axis=1)
    file["InstrumentHeader/dispersion_coef_samp"] = whole
    channels = made.wavelength.size
    file["InstrumentHeader/snr_coef"] = np.broadcast_to(made.noise.T, (*header, channels, 2))
    offset = np.linspace(-1e-4, 1e-4, 5) + np.zeros((*header, channels, 1))
    file["InstrumentHeader/ils_delta_lambda"] = offset
    file["InstrumentHeader/ils_relative_response"] = np.exp(-((offset / 5e-5) ** 2))


def surface_file(path, source, number):
    """Write land cover and clouds of soundings in the names of Lite files, in another order."""
    places = source.places(slice(0, source.frames), EVERY)
    order = np.random.default_rng(0).permutation(number.size)
    with h5py.File(path, "w") as file:
        file["Metadata/SoundingId"] = number[order]
        file["Science/IGBP_index"] = places.surface_class[order].astype(np.int16)
        file["Cloud/cloud_flag_abp"] = places.cloud[order].astype(np.int8)
    return as_input(path)
