"""Runs with a bias correction by file, and those that such a file ends before they begin."""

import netCDF4
import pytest

from casa_processes.common.context import SerialContext
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.file_inputs import InputFile
from tests.processes.xco2_retrieval.runs import QUICK, run

TERM = "title: t\nland: {terms: [{quantity: %s, factor: 1.0}]}\n"


def test_a_bias_correction_changes_xco2_and_keeps_the_raw_one(tmp_path):
    path = tmp_path / "bias.yml"
    path.write_text("title: a tenth of a per cent\nland: {divisor: 0.999}\n")
    files = {"bias_correction": InputFile(str(path), "bias.yml", "0" * 64, path.stat().st_size)}
    context = SerialContext(tmp_path, files=files)
    found = run(tmp_path, context, **QUICK, max_soundings=1, bias_correction="bias.yml")
    with netCDF4.Dataset(found.soundings) as file:
        assert file["xco2"][0] == pytest.approx(file["xco2_raw"][0] / 0.999, rel=1e-6)
        assert file.bias_correction == "a tenth of a per cent"
        assert file.input_bias_correction == "bias.yml sha256:" + "0" * 64
    assert found.source.files == {"bias_correction": "0" * 64}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TERM % "pressure_difference", "'pressure_difference' cannot be used; expected one that"),
        (TERM % "sif_771", "'sif_771' cannot be used; expected one that this run"),
        ("title: t\nocean: {footprints: [0.1, 0.2, 0.3]}\n", "expected footprints 1 to 3"),
    ],
)
def test_a_correction_that_cannot_be_applied_ends_a_run_before_it_begins(tmp_path, text, told):
    class Idle(SerialContext):
        def map(self, work, parts):
            pytest.fail("soundings were retrieved")

    path = tmp_path / "bias.yml"
    path.write_text(text)
    files = {"bias_correction": InputFile(str(path), "bias.yml", "0" * 64, path.stat().st_size)}
    context = Idle(tmp_path, files=files)
    with pytest.raises(InvalidValueError, match=told):
        run(tmp_path, context, **QUICK, max_soundings=4, bias_correction="bias.yml")
