"""Everything about a phrase of the kept voice that its treatments need, heard once for all layers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from scipy.signal import oaconvolve

from contrafact.engine.arranging.voices import VoiceNote
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.singing.contour import settle
from contrafact.engine.rendering.singing.marking import Marks, place_marks
from contrafact.engine.rendering.singing.tracking import Doubles, Floats, Pitch, lowered, track

AROUND: Final = 4096
"""Frames heard before and after a phrase, so that its edges are in full flow."""
_TAPS: Final = 32
_MIRRORED: Final = 0.02


@dataclass(frozen=True, eq=False)
class Phrase:
    """A span of the kept voice from ``start`` (frames of the take), with :data:`AROUND` frames more on both sides."""

    start: int
    sound: Samples
    pitch: Pitch
    marks: Marks
    notes: tuple[VoiceNote, ...]
    """In the take's seconds: those of the chart, or heard here."""

    @property
    def frames(self) -> int:
        return int(self.sound.shape[1])

    @property
    def origin_s(self) -> float:
        """Where ``sound`` begins, in seconds of the take."""
        return (self.start - AROUND) / SAMPLE_RATE

    @cached_property
    def mid(self) -> Samples:
        """Both sides in one, (1, frames)."""
        return both(self.sound)[None, :]

    @cached_property
    def mid_bank(self) -> Samples:
        return halfway(self.mid)

    @cached_property
    def bank(self) -> Samples:
        return halfway(self.sound)


def hear(sound: Samples, start: int, notes: Sequence[VoiceNote]) -> Phrase:
    """Listen to a phrase.

    Parameters
    ----------
    sound : float32, shape (2, frames)
        The kept voice from ``start - AROUND`` on.
    start : int
        Frame of the take at which the phrase begins.
    notes : sequence of VoiceNote
        Of the whole take; empty to have them heard here.
    """
    origin_s = (start - AROUND) / SAMPLE_RATE
    low = lowered(both(sound))
    end_s = origin_s + sound.shape[1] / SAMPLE_RATE
    known = tuple(note for note in notes if note.end_s > origin_s and note.start_s < end_s)
    pitch = track(low, known, origin_s)
    marks = place_marks(low, pitch, sound.shape[1])
    return Phrase(start, sound, pitch, marks, known or settle(pitch, origin_s))


def both(sound: Samples) -> Floats:
    """Both sides in one, (frames,); one side alone where the other is its mirror image and nothing would be left."""
    mid: Floats = sound.mean(axis=0, dtype=np.float32)
    power = float(np.mean(sound.astype(np.float64) ** 2))
    return mid if float(np.mean(mid.astype(np.float64) ** 2)) > _MIRRORED * power else np.ascontiguousarray(sound[0])


def halfway(sound: Samples) -> Samples:
    """The sound and itself half a sample later, (2, channels, frames): grains are read between samples from both."""
    at = np.arange(-_TAPS, _TAPS) + 0.5
    kernel = np.sinc(at) * np.kaiser(2 * _TAPS + 2, 8.0)[1:-1]
    later = oaconvolve(sound.astype(np.float64), kernel[None, :], axes=1)[:, _TAPS : _TAPS + sound.shape[1]]
    return np.stack([sound, later.astype(np.float32)])


def quiet(sound: Samples) -> bool:
    return not bool(np.abs(sound).max(initial=0.0) > 1e-5)


def seconds_of(phrase: Phrase, count: int, hop: int) -> Doubles:
    """Times of the take of ``count`` values ``hop`` frames apart from the phrase's sound's beginning."""
    return phrase.origin_s + np.arange(count) * hop / SAMPLE_RATE
