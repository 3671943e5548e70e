"""Lines of carbon dioxide at 1.6 and 2.06 micrometres from molecular constants.

Constants of the main isotopologue were fitted to published line positions (they meet those below
J = 70 within 0.005 cm-1, where levels do not perturb each other); band centres of 636, 628 and 627
are recalled from the literature, and their rotation follows from the published ends of the bands,
which the four ends of 628 confirm within 0.02 cm-1. Left out are perturbations between levels, weak
bands, isotopologues beyond 627, and the bands of 636 at 1.6 micrometres, whose ends do not tell
their constants: 1 % of the strength there.
"""

import numpy as np

from casa_processes.spectroscopy.builtin.linear_molecule import Band, Level, lines_of
from casa_processes.spectroscopy.lines import LineList

SOURCE = "built-in molecular constants of carbon dioxide"

_LEVELS = {
    (1, "00001"): {"e": Level(0.0, 0.39021895, 1.33379e-7, 1.359e-14)},
    (1, "01101"): {
        "e": Level(667.37991, 0.39063908, 1.35342e-7, 1.717e-14),
        "f": Level(667.37990, 0.39125470, 1.36107e-7, 1.734e-14),
    },
    (1, "02201"): {
        "e": Level(1335.13151, 0.39166691, 1.37507e-7, -3.567e-13),
        "f": Level(1335.13150, 0.39166685, 1.38064e-7, 2.077e-14),
    },
    (1, "10001"): {"e": Level(1388.18420, 0.39018892, 1.14954e-7, 1.914e-13)},
    (1, "10002"): {"e": Level(1285.40824, 0.39048221, 1.57096e-7, 2.192e-13)},
    (1, "11101"): {
        "e": Level(2076.85580, 0.39040983, 1.25943e-7, 1.024e-13),
        "f": Level(2076.85581, 0.39133399, 1.21133e-7, 5.127e-14),
    },
    (1, "11102"): {
        "e": Level(1932.47019, 0.39074493, 1.49460e-7, 1.067e-13),
        "f": Level(1932.47017, 0.39169035, 1.56375e-7, 1.161e-13),
    },
    (1, "20011"): {"e": Level(5099.66022, 0.38749967, 9.65937e-8, 4.195e-13)},
    (1, "20012"): {"e": Level(4977.83363, 0.38653789, 1.39217e-7, 1.310e-12)},
    (1, "20013"): {"e": Level(4853.62314, 0.38819732, 1.81453e-7, 5.251e-13)},
    (1, "30012"): {"e": Level(6347.85086, 0.38645553, 9.85925e-8, 6.366e-13)},
    (1, "30013"): {"e": Level(6227.91608, 0.38671318, 1.72938e-7, 1.254e-12)},
    (1, "30014"): {"e": Level(6075.98007, 0.38890511, 2.12020e-7, 1.383e-12)},
    (1, "21112"): {
        "e": Level(5632.76387, 0.38701522, 1.32481e-7, 4.723e-15),
        "f": Level(5632.76391, 0.38811803, 1.35326e-7, 7.308e-14),
    },
    (1, "21113"): {
        "e": Level(5475.02581, 0.38802963, 1.33971e-7, -1.780e-12),
        "f": Level(5475.07401, 0.38943664, 1.75976e-7, 2.491e-13),
    },
    (1, "22212"): {
        "e": Level(6288.49505, 0.38847015, 1.41142e-7, -7.129e-13),
        "f": Level(6288.49501, 0.38847035, 1.40898e-7, 3.194e-13),
    },
    (1, "22213"): {
        "e": Level(6103.68341, 0.38942082, 1.29024e-7, -1.523e-12),
        "f": Level(6103.68394, 0.38941941, 1.66223e-7, 7.775e-14),
    },
    (1, "31112"): {
        "e": Level(7023.67470, 0.38674908, 1.19851e-7, 4.441e-13),
        "f": Level(7023.67482, 0.38811804, 1.15775e-7, 2.850e-13),
    },
    (1, "31113"): {
        "e": Level(6863.55408, 0.38693187, 1.43238e-7, -2.224e-13),
        "f": Level(6863.55446, 0.38834181, 1.53867e-7, -1.118e-13),
    },
    (1, "32212"): {
        "e": Level(7694.40542, 0.38828818, 1.47836e-7, -1.007e-12),
        "f": Level(7694.40556, 0.38828737, 1.23388e-7, 4.285e-13),
    },
    (1, "32213"): {
        "e": Level(7505.24048, 0.38860654, 1.42405e-7, -7.439e-13),
        "f": Level(7505.24071, 0.38860546, 1.58725e-7, 7.955e-13),
    },
    (1, "40013"): {"e": Level(7593.69104, 0.38557236, 1.06855e-7, -9.696e-13)},
    (1, "40014"): {"e": Level(7460.52077, 0.38735253, 2.02574e-7, 1.437e-12)},
    (2, "00001"): {"e": Level(0.0, 0.39023755, 1.3332e-7)},
    (2, "20011"): {"e": Level(4991.3526, 0.38670166, 9.545e-8, 2.5e-13)},
    (2, "20012"): {"e": Level(4887.3848, 0.38688615, 1.6074e-7, 1.3e-12)},
    (2, "20013"): {"e": Level(4748.0655, 0.38882683, 1.8145e-7, 5.25e-13)},
    (3, "00001"): {"e": Level(0.0, 0.36818450, 1.18706e-7)},
    (3, "20012"): {"e": Level(4904.8584, 0.36483, 1.2391e-7, 1.1e-12)},
    (3, "20013"): {"e": Level(4791.2600, 0.36577516, 1.6251e-7, 5.25e-13)},
    (3, "30012"): {"e": Level(6254.5920, 0.36529380, 8.776e-8, 6.4e-13)},
    (3, "30013"): {"e": Level(6127.7820, 0.36451645, 1.3884e-7, 1.25e-12)},
    (4, "00001"): {"e": Level(0.0, 0.37861450, 1.2551e-7)},
    (4, "20012"): {"e": Level(4939.3500, 0.37510, 1.3102e-7, 1.1e-12)},
    (4, "20013"): {"e": Level(4821.5000, 0.37640382, 1.7188e-7, 5.25e-13)},
}

