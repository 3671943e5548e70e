"""Spectrometers: bands, line shapes, noise and the frames of moving light.

Shared by every retrieval.
"""
