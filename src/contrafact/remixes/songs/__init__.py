"""The library: songs taken in, shown, corrected, and those of the demo."""
