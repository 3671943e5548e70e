"""Derivatives of diffuse light, for one block of spectral points."""
