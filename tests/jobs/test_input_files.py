"""Files that inputs name: only those of the operator's folder, as they were, with checksums."""

import hashlib
import os
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel

from casa_ogc.catalog.settings import Jobs
from casa_ogc.jobs import input_files
from casa_ogc.jobs.hrefs import References
from casa_ogc.jobs.input_files import admitted, checksum, expire, keep, local, opened
from casa_processes.common.errors import IntegrityError, InvalidInputsError
from casa_processes.common.file_inputs import FileFrom, file_fields, named_files
from casa_processes.common.process import Process, Text
from tests.jobs.listeners import listening, plain

TEXT = Text(en="x", zh="x")


class Inputs(BaseModel):
    spectra: Annotated[str, FileFrom(words=("synthetic",))]
    weather: Annotated[str | None, FileFrom()] = None
    title: str = "a.h5"


PROCESS = Process("p", "1", TEXT, TEXT, Inputs, Inputs, run="x:y")


@pytest.fixture
def jobs(tmp_path):
    folder = tmp_path / "granules"
    (folder / "2023").mkdir(parents=True)
    (folder / "a.h5").write_bytes(b"spectra")
    (folder / "2023/b.h5").write_bytes(b"more")
    (tmp_path / "secret").write_bytes(b"secret")
    return Jobs(folder=tmp_path / "jobs", files=folder)


def test_words_and_other_inputs_name_no_files():
    assert named_files(Inputs(spectra="synthetic")) == {}
    assert named_files(Inputs(spectra="a.h5", weather="synthetic")) == {
        "spectra": "a.h5",
        "weather": "synthetic",
    }
    assert file_fields(Inputs) == {"spectra", "weather"}


@pytest.mark.parametrize("name", ["a.h5", "2023/b.h5"])
def test_a_file_of_the_folder_is_found(jobs, name):
    found = admitted({"spectra": name}, jobs)["spectra"]
    content = (jobs.files / name).read_bytes()
    assert (found.name, found.size) == (name, len(content))
    assert opened({"spectra": found})["spectra"].sha256 == hashlib.sha256(content).hexdigest()
    assert opened({"spectra": found})["spectra"].path == str((jobs.files / name).resolve())


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "2023",
        "c.h5",
        "../secret",
        "2023/../../secret",
        "2023/../a.h5",
        "{outside}",
        "//a.h5",
        "a.h5\0",
        "a.h5\n",
        "a.h5/b",
        "~/a.h5",
        "x" * 5000,
        "sha256:" + "0" * 64,
        "sha256:../../granules/a.h5",
        "\ud800",
    ],
)
def test_a_client_reaches_no_other_file(jobs, name, tmp_path):
    asked = name.format(outside=tmp_path / "secret")
    with pytest.raises(InvalidInputsError) as caught:
        admitted({"spectra": asked}, jobs)
    ((place, reason),) = caught.value.problems
    assert place == "/spectra"
    assert str(jobs.files) not in reason


def test_links_of_the_operator_are_followed(jobs, tmp_path):
    (jobs.files / "disk").symlink_to(tmp_path)
    assert admitted({"spectra": "disk/secret"}, jobs)["spectra"].size == 6


def test_a_server_without_a_folder_says_so(tmp_path):
    with pytest.raises(InvalidInputsError, match=r"jobs\.files"):
        admitted({"spectra": "a.h5"}, Jobs(folder=tmp_path))


def test_every_missing_file_is_named_at_once(jobs):
    with pytest.raises(InvalidInputsError) as caught:
        admitted({"spectra": "c.h5", "weather": "../secret"}, jobs)
    assert [place for place, _ in caught.value.problems] == ["/spectra", "/weather"]


def test_on_the_command_line_names_are_paths(jobs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = local({"spectra": "secret", "weather": str(jobs.files / "a.h5")})
    assert found["spectra"].path == str((tmp_path / "secret").resolve())
    assert found["weather"].size == 7
    with pytest.raises(InvalidInputsError, match="there is no file 'nothing'"):
        local({"spectra": "nothing"})


@pytest.mark.parametrize("change", ["content", "time", "removal"])
def test_a_file_that_changed_after_the_job_was_accepted_is_refused(jobs, change):
    found = admitted({"spectra": "a.h5"}, jobs)["spectra"]
    path = jobs.files / "a.h5"
    if change == "content":
        path.write_bytes(b"other spectra")
    elif change == "time":
        os.utime(path, ns=(1, 1))
    else:
        path.unlink()
    with pytest.raises(IntegrityError, match=r"a\.h5"):
        opened({"spectra": found})


def test_a_file_is_read_once_for_its_checksum(jobs, monkeypatch):
    found = admitted({"spectra": "2023/b.h5"}, jobs)["spectra"]
    first = checksum(found)
    monkeypatch.setattr(input_files, "digest", None)
    assert checksum(found) == first


def test_a_document_is_kept_under_its_checksum(jobs):
    name = keep(b"document", jobs)
    assert keep(b"document", jobs) == name
    assert name == f"sha256:{hashlib.sha256(b'document').hexdigest()}"
    found = opened(admitted({"spectra": name}, jobs))["spectra"]
    assert found.sha256 == name.partition(":")[2]
    assert len(list((jobs.folder / "inputs").iterdir())) == 1


def test_documents_go_when_no_job_can_need_them_any_more(jobs):
    old, new = (keep(content, jobs).partition(":")[2] for content in (b"old", b"new"))
    folder = jobs.folder / "inputs"
    past = (folder / old).stat().st_mtime - 2 * jobs.keep_days * 86400 - 60
    os.utime(folder / old, (past, past))
    expire(jobs)
    assert [path.name for path in folder.iterdir()] == [new]


def test_expiry_needs_no_folder(tmp_path):
    expire(Jobs(folder=tmp_path / "nowhere"))


def test_a_file_by_reference_is_fetched_and_kept_as_it_is(jobs):
    with listening(plain(body=b'{"a": 1}', Content_Type="application/json")) as there:
        references = References(
            "https://casa.example", ("127.0.0.1",), 1000, lambda body: keep(body, jobs)
        )
        found = references.taken({"spectra": {"href": there.url}, "title": "b"}, PROCESS)
    assert found["title"] == "b"
    path = opened(admitted(named_files(Inputs(**found)), jobs))["spectra"].path
    assert Path(path).read_bytes() == b'{"a": 1}'


def test_a_file_of_a_host_that_is_not_listed_is_refused(jobs):
    references = References("https://casa.example", (), 1000, lambda body: keep(body, jobs))
    with pytest.raises(InvalidInputsError) as caught:
        references.taken({"spectra": {"href": "https://other.example/a.h5"}}, PROCESS)
    assert [place for place, _ in caught.value.problems] == ["/spectra/href"]
    assert not (jobs.folder / "inputs").exists()
