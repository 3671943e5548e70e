"""Python on the pages runs as it is written, in the order of the page."""

import subprocess
import sys

import pytest

from tests.docs.test_curl import ADDRESS, BLOCK
from tests.house.checkout import ROOT

PAGES = ("README.md", "docs/how-to/client.md", "docs/tutorials/first-steps.md")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_python_on_a_page_runs(facility, page, tmp_path):
    text = (ROOT / page).read_text(encoding="utf-8").replace(ADDRESS, facility.url)
    code = "\n".join(content for kind, content in BLOCK.findall(text) if kind == "python")
    assert facility.url in code
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
