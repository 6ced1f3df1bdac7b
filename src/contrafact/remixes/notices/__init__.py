"""Disputes (R8), and notice and takedown (R15), with all that they touch."""
