"""Columns of carbon dioxide from spectra: states, light, search and results of one sounding.

Shared by processes that retrieve spectra and that simulate them.
"""
