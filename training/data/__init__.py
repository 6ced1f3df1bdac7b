"""Mixes with their true stems and first guesses, rendered from code, for the network that parts recordings.

>>> # python -m training.data --seed 0 --count 300 --out .cache/training --processes 2
"""
