import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from benchmarks.services import report
from benchmarks.services.client import AnswerError, get, load, wait
from benchmarks.services.field import Shape
from benchmarks.services.questions import fault, questions
from benchmarks.services.rounds import Effort, Timing, cpu_seconds, measure, ratios
from benchmarks.services.servers import (
    NAMES,
    XPUBLISH,
    Recipe,
    recipes,
    serving,
    xpublish_versions,
)
from benchmarks.services.stores import Stores

TRIAL = Effort(rounds=2, latency_seconds=0.01, load_seconds=0.01)


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    """Serve one answer on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def timing(milliseconds: float, rate: float, size: int, fault: str = "") -> Timing:
    return Timing(size, fault, 1.0, [[milliseconds / 1000] * 3] * 2, [rate] * 2, [0.1 / rate] * 2)


def test_the_client_gives_status_body_and_time() -> None:
    with answering(200, b"x" * 3_000_000) as port:
        answer = get(port, "/")
    assert (answer.status, len(answer.body)) == (200, 3_000_000)
    assert answer.seconds > 0


def test_load_counts_every_answer_and_refuses_failures() -> None:
    with answering(200, b"fine") as port:
        assert load(port, "/", 20, 8) > 0
    with answering(500, b"broken") as port, pytest.raises(AnswerError, match="500"):
        load(port, "/", 20, 8)


def test_waiting_ends_with_the_server() -> None:
    with pytest.raises(TimeoutError, match="has ended"):
        wait(1, "/", 60.0, lambda: False)


def test_rounds_are_paired_and_wrong_answers_are_recorded(
    client: FlaskClient, shape: Shape
) -> None:
    asked = next(one for one in questions(shape) if one.name == "globe")
    body = client.get(asked.paths["ceiling"]).data
    document = json.loads(body)
    document["domain"]["axes"]["y"]["values"].reverse()
    with answering(200, body) as right, answering(200, json.dumps(document).encode()) as wrong:
        ports = {"ours": right, "ceiling": right, "stock": wrong}
        timings = measure(ports, asked, shape, TRIAL)
    assert {name: one.fault for name, one in timings.items()} == {
        "ours": "",
        "ceiling": "",
        "stock": "upside down",
    }
    for one in timings.values():
        assert len(one.latencies) == len(one.rates) == len(one.medians) == TRIAL.rounds
        assert all(len(latencies) >= TRIAL.least for latencies in one.latencies)


@pytest.mark.parametrize("name", ["ours", "ceiling"])
def test_nothing_is_timed_when_ours_or_the_ceiling_does_not_answer(shape: Shape, name: str) -> None:
    with answering(204, b"") as port, pytest.raises(AnswerError, match="status 204"):
        measure({name: port}, questions(shape)[0], shape, TRIAL)


def test_a_peer_that_refuses_is_reported_and_not_timed(client: FlaskClient, shape: Shape) -> None:
    asked = questions(shape)[0]
    body = client.get(asked.paths["ceiling"]).data
    with answering(200, body) as right, answering(404, b"no such query") as refusing:
        ports = {"ours": right, "ceiling": right, "stock": right, "xpublish": refusing}
        timings = measure(ports, asked, shape, TRIAL)
    assert timings["xpublish"].latencies == timings["xpublish"].rates == []
    row = report.row(asked, timings)
    assert "status 404" in row["wrong"]["xpublish"]
    assert row["faults"] == f"xpublish: {row['wrong']['xpublish']}"
    assert not any(name.startswith("xpublish") for name in row)


def test_a_row_without_stock_has_no_body_ratio_and_misses_a_goal_that_needs_one(
    shape: Shape,
) -> None:
    timings = {"ours": timing(1.0, 1.0, 1), "ceiling": timing(1.0, 1.0, 1)}
    row = report.row(questions(shape)[2], timings)
    assert row["body_over_stock"] is None
    assert row["reached"] is False


def test_every_peer_is_set_beside_the_ceiling_and_beside_ours(shape: Shape) -> None:
    timings = {
        "ours": timing(2.0, 60.0, 100),
        "ceiling": timing(1.0, 100.0, 100),
        "stock": timing(9.0, 10.0, 150),
        "xpublish": timing(8.0, 15.0, 200),
    }
    row = report.row(questions(shape)[0], timings)
    assert row["stock_over_ours_latency"]["median"] == 4.5
    assert row["xpublish_over_ours_latency"]["median"] == 4.0
    assert row["xpublish_over_ceiling_latency"]["median"] == 8.0
    assert row["ours_over_xpublish_rps"]["median"] == 4.0
    assert row["xpublish_ms"] == 8.0


def test_ratios_are_those_of_pairs() -> None:
    assert ratios([2.0, 9.0], [1.0, 3.0]) == [2.0, 3.0]


@pytest.mark.parametrize(
    ("ours", "reached"),
    [
        (timing(1.4, 80.0, 100), True),
        (timing(1.6, 80.0, 100), False),
        (timing(1.4, 60.0, 100), False),
        (timing(1.4, 80.0, 100, "upside down"), False),
    ],
)
def test_a_goal_is_reached_by_latency_rate_and_right_answers(
    shape: Shape, ours: Timing, reached: bool
) -> None:
    others = {"ceiling": timing(1.0, 100.0, 100), "stock": timing(9.0, 9.0, 150)}
    row = report.row(questions(shape)[0], {"ours": ours, **others})
    assert row["reached"] is reached
    assert row["ours_over_ceiling_latency"]["median"] == pytest.approx(
        ours.medians[0] * 1000, rel=1e-2
    )


@pytest.mark.parametrize(("size", "reached"), [(50, True), (51, False)])
def test_the_globe_must_be_half_of_stocks_body(shape: Shape, size: int, reached: bool) -> None:
    globe = questions(shape)[2]
    timings = {
        "ours": timing(1.0, 1.0, size),
        "ceiling": timing(1.0, 1.0, 100),
        "stock": timing(9.0, 1.0, 100),
    }
    row = report.row(globe, timings)
    assert row["reached"] is reached
    assert "body <= 50% of stock's" in row["goal"]


def test_results_name_machine_and_versions_but_no_place(tmp_path: Path) -> None:
    path = report.write("trial", {"rows": []}, tmp_path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["versions"]["pygeoapi"]
    assert content["machine"]["cores"] >= 1
    assert str(Path.home()) not in path.read_text(encoding="utf-8")


def test_the_time_on_processors_is_that_of_a_server_and_its_children() -> None:
    nested = "import time; stop = time.process_time() + 0.4\nwhile time.process_time() < stop: pass"
    program = (
        f"import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', {nested!r}])"
    )
    command = [sys.executable, "-c", f"{program}; p.poll(); time.sleep(60)", "--port", "65431"]
    assert cpu_seconds(65431) == 0
    with subprocess.Popen(command) as busy:
        stop = time.monotonic() + 60
        while cpu_seconds(65431) < 0.4 and time.monotonic() < stop:
            time.sleep(0.1)
        spent = cpu_seconds(65431)
        busy.kill()
    assert 0.4 <= spent < 30


def test_work_of_others_is_a_part_of_the_cores() -> None:
    program = "import time; stop = time.time() + 3\nwhile time.time() < stop: pass"
    with subprocess.Popen([sys.executable, "-c", program]) as busy:
        time.sleep(0.3)
        part = report.others_busy(1.0)
        busy.kill()
    assert part is not None
    assert 0.5 / (os.cpu_count() or 1) < part <= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_server_starts_and_answers_the_right_values(
    found: Stores, tmp_path: Path, name: str
) -> None:
    known = recipes(found, tmp_path)
    if name not in known:
        pytest.skip(f"{XPUBLISH} names no Python")
    with serving(known[name], workers=1) as port:
        for asked in questions(found.shape):
            answer = get(port, asked.paths[name])
            assert answer.status == 200
            assert fault(asked, found.shape, answer.body) in ("", "upside down" * (name == "stock"))


def test_a_peer_without_an_environment_takes_no_part(
    found: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(XPUBLISH, raising=False)
    assert set(recipes(found, tmp_path)) == {"ours", "ceiling", "stock"}
    assert xpublish_versions() == ""
    monkeypatch.setenv(XPUBLISH, "/somewhere/python")
    recipe = recipes(found, tmp_path)["xpublish"]
    assert (recipe.python, recipe.asgi) == ("/somewhere/python", True)


def test_a_server_that_cannot_start_is_noticed_at_once() -> None:
    with pytest.raises(TimeoutError, match="has ended"), serving(Recipe("no_such_module:app", {})):
        pass
