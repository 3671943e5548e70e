"""What every process shares: errors, vocabulary, units, constants, the process description."""
