"""The paired benchmark of the service: our server, stock pygeoapi and the ceiling on one cube."""
