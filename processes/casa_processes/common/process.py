"""What a process is: its description and its inputs, apart from its computation.

A process package says in its ``__init__`` what it takes and gives; the computation is named as text
and imported when it is run, so that describing a process loads no numerical library.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from pydantic import BaseModel, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema

from casa_processes.common.context import Context
from casa_processes.common.errors import InvalidInputsError, InvalidValueError
from casa_processes.common.inputs import pointer, unwrapped
from casa_processes.common.json_schema import published_schema
from casa_processes.common.json_types import binary_text
from casa_processes.common.reasons import reason
from casa_processes.common.references import InputRef

type Language = Literal["en", "zh"]
type Run = Callable[[Any, Context], BaseModel]


@dataclass(frozen=True)
class Text:
    """A text in English and Chinese."""

    en: str
    zh: str


FILTERS = ("filter", "filter_lang", "filter_crs")
"""Condition on soundings, its language, and the reference system of places in it."""
SELECTORS = ("variables", "z", "coords", "method", "instance", *FILTERS)
"""Names, levels, polygon, exact or nearest time, version and filter of what a request selects."""


@dataclass(frozen=True)
class CollectionOf:
    """Marks an input, by ``Annotated``, as the id of a collection of this server.

    Whoever runs the process resolves it to an ``InputRef`` that the computation receives.

    Attributes
    ----------
    kind
        What the collection has to hold; None is either.
    datetime, bbox
        Names of the inputs that select a part of it.
    further
        Names of the inputs that select as parameters of a request for data do, out of
        `SELECTORS`. With any, `InputRef.selection` tells what such a request would answer.
    """

    kind: Literal["soundings", "grid"] | None
    datetime: str = "datetime"
    bbox: str = "bbox"
    further: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileOf:
    """Marks an output, by ``Annotated[Path, ...]``, as a file in the folder of the context.

    Attributes
    ----------
    media_type
        What the file is.
    collection
        What kind of collection it can be published as; it is a netCDF file in vocabulary names
        and units then, as a reader would return it.
    when
        Input that must be given, and not false, for the file to be written; empty: it always is.
    """

    media_type: str
    collection: Literal["soundings", "grid"] | None = None
    when: str = ""

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Write the schema of a file: bytes of its media type."""
        return binary_text(self.media_type)


@dataclass(frozen=True)
class Cost:
    """What a run is expected to take.

    Attributes
    ----------
    cpu_seconds
        Time of one core.  [s]
    memory
        Most memory that one worker needs.  [byte]
    result
        Size of all outputs.  [byte]
    """

    cpu_seconds: float = 1.0
    memory: int = 256 * 1024 * 1024
    result: int = 1024 * 1024


