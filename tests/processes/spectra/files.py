"""Small level-1B files as missions write them, made here array by array."""

import h5py
import numpy as np

FRAMES, FOOTPRINTS, CHANNELS, SAMPLES = 3, 2, 40, 21
BANDS = ("o2", "weak_co2", "strong_co2")
FULL_SCALES = (7.00e20, 2.45e20, 1.25e20)
COEFFICIENTS = (
    (0.757617, 1.749e-5, -2.78e-9, 1e-13, -1e-17, 1e-21),
    (1.590553, 3.646e-5, -5.82e-9, 1e-13, -1e-17, 1e-21),
    (2.043101, 4.702e-5, -7.38e-9, 1e-13, -1e-17, 1e-21),
)


def oco_arrays():
    """Return the arrays of an OCO-2 file by name; nothing is equal to anything else."""
    rng = np.random.default_rng(20141018)
    cells, header = (FRAMES, FOOTPRINTS), (len(BANDS), FOOTPRINTS)
    seconds = 687_789_371.75 + np.arange(FRAMES * FOOTPRINTS).reshape(cells) / 100
    minute = np.arange(FRAMES)[:, None] * 100 + np.arange(1, FOOTPRINTS + 1)
    arrays = {
        "Metadata/InstrumentShortName": np.array([b"OCO-2"]),
        "SoundingGeometry/sounding_id": 2014101812360000 + minute,
        "SoundingGeometry/sounding_time_tai93": seconds,
        "SoundingGeometry/sounding_latitude": rng.uniform(-60, 60, cells),
        "SoundingGeometry/sounding_longitude": rng.uniform(-179, 179, cells),
        "SoundingGeometry/sounding_altitude": rng.uniform(0, 2000, cells),
        "SoundingGeometry/sounding_solar_zenith": rng.uniform(10, 70, cells),
        "SoundingGeometry/sounding_solar_azimuth": rng.uniform(0, 360, cells),
        "SoundingGeometry/sounding_zenith": rng.uniform(0, 60, cells),
        "SoundingGeometry/sounding_azimuth": rng.uniform(0, 360, cells),
        "SoundingGeometry/sounding_relative_velocity": rng.uniform(-6000, 6000, cells),
        "SoundingGeometry/sounding_solar_relative_velocity": rng.uniform(-900, 900, cells),
        "SoundingGeometry/sounding_solar_distance": rng.uniform(1.47e11, 1.52e11, cells),
        "SoundingGeometry/sounding_land_fraction": rng.uniform(0, 100, cells),
        "FootprintGeometry/footprint_vertex_latitude": rng.uniform(-60, 60, (*cells, 3, 4)),
        "FootprintGeometry/footprint_vertex_longitude": rng.uniform(-179, 179, (*cells, 3, 4)),
        "FootprintGeometry/footprint_stokes_coefficients": rng.uniform(-0.5, 0.5, (*cells, 3, 4)),
        "InstrumentHeader/dispersion_coef_samp": np.repeat(
            np.array(COEFFICIENTS)[:, None], FOOTPRINTS, axis=1
        ),
        "InstrumentHeader/snr_coef": rng.uniform(0.007, 0.03, (*header, CHANNELS, 2)),
        "InstrumentHeader/bad_sample_list": np.zeros((*header, CHANNELS), np.uint8),
    }
    arrays["InstrumentHeader/dispersion_coef_samp"][:, 1, 0] += 1e-6
    arrays["InstrumentHeader/bad_sample_list"][0, 1, 5] = 1
    offset = np.sort(rng.uniform(-3e-4, 3e-4, (*header, CHANNELS, SAMPLES)), axis=-1)
    arrays["InstrumentHeader/ils_delta_lambda"] = offset
    arrays["InstrumentHeader/ils_relative_response"] = np.exp(-((offset / 1e-4) ** 2))
    for band, scale in zip(BANDS, FULL_SCALES, strict=True):
        radiance = rng.uniform(0.01, 0.9, (*cells, CHANNELS)) * scale
        arrays[f"SoundingMeasurements/radiance_{band}"] = radiance.astype(np.float32)
    return arrays


def gosat_arrays(size=2, channels=(30, 34, 32)):
    """Return the arrays of a file of GOSAT by ACOS, with tables of line shapes."""
    rng = np.random.default_rng(20100411)
    arrays = {
        "Metadata/InstrumentShortName": np.array([b"ACOS"]),
        "SoundingHeader/sounding_id": 20100411193547 + np.arange(size),
        "SoundingHeader/gain_swir": np.array([[b"H    ", b"M    "]] * size),
        "SoundingHeader/wavenumber_coefficients": np.array(
            [[[[start, 0.2]] * 2 for start in (12950.0, 6166.0, 4810.0)]] * size
        ),
        "SpacecraftGeometry/relative_velocity": rng.uniform(-900, 900, size),
        "FootprintGeometry/footprint_stokes_coefficients": rng.uniform(-1, 1, (size, 3, 2, 4)),
        "FootprintGeometry/footprint_time_tai93": 545_168_156.0 + rng.uniform(0, 9, (size, 3, 2)),
        "FootprintGeometry/footprint_land_fraction": rng.uniform(0, 100, (size, 3, 2)),
    }
    limits = {"latitude": 60, "longitude": 170, "altitude": 900, "zenith": 40, "azimuth": 360}
    limits |= {"solar_zenith": 70, "solar_azimuth": 360}
    for name, limit in limits.items():
        arrays[f"FootprintGeometry/footprint_{name}"] = rng.uniform(0, limit, (size, 3, 2))
    offset = np.linspace(-30, 30, 601)
    for band, count in zip(BANDS, channels, strict=True):
        shape = (size, 2, count)
        arrays[f"SoundingSpectra/radiance_{band}"] = rng.uniform(1e-8, 3e-7, shape)
        arrays[f"SoundingSpectra/noise_{band}_l1b"] = rng.uniform(5e-6, 2e-5, (size, 2))
        for gain in ("highgain", "medgain"):
            name = f"InstrumentHeader/cnv_coef_{gain}_{band}"
            arrays[name] = rng.uniform(1e-4, 3e-4, shape)
        header = "InstrumentHeader/ils_coef_"
        arrays[f"{header}center_wavenumber_{band}"] = np.array([13200.0, 4800.0])
        arrays[f"{header}relative_wavenumber_{band}"] = offset
        arrays[f"{header}{band}"] = np.stack([np.sinc(offset * f) for f in (5.0, 4.8)])
    return arrays


def write(path, arrays, **attributes):
    """Write arrays to an HDF5 file; returns its path."""
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            file[name] = values
        file.attrs.update(attributes)
    return path


def renamed(arrays, old, new):
    """Return arrays with one name changed."""
    return {new if name == old else name: values for name, values in arrays.items()}


def without(arrays, *names):
    """Return arrays without some."""
    return {name: values for name, values in arrays.items() if name not in names}
