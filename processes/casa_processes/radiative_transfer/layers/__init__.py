"""Kernels of a single layer, for one block of spectral points."""
