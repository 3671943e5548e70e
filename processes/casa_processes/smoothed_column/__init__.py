"""The column that a retrieval would report if the atmosphere were a given profile."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, FailFast, Field, Strict, Tag
from pydantic import model_validator as checked

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.process import CollectionOf, FileOf, Process, Text

MOST_SOUNDINGS = 10_000
"""Most retrievals and profiles of a request."""
MOST_STORED = 5_000_000
"""Most soundings of a collection."""
MOST_LISTED = 10_000
"""Most soundings that are listed in the answer itself."""
MOST_LEVELS = 500


def _depth(value: object) -> str:
    """Name the alternative of a value by its form alone, so that errors speak of one only."""
    return "many" if isinstance(value, list) and value and isinstance(value[0], list) else "one"


def _depth_or_word(value: object) -> str:
    return "word" if isinstance(value, str) else _depth(value)


type Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
type Levels = Annotated[list[Number], Field(min_length=1, max_length=MOST_LEVELS), FailFast()]
type Rows = Annotated[list[Levels], Field(min_length=1, max_length=MOST_SOUNDINGS), FailFast()]
type Profiles = Annotated[
    Annotated[Levels, Tag("one")] | Annotated[Rows, Tag("many")], Discriminator(_depth)
]
type ProfilesOrPrior = Annotated[
    Annotated[Literal["prior"], Tag("word")]
    | Annotated[Levels, Tag("one")]
    | Annotated[Rows, Tag("many")],
    Discriminator(_depth_or_word),
]


class Observations(BaseModel):
    """What retrievals say of their sensitivity, sent with the request.

    Every array is one row of levels, or one row per sounding; all have the same shape, and their
    levels the same order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pressure_weight: Profiles = Field(
        description="pressure weighting function h; not negative, sums to 1 within 2 % [1]"
    )
    averaging_kernel: Profiles = Field(
        description="column averaging kernel a, normalised by h: 1 where the retrieval sees "
        "all of a change [1]"
    )
    prior: Profiles = Field(description="a priori mole fraction [ppm]")
    pressure: Profiles | None = Field(
        None, description="pressure of the levels, strictly monotonic [hPa]"
    )
    sounding_id: Annotated[list[str], Field(max_length=MOST_SOUNDINGS)] | None = Field(
        None, description="identifiers to repeat in the answer; else 1, 2, ..."
    )


class Inputs(BaseModel):
    """A profile, and the retrievals that look at it: stored ones, or ones sent along."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: ProfilesOrPrior = Field(
        description="mole fraction to look at [ppm], of the same kind (dry, or wet for TCCON) as "
        "the prior: one profile for all soundings or one per sounding; on the retrieval's levels, "
        "from the surface to the top for stored ones, or on profile_pressure. The word prior "
        "stands for the prior itself."
    )
    profile_pressure: Profiles | None = Field(
        None,
        description="pressure of the profile's values, strictly monotonic either way [hPa]; the "
        "profile is then brought to the retrieval's levels, keeping its column",
    )
    collection: Annotated[str | None, CollectionOf("soundings")] = Field(
        None,
        min_length=1,
        description="id of a soundings collection of this server that stores averaging kernels",
    )
    datetime: str | None = Field(
        None, description="instant, date or interval of the collection's soundings, RFC 3339"
    )
    bbox: Annotated[list[Number], Field(min_length=4, max_length=4)] | None = Field(
        None, description="west, south, east, north of the soundings [degree]; across 180 if w > e"
    )
    good_only: Annotated[bool, Strict()] = Field(
        False,
        description="whether the collection's soundings whose quality_flag is not 0 are left out; "
        "without it all are taken, bad ones too, and the output soundings tells their flags",
    )
    limit: Annotated[int, Strict()] = Field(
        1000,
        ge=1,
        le=MOST_STORED,
        description="most soundings, the earliest ones; more than 10 000 are in the output "
        "soundings alone",
    )
    observations: Observations | None = Field(
        None, description="retrievals sent along, instead of a collection"
    )

    @checked(mode="after")
    def _one_source(self) -> Self:
        problems = []
        if (self.collection is None) == (self.observations is None):
            problems.append(("", "expected either collection or observations"))
        if self.observations is not None:
            problems += [
                (f"/{name}", "selects from a collection, and none is named")
                for name in ("datetime", "bbox", "good_only", "limit")
                if name in self.model_fields_set
            ]
        if self.profile == "prior" and self.profile_pressure is not None:
            problems.append(("/profile_pressure", "the prior is on the retrieval's levels already"))
        if problems:
            raise InvalidInputsError(problems)
        return self


class Source(BaseModel):
    """Where the retrievals come from."""

    collection: str
    snapshot: str
    licence: str
    profile_basis: str | None = Field(
        None, description="dry or wet: air that prior and profile are mole fractions of, if known"
    )


class Outputs(BaseModel):
    """Columns of each sounding, in the order of ``sounding_id``; null where data are missing.

    Of more than 10 000 soundings the file alone tells.
    """

    smoothed_column: list[float | None] | None = Field(
        None, description="column that the retrieval would report [ppm]"
    )
    true_column: list[float | None] | None = Field(
        None,
        description="column of the profile itself, as a retrieval sensitive to all of it "
        "would report [ppm]",
    )
    prior_column: list[float | None] | None = Field(None, description="column of the prior [ppm]")
    sounding_id: list[str] | None = Field(None, description="identifiers of the soundings")
    time: list[str] | None = Field(None, description="times of stored soundings, RFC 3339")
    matched: int = Field(description="soundings that met the selection; limit may have cut them")
    source: Source | None = Field(None, description="version and licence of the stored soundings")
    soundings: Annotated[
        Path | None,
        FileOf("application/x-netcdf", collection="soundings", when="collection"),
    ] = Field(
        None,
        description="the columns of stored soundings (xco2_smoothed, xco2_profile, xco2_apriori) "
        "with identifier, time and place, beside the XCO2 that was retrieved",
    )


PROCESS = Process(
    id="smoothed-column",
    version="1.2.0",
    title=Text(en="Profile as a retrieval sees it", zh="廓线的平滑柱浓度"),
    abstract=Text(
        en="Applies pressure weights, column averaging kernels and priors of retrievals to a given "
        "profile (Rodgers and Connor, 2003): the column that the instrument would report if the "
        "atmosphere were that profile. Use it to compare models, aircraft or AirCore profiles with "
        "satellite or TCCON columns.",
        zh="将反演的气压权重、柱平均核和先验廓线应用于给定廓线（Rodgers 和 Connor，2003），"
        "得到大气若为该廓线时仪器应报告的柱浓度，用于模式、飞机或 AirCore 廓线"
        "与卫星、TCCON 的比较。",
    ),
    keywords=("averaging kernel", "column", "validation", "XCO2", "TCCON"),
    inputs=Inputs,
    outputs=Outputs,
    run="casa_processes.smoothed_column.pipeline:smoothed_columns",
    estimate="casa_processes.smoothed_column.estimate:cost",
    check="casa_processes.smoothed_column.posted:examine",
    example={
        "profile": [400.0, 404.0, 410.0],
        "observations": {
            "pressure_weight": [0.25, 0.5, 0.25],
            "averaging_kernel": [0.9, 1.0, 1.1],
            "prior": [401.0, 402.0, 403.0],
        },
    },
)
