"""Which notes sound in a span, told from their overtones.

The constant-Q spectrum of a span is explained as a sum of notes, each a row of falling overtones, with weights that
cannot be negative (multiplicative updates). Strokes are removed first by a median over time, and noise by the mean of
the bins around.
Sources: M. Mauch and S. Dixon, "Approximate note transcription for the improved identification of difficult chords",
ISMIR 2010; D. D. Lee and H. S. Seung, "Algorithms for non-negative matrix factorization", 2001.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter, uniform_filter1d

from contrafact.engine.listening.cqt import BINS_PER_OCTAVE, OCTAVES
from contrafact.engine.listening.spans import bounds_of, pool

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

NOTES = 72
"""C1 to B6."""
LOWEST_MIDI = 24
_BINS = BINS_PER_OCTAVE * OCTAVES
_PER_SEMITONE = BINS_PER_OCTAVE // 12
_OVERTONES = 8
_FALL = 0.7
"""Each overtone is this much weaker than the one below."""
_BLUR_BINS = 0.75
_STROKE_FRAMES = 5
_AROUND_BINS = 37
_ROUNDS = 60
_BLOCK = 1024


def note_salience(magnitudes: Floats, edges_s: Doubles) -> Doubles:
    """How strongly each note sounds in each span.

    Parameters
    ----------
    magnitudes : float32, shape (frames, 252)
        A constant-Q spectrogram on the song's tuning.
    edges_s : shape (spans + 1,)
        Seconds, rising.

    Returns
    -------
    float64, shape (spans, 72)
        From C1 upwards, in the units of the spectrogram.
    """
    frames = magnitudes.shape[0]
    spans = edges_s.size - 1
    pooled = np.zeros((max(0, spans), _BINS))
    if frames == 0 or spans <= 0:
        return np.zeros((max(0, spans), NOTES))
    bounds = bounds_of(edges_s, frames)
    reach = _STROKE_FRAMES // 2
    first = 0
    while first < spans:
        # As many whole spans as make a block, so that a long song is never held a second time.
        last = max(first + 1, int(np.searchsorted(bounds, bounds[first] + _BLOCK, side="right")) - 1)
        last = min(last, spans)
        low, high = (
            max(0, int(bounds[first]) - reach),
            min(frames, max(int(bounds[last]), int(bounds[first]) + 1) + reach),
        )
        low = min(low, frames - 1)
        tones = _tones(magnitudes[low:high])
        pooled[first:last] = pool(tones, bounds[first : last + 1] - low)
        first = last
    return _explained(pooled)


def _tones(magnitudes: Floats) -> Floats:
    """What lasts and stands out from its surroundings."""
    lasting = median_filter(magnitudes, size=(_STROKE_FRAMES, 1))
    found: Floats = np.maximum(lasting - uniform_filter1d(lasting, _AROUND_BINS, axis=1), np.float32(0.0))
    return found


def _explained(spectra: Doubles) -> Doubles:
    notes = _notes()
    heard = spectra @ notes
    weights = heard + 1e-9
    gram = notes.T @ notes
    for _ in range(_ROUNDS):
        weights *= heard / (weights @ gram + 1e-9)
    return weights


def _notes() -> Doubles:
    """The spectrum of each note, shape (252, 72), of length one."""
    bins = np.arange(_BINS)[:, None]
    out = np.zeros((_BINS, NOTES))
    for overtone in range(1, _OVERTONES + 1):
        place = _PER_SEMITONE * np.arange(NOTES) + BINS_PER_OCTAVE * np.log2(overtone)
        distance = bins - place[None, :]
        near = np.abs(distance) <= 2.5
        out += near * _FALL ** (overtone - 1) * np.exp(-0.5 * np.square(distance / _BLUR_BINS))
    spectra: Doubles = out / np.linalg.norm(out, axis=0)
    return spectra


def pitch_classes(salience: Doubles, lowest_midi: int, highest_midi: int) -> Doubles:
    """The notes from one key to another (both included) folded to twelve pitch classes, C first: (spans, 12)."""
    out = np.zeros((salience.shape[0], 12))
    for midi in range(lowest_midi, highest_midi + 1):
        out[:, midi % 12] += salience[:, midi - LOWEST_MIDI]
    return out
