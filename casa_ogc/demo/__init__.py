"""The demonstration archive: a year of the synthetic world, plainly labelled as simulated."""
