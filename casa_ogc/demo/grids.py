"""The gridded demonstration products, in the common schema of the readers."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from casa_ogc.demo.fluxes import fluxes
from casa_ogc.demo.formulas import EPOCH, days_since_epoch, fluorescence, xco2, xco2_uncertainty
from casa_ogc.demo.geography import is_land
from casa_ogc.readers.read import described
from casa_processes.common.vocabulary import variable

ATTRIBUTES = {
    "source": "closed formulas; no observation went in",
    "mission": "Synthetic",
    "instrument": "none",
    "product_version": "1",
    "references": "docs/reference/demo.md",
    "licence": "CC0-1.0",
    "history": "made by casa demo",
}
_DAY = np.timedelta64(1, "D")


def xco2_daily() -> xr.Dataset:
    """Make daily XCO2 of 2023 on 2 x 2.5 degrees, north to south, -180..180."""
    starts = EPOCH + np.arange(365) * _DAY
    latitude, longitude = np.arange(89.0, -90, -2), np.arange(-178.75, 180, 2.5)
    day = days_since_epoch(starts)[:, None, None] + 0.5
    y, x = latitude[:, None], longitude[None, :]
    fields = {
        "xco2": xco2(y, x, day),
        "xco2_uncertainty": xco2_uncertainty(y, x, day),
    }
    bounds = np.stack([starts, starts + _DAY], axis=1)
    return _grid(fields, bounds, latitude, longitude, "Synthetic daily XCO2", "P1D")


def sif_monthly() -> xr.Dataset:
    """Make monthly SIF of 2023 on one degree, south to north, 0..360; missing over water."""
    bounds = _months()
    latitude, longitude = np.arange(-89.5, 90), np.arange(0.5, 360)
    day = _middles(bounds)[:, None, None]
    y, x = latitude[:, None], longitude[None, :]
    signal = np.where(is_land(y, x), fluorescence(y, x, day), np.nan)
    fields = {"sif_740": signal, "sif_740_uncertainty": 0.06 + 0.05 * signal}
    return _grid(fields, bounds, latitude, longitude, "Synthetic monthly SIF", "P1M")


def flux_monthly() -> xr.Dataset:
    """Make monthly surface fluxes of CO2 of 2023 on 2 x 2.5 degrees, north to south, -180..180."""
    bounds = _months()
    latitude, longitude = np.arange(89.0, -90, -2), np.arange(-178.75, 180, 2.5)
    parts = fluxes(latitude, longitude, _middles(bounds))
    fields = {f"co2_flux_{name}": values for name, values in parts.items()}
    fields["co2_flux"] = np.sum(list(parts.values()), axis=0)
    return _grid(fields, bounds, latitude, longitude, "Synthetic monthly CO2 fluxes", "P1M")


def _months() -> NDArray[np.datetime64]:
    edges = np.arange("2023-01", "2024-02", dtype="datetime64[M]").astype("datetime64[ns]")
    return np.stack([edges[:-1], edges[1:]], axis=1)


def _middles(bounds: NDArray[np.datetime64]) -> NDArray[np.float64]:
    return np.asarray((days_since_epoch(bounds[:, 0]) + days_since_epoch(bounds[:, 1])) / 2)


def _grid(
    fields: dict[str, NDArray[np.float64]],
    bounds: NDArray[np.datetime64],
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    title: str,
    resolution: str,
) -> xr.Dataset:
    """Assemble fields of shape (time, latitude, longitude) over periods of shape (time, 2)."""
    dims = ("time", "latitude", "longitude")
    middles = bounds[:, 0] + (bounds[:, 1] - bounds[:, 0]) / 2
    return xr.Dataset(
        {
            name: (dims, values.astype(np.float32), described(variable(name)))
            for name, values in fields.items()
        },
        coords={
            "time": ("time", middles, described(variable("time"))),
            "time_bounds": (("time", "bound"), bounds),
            "latitude": ("latitude", latitude, described(variable("latitude"))),
            "longitude": ("longitude", longitude, described(variable("longitude"))),
        },
        attrs={**ATTRIBUTES, "title": title, "time_resolution": resolution},
    )
