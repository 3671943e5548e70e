"""Spectroscopy: line lists of several sources, Voigt sums on two grids, tables of cross-sections.

Shared by every retrieval. ``lines`` says what a line list is; ``hitran`` and ``constants`` make
one; ``cross_sections`` sums it.
"""
