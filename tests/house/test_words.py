"""No text tells where it was written: no registry, no folder of a person, no marks of merging."""

import re

import pytest

from tests.house.checkout import ROOT, text_files

_HOSTS = (("pypi", "org"), ("python" + "hosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
FORBIDDEN = {
    "host of a registry": re.compile("|".join(r"\.".join(parts) for parts in _HOSTS)),
    "address of a file": re.compile(r"file:" + r"///"),
    "home of a person": re.compile(r"(?<![\w.])/(home|root|Users)/\w"),
    "temporary folder": re.compile(r"(?<![\w.{])/" + r"tmp/\w"),
    "mark of a merge": re.compile(r"^(<{7}|>{7}) ", re.MULTILINE),
}


def faults(text):
    return [
        f"{what}: {found.group()}"
        for what, pattern in FORBIDDEN.items()
        if (found := pattern.search(text))
    ]


def test_a_file_has_no_forbidden_word():
    found = {str(path): faults((ROOT / path).read_text(encoding="utf-8")) for path in text_files()}
    assert len(found) > 1300
    assert not {path: words for path, words in found.items() if words}


@pytest.mark.parametrize(
    "text",
    [
        "https://files.python" + "hosted.org/x",
        "index = https://pypi." + "org/simple",
        "see /" + "home/someone/notes",
        "open('/" + "tmp/x')",
        "<" * 7 + " HEAD",
    ],
)
def test_a_forbidden_word_would_be_found(text):
    assert len(faults(text)) == 1


def test_constraints_pin_every_package_to_one_version():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = re.compile(r"[a-z0-9][a-z0-9.-]*==[\w.]+( ; .+)?")
    assert len(lines) > 50
    assert not [line for line in lines if not pinned.fullmatch(line)]
