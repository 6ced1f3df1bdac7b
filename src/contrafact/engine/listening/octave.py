"""Which of a tempo, its half and its double people would tap: by likelihood, chords and habit together."""

from dataclasses import dataclass

import numpy as np

from contrafact.engine.listening.decoding import Decoded

_USUAL_BPM, _USUAL_SPREAD = 115.0, 0.45
_LIKELIHOOD_WEIGHT = 1.0
_CHORD_SPREAD_OCTAVES, _CHORD_FLOOR = 0.55, -1.8


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """A reading at one metrical level, with the evidence for it (a log-odds)."""

    reading: Decoded
    bpm: float
    evidence: float


def weigh(
    readings: list[Decoded], chord_length_s: float | None, frames_per_second: float, duration_s: float
) -> list[Level]:
    """Evidence for each reading, best first.

    Parameters
    ----------
    readings : list of Decoded
        Of the same activations at different levels; those with fewer than four beats are left out.
    chord_length_s : float or None
        How long a chord usually lasts. It is most often one bar of four.
    """
    levels = []
    likeliest = max((reading.log_likelihood for reading in readings), default=0.0)
    for reading in readings:
        if reading.frames.size < 4:
            continue
        period_s = float(np.median(np.diff(reading.frames))) / frames_per_second
        bpm = 60.0 / period_s
        evidence = _LIKELIHOOD_WEIGHT * (reading.log_likelihood - likeliest) / max(1.0, duration_s)
        evidence -= 0.5 * (np.log(bpm / _USUAL_BPM) / _USUAL_SPREAD) ** 2
        if chord_length_s is not None:
            octaves = np.log2(chord_length_s / (4.0 * period_s))
            evidence += max(_CHORD_FLOOR, -0.5 * (octaves / _CHORD_SPREAD_OCTAVES) ** 2)
        levels.append(Level(reading, bpm, float(evidence)))
    return sorted(levels, key=lambda level: -level.evidence)
