"""Layouts of level-1B files: one module reads all files of one kind of spectrometer."""
