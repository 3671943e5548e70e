"""The web: the application factory and the blueprint in front of pygeoapi's."""
