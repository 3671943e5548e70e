"""The fast fit of fluorescence: products of each spectrum with functions of its footprint."""
