"""Synthetic data sets that several rooms share; every value tells where it belongs."""
