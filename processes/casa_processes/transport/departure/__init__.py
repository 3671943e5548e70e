"""Where air of a line of cells departs from in a step."""
