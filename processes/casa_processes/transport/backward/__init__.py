"""Kernels of the adjoint of a step in linear mode."""
