"""Overlap and add of a voice's own periods at other distances: other pitch, same throat.

TD-PSOLA (Moulines and Charpentier, *Pitch-synchronous waveform processing techniques*, Speech Communication 9, 1990). A
grain is two periods around a mark under a window; grains set closer sing higher, and since each of them holds the
throat's whole answer, the formants stay. To move the formants the voice is resampled before its grains are cut. What
has no pitch is copied where it was.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.singing.hearing import Phrase, halfway
from contrafact.engine.rendering.singing.marking import crossings
from contrafact.engine.rendering.singing.tracking import CONTROL, DOWN, Doubles

_LONGEST: Final = 1_400.0
"""Frames of half a grain: a period of 31 Hz."""


@dataclass(frozen=True, slots=True, eq=False)
class Singing:
    """How a phrase is to be sung.

    ``semitones`` and ``late`` (frames) have one value for every ``CONTROL`` frames of the phrase's sound.
    """

    semitones: Doubles
    late: Doubles
    formant_semitones: float = 0.0
    consonants_db: float = 0.0
    smooth: float = 0.0
    """0 to 1: how far each grain is averaged with its neighbours, which takes breath away."""


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """One row per grain; places in frames, of the sung sound (``to``) and of the phrase's sound (``of``)."""

    to: Doubles
    of: Doubles
    left: Doubles
    right: Doubles
    gain: Doubles


def resing(phrase: Phrase, singing: Singing, stereo: bool) -> Samples:
    """The phrase sung otherwise, as long as its sound; (2, frames), or (1, frames) of both sides in one."""
    factor = 2.0 ** (singing.formant_semitones / 12.0)
    if factor == 1.0:
        bank = phrase.bank if stereo else phrase.mid_bank
    else:
        bank = halfway(_resampled(phrase.sound if stereo else phrase.mid, factor))
    return _laid(bank, _plan(phrase, singing, factor), factor, phrase.frames, singing.smooth)


def _resampled(sound: Samples, factor: float) -> Samples:
    """Played faster by ``factor``."""
    longer = np.ascontiguousarray(sound.T)
    return np.ascontiguousarray(soxr.resample(longer, factor, 1.0, quality="HQ").T, dtype=np.float32)


def _plan(phrase: Phrase, singing: Singing, factor: float) -> _Plan:
    marks = phrase.marks
    before = np.diff(marks.at, prepend=marks.at[0] - 256.0)
    after = np.diff(marks.at, append=marks.at[-1] + 256.0)
    to: list[Doubles] = []
    chosen: list[NDArray[np.int64]] = []
    edges = np.flatnonzero(np.diff(marks.stretch)) + 1
    for group in np.split(np.arange(marks.at.size), edges):
        number = int(marks.stretch[group[0]])
        if number < 0:
            to.append(marks.at[group])
            chosen.append(group)
            continue
        stretch = marks.stretches[number]
        places = stretch.first + np.arange(stretch.turns.size)
        semitones = np.interp(places * (DOWN / CONTROL), np.arange(singing.semitones.size), singing.semitones)
        ratio = 2.0 ** (semitones / 12.0)
        turns = stretch.turns[0] + np.concatenate([[0.0], np.cumsum(np.diff(stretch.turns) * ratio[1:])])
        times = (crossings(turns - stretch.place) + stretch.first) * DOWN
        times = times[(times >= marks.at[group[0]] - 1.0) & (times <= marks.at[group[-1]] + 1.0)]
        middles = 0.5 * (marks.at[group][1:] + marks.at[group][:-1])
        to.append(times)
        chosen.append(group[np.searchsorted(middles, times)])
    at, source = np.concatenate(to), np.concatenate(chosen)
    order = np.argsort(at, kind="stable")
    at, source = at[order], source[order]
    voiced = marks.stretch[source] >= 0
    gap_before = np.diff(at, prepend=at[0] - 256.0)
    gap_after = np.diff(at, append=at[-1] + 256.0)
    left = np.where(voiced, before[source] / factor, gap_before)
    right = np.where(voiced, after[source] / factor, gap_after)
    # A grain beside one without pitch meets it where that one begins.
    own = 0.5 * (before[source] + after[source]) / factor
    spacing = 0.5 * (gap_before + gap_after)
    gain = np.where(voiced, np.sqrt(np.clip(spacing / np.maximum(own, 1.0), 0.25, 4.0)), 1.0)
    gain *= np.where(voiced, 1.0, 10.0 ** (singing.consonants_db / 20.0))
    late = np.interp(at / CONTROL, np.arange(singing.late.size), singing.late)
    return _Plan(at + late, marks.at[source], np.clip(left, 1.0, _LONGEST), np.clip(right, 1.0, _LONGEST), gain)


def _laid(bank: Samples, plan: _Plan, factor: float, frames: int, smooth: float) -> Samples:
    """Overlap and add."""
    channels, length = bank.shape[1], bank.shape[2]
    room = int(_LONGEST) + 8
    whole, later = (np.pad(half, ((0, 0), (room, room))) for half in bank)
    out = np.zeros((channels, frames + 2 * room), np.float32)
    first = np.ceil(plan.to - plan.left).astype(np.int64)
    last = np.floor(plan.to + plan.right).astype(np.int64) + 1
    inside = (first > -room) & (last < frames + room)
    of = plan.of / factor
    inside &= (of > -1.0) & (of < length + 1.0)
    # The source of output frame n is n - to + of; its whole part is the same for the grain, as is what is left.
    offset = of - plan.to
    whole_offset = np.floor(offset).astype(np.int64)
    share = offset - whole_offset
    rows = zip(
        first[inside].tolist(),
        last[inside].tolist(),
        plan.to[inside].tolist(),
        plan.left[inside].tolist(),
        plan.right[inside].tolist(),
        whole_offset[inside].tolist(),
        share[inside].tolist(),
        plan.gain[inside].tolist(),
        strict=True,
    )
    limit = length + 2 * room
    steps = np.arange(2 * room + 8, dtype=np.float32)
    for begin, end, centre, left, right, move, part, gain in rows:
        a = begin + move + room
        b = a + end - begin
        if a < 0 or b + 1 > limit:
            continue
        at = steps[: end - begin] + np.float32(begin - centre)
        split = int(np.ceil(centre)) - begin
        at[:split] *= np.float32(np.pi / left)
        at[split:] *= np.float32(np.pi / right)
        window = (np.cos(at) + np.float32(1.0)) * np.float32(0.5 * gain)
        if part < 0.5:
            grain = whole[:, a:b] * np.float32(1.0 - 2.0 * part) + later[:, a:b] * np.float32(2.0 * part)
        else:
            rest = 2.0 * part - 1.0
            grain = later[:, a:b] * np.float32(1.0 - rest) + whole[:, a + 1 : b + 1] * np.float32(rest)
        out[:, begin + room : end + room] += grain * window
    return out[:, room : room + frames]


def wander(length: int, values: Doubles, per_s: float) -> Doubles:
    """A slow line through ``values`` (about ``per_s`` a second) with one value for each ``CONTROL`` frames."""
    at = np.arange(length) * (CONTROL / SAMPLE_RATE) * per_s
    whole = np.floor(at).astype(np.int64)
    way = at - whole
    way = way * way * (3.0 - 2.0 * way)
    size = values.size
    return np.asarray(values[whole % size] * (1.0 - way) + values[(whole + 1) % size] * way)
