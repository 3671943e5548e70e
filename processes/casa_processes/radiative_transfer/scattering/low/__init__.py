"""Two streams at single points, with derivatives by all depths."""
