"""Takes that the drum listener's network learns from, and its training."""