@dataclass(frozen=True)
class Asked:
    """A collection that inputs name: the mark, its id, and the part of it as written."""

    mark: CollectionOf
    id: str
    datetime: str | None
    bbox: tuple[float, ...] | None
    further: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Process:
    """One process of the facility.

    Attributes
    ----------
    id
        Lower-case name with hyphens; the package has it with underscores.
    version
        Version of the process; it changes whenever its results may.
    title, abstract
        What it is and what it does, for people.
    keywords
        Words to find it by.
    inputs, outputs
        Models whose fields are the inputs and outputs.
    run
        ``module:function`` of the computation: a function of the validated inputs and of a
        `Context` that returns an instance of `outputs`.
    estimate
        ``module:function`` of the validated inputs and of the resolved collections by input, that
        returns the expected `Cost`; without one it is the cost of a small computation. It reads
        no data.
    check
        ``module:function`` of the same that raises `InvalidInputsError` for what the inputs alone
        show to be wrong, and their model does not; it is light, and runs before a job is queued.
    example
        Inputs that can be executed as they stand.
    """

    id: str
    version: str
    title: Text
    abstract: Text
    inputs: type[BaseModel]
    outputs: type[BaseModel]
    run: str
    estimate: str = ""
    check: str = ""
    keywords: tuple[str, ...] = ()
    example: Mapping[str, Any] = field(default_factory=dict)

    def description(self, language: Language = "en") -> dict[str, Any]:
        """Return the process description of OGC API Processes 1.0, schemas included."""
        return {
            "id": self.id,
            "version": self.version,
            "title": getattr(self.title, language),
            "description": getattr(self.abstract, language),
            "keywords": list(self.keywords),
            "jobControlOptions": ["sync-execute", "async-execute", "dismiss"],
            "outputTransmission": ["value", "reference"],
            "inputs": _described(self.inputs, occurs=True),
            "outputs": _described(self.outputs, occurs=False),
            "example": {"inputs": dict(self.example)},
        }

    def validate(self, inputs: object) -> BaseModel:
        """Return the inputs as their model; qualified values ``{"value": ...}`` are unwrapped.

        Raises
        ------
        InvalidInputsError
            Naming every wrong, missing and extra field by its place in `inputs`.
        """
        if not isinstance(inputs, Mapping):
            raise InvalidInputsError([("", "expected an object with one member per input")])
        try:
            return self.inputs.model_validate(unwrapped(inputs))
        except ValidationError as error:
            problems: dict[str, list[str]] = {}
            for item in error.errors(include_url=False, include_context=False, include_input=False):
                place = pointer(inputs, item["loc"], missing=item["type"] == "missing")
                problems.setdefault(place, []).append(reason(item))
            raise InvalidInputsError(
                (place, " or ".join(dict.fromkeys(reasons))) for place, reasons in problems.items()
            ) from None

    def collections(self, inputs: BaseModel) -> dict[str, Asked]:
        """Return the collections that validated inputs name, by input."""
        found = {}
        for name, information in self.inputs.model_fields.items():
            asked = getattr(inputs, name)
            for mark in information.metadata:
                if isinstance(mark, CollectionOf) and asked is not None:
                    box = getattr(inputs, mark.bbox, None)
                    instant = getattr(inputs, mark.datetime, None)
                    further = {each: getattr(inputs, each) for each in mark.further}
                    box = tuple(box) if box else None
                    found[name] = Asked(mark, asked, instant, box, further)
        return found

    def load(self) -> Run:
        """Import the computation.

        Raises
        ------
        InvalidValueError
            When `run` names no function.
        """
        function: Run = self._function("run", self.run)
        return function

    def cost(self, inputs: BaseModel, references: Mapping[str, InputRef]) -> Cost:
        """Return what a run of validated inputs is expected to take.

        Raises
        ------
        InvalidValueError
            When `estimate` names no function.
        """
        if not self.estimate:
            return Cost()
        found: Cost = self._function("estimate", self.estimate)(inputs, references)
        return found

    def examine(self, inputs: BaseModel, references: Mapping[str, InputRef]) -> None:
        """Refuse validated inputs with which no run can succeed, as far as they tell.

        Raises
        ------
        InvalidInputsError
            Naming every input at fault.
        InvalidValueError
            When `check` names no function.
        """
        if self.check:
            self._function("check", self.check)(inputs, references)

    def files(self) -> dict[str, FileOf]:
        """Return the outputs that are files, by name."""
        return {
            name: mark
            for name, information in self.outputs.model_fields.items()
            for mark in information.metadata
            if isinstance(mark, FileOf)
        }

    def _function(self, what: str, text: str) -> Any:
        """Import what ``module:function`` names."""
        module, _, name = text.partition(":")
        try:
            return getattr(import_module(module), name)
        except (ModuleNotFoundError, AttributeError) as error:
            raise InvalidValueError(
                f"{what} of {self.id}", text, f"a function ({error})"
            ) from error


def _described(model: type[BaseModel], *, occurs: bool) -> dict[str, Any]:
    """Describe each field of a model as an input or output."""
    schema = published_schema(model)
    required = schema.get("required", [])
    described: dict[str, dict[str, Any]] = {}
    for name, each in schema.get("properties", {}).items():
        inner = {key: value for key, value in each.items() if key not in ("title", "description")}
        title = model.model_fields[name].title or _words(name)
        described[name] = {"title": title, "schema": inner}
        if "description" in each:
            described[name]["description"] = each["description"]
        if occurs:
            described[name] |= {"minOccurs": int(name in required), "maxOccurs": 1}
    return described


def _words(name: str) -> str:
    """Write the name of a field as a title."""
    return name[:1].upper() + name[1:].replace("_", " ")
