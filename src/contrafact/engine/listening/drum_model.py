"""What was struck: a small network of our own, trained on random takes (``benchmarks/drums``).

It looks at a stroke twice. The first look sees the picture of the stroke alone. The second sees how the stroke differs
from what the first look took for the song's own kick, snare, hi-hat and ride: a low tom is told from a kick by the kick
that the same drummer plays, which is the idea of adapting drum templates to the song (Wu and Lerch, *Drum transcription
using partially fixed non-negative matrix factorization with template adaptation*, ISMIR 2015).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PIECES: Final = ("kick", "snare", "hihat", "ride")
_FAMILIAR: Final = np.float32(4.0)
"""How many strokes' worth of doubt a song's own sound is drawn towards that of all strokes with."""


@dataclass(frozen=True, slots=True, eq=False)
class DrumModel:
    """Weights, float32. ``mean`` and ``scale`` bring pictures to unit variance; each look is a list of (weights, bias)
    of shape (inputs, outputs), rectified between; ``calibration`` is the slope and offset of each piece's log-odds.
    """

    mean: Floats
    scale: Floats
    first: Sequence[tuple[Floats, Floats]]
    second: Sequence[tuple[Floats, Floats]]
    calibration: Floats

    def glance(self, pictures: Floats) -> tuple[Floats, Floats]:
        """First look.

        Parameters
        ----------
        pictures : float32, shape (n, PICTURE)

        Returns
        -------
        impressions : float32, shape (n, h)
        odds : float32, shape (n, 4)
            Log-odds of :data:`PIECES`.
        """
        signal: Floats = (pictures - self.mean) * self.scale
        for weights, bias in self.first[:-1]:
            signal = np.maximum(signal @ weights + bias, np.float32(0.0))
        weights, bias = self.first[-1]
        odds: Floats = signal @ weights + bias
        return signal, odds

    def compare(self, impressions: Floats, odds: Floats) -> Floats:
        """Second look, at all strokes of a song: probabilities of :data:`PIECES`, float32 (n, 4)."""
        signal = familiar(impressions, odds)
        for weights, bias in self.second[:-1]:
            signal = np.maximum(signal @ weights + bias, np.float32(0.0))
        weights, bias = self.second[-1]
        final = (signal @ weights + bias + odds) * self.calibration[0] + self.calibration[1]
        return chance(final)


def chance(odds: Floats) -> Floats:
    """Log-odds to probability."""
    found: Floats = (1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0)))).astype(np.float32)
    return found


def familiar(impressions: Floats, odds: Floats) -> Floats:
    """What the second look sees: each stroke, and how it differs from the song's own sound of every piece.

    Shape (n, h + 4 + 4 h + 8): impression, odds, differences, and per piece the share of strokes and how sure they are.
    """
    sure = chance(odds)
    average = impressions.mean(axis=0, keepdims=True)
    weights = np.square(sure)
    total = weights.sum(axis=0)[:, None]
    own = (weights.T @ impressions + _FAMILIAR * average) / (total + _FAMILIAR)
    away = (impressions[:, None, :] - own[None, :, :]).reshape(len(impressions), -1)
    clear = (weights * sure).sum(axis=0) / np.maximum(weights.sum(axis=0), np.float32(1e-3))
    song = np.concatenate([sure.mean(axis=0), clear])
    told = np.broadcast_to(song, (len(impressions), song.size))
    seen: Floats = np.concatenate([impressions, 0.2 * odds, away, told], axis=1).astype(np.float32)
    return seen


def load_model() -> DrumModel:
    """The weights that lie in the package."""
    file = resources.files(__package__).joinpath("drum_model.npz")
    with file.open("rb") as stream, np.load(stream) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}

    def layers(look: str) -> tuple[tuple[Floats, Floats], ...]:
        count = sum(name.startswith(f"{look}_weights") for name in arrays)
        return tuple((arrays[f"{look}_weights_{at}"], arrays[f"{look}_bias_{at}"]) for at in range(count))

    return DrumModel(arrays["mean"], arrays["scale"], layers("first"), layers("second"), arrays["calibration"])
