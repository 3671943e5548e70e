"""Air of cells between the directions of a step."""
