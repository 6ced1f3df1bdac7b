"""What speaks for each chord in each span of a recording: the network's four heads and the notes themselves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.crema import ChordLikelihoods
from contrafact.engine.listening.salience import note_salience, pitch_classes
from contrafact.engine.listening.spans import bounds_of, pool
from contrafact.engine.listening.vocabulary import IN_NETWORK, ROOT, TONES

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_LEAST, _LEAST_PITCH = 1e-5, 1e-4
_SURE = 0.98


@dataclass(frozen=True, slots=True)
class Weights:
    """What each witness counts, relative to one frame's log-likelihood of a chord class."""

    tag: float = 1.4
    pitch: float = 0.7
    root: float = 0.4
    notes: float = 5.0
    power: float = 0.35
    """Exponent on the notes' strengths: small values let weak notes count."""
    nothing: float = 0.6
    """How well ``N`` fits any notes at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Means over the frames of each span.

    ``tags`` (spans, names) logarithms in the order of ``NAMES``; ``root`` and ``bass`` (spans, 13) logarithms, the last
    for none; ``pitch`` (spans, 12) chances; ``notes`` (spans, 72) as :func:`note_salience` gives them, or None.
    """

    tags: Doubles
    root: Doubles
    bass: Doubles
    pitch: Doubles
    notes: Doubles | None

    def scores(self, weights: Weights) -> Doubles:
        """Log-odds of every chord in every span, shape (spans, names), up to a constant per span."""
        pitch = np.clip(self.pitch, 1.0 - _SURE, _SURE)
        total = weights.tag * self.tags + weights.root * self.root[:, ROOT]
        total += weights.pitch * (np.log(pitch) @ TONES.T + np.log(1.0 - pitch) @ (1.0 - TONES).T)
        if self.notes is not None:
            total += weights.notes * _likeness(self.notes, weights)
        result: Doubles = total
        return result


def gather(likelihoods: ChordLikelihoods, magnitudes: Floats | None, edges_s: Doubles) -> Evidence:
    """Pool what was heard frame by frame over spans from each edge (s) to the next."""
    bounds = bounds_of(edges_s, likelihoods.tags.shape[0])
    return Evidence(
        tags=pool(likelihoods.tags, bounds, floor=_LEAST)[:, IN_NETWORK],
        root=pool(likelihoods.root, bounds, floor=_LEAST_PITCH),
        bass=pool(likelihoods.bass, bounds, floor=_LEAST_PITCH),
        pitch=pool(likelihoods.pitch, bounds),
        notes=note_salience(magnitudes, edges_s) if magnitudes is not None else None,
    )


def _likeness(notes: Doubles, weights: Weights) -> Doubles:
    """Cosine between the pitch classes that sound and those of each chord, 0 to 1."""
    sounding = pitch_classes(notes, 39, 83) ** weights.power
    sounding /= np.linalg.norm(sounding, axis=1, keepdims=True) + 1e-9
    shape = TONES / np.maximum(1.0, np.sqrt(TONES.sum(axis=1, keepdims=True)))
    fit: Doubles = sounding @ shape.T
    fit[:, ROOT == 12] = weights.nothing
    return fit
