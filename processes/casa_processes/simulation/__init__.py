"""A synthetic world with a known truth: its lands, surface fluxes, winds and stations.

Shared physics without a process of its own. Nothing in it is observed; what is made of it says so.
"""
