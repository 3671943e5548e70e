"""Heights of air in hydrostatic balance."""
