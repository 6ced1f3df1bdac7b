"""The key: what the pitch classes say and what the chords say, weighed together.

Profiles: D. Temperley, "What's key for key? The Krumhansl-Schmuckler key-finding algorithm reconsidered", 1999.
"""

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.listening.chart import Chord, Key
from contrafact.engine.listening.crema import ROOTS
from contrafact.engine.listening.harmony import chord_tones

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_MAJOR = np.array([5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0])
_MINOR = np.array([5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 2.5, 3.0])
_MAJOR_CHORDS = {
    (0, "maj"): 1.0, (2, "maj"): 0.05, (2, "min"): 0.55, (4, "min"): 0.5, (5, "maj"): 0.75, (5, "min"): 0.05,
    (7, "maj"): 0.8, (9, "min"): 0.6, (10, "maj"): 0.15, (11, "dim"): 0.3,
}  # fmt: skip
_MINOR_CHORDS = {
    (0, "min"): 1.0, (1, "maj"): 0.1, (2, "dim"): 0.3, (3, "maj"): 0.65, (5, "maj"): 0.15, (5, "min"): 0.6,
    (7, "maj"): 0.65, (7, "min"): 0.5, (8, "maj"): 0.65, (10, "maj"): 0.65, (11, "dim"): 0.3,
}  # fmt: skip
_SHARPNESS = 14.0


def find_key(chroma: Floats, chords: tuple[Chord, ...]) -> Key:
    """The key of the whole recording.

    Parameters
    ----------
    chroma : float32, shape (frames, 12)
        C first.
    chords : tuple of Chord
        As named on the beat grid; where the song begins and ends counts a little for the tonic.

    Returns
    -------
    Key
        Confidence 0 (and C major) when no pitch was heard.
    """
    mean = chroma.mean(axis=0, dtype=np.float64) if chroma.size else np.zeros(12)
    if float(mean.max(initial=0.0)) <= 0.0 or float(mean.std()) < 1e-9:
        return Key(tonic="C", mode="major", confidence=0.0)
    by_pitch = _profile_fit(mean)
    by_chord = _chord_fit(chords)
    score = by_pitch + by_chord
    odds = np.exp(_SHARPNESS * (score - score.max()))
    best = int(score.argmax())
    confidence = float(odds[best] / odds.sum()) * min(1.0, max(0.0, float(by_pitch[best]) / 0.6))
    return Key(tonic=ROOTS[best % 12], mode="major" if best < 12 else "minor", confidence=min(1.0, confidence))


def _profile_fit(mean: Doubles) -> Doubles:
    """Correlation of the pitch classes with each of the 24 profiles, majors first."""
    centred = mean - mean.mean()
    centred /= np.linalg.norm(centred)
    fits = np.empty(24)
    for mode, profile in enumerate((_MAJOR, _MINOR)):
        shape = profile - profile.mean()
        shape /= np.linalg.norm(shape)
        for tonic in range(12):
            fits[12 * mode + tonic] = float(np.dot(centred, np.roll(shape, tonic)))
    return fits


def _chord_fit(chords: tuple[Chord, ...]) -> Doubles:
    """How much of the song's chords each key explains, 0 to 1."""
    fits = np.zeros(24)
    named = [chord for chord in chords if chord.label != "N"]
    total = sum((chord.end_s - chord.start_s) * chord.confidence for chord in named)
    if total <= 0.0:
        return fits
    for index, chord in enumerate(named):
        tones = chord_tones(chord.label)
        third = next(((tone - tones[0]) % 12 for tone in tones[1:] if (tone - tones[0]) % 12 in (3, 4)), 4)
        fifth = (tones[2] - tones[0]) % 12
        kind = "dim" if (third, fifth) == (3, 6) else "min" if third == 3 else "maj"
        weight = (chord.end_s - chord.start_s) * chord.confidence / total
        if index == len(named) - 1:
            weight += 0.06
        elif index == 0:
            weight += 0.04
        for tonic in range(12):
            degree = (tones[0] - tonic) % 12
            fits[tonic] += weight * _MAJOR_CHORDS.get((degree, kind), -0.2)
            fits[12 + tonic] += weight * _MINOR_CHORDS.get((degree, kind), -0.2)
    return fits
