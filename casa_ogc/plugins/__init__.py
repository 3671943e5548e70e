"""Plugins for pygeoapi: thin edges around the query core."""
