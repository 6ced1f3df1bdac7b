"""Scores of what was heard against what is true, and the tables they are shown in."""
