"""Physics and numerics of the retrieval of fluorescence: training, fits, zero level, flags."""
