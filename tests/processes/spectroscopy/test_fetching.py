"""Line lists from HITRAN's interface: the genuine client, against a server of ours."""

import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlparse

import pytest

from casa_processes.common.errors import InvalidValueError, UnknownNameError
from casa_processes.spectroscopy.fetching import fetch_lines
from casa_processes.spectroscopy.hitran import read_hitran
from casa_processes.spectroscopy.isotopologues import hitran_program
from tests.processes.spectroscopy.records import record

ROWS = "".join(record(position=6230.0 + n) + "\n" for n in range(4))


@contextmanager
def serving(content):
    """Serve text under any path; yields the address and the questions that were asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(urlparse(self.path))
            self.send_response(200 if content is not None else 500)
            self.end_headers()
            self.wfile.write((content or "").encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_lines_are_fetched_and_kept_with_their_origin(tmp_path):
    with serving(ROWS) as (host, asked):
        path = fetch_lines(tmp_path / "new", "CO2", 6230.0, 6234.5, (1, 3), host)
    assert path.name == "CO2_6230_6234.5_iso13.par"
    assert len(read_hitran(path)) == 4
    about = json.loads((path.parent / f"{path.name}.about.json").read_text())
    assert about["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (about["source"], about["lines"], about["isotopologues"]) == (host, 4, [1, 3])
    question = parse_qs(asked[0].query)
    identities = [str(hitran_program().ISO[2, number][0]) for number in (1, 3)]
    assert question["iso_ids_list"] == [",".join(identities)]
    assert (question["numin"], question["numax"]) == (["6230.0"], ["6234.5"])


def test_the_interface_is_left_as_it_was(tmp_path):
    program = hitran_program()
    before = dict(program.VARIABLES)
    with serving(ROWS) as (host, _):
        fetch_lines(tmp_path, "CO2", 6230.0, 6234.0, host=host)
    assert dict(program.VARIABLES) == before
    assert "lines" not in program.LOCAL_TABLE_CACHE


def test_without_a_connection_the_error_says_so(tmp_path):
    with pytest.raises(InvalidValueError, match="an internet connection"):
        fetch_lines(tmp_path, "CO2", 6230.0, 6234.0, host="http://127.0.0.1:9")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [None, "<html>come back later</html>\n", ""])
def test_a_service_that_sends_no_records_is_refused(tmp_path, content):
    with serving(content) as (host, _), pytest.raises(InvalidValueError, match="lines of CO2"):
        fetch_lines(tmp_path, "CO2", 6230.0, 6234.0, host=host)
    assert not list(tmp_path.iterdir())


def test_what_hitran_does_not_have_is_not_asked_for(tmp_path):
    with pytest.raises(UnknownNameError, match="gas"):
        fetch_lines(tmp_path, "Xe", 6230.0, 6234.0)
    with pytest.raises(UnknownNameError, match="isotopologue"):
        fetch_lines(tmp_path, "CO2", 6230.0, 6234.0, (44,))
    with pytest.raises(InvalidValueError, match="wavenumbers"):
        fetch_lines(tmp_path, "CO2", 6234.0, 6230.0)
