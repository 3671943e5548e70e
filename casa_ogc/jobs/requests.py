"""Execution requests: what a client may ask of a process, read and checked, without any web."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Literal, cast

from casa_ogc.catalog.settings import Settings
from casa_ogc.jobs.addresses import RefusedAddressError, Target, is_listed, is_public, parse_target
from casa_ogc.jobs.errors import UnpublishedError
from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.common.process import FileOf, Process
from casa_processes.common.registry import process, process_ids

MEMBERS = ("inputs", "outputs", "response", "subscriber", "title", "labels")
SUBSCRIBER = ("successUri", "failedUri", "inProgressUri")
MOST_DEPTH = 64
"""Levels of arrays and objects in a request."""
LONGEST_TITLE, LONGEST_LABEL, MOST_LABELS = 200, 64, 20

type Kind = Literal["raw", "document", "collection"]


def offered_ids(settings: Settings) -> tuple[str, ...]:
    """Return the processes that the site offers, sorted."""
    return tuple(name for name in process_ids() if name not in settings.jobs.hidden)


def offered_process(name: str, settings: Settings) -> Process:
    """Return a process that the site offers.

    Raises
    ------
    UnknownNameError
        When there is none, or it is hidden.
    """
    known = offered_ids(settings)
    if name not in known:
        raise UnknownNameError("process", name, known)
    return process(name)


def check_depth(content: object) -> None:
    """Refuse what is nested too deeply to be worked on safely.

    Raises
    ------
    InvalidValueError
        Beyond `MOST_DEPTH` levels.
    """
    level = [content]
    for _ in range(MOST_DEPTH):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise InvalidValueError("body", "...", f"at most {MOST_DEPTH} levels of arrays and objects")


def known_members(content: Mapping[str, Any]) -> None:
    """Refuse members that mean nothing here.

    Raises
    ------
    UnknownNameError
        Naming the first of them and what is known.
    """
    for name in sorted(content.keys() - set(MEMBERS)):
        raise UnknownNameError("member of an execution request", name, MEMBERS)


def inputs_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of a request; none are an empty object."""
    inputs = content.get("inputs", {})
    if not isinstance(inputs, dict):
        raise InvalidValueError("inputs", inputs, "a JSON object")
    return inputs


def outputs_of(content: Mapping[str, Any], asked: Process) -> dict[str, dict[str, Any]]:
    """Return the outputs that are asked for, each with its format and transmission; empty: all.

    Raises
    ------
    UnknownNameError
        For an output that the process does not have.
    InvalidValueError
        For a format or transmission that is not offered.
    """
    outputs = content.get("outputs", {})
    if not isinstance(outputs, dict):
        raise InvalidValueError("outputs", outputs, "a JSON object of output names")
    known, files = asked.outputs.model_fields, asked.files()
    for name, wanted in outputs.items():
        if name not in known:
            raise UnknownNameError("output", name, known)
        if not isinstance(wanted, dict):
            raise InvalidValueError(f"outputs/{name}", wanted, "a JSON object")
        mode = wanted.get("transmissionMode", "value")
        if mode not in ("value", "reference"):
            raise InvalidValueError(f"outputs/{name}/transmissionMode", mode, "value or reference")
        _check_format(name, wanted.get("format", {}), files.get(name))
    return outputs


def _check_format(name: str, form: object, file: FileOf | None) -> None:
    place = f"outputs/{name}/format"
    if not isinstance(form, dict):
        raise InvalidValueError(place, form, "a JSON object")
    media = form.get("mediaType")
    offered = ("application/json", "text/plain") if file is None else (file.media_type,)
    plain = {each.partition(";")[0].strip() for each in offered}
    if media is not None and (
        not isinstance(media, str) or media.partition(";")[0].strip().lower() not in plain
    ):
        raise InvalidValueError(f"{place}/mediaType", media, " or ".join(offered))


def response_of(
    content: Mapping[str, Any], asked: Process, wanted: Mapping[str, Any], *, publish: bool = True
) -> Kind:
    """Return how results are wanted; without a word one output is raw, several are a document.

    Raises
    ------
    InvalidValueError
        When it is none of the three.
    UnpublishedError
        When a collection is wanted where none is published.
    """
    kind = content.get("response")
    if kind is None:
        count = len(wanted) or len(asked.outputs.model_fields)
        return "raw" if count == 1 else "document"
    if kind not in ("raw", "document", "collection"):
        raise InvalidValueError("response", kind, "raw, document or collection")
    if kind == "collection" and not publish:
        raise UnpublishedError
    return cast("Kind", kind)


def title_of(content: Mapping[str, Any]) -> str:
    """Return the name that the user gives to the job or its collection."""
    return _line("title", content.get("title", ""), LONGEST_TITLE)


def labels_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words to find the job by, each once."""
    labels = content.get("labels", [])
    if not isinstance(labels, list) or len(labels) > MOST_LABELS:
        raise InvalidValueError("labels", labels, f"a list of at most {MOST_LABELS} texts")
    words = (_line("labels", each, LONGEST_LABEL, least=1) for each in labels)
    return tuple(dict.fromkeys(words))


def _line(what: str, text: object, longest: int, least: int = 0) -> str:
    """Return one printable line: it goes into pages, headers and logs."""
    if not isinstance(text, str) or not least <= len(text) <= longest or not text.isprintable():
        raise InvalidValueError(what, text, f"printable text of {least} to {longest} characters")
    return text.strip()


def subscriber_of(content: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    """Return the addresses to tell of the job.

    Raises
    ------
    InvalidValueError
        When one is no address.
    RefusedAddressError
        When one is written as an address of a private network that the site does not list; names
        are looked up when they are told.
    """
    given = content.get("subscriber", {})
    if not isinstance(given, dict):
        raise InvalidValueError("subscriber", given, f"an object of {', '.join(SUBSCRIBER)}")
    for name, text in given.items():
        if name not in SUBSCRIBER:
            raise UnknownNameError("member of subscriber", name, SUBSCRIBER)
        target = parse_target(f"subscriber/{name}", text)
        if _is_inside(target) and not is_listed(target, settings.jobs.callbacks):
            raise RefusedAddressError(target.host, "it lies in a private or local network")
    return given


def _is_inside(target: Target) -> bool:
    try:
        return not is_public(ip_address(target.host))
    except ValueError:
        return target.host.rstrip(".").rpartition(".")[2] in ("localhost", "local", "internal")
