"""A soundings product on disk in the form that the archive writes, in two parts."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from casa_processes.common.references import InputRef

LEVELS = 3
SNAPSHOT = "0001"
ATTRIBUTES = {"co2_profile_apriori_basis": "wet"}


def soundings(count: int = 6) -> dict[str, np.ndarray]:
    """Rows whose values tell their number; time and place grow with it.

    Averaging kernels are 1 (a perfect instrument); row 1 has no averaging kernel.
    """
    number = np.arange(count, dtype=np.float64)
    sensitivity = np.ones((count, LEVELS), dtype=np.float32)
    sensitivity[1:2] = np.nan
    return {
        "sounding_id": np.array([f"s{row}" for row in range(count)], dtype=object),
        "time": np.datetime64("2023-04-01T00:00", "ns") + np.arange(count) * np.timedelta64(6, "h"),
        "latitude": number * 10.0,
        "longitude": 150.0 + number * 10.0 - np.where(number > 3, 360.0, 0.0),
        "pressure_weight": np.tile(np.float32([0.25, 0.5, 0.25]), (count, 1)),
        "xco2_averaging_kernel": sensitivity,
        "co2_profile_apriori": np.float32(400.0 + number[:, None] + np.zeros(LEVELS)),
        "pressure_levels": np.tile(np.float32([1000.0, 500.0, 0.0 + 1.0]), (count, 1)),
    }


def product(
    root: Path, name: str = "demo", count: int = 6, group: int = 1024, **more: np.ndarray
) -> InputRef:
    """Write the rows, the later half first, in groups; return a reference to all of them."""
    rows = soundings(count) | more
    half = count // 2
    objects = {}
    for part, chosen in enumerate((slice(half, None), slice(0, half))):
        path = root / name / f"soundings/year=2023/month=04/{part}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table({key: values[chosen] for key, values in rows.items()}), path, group)
        data = path.read_bytes()
        place = str(path.relative_to(root / name))
        objects[place] = [hashlib.sha256(data).hexdigest(), len(data)]
    text = json.dumps({"head": {"attributes": ATTRIBUTES}, "objects": objects}).encode()
    checksum = hashlib.sha256(text).hexdigest()
    manifest = root / name / f"manifests/{SNAPSHOT}.{checksum[:12]}.json"
    manifest.parent.mkdir()
    manifest.write_bytes(text)
    head = {"manifests": {SNAPSHOT: checksum}}
    (root / name / "head.json").write_text(json.dumps(head))
    return InputRef(str(root / name), SNAPSHOT, "CC-BY-4.0")


def table(rows: dict[str, np.ndarray]) -> pa.Table:
    """Rows as a table: profiles are lists of fixed length, times are in UTC."""
    columns = {}
    for name, values in rows.items():
        if values.ndim == 2:
            flat = pa.array(values.ravel(), from_pandas=True)
            columns[name] = pa.FixedSizeListArray.from_arrays(flat, values.shape[1])
        elif name == "time":
            columns[name] = pa.array(values, pa.timestamp("ns", tz="UTC"))
        else:
            columns[name] = pa.array(values)
    return pa.table(columns)
