"""What ``benchmarks.separation`` is made of: excerpts with their truth, separators and rivals, measures, sheets."""
