"""Treatments of the song's own voice: shifted, doubled, retuned, vocoded, cut up."""
