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
_BATCH: Final = 64
"""Grains worked out at a time: as many as a core's cache holds."""
_LEVEL_ROWS: Final = 27
"""Rows of 5.8 ms over which levels are compared: slower than a tremolo, quicker than a syllable."""
_LEAST_GAIN, _MOST_GAIN = 0.5, 2.8


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
    """0 to 1: how far each period is averaged with its neighbours, which leaves of the air what they share: nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """One row per grain; places in frames, of the sung sound (``to``) and of the phrase's sound (``of``)."""

    to: Doubles
    of: Doubles
    before: Doubles
    """Where the period before ``of`` lies; without pitch, ``of`` itself."""
    after: Doubles
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
    plan = _plan(phrase, singing, factor)
    sung = _laid(bank, plan, plan.of, factor, phrase.frames)
    if singing.smooth > 0.0:
        share = np.float32(singing.smooth / 3.0)
        sides = [_laid(bank, plan, of, factor, phrase.frames) for of in (plan.before, plan.after)]
        sung = sung * (np.float32(1.0) - 2.0 * share) + (sides[0] + sides[1]) * share
    return _levelled(sung, phrase, stereo)


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
        # Who falls behind would sing flat for as long: the grains come the closer.
        drag = np.interp(places * (DOWN / CONTROL), np.arange(singing.late.size), np.gradient(singing.late) / CONTROL)
        ratio = 2.0 ** (semitones / 12.0) * (1.0 + drag)
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
    earlier, later = (
        np.where(voiced & (marks.stretch[beside] == marks.stretch[source]), marks.at[beside], marks.at[source])
        for beside in (np.maximum(source - 1, 0), np.minimum(source + 1, marks.at.size - 1))
    )
    left, right = np.clip(left, 1.0, _LONGEST), np.clip(right, 1.0, _LONGEST)
    return _Plan(at + late, marks.at[source], earlier, later, left, right, gain)


def _laid(bank: Samples, plan: _Plan, source: Doubles, factor: float, frames: int) -> Samples:
    """Overlap and add of the grains around ``source``."""
    channels, length = bank.shape[1], bank.shape[2]
    room = 2 * int(_LONGEST) + 8
    whole, later = (np.pad(half, ((0, 0), (room, room))) for half in bank)
    out = np.zeros((channels, frames + 2 * room), np.float32)
    first = np.ceil(plan.to - plan.left).astype(np.int64)
    sizes = np.floor(plan.to + plan.right).astype(np.int64) + 1 - first
    of = source / factor
    inside = np.flatnonzero((first > -room) & (first + sizes < frames + room) & (of >= 0.0) & (of < length))
    for at in range(0, inside.size, _BATCH):
        some = inside[at : at + _BATCH]
        begin, centre = first[some], plan.to[some]
        size = int(sizes[some].max())
        window = _windows(size, centre - begin, plan.left[some], plan.right[some], plan.gain[some])
        # Frame n of the output comes from n - to + of: a whole number of frames away, and a share of one.
        offset = of[some] - centre
        steps = np.floor(offset)
        share = (2.0 * (offset - steps)).astype(np.float32)
        second = share >= 1.0
        share = np.where(second, share - 1.0, share)[:, None]
        start = begin + steps.astype(np.int64) + room
        ends = (begin + room).tolist()
        for channel in range(channels):
            on, between = (np.lib.stride_tricks.sliding_window_view(half[channel], size) for half in (whole, later))
            grains = on[start + second] * np.where(second[:, None], share, 1.0 - share)
            grains += between[start] * np.where(second[:, None], 1.0 - share, share)
            grains *= window
            line = out[channel]
            for row, place in enumerate(ends):
                line[place : place + size] += grains[row]
    return out[:, room : room + frames]


def _windows(size: int, centre: Doubles, left: Doubles, right: Doubles, gain: Doubles) -> Samples:
    """Two halves of a Hann window per row, which meet at ``centre``; 0 outside."""
    at = np.arange(size, dtype=np.float32)[None, :] - centre.astype(np.float32)[:, None]
    turn = np.where(at < 0.0, (np.pi / left).astype(np.float32)[:, None], (np.pi / right).astype(np.float32)[:, None])
    at *= turn
    np.clip(at, -np.float32(np.pi), np.float32(np.pi), out=at)
    np.cos(at, out=at)
    at += np.float32(1.0)
    at *= (0.5 * gain).astype(np.float32)[:, None]
    return at


def _levelled(sung: Samples, phrase: Phrase, stereo: bool) -> Samples:
    """As loud as the voice from moment to moment where there is a pitch: other partials meet the formants otherwise."""
    rows = phrase.frames // CONTROL
    voiced = phrase.pitch.voiced[:rows].astype(np.float64)
    if rows < 3 or not voiced.any():
        return sung
    window = np.hanning(_LEVEL_ROWS + 2)[1:-1]
    was, now = (
        np.convolve(_powers(sound, rows) * voiced, window, "same")
        for sound in (phrase.sound if stereo else phrase.mid, sung)
    )
    gain = np.sqrt((was + 1e-12) / (now + 1e-12))
    gain = np.where(voiced > 0.0, np.clip(gain, _LEAST_GAIN, _MOST_GAIN), 1.0)
    at = np.arange(phrase.frames) / CONTROL - 0.5
    return np.asarray(sung * np.interp(at, np.arange(rows), gain).astype(np.float32))


def _powers(sound: Samples, rows: int) -> Doubles:
    cut = sound[:, : rows * CONTROL].astype(np.float64) ** 2
    return np.asarray(cut.mean(axis=0).reshape(rows, CONTROL).mean(axis=1))


def wander(length: int, values: Doubles, per_s: float) -> Doubles:
    """A slow line through ``values`` (about ``per_s`` a second) with one value for each ``CONTROL`` frames."""
    at = np.arange(length) * (CONTROL / SAMPLE_RATE) * per_s
    whole = np.floor(at).astype(np.int64)
    way = at - whole
    way = way * way * (3.0 - 2.0 * way)
    size = values.size
    return np.asarray(values[whole % size] * (1.0 - way) + values[(whole + 1) % size] * way)
