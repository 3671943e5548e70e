"""Radiative transfer of reflected sunlight, shared by every retrieval.

``kernel`` gives monochromatic radiances of the direct beam and of single scattering with all their
derivatives; ``scene`` says what it takes.
"""
