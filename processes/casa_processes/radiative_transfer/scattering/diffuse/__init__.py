"""Diffuse light in two streams, for one block of spectral points."""
