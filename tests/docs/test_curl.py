"""The pages of curl sessions print what they show, when they are run from top to bottom."""

import json
import re
import shutil
import subprocess

import pytest

from tests.house.checkout import ROOT

PAGES = ("curl.md", "data-with-curl.md")
ADDRESS = "http://127.0.0.1:5000"
MARK = "=== block "
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text):
    """Return each shell block with what is shown below it: its kind and text, or None."""
    found = []
    for kind, content in BLOCK.findall(text):
        if kind == "sh":
            found.append((content, None))
        else:
            found[-1] = (found[-1][0], (kind, content))
    return found


def agrees(shown, printed):
    """Tell whether what was printed is what is shown, ``...`` standing for anything.

    Collections that jobs have published meanwhile are passed over.
    """
    kind, text = shown
    if kind == "json":
        return json.loads(printed) == json.loads(text)
    parts = (re.escape(part) for part in text.strip().split("..."))
    rest = re.sub(r"^job-\w+ .*\n", "", printed, flags=re.MULTILINE)
    return re.fullmatch(".*".join(parts), rest.strip(), re.DOTALL) is not None


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (("text", "a\n"), "a", True),
        (("text", "a ... c\n"), "a\nb c\n", False),
        (("text", "a ... c\n"), "a b c\n", True),
        (("text", "a\nb\n"), "a\njob-1f timestep\nb\n", True),
        (("text", "a\nb\n"), "a\njobs\nb\n", False),
        (("text", "a\n"), "ab", False),
        (("json", '{"a": 1}'), '{"a":1}', True),
        (("json", '{"a": 1}'), '{"a":2}', False),
    ],
)
def test_what_is_shown_is_compared(shown, printed, same):
    assert agrees(shown, printed) is same


@pytest.fixture(scope="module", params=PAGES)
def session(facility, tmp_path_factory, request):
    """Run all blocks of a page in one shell; returns what each printed."""
    page = ROOT / "docs" / "how-to" / request.param
    found = blocks(page.read_text(encoding="utf-8"))
    script = "\n".join(f"echo '{MARK}{n}'\n{sh}\necho" for n, (sh, _) in enumerate(found))
    token = facility.casa("token", "create", "ada")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace(ADDRESS, facility.url)],
        env={**facility.environment, "TOKEN": token},
        cwd=tmp_path_factory.mktemp("session"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    printed = re.split(rf"^{MARK}\d+$", done.stdout, flags=re.MULTILINE)[1:]
    return list(zip((shown for _, shown in found), printed, strict=True))


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_every_block_prints_what_is_shown(session, facility):
    for shown, printed in session:
        if shown is not None:
            kind, text = shown
            assert agrees((kind, text.replace(ADDRESS, facility.url)), printed), printed
    assert sum(shown is not None for shown, _ in session) >= 10
