"""Data of a collection as one file: what a request selects, however large it is."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict
from pydantic import model_validator as checked

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.process import SELECTORS, CollectionOf, FileOf, Process, Text

LONGEST_AREA, LONGEST, LONGEST_FILTER = 1_000_000, 100_000, 10_000
MOST_VARIABLES = 500

type Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
type Name = Annotated[str, Field(min_length=1, max_length=200)]


class Inputs(BaseModel):
    """A collection, and the part of it that is wanted, in the words of a request for data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    collection: Annotated[str, CollectionOf(None, further=SELECTORS)] = Field(
        min_length=1, description="id of a collection of this server, of a grid or of soundings"
    )
    variables: Annotated[list[Name], Field(min_length=1, max_length=MOST_VARIABLES)] | None = Field(
        None,
        description="names of variables (parameter-name of a request), whose uncertainties come "
        "along; else those that a request without names is answered",
    )
    bbox: Annotated[list[Number], Field(min_length=4, max_length=4)] | None = Field(
        None, description="west, south, east, north of the centres [degree]; across 180 if w > e"
    )
    coords: Annotated[str, Field(min_length=1, max_length=LONGEST_AREA)] | None = Field(
        None,
        description="POLYGON or MULTIPOLYGON of longitude and latitude as well-known text, instead "
        "of a box; what has its centre inside or on the boundary",
    )
    datetime: Annotated[str, Field(min_length=1, max_length=LONGEST)] | None = Field(
        None, description="instant, date or interval, RFC 3339"
    )
    method: Literal["exact", "nearest"] = Field(
        "exact", description="nearest: of a grid, the step closest to an instant"
    )
    z: Annotated[str, Field(min_length=1, max_length=LONGEST)] | None = Field(
        None, description="levels of a grid: one, several, an interval or R n/first/step, as in EDR"
    )
    filter: Annotated[str, Field(min_length=1, max_length=LONGEST_FILTER)] | None = Field(
        None,
        description="condition in CQL2 on the queryables of soundings, as in requests: "
        "quality_flag = 0 leaves the good ones",
    )
    filter_lang: Literal["cql2-text", "cql2-json"] = Field(
        "cql2-text", description="language of the filter (filter-lang of a request)"
    )
    filter_crs: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="reference system of places in the filter; else CRS84"
    )
    instance: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="version of the collection; else the last one"
    )
    format: Literal["NetCDF"] = Field("NetCDF", description="of the file")

    @checked(mode="after")
    def _one_place(self) -> Self:
        if self.bbox is not None and self.coords is not None:
            raise InvalidInputsError([("/coords", "expected either bbox or coords")])
        return self


class Source(BaseModel):
    """Where the data come from."""

    collection: str
    snapshot: str
    licence: str


class Outputs(BaseModel):
    """One file, of a grid or of soundings as the collection holds, and what it holds."""

    matched: int = Field(description="cells of all variables, or soundings; 0: there is no file")
    source: Source = Field(description="version and licence of the data")
    grid: Annotated[Path | None, FileOf("application/x-netcdf", collection="grid")] = Field(
        None, description="values as they are stored, on time, level, latitude and longitude"
    )
    soundings: Annotated[Path | None, FileOf("application/x-netcdf", collection="soundings")] = (
        Field(None, description="soundings in the order of time and identifier")
    )


PROCESS = Process(
    id="extract",
    version="1.1.0",
    title=Text(en="Data as one file", zh="数据提取"),
    abstract=Text(
        en="Writes the data of a collection that a request for data (coverage, cube or area) means "
        "to one netCDF file, however many they are: piece by piece, on all workers, in bounded "
        "memory. A request that is too large to be answered at once is answered with the inputs of "
        "this process. Values are those that are stored, bit for bit.",
        zh="将数据请求（coverage、cube 或 area）所指的数据写入一个 netCDF 文件，数据量不受单次请求"
        "的限制：由各工作进程分块完成，内存占用有上限。无法立即应答的过大请求会给出本处理的输入。"
        "数值与存储值逐位一致。",
    ),
    keywords=("data", "subset", "download", "netCDF"),
    inputs=Inputs,
    outputs=Outputs,
    run="casa_processes.extract.pipeline:extracted",
    estimate="casa_processes.extract.estimate:cost",
    example={
        "collection": "synthetic-xco2-daily",
        "bbox": [73, 18, 135, 54],
        "variables": ["xco2"],
    },
)
