"""What decisions rest on, gathered from all slices: facts, who owns what, the sources of a remix and its lineage."""
