"""One homogeneous layer, in many directions."""
