"""A page of another program on the same machine, in the browser of somebody who is signed in."""

from pathlib import Path

import pytest

from tests.clients.browser import shown
from tests.jobs.listeners import listening, plain
from tests.service.browsing import idle_site, owned

pytestmark = pytest.mark.clients

ATTACK = """<!doctype html><title>attack</title>
<iframe name="frame"></iframe>
<form method="post" action="{url}/processes/echo/execution" target="frame">
<input name="inputs.stringInput" value="form"></form>
<script>
const body = new TextEncoder().encode('{{"inputs": {{"stringInput": "bare"}}}}');
const options = {{method: "POST", mode: "no-cors", credentials: "include", body}};
fetch("{url}/processes/echo/execution", options)
  .then(() => fetch("{url}/jobs?f=json", {{credentials: "include"}}))
  .catch(() => 0).then(() => document.forms[0].submit()).then(() => fetch("/done"))
  .then(() => document.title = "done");
</script>"""


def test_other_ports_of_the_machine_see_the_cookie_and_can_do_nothing_with_it(
    tmp_path: Path,
) -> None:
    """Browsers show cookies to all ports of a host and call them one site."""
    with idle_site(tmp_path / "site") as site:
        token = site.token("victim")["Authorization"].removeprefix("Bearer ")
        cookie = f"casa-token={token}; Max-Age=600; Path=/; HttpOnly; SameSite=Strict"
        page = ATTACK.format(url=site.url).encode()
        with listening(plain(body=page, Content_Type="text/html", Set_Cookie=cookie)) as there:
            attacked = shown(f"{there.url}/", tmp_path / "profile")
        assert "<title>done</title>" in attacked
        assert owned(site, "victim") == owned(site, "") == 0
        typed = shown(f"{site.url}/jobs?f=html", tmp_path / "profile")
        assert "victim" in typed, "the browser has the cookie, and shows it to pages of ours"