_BANDS = (
    # isotopologue, upper level, lower level, strength, first and second Herman-Wallis factor
    (1, "20011", "00001", 1.079e-20, 0.8e-4, -2.3e-5),
    (1, "20012", "00001", 3.403e-20, 1.7e-4, 2.4e-6),
    (1, "20013", "00001", 7.183e-21, 2.2e-4, 2.9e-5),
    (1, "21112", "01101", 2.346e-21, 1.6e-4, 1.0e-6),
    (1, "21113", "01101", 6.428e-22, 2.1e-4, 2.5e-5),
    (1, "22212", "02201", 8.540e-23, 1.6e-4, 1.0e-6),
    (1, "22213", "02201", 2.740e-23, 2.1e-4, 1.5e-5),
    (1, "30012", "10001", 8.040e-23, 1.6e-4, -7.0e-6),
    (1, "30013", "10001", 1.461e-23, 2.7e-4, 2.2e-5),
    (1, "30013", "10002", 1.286e-22, 1.6e-4, 8.4e-6),
    (1, "30014", "10002", 3.445e-23, 2.2e-4, 2.3e-5),
    (1, "31112", "11101", 5.140e-24, 1.6e-4, -3.2e-6),
    (1, "31113", "11102", 1.001e-23, 1.6e-4, 2.7e-6),
    (1, "30012", "00001", 4.490e-22, 2.7e-4, -1.5e-5),
    (1, "30013", "00001", 4.549e-22, 2.9e-4, 1.7e-5),
    (1, "30014", "00001", 4.560e-23, 2.2e-4, 2.2e-5),
    (1, "31112", "01101", 3.320e-23, 1.6e-4, -8.0e-6),
    (1, "31113", "01101", 3.310e-23, 1.9e-4, 9.5e-6),
    (1, "32212", "02201", 1.260e-24, 1.6e-4, -3.0e-6),
    (1, "32213", "02201", 1.250e-24, 1.6e-4, 3.0e-6),
    (1, "40013", "10001", 1.410e-24, 3.1e-4, 0.0),
    (1, "40013", "10002", 2.020e-24, 0.0, 0.0),
    (1, "40014", "10002", 2.280e-24, 0.0, 0.0),
    (2, "20011", "00001", 1.988e-22, 0.8e-4, -2.3e-5),
    (2, "20012", "00001", 2.658e-22, 1.7e-4, 2.4e-6),
    (2, "20013", "00001", 2.815e-23, 2.2e-4, 2.9e-5),
    (3, "20012", "00001", 1.254e-22, 1.7e-4, 2.4e-6),
    (3, "20013", "00001", 4.846e-23, 2.2e-4, 2.9e-5),
    (3, "30012", "00001", 1.154e-24, 2.7e-4, -1.5e-5),
    (3, "30013", "00001", 2.251e-24, 2.9e-4, 1.7e-5),
    (4, "20012", "00001", 2.312e-23, 1.7e-4, 2.4e-6),
    (4, "20013", "00001", 7.448e-24, 2.2e-4, 2.9e-5),
)

