"""The catalogue: products, who made them, under which licence, how they are drawn."""
