"""Findings of many files, held against a listing of them one by one."""

import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from casa_ogc.catalog.findings import refusals, some, summary
from casa_ogc.readers.checks import Finding

names = st.sampled_from(["a.nc", "b.nc", "c.nc", "d.nc"])
severities = st.sampled_from(["error", "warning"])
places = st.sampled_from(["time", "xco2", "global attribute title", "global attribute history"])
texts = st.sampled_from(["the file has none", "without the CF attributes units", "no uncertainty"])
findings = st.lists(st.builds(Finding, names, severities, places, texts), max_size=12)


@given(findings)
def test_every_finding_is_in_a_line_of_its_severity_and_text(found: list[Finding]) -> None:
    lines = summary(found)
    for one in found:
        where = one.where.removeprefix("global attribute ")
        assert any(
            line.startswith(one.severity) and line.endswith(one.text) and where in line
            for line in lines
        )
    assert len(lines) <= len(found)


@given(findings)
def test_errors_come_before_warnings_and_no_line_twice(found: list[Finding]) -> None:
    lines = summary(found)
    assert len(set(lines)) == len(lines)
    kinds = [line.partition(":")[0] for line in lines]
    assert kinds == sorted(kinds)
    assert set(kinds) == {one.severity for one in found}


@given(findings)
def test_one_file_alone_is_named_in_every_line(found: list[Finding]) -> None:
    alone = [Finding("only.nc", one.severity, one.where, one.text) for one in found]
    assert all(line.split(": ")[1] == "only.nc" for line in summary(alone))


@given(st.lists(st.tuples(names, st.integers(0, 50), st.integers(50, 99)), min_size=1, max_size=6))
def test_counts_of_values_are_added_up_over_files(counts: list[tuple[str, int, int]]) -> None:
    found = [Finding(f, "warning", "xco2", f"{n} of {m} values missing") for f, n, m in counts]
    (line,) = summary(found)
    missing, whole = sum(n for _, n, _ in counts), sum(m for _, _, m in counts)
    assert line.endswith(f": xco2: {missing} of {whole} values missing")
    assert re.search(r"[abcd]\.nc", line)


def test_counts_of_different_variables_stay_apart() -> None:
    found = [
        Finding("a.nc", "warning", "xco2", "1 of 10 values missing"),
        Finding("b.nc", "warning", "xco2", "2 of 10 values missing"),
        Finding("b.nc", "warning", "sif", "2 of 1000 values missing"),
        Finding("b.nc", "warning", "sif", "3 of 1000 values outside 0 to 1"),
    ]
    assert summary(found) == (
        "warning: a.nc, b.nc: xco2: 3 of 20 values missing",
        "warning: b.nc: sif: 2 of 1,000 values missing",
        "warning: b.nc: sif: 3 of 1,000 values outside 0 to 1",
    )


def test_optional_variables_that_are_absent_share_a_line() -> None:
    found = [
        Finding(f"{number}.nc", "warning", name, f"the file has no Retrieval/{name}")
        for number in range(3)
        for name in ("tcwv", "psurf")
    ]
    assert summary(found) == (
        "warning: 0.nc, 1.nc and 1 more file: Retrieval/tcwv, Retrieval/psurf: not in the file",
    )


def test_what_concerns_the_whole_file_names_no_place() -> None:
    assert summary([Finding("a.nc", "error", "file", "expected content, found an empty file")]) == (
        "error: a.nc: expected content, found an empty file",
    )
    assert summary([]) == ()


@given(st.lists(st.tuples(names, st.sampled_from(["time: bad", "xco2: bad"])), max_size=8))
def test_each_reason_is_told_once_with_its_files(errors: list[tuple[str, str]]) -> None:
    lines = refusals((file, f"{file}: {reason}") for file, reason in errors)
    reasons = [": ".join(line.split(": ")[1:]) for line in lines]
    assert Counter(reasons) == Counter({reason: 1 for _, reason in errors})


@given(st.lists(st.text("abc", min_size=1), min_size=1, max_size=9))
def test_at_most_two_files_are_named_and_all_are_counted(files: list[str]) -> None:
    told = some(files)
    more = re.search(r"and (\d+) more file", told)
    assert len(files) == min(len(files), 2) + (int(more[1]) if more else 0)
