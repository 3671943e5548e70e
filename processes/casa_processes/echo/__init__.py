"""Gives back what it was given: for clients that are tried out, and for the official test suite.

Names and kinds of the inputs follow the echo process in the examples of OGC API Processes, and
outputs have the names of their inputs. What the test suite sends decides the form of some schemas:
it knows a first input of free text, an array, a box, an image, and a number named pause, and it
sends text for whatever it takes for an object.
"""

# ruff: noqa: N815 - the standard's example names its inputs so

from pathlib import Path
from typing import Annotated, NotRequired, TypedDict

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    StrictBool,
    Tag,
    with_config,
)

from casa_processes.common.json_types import (
    TIFF,
    BoundingBox,
    DateTime,
    FeatureCollection,
    Geometry,
    Number,
    TiffImage,
)
from casa_processes.common.process import FileOf, Process, Text

LONGEST_PAUSE = 600.0


@with_config(ConfigDict(extra="forbid"))
class Measure(TypedDict):
    """A number with its unit of measure."""

    measurement: Number
    uom: str
    reference: NotRequired[str]


@with_config(ConfigDict(extra="forbid"))
class ComplexObject(TypedDict):
    """An object with members of several kinds."""

    property1: str
    property2: NotRequired[str]
    property3: NotRequired[Number]
    property4: NotRequired[DateTime]
    property5: StrictBool


def _form(value: object) -> str:
    return "text" if isinstance(value, str) else "object"


type Integers = Annotated[list[Annotated[int, Strict()]], Field(min_length=2, max_length=10)]
type ObjectOrText = Annotated[
    Annotated[ComplexObject, Tag("object")] | Annotated[str, Tag("text")], Discriminator(_form)
]


class Inputs(BaseModel):
    """Values of many kinds; all but the first may be left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stringInput: str = Field(description="any text")
    measureInput: Measure | Number | None = Field(
        None, description="a number, alone or with its unit of measure"
    )
    dateInput: DateTime | None = Field(None, description="an instant, RFC 3339")
    doubleInput: Number = Field(5.0, gt=0.0, le=10.0, description="a number above 0, at most 10")
    arrayInput: Integers | None = Field(None, description="2 to 10 integers")
    complexObjectInput: ObjectOrText | None = Field(
        None, description="an object with members of several kinds, or a text instead of it"
    )
    geometryInput: Geometry | None = Field(None, description="a geometry, RFC 7946")
    boundingBoxInput: BoundingBox | None = Field(None, description="a box of 4 or 6 numbers")
    imageInput: TiffImage | None = Field(None, description="a TIFF image as base64")
    featureCollectionInput: FeatureCollection | None = Field(
        None, description="a feature collection, RFC 7946"
    )
    pause: Number = Field(
        0.0, ge=0.0, le=LONGEST_PAUSE, description="time to wait before answering [s]"
    )


class Outputs(BaseModel):
    """What was given, by the same names."""

    stringInput: str = Field(description="the text")
    measureInput: Measure | Number | None = Field(None, description="the number")
    dateInput: DateTime | None = Field(None, description="the instant")
    doubleInput: Number = Field(description="the number")
    arrayInput: Integers | None = Field(None, description="the integers")
    complexObjectInput: ObjectOrText | None = Field(None, description="the object")
    geometryInput: Geometry | None = Field(None, description="the geometry")
    boundingBoxInput: BoundingBox | None = Field(None, description="the box")
    imageInput: Annotated[Path | None, FileOf(TIFF)] = Field(
        None, description="the image, byte by byte"
    )
    featureCollectionInput: FeatureCollection | None = Field(None, description="the features")


PROCESS = Process(
    id="echo",
    version="1.0.0",
    title=Text(en="Echo", zh="回显"),
    abstract=Text(
        en="Gives back each input as the output of the same name, after a pause if one is asked "
        "for. Use it to try out a client: it takes text, numbers, dates, arrays, objects, "
        "geometries, boxes, images and feature collections.",
        zh="将每个输入原样作为同名输出返回，可指定等待时间。用于测试客户端：接受文本、数值、日期、"
        "数组、对象、几何、范围、图像和要素集合。",
    ),
    keywords=("test", "echo"),
    inputs=Inputs,
    outputs=Outputs,
    run="casa_processes.echo.pipeline:echo",
    estimate="casa_processes.echo.pipeline:cost",
    example={
        "stringInput": "Value1",
        "measureInput": {"measurement": 10.3, "uom": "m"},
        "dateInput": "2021-03-06T07:21:00Z",
        "doubleInput": 3.14159,
        "arrayInput": [1, 2, 3, 4, 5, 6],
        "complexObjectInput": {"property1": "value1", "property5": True},
        "geometryInput": {"type": "Point", "coordinates": [116.4, 39.9]},
        "boundingBoxInput": {"bbox": [51.9, 7.0, 52.0, 7.1]},
    },
)
