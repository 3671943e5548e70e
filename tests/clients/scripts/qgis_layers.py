"""Opens one layer in QGIS and tells what it holds; runs under the Python that QGIS is built for.

Usage: qgis_layers.py features URI | values URI | picture URI PNG WIDTH HEIGHT CRS BOX [START END]
"""

import json
import sys
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsDateTimeRange,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QDateTime, QSize, Qt
from qgis.PyQt.QtGui import QColor


def features(uri: str) -> dict[str, Any]:
    """Tell fields and all features of an OGC API Features layer."""
    layer = QgsVectorLayer(uri, "layer", "OAPIF")
    assert layer.isValid(), layer.error().summary()
    rows = [
        {
            "point": [one.geometry().asPoint().x(), one.geometry().asPoint().y()],
            "id": one["sounding_id"],
            "xco2": one["xco2"],
        }
        for one in layer.getFeatures()
    ]
    return {"count": layer.featureCount(), "crs": layer.crs().authid(), "rows": rows}


def values(uri: str) -> dict[str, Any]:
    """Tell the values of the first band of a raster, and where they are."""
    layer = QgsRasterLayer(uri, "layer", "gdal")
    assert layer.isValid(), layer.error().summary()
    block = layer.dataProvider().block(1, layer.extent(), layer.width(), layer.height())
    rows = [
        [None if block.isNoData(y, x) else block.value(y, x) for x in range(layer.width())]
        for y in range(layer.height())
    ]
    box = layer.extent()
    edges = [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]
    return {"rows": rows, "box": edges, "bands": layer.bandCount(), "name": layer.bandName(1)}


def picture(
    uri: str, png: str, width: str, height: str, crs: str, box: str, *times: str
) -> dict[str, Any]:
    """Draw a layer of a map service into a file, at a time range if one is given."""
    layer = QgsRasterLayer(uri, "layer", "wms")
    assert layer.isValid(), layer.error().summary()
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    settings.setExtent(QgsRectangle(*(float(edge) for edge in box.split(","))))
    settings.setOutputSize(QSize(int(width), int(height)))
    settings.setBackgroundColor(QColor(0, 0, 0, 0))
    temporal = layer.temporalProperties()
    if times:
        temporal.setIsActive(True)
        start, end = (QDateTime.fromString(time, Qt.ISODate) for time in times)
        settings.setIsTemporal(True)
        settings.setTemporalRange(QgsDateTimeRange(start, end))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(png)
    capable = layer.dataProvider().temporalCapabilities()
    known = capable.availableTemporalRange()
    return {
        "temporal": capable.hasTemporalCapabilities(),
        "range": [one.toString(Qt.ISODate) for one in (known.begin(), known.end())],
    }


def main() -> None:
    """Run the command of the arguments and print its answer as JSON."""
    application = QgsApplication([], False)
    application.initQgis()
    commands = {"features": features, "values": values, "picture": picture}
    print(json.dumps(commands[sys.argv[1]](*sys.argv[2:])))  # noqa: T201
    application.exitQgis()


if __name__ == "__main__":
    main()
