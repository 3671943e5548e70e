"""Light of the Sun: its continuum times the transmittance of its own atmosphere.

``spectrum`` says what sunlight is; ``builtin`` draws one, ``lines`` computes one from a list of
solar lines, ``files`` reads tabulated ones, and ``source`` finds the right one of these.
"""