_M = np.array([0.0, 2.0, 4.0, 8.0, 14.0, 20.0, 28.0, 40.0, 52.0, 66.0, 90.0])
_AIR = np.array(
    [0.0960, 0.0903, 0.0863, 0.0810, 0.0757, 0.0724, 0.0695, 0.0672, 0.0653, 0.0610, 0.0550]
)
_SELF = np.array([0.130, 0.123, 0.118, 0.111, 0.103, 0.097, 0.090, 0.080, 0.072, 0.067, 0.063])
_EXPONENT = np.array([0.69, 0.69, 0.69, 0.68, 0.68, 0.71, 0.73, 0.75, 0.74, 0.70, 0.62])
_SHIFT = np.array([0.61, 0.65, 0.71, 0.80, 0.91, 1.00, 1.10, 1.20, 1.29, 1.40, 1.60]) * -9.6e-7
"""Collisional widths and their exponents over |m|; shifts over the position."""


def carbon_dioxide() -> LineList:
    """Return the lines of all bands.

    Returns
    -------
    LineList
        Natural abundances. Half widths, exponents and shifts are interpolated over |m|; lines
        do not mix.

    Notes
    -----
    At 250 K the sum over 6170 to 6287 cm-1 is within 3 % of HITRAN's.
    """
    parts = []
    for isotopologue, upper, lower, strength, first, second in _BANDS:
        band = Band(
            _LEVELS[isotopologue, upper],
            _LEVELS[isotopologue, lower],
            int(lower[1]),
            strength,
            first,
            second,
            symmetric=isotopologue < 3,
        )
        position, intensity, energy, m = lines_of(band)
        number = np.full(position.size, float(isotopologue))
        parts.append(np.stack([position, intensity, energy, np.abs(m), number]))
    position, intensity, energy, m, number = (rows := np.concatenate(parts, axis=1))[
        :, np.argsort(rows[0], kind="stable")
    ]
    nothing = np.zeros(position.size)
    return LineList(
        molecule=np.full(position.size, 2),
        isotopologue=number.astype(np.int64),
        position=position,
        intensity=intensity,
        lower_energy=energy,
        air_width=np.interp(m, _M, _AIR),
        self_width=np.interp(m, _M, _SELF),
        width_exponent=np.interp(m, _M, _EXPONENT),
        air_shift=np.interp(m, _M, _SHIFT) * position,
        mixing=nothing,
        mixing_exponent=nothing,
        source=SOURCE,
    )
