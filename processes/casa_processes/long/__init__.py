"""Work that takes as long as asked for: to try out clusters, and how jobs stop, fail, resume."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict
from pydantic import model_validator as checked

from casa_processes.common.errors import InvalidInputsError
from casa_processes.common.json_types import Number
from casa_processes.common.process import FileOf, Process, Text

STEPS_PER_SECOND = 500_000_000
"""Steps that one core of 2024 does in a second, about."""
MOST_PARTS = 1000
type Whole = Annotated[int, Strict()]


class Inputs(BaseModel):
    """How much work, in how many parts, and what shall go wrong."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: Number = Field(
        1.0,
        ge=0.0,
        le=86_400.0,
        description="work of one core [s]: stands for 500 000 000 steps per second, so that the "
        "result does not depend on the machine",
    )
    parts: Whole = Field(10, ge=1, le=MOST_PARTS, description="parts that workers share")
    seed: Whole = Field(1, ge=1, le=2**63 - 1, description="where the random numbers start")
    memory: Whole = Field(
        0, ge=0, le=1_048_576, description="memory that each part fills while it works [MiB]"
    )
    fail_at: Whole | None = Field(None, ge=1, description="part that fails, counted from 1")
    failure: Literal["error", "bug", "exit"] = Field(
        "error",
        description="how it fails: with an error that tells its reason, with one that nobody "
        "foresaw, or by the end of its worker process",
    )
    grid: bool = Field(
        False, description="whether to write the random numbers as a map per part, made up"
    )

    @checked(mode="after")
    def _within(self) -> Self:
        if self.fail_at is not None and self.fail_at > self.parts:
            raise InvalidInputsError([("/fail_at", f"there are {self.parts} parts only")])
        return self


class Outputs(BaseModel):
    """The random numbers, which depend on seconds, parts and seed alone."""

    numbers: list[str] = Field(description="last number of each part, 16 hexadecimal digits")
    digest: str = Field(description="SHA-256 of all of them")
    steps: int = Field(description="steps that were done")
    grid: Annotated[Path | None, FileOf("application/x-netcdf", collection="grid", when="grid")] = (
        Field(None, description="made-up XCO2 on 10 degrees, one day per part")
    )


PROCESS = Process(
    id="long",
    version="1.0.0",
    title=Text(en="Long work", zh="耗时计算"),
    abstract=Text(
        en="Draws random numbers for as long as asked for, in parts that the workers of a cluster "
        "share, and tells its progress. It can fill memory and fail on purpose. Use it to try out "
        "a cluster; it is not offered to everybody unless the site says so.",
        zh="按给定时长生成随机数，由集群的工作进程分担各部分，并报告进度；可占用内存、按要求失败。"
        "用于测试集群，默认不对外提供。",
    ),
    keywords=("test", "cluster"),
    inputs=Inputs,
    outputs=Outputs,
    run="casa_processes.long.pipeline:long_work",
    estimate="casa_processes.long.estimate:cost",
    example={"seconds": 0.1, "parts": 4},
)
