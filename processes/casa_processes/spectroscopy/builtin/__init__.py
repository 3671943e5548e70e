"""Line lists that need no files: molecular constants, and synthetic lines of water.

They serve closed loops, tests and teaching. On genuine spectra they miss lines, line mixing and
collision-induced absorption, and what is retrieved with them must never be called science quality.
"""
