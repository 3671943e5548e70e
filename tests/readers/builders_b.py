"""Synthetic files of TROPOSIF, GOSAT, TanSat, maps and fluxes.

Each builder returns a layout with the genuine names, dimensions, attributes and types; a test
changes what it is about and writes it. The values tell where they belong.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tests.readers.files_b import Layout, Stored, stored

FILL = 9.969209968386869e36
"""What netCDF libraries leave where nothing was written."""


def troposif() -> Layout:
    """Four soundings from 23:59 on; the second SIF_735 is the undeclared fill."""
    place, north, east = "PRODUCT/SUPPORT_DATA/GEOLOCATIONS", "degrees_north", "degrees_east"
    latitude, longitude = np.array([10, 20, 30, 40.0]), np.array([100, 110, 179.99, -60.0])
    offsets = np.array([-0.02, -0.02, 0.02, 0.02])
    around = (longitude[:, None] + np.roll(offsets, 1) + 180) % 360 - 180
    sif = "mW m-2 sr-1 nm-1"
    return Layout(
        "S5P_PAL__L2B_SIF____20230701T002408_20230702T000500_20230913T082425.nc",
        {
            "PRODUCT/time": stored("time", [425865600], "seconds since 2010-01-01 00:00:00", "i4"),
            "PRODUCT/delta_time": stored(
                "n_elem",
                [86_340_000, 86_340_840, 86_399_999, 86_460_000],
                "milliseconds since 2023-07-01T00:00:00 UTC",
                "i4",
            ),
            "PRODUCT/latitude": stored("n_elem", latitude, north),
            "PRODUCT/longitude": stored("n_elem", longitude, east),
            "PRODUCT/SIF_743": stored("n_elem", [0.5, -0.7, 1.5, 2.5], sif),
            "PRODUCT/SIF_Corr_743": stored("n_elem", [0.2, -0.3, 0.6, 1.0], sif),
            "PRODUCT/SIF_ERROR_743": stored("n_elem", [0.4, 0.5, 0.6, 0.7], sif),
            "PRODUCT/SIF_735": stored("n_elem", [0.6, FILL, 1.6, 2.6], sif),
            "PRODUCT/SIF_ERROR_735": stored("n_elem", [0.3, FILL, 0.3, 0.3], sif),
            "PRODUCT/NDVI": stored("n_elem", [0.1, 0.2, 0.3, 0.4], "1"),
            f"{place}/latitude_bounds": stored("n_elem corner", latitude[:, None] + offsets, north),
            f"{place}/longitude_bounds": stored("n_elem corner", around, east),
            f"{place}/solar_zenith_angle": stored("n_elem", [30, 40, 50, 60], "degree"),
            f"{place}/viewing_zenith_angle": stored("n_elem", [1, 2, 3, 4], "degree"),
            f"{place}/phase_angle": stored("n_elem", [31, 42, 53, 64], "degree"),
            "PRODUCT/SUPPORT_DATA/INPUT_DATA/cloud_fraction_L2": stored(
                "n_elem", [0, 0.1, 0.5, 0.79], "1"
            ),
        },
        {"processor_version": "02.01.00", "Conventions": "CF-1.7"},
    )


def gosat() -> Layout:
    """Three soundings; plain HDF5, units in ``unit``, times as text."""
    ratio, place = "Data/mixingRatio", "Data/geolocation"
    angle = np.arange(36) * np.pi / 18
    latitude, longitude = np.array([35.0, -10.0, 60.0]), np.array([139.0, -60.0, 179.98])
    ring = (longitude[:, None] + 0.05 * np.cos(angle) + 180) % 360 - 180
    times = [b"2009-04-23 01:13:25.123", b"2009-04-23 01:13:29.723", b"2009-04-23 23:59:59.999"]

    def mixing(values: ArrayLike, unit: str = "ppm") -> Stored:
        return stored("n", values, unit=unit)

    def at(values: ArrayLike) -> Stored:
        return stored("n", values, unit="deg")

    return Layout(
        "GOSATTFTS20090423_02C01SV0272R160101A0000000.h5",
        {
            "Global/metadata/satelliteName": Stored(("one",), np.array([b"GOSAT"])),
            "scanAttribute/time": Stored(("n",), np.array(times)),
            f"{place}/latitude": at(latitude),
            f"{place}/longitude": at(longitude),
            f"{place}/footPrintLatitude": stored(
                "n p", latitude[:, None] + 0.05 * np.sin(angle), unit="deg"
            ),
            f"{place}/footPrintLongitude": stored("n p", ring, unit="deg"),
            f"{place}/solarZenith": at([30, 40, -9999]),
            f"{place}/solarAzimuth": at([130, 140, 150]),
            f"{place}/satelliteZenith": at([5, 10, 15]),
            f"{place}/satelliteAzimuth": at([230, 240, 250]),
            f"{ratio}/XCO2": mixing([385, 386, -1e30]),
            f"{ratio}/XCO2SmoothingError": mixing([1, 1, -1e30]),
            f"{ratio}/XCO2RetrievalNoise": mixing([2, 2, -1e30]),
            f"{ratio}/XCO2InterferenceError": mixing([2, 0, -1e30]),
            f"{ratio}/XCO2ExternalNoise": mixing([4, 2, -1e30]),
            "Data/retrievalQuality/totalPostScreeningResult": stored("n", [0, 0, 1], dtype="i1"),
        },
        form="hdf5",
    )


def gosat2() -> Layout:
    """Two soundings in the groups that are known."""
    times = [b"2019-03-05T03:11:02.123Z", b"2019-03-05T03:11:06.823Z"]
    return Layout(
        "GOSAT2TFTS220190305_02SWFPV0200010003.h5",
        {
            "SoundingAttribute/observationTime": Stored(("n",), np.array(times)),
            "SoundingGeometry/latitude": stored("n", [35, 36], unit="deg"),
            "SoundingGeometry/longitude": stored("n", [139, 140], unit="deg"),
            "SoundingGeometry/solarZenith": stored("n", [30, -9999], unit="deg"),
            "RetrievalResult/xco2": stored("n", [410, 411], unit="ppm"),
            "RetrievalResult/xco2_uncert": stored("n", [0.5, 0.6], unit="ppm"),
        },
        form="hdf5",
    )


def tansat() -> Layout:
    """Three soundings with the names that third parties read, the time without an epoch."""
    identifiers = [20170303045901123, 20170303045901124, 20170303045905125]
    return Layout(
        "TanSat_ACGS_SCI_ND_L2_XCO2_lite_20170303.nc",
        {
            "sounding_id": stored("sounding", identifiers, dtype="u8"),
            "time": stored("sounding", [1.0, 2.0, 3.0], dtype="f8"),
            "latitude": stored("sounding", [30, 31, 32], "degrees_north"),
            "longitude": stored("sounding", [110, 111, 112], "degrees_east"),
            "xco2": stored("sounding", [403, 404, -999999], "ppm"),
            "xco2_uncertainty": stored("sounding", [1.0, 1.1, 1.2], "ppm"),
            "xco2_apriori": stored("sounding", [402, 402, 402], "ppm"),
            "surface_pressure": stored("sounding", [950, 960, 970], "hPa"),
            "solar_zenith_angle": stored("sounding", [40, 41, 42], "degrees"),
            "sensor_zenith_angle": stored("sounding", [1, 2, 3], "degrees"),
            "aod": stored("sounding", [0.1, 0.2, 0.3]),
        },
    )


def monthly_map(first_layout: bool = True) -> Layout:
    """January 2025 as R writes it (netCDF3, epoch the day before), or May as xarray does."""
    latitude, longitude = np.arange(-15, -13, 0.5), np.arange(90, 92.5, 0.5)
    values = 420 + np.arange(20).reshape(1, 4, 5) / 10
    standard = {"standard_name": "latitude"}, {"standard_name": "longitude"}
    if first_layout:
        return Layout(
            "CO2_mx_monthly_01_2025.nc",
            {
                "time": stored("time", [1], "days since 2024-12-31", "i4"),
                "lat": stored("lat", latitude, "degrees_north", "f8", **standard[0]),
                "lon": stored("lon", longitude, "degrees_east", "f8", **standard[1]),
                "co2": stored(
                    "time lat lon", values, "ppm", _FillValue=np.float32(-3.4e38), min=393.2
                ),
            },
            {"Conventions": "CF-1.4", "created_by": "R"},
            "netcdf3",
        )
    return Layout(
        "CO2_mx_monthly_05_2025.nc",
        {
            "time": stored("time", [0], "days since 2025-05-01 00:00:00", "i8"),
            "lat": stored("lat", latitude, "degrees_north", **standard[0]),
            "lon": stored("lon", longitude, "degrees_east", **standard[1]),
            "co2": stored("time lat lon", values, "ppm", "f8", _FillValue=np.nan),
        },
        {"title": "Interpolated CO2 Data (IDW)", "Conventions": "CF-1.6"},
    )


def zonal_flux() -> Layout:
    """Three months and four parallels; the bounds that the time names are not there."""
    units = "Pg C yr$^{-1}$ degree$^{-1}$"
    ocean = -0.01 * np.arange(12, dtype=float).reshape(3, 4)
    land, fossil = 2 * ocean, -5 * ocean
    time = stored(
        "time", [0, 720, 1440], "hours since 2000-01-15 12:00:00", "i8", bounds="time_bnds",
        calendar="proleptic_gregorian",
    )  # fmt: skip

    def flux(values: NDArray[Any]) -> Stored:
        return stored("time lat", values, units, "f8", _FillValue=np.nan)

    return Layout(
        "CT2019B_fluxes_za_ts_monthly.nc",
        {
            "time": time,
            "lat": stored("lat", [-1.5, -0.5, 0.5, 1.5], "degrees_north", "f8"),
            "SFCO2": flux(ocean + land + fossil),
            "SFCO2_OCN": flux(ocean),
            "SFCO2_LND": flux(land),
            "SFCO2_FFF": flux(fossil),
        },
    )


def surface_flux(newer: bool = True) -> Layout:
    """Eight stamps of one day in the layout from CT2017 on, or in the one before."""
    time, lat, lon = ("time", "latitude", "longitude") if newer else ("date", "lat", "lon")
    days = 6575 + (np.arange(8) * 3 + 1.5) / 24
    values = np.arange(8 * 2 * 3, dtype=float).reshape(8, 2, 3) * 1e-8
    note = {"comment": "time-interval average, centered on times in the date axis"}

    def flux(sign: float) -> Stored:
        return stored(f"{time} {lat} {lon}", sign * values, "mol m-2 s-1", "f8", **note)

    release = "CT2019B" if newer else "CT2013B"
    components = "time_components" if newer else "date_components"
    return Layout(
        f"{release}.flux1x1.20180101.nc",
        {
            time: stored(time, days, "days since 2000-01-01 00:00:00 UTC", "f8", **note),
            lat: stored(lat, [-89.5, -88.5], "degrees_north"),
            lon: stored(lon, [-179.5, -178.5, -177.5], "degrees_east"),
            components: stored(f"{time} component", np.zeros((8, 6)), dtype="i4"),
            "bio_flux_opt": flux(-1),
            "ocn_flux_opt": flux(-2),
            "fossil_flux_imp" if newer else "fossil_imp": flux(3),
            "fire_flux_imp": flux(4),
        },
    )


def edgar() -> Layout:
    """A degraded globe of 5 x 5 samples from -89.95 and 0.05 to 89.95 and 359.95."""
    latitude, longitude = np.linspace(-89.95, 89.95, 5), np.linspace(0.05, 359.95, 5)
    values = np.arange(25, dtype=float).reshape(5, 5) * 1e-10
    return Layout(
        "v6.0_CO2_excl_short-cycle_org_C_2015_TOTALS.5x5.nc",
        {
            "lat": stored("lat", latitude, "degrees_north", comment="center_of_cell"),
            "lon": stored("lon", longitude, "degrees_east", comment="center_of_cell"),
            "emi_co2": stored(
                "lat lon",
                values,
                "kg m-2 s-1",
                total_emi_co2="   3.63676e+013 kg/year",
                _FillValue=np.float32(np.nan),
            ),
        },
        {"Conventions": "CF-1.0", "title": "Annual Mean Emissions of CO2 - "},
    )


def graced(sector: str = "total", stamped: bool = True, days: int = 3) -> Layout:
    """A globe of 10 degree cells from north to south; each cell of day d emits d + 1 kgC/h."""
    latitude, longitude = np.arange(85.0, -90, -10), np.arange(-175.0, 180, 10)
    values = np.ones((days, 18, 36)) * np.arange(1, days + 1)[:, None, None]
    variables = {
        "latitude": stored("latitude", latitude, "degrees_north", "f8"),
        "longitude": stored("longitude", longitude, "degrees_east", "f8"),
        "emission": stored("nday latitude longitude", values, "kgC/h"),
    }
    if stamped:
        variables["nday"] = stored("nday", np.arange(days), "days since 2021-02-01", "i8")
    prefix = {"total": "", "Power": "0_", "DomesticAviation": "6_"}[sector]
    name = f"CarbonMonitor_{prefix}{sector}_y2021_m02.nc"
    return Layout(name, variables, {"unit": "kgC/h"})
