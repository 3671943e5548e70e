"""Kernels of one line of cells: where what arrives came from, and what it carries."""
