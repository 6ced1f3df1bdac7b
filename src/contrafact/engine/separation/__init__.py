"""A recording to four stems that sum to it: :func:`contrafact.engine.separation.separate.separate`."""
