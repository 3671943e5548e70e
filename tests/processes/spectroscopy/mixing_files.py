"""Files of line mixing and continuum, in the genuine forms, with numbers of our own."""

import numpy as np

NAMES = ("P  3P  3", "P  3Q  2", "R  1R  1")
OXYGEN_ROWS = (
    # position, population, rigid and true dipole, lower energy, width, exponent, shift
    (13114.574, 0.031, 0.712, 5.80e-4, 18.10, 0.0531, 0.71),
    (13116.644, 0.022, -0.702, -5.78e-4, 16.03, 0.0564, 0.71),
    (13128.152, 0.033, 0.600, 5.00e-4, 4.52, 0.0564, 0.70),
)


def oxygen_lines(rows=OXYGEN_ROWS, names=NAMES):
    text = ""
    for (position, population, rigid, dipole, energy, width, exponent), name in zip(
        rows, names, strict=True
    ):
        text += f"{position:12.6f}  {population:9.3e}  {rigid:9.2e} {dipole:9.2e}  {energy:10.4f}"
        text += "  " + f"{width:.4f}"[1:] + f"  {exponent:4.2f}  -.009000    {name}\n"
    return text


def oxygen_matrix(elements, exponents, names=NAMES):
    rows = []
    for i, one in enumerate(names):
        for j, other in enumerate(names):
            rows.append(f"{elements[i][j]:15.7E}{exponents[i][j]:16.12f}    {one}    {other}\n")
    return "".join(rows)


def dioxide_line(position, branch, j, energy, intensity=1e-23, rigid=-0.7, population=0.02):
    row = f" 21{position:12.6f}{intensity:10.3e}{1.0:10.3e}.07500.098{energy:10.4f}0.70-.006000"
    row = row.ljust(117) + f"{branch}{j:3d}e"
    row = row.ljust(159) + "0.1300" + "0.700"
    for number in (rigid, population):
        row += f"{number:16.8E}".replace("E", "D")
    return row + "\n"


def dioxide_matrix(pairs):
    """Rows of the logarithm of an element, its exponent, and levels of two lines."""
    rows = []
    for logarithm, power, levels in pairs:
        numbers = "".join(f"{number:20.12E}" for number in (logarithm, power)).replace("E", "D")
        rows.append(numbers + f"{0.01:14.6f}{0.005:14.6f}" + "".join(f"{n:4d}" for n in levels))
    return "\n".join(rows) + "\n"


def continuum(coefficients, first=12960.0):
    return "".join(f"{first + 10 * n:.0f} {c:.5E}\n" for n, c in enumerate(coefficients))


ELEMENTS = np.array([[0.05, 0.001, -0.004], [0.002, 0.05, -0.003], [-0.005, 0.002, 0.05]])
EXPONENTS = np.array([[0.7, 0.8, 0.9], [1.0, 0.7, 1.1], [1.2, 1.3, 0.7]])
