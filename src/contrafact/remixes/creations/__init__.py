"""A remix from being asked for to being heard, taken on again, or taken away as a file."""
