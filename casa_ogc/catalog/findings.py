"""Findings of many files in few lines: what is the same is said once."""

import re
from collections.abc import Iterable, Sequence

from casa_ogc.readers.checks import Finding

_SHOWN_FILES = 2
_COUNTED = re.compile(r"(\d+) of (\d+) (values .*)")
_NO_READER = re.compile(r"^(?:.*: )?(no reader for the file name) '[^']*'")
_ABSENT = "the file has no "
_GLOBAL = "global attribute "


def summary(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return a line for each thing that is wrong, errors first, with the files that it concerns.

    Variables and attributes of one file of which the same is said share a line, and so do files;
    counts of values are added up over the files.
    """
    places: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    counts: dict[tuple[str, str, str], list[int]] = {}
    for finding in findings:
        where, text, numbers = _told(finding)
        key = (finding.severity, where if numbers else "", text)
        total = counts.setdefault(key, [0, 0])
        total[0], total[1] = total[0] + sum(numbers[:1]), total[1] + sum(numbers[1:])
        places.setdefault(key, {}).setdefault(finding.file, []).append(where)
    lines: dict[tuple[str, str, str], list[str]] = {}
    for (severity, _, text), files in places.items():
        told = _counted(counts[severity, _, text], text)
        for file, wheres in files.items():
            lines.setdefault((severity, _joined(wheres), told), []).append(file)
    ordered = sorted(lines.items(), key=lambda item: item[0][0] != "error")
    return tuple(
        ": ".join(filter(None, (severity, some(files), where, told)))
        for (severity, where, told), files in ordered
    )


def refusals(errors: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return a line for each reason for which files were refused; `errors` are names and reasons.

    >>> refusals([("a.nc", "a.nc: time: expected seconds, found months")])
    ('a.nc: time: expected seconds, found months',)
    """
    groups: dict[str, list[str]] = {}
    for file, text in errors:
        reason = _NO_READER.sub(r"\1", text).removeprefix(f"{file}: ")
        groups.setdefault(reason, []).append(file)
    return tuple(f"{some(files)}: {reason}" for reason, files in groups.items())


def some(files: Sequence[str]) -> str:
    """Name a few files and say how many more there are.

    >>> some(["a", "b"]), some(["a", "b", "c", "d"])
    ('a, b', 'a, b and 2 more files')
    """
    more = len(files) - _SHOWN_FILES
    named = ", ".join(files[:_SHOWN_FILES])
    return named if more <= 0 else f"{named} and {more:,} more file{'' if more == 1 else 's'}"


def _told(finding: Finding) -> tuple[str, str, tuple[int, ...]]:
    """Return where, the text in words that others may share, and numbers that can be added."""
    text = _NO_READER.sub(r"\1", finding.text)
    if text.startswith(_ABSENT):
        return text.removeprefix(_ABSENT), "not in the file", ()
    if match := _COUNTED.fullmatch(text):
        return finding.where, match[3], (int(match[1]), int(match[2]))
    return finding.where, text, ()


def _counted(total: list[int], text: str) -> str:
    return f"{total[0]:,} of {total[1]:,} {text}" if total[1] else text


def _joined(wheres: Sequence[str]) -> str:
    """Name variables, and global attributes after one another."""
    if wheres == ["file"]:
        return ""
    if len(wheres) > 1 and all(where.startswith(_GLOBAL) for where in wheres):
        return f"{_GLOBAL}{', '.join(where.removeprefix(_GLOBAL) for where in wheres)}"
    return ", ".join(dict.fromkeys(wheres))
