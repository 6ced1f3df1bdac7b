"""Other programs that hear music, each run by a small script in a virtual environment of its own."""
