"""What a take uses of each recording altogether, for limits on the whole rather than on one operation."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.recipe.recipe import Recipe

_SILENT_DB = -60.0


def whole_use(recipe: Recipe, timeline: Timeline, durations_s: Sequence[float]) -> Mapping[str, Mapping[str, float]]:
    """What is used of every recording of a take, computed from what sounds.

    Parameters
    ----------
    recipe : Recipe
    timeline : Timeline
        The recipe arranged.
    durations_s : sequence of float
        Length of every recording, in the recipe's order.

    Returns
    -------
    mapping of str to mapping
        SHA-256 of a recording to ``source_seconds`` (how much of it is heard at least once, by any of its stems),
        ``source_share`` (the same as a part of its length, 0 to 1), ``take_seconds``, ``tempo_ratio`` and
        ``semitones``. Of a cover nothing of the recording sounds.
    """
    audible = {(bus.source, bus.stem) for bus in timeline.buses if bus.gain_db > _SILENT_DB}
    found = {}
    for source, (sha256, duration_s) in enumerate(zip(timeline.sources, durations_s, strict=True)):
        spans = [
            (clip.source_start_s, min(clip.source_end_s, duration_s))
            for clip in timeline.clips
            if clip.source == source and (source, clip.stem) in audible and clip.gain_db > _SILENT_DB
        ]
        seconds = _covered_s(np.array(spans, dtype=np.float64).reshape(-1, 2))
        found[sha256] = MappingProxyType(
            {
                "source_seconds": round(seconds, 3),
                "source_share": round(min(1.0, seconds / duration_s), 4),
                "take_seconds": round(timeline.duration_s, 3),
                "tempo_ratio": recipe.tempo.ratio,
                "semitones": float(recipe.transpose_semitones),
            }
        )
    return MappingProxyType(found)


def _covered_s(spans_s: npt.NDArray[np.float64]) -> float:
    """The length of the union of spans; array of shape (n, 2)."""
    spans_s = spans_s[np.argsort(spans_s[:, 0], kind="stable")]
    reached_s = np.maximum.accumulate(np.concatenate([[-np.inf], spans_s[:, 1]]))[:-1]
    return float(np.maximum(0.0, spans_s[:, 1] - np.maximum(spans_s[:, 0], reached_s)).sum())
