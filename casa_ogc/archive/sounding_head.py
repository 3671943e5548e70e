"""The head of a sounding product, from the statistics of its parts."""

from typing import TYPE_CHECKING

import numpy as np

from casa_ogc.archive.axes import Bounds
from casa_ogc.archive.heads import Head
from casa_ogc.archive.instants import rfc3339
from casa_ogc.archive.parts import open_part

if TYPE_CHECKING:
    from casa_ogc.archive.sounding_writing import SoundingWriter


def sounding_head(writer: "SoundingWriter", snapshot: str, committed: str, files: int) -> Head:
    """Describe what the writer is about to commit."""
    parts = [open_part(writer.folder / name) for name in writer.parts]
    box = np.concatenate([part.box for part in parts])
    first = min(int(part.first.min()) for part in parts)
    last = max(int(part.last.max()) for part in parts)
    dimensions = {"sounding": sum(int(part.rows.sum()) for part in parts)}
    if writer.level:
        dimensions["level"] = writer.level
    return Head(
        product=writer.product,
        kind="soundings",
        snapshot=snapshot,
        committed=committed,
        bounds=Bounds(
            float(box[:, 0].min()),
            float(box[:, 1].min()),
            float(box[:, 2].max()),
            float(box[:, 3].max()),
        ),
        time=(rfc3339(np.datetime64(first, "ns")), rfc3339(np.datetime64(last, "ns"))),
        time_resolution=writer.attributes.get("time_resolution", ""),
        vertical=None,
        variables=tuple(sorted({name for part in parts for name in part.columns})),
        dimensions=dimensions,
        size=sum(stored.size for stored in writer.objects.values()),
        files=files,
        missions=tuple(sorted(writer.missions)),
        attributes=writer.attributes,
    )
