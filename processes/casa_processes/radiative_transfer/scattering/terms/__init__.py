"""What the kernels of two streams share."""
