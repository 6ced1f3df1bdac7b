"""A take for producers: its parts as files that other programs open."""
