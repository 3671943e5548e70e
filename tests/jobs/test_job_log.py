"""The log of a job: its own thread's words, line by line, whatever happens to the file."""

import logging
import re
import threading

import pytest

from casa_ogc.jobs.job_log import JobLog, instant, listening

_log = logging.getLogger("casa_processes.somewhere")


def heard(say):
    lines = []
    with listening(lines.append):
        say()
    return lines


def test_what_the_computation_says_is_a_line_with_time_level_and_place():
    (line,) = heard(lambda: _log.info("%d soundings", 5))
    assert re.fullmatch(
        r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO casa_processes\.somewhere: 5 soundings", line
    )


def test_what_others_on_the_same_worker_say_is_not_ours():
    def say():
        other = threading.Thread(target=_log.warning, args=("of another job",))
        other.start()
        other.join()
        _log.info("ours")

    (line,) = heard(say)
    assert line.endswith("ours")


def test_only_our_own_code_is_heard_and_not_its_details():
    def say():
        logging.getLogger("distributed").warning("not ours")
        _log.debug("a detail")

    assert heard(say) == []


def test_nobody_listens_when_the_computation_is_over():
    lines = heard(lambda: None)
    _log.info("late")
    assert lines == []


def test_an_error_ends_the_listening_too():
    lines = []
    with pytest.raises(ZeroDivisionError), listening(lines.append):
        raise ZeroDivisionError
    _log.info("late")
    assert lines == []


def test_lines_of_all_attempts_are_kept_and_told_apart(tmp_path):
    path = tmp_path / "logs" / "a.log"
    JobLog(path, 1).write("first\nsecond\n")
    JobLog(path, 2).write("气 <b>")
    assert path.read_text(encoding="utf-8") == "[1] first\n[1] second\n[2] 气 <b>\n"


def test_what_we_say_has_the_time_in_front(tmp_path):
    JobLog(tmp_path / "a.log", 3).say("lost")
    assert re.fullmatch(r"\[3\] \S+Z lost\n", (tmp_path / "a.log").read_text())


def test_words_that_are_no_unicode_do_not_stop_a_job(tmp_path):
    JobLog(tmp_path / "a.log", 1).write("\ud800")
    assert (tmp_path / "a.log").read_text() == "[1] ?\n"


def test_a_log_that_cannot_be_written_stops_no_job(tmp_path, caplog):
    log = JobLog(tmp_path / "logs" / "a.log", 1)
    (tmp_path / "logs" / "a.log").mkdir()
    log.write("lost")
    assert "a.log" in caplog.text


def test_instants_sort_by_time():
    assert instant() <= instant()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", instant())
