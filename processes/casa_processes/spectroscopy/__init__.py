"""Spectroscopy: what absorbs in three bands, and the light of the Sun.

Shared by every retrieval. ``source`` gives the absorption of a band: tables (``tables``) of contents
(``content``) that ``assembly`` makes of the parts of a set (``sets``): line lists (``lines``) that
``hitran`` reads and ``builtin`` computes, line mixing (``line_mixing``, ``ggg``), tables of others
(``absco``, ``tabulated``). ``cross_sections`` sums lines. ``solar`` holds sunlight.
"""
