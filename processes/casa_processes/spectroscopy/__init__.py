"""Spectroscopy: what absorbs in three bands, and the light of the Sun.

Shared by every retrieval. ``source`` gives the absorption of a band: tables (``tables``) of what
``assembly`` makes of the parts of a set (``sets``), each of them a ``content``: line lists
(``lines``) that ``hitran`` reads and ``builtin`` computes, line mixing (``line_mixing``, ``ggg``),
tables of others (``absco``, ``tabulated``). ``cross_sections`` sums lines; ``solar`` is sunlight.
"""
