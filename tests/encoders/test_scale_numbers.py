"""Numbers below a colour bar can be read."""

from itertools import pairwise

import numpy as np
from PIL import ImageDraw

from casa_ogc.encoders import png
from casa_ogc.encoders.colour import Scale


def test_numbers_of_a_scale_are_evenly_spaced_and_never_touch(monkeypatch) -> None:
    written: list[tuple[float, float, str]] = []

    def note(pen, place, text, **more) -> None:
        written.append((place[0], place[0] + pen.textlength(text, font=more["font"]), text))

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", note)
    for width in (200, 220, 360, 900):
        for low, high in ((0, 2), (412, 426), (-6e-8, 6e-8), (-1, 1e6), (0.0011, 0.0019)):
            written.clear()
            png.colour_bar(Scale("viridis", low, high), "", width)
            numbers = [float(text) for _, _, text in written if text]
            ends = [(left, right) for left, right, text in written if text]
            assert len(numbers) >= 2
            assert all(a[1] < b[0] for a, b in pairwise(ends))
            assert ends[0][0] >= 0
            assert ends[-1][1] <= width
            steps = np.diff(numbers)
            np.testing.assert_allclose(steps, steps[0], rtol=1e-6)
            assert (0.0 in numbers) == (low <= 0 <= high)
