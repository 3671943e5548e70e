"""Optimal estimation (Rodgers, 2000), shared by every retrieval.

``problem`` says what is known before a measurement, ``search`` finds the most probable state,
``posterior`` tells what the measurement knew of it, ``column`` sums it up for a column.
"""
