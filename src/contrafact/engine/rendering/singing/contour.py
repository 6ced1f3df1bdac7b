"""The line that a voice sings, taken apart into notes, their centres and the vibrato around them, and bent anew."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from contrafact.engine.arranging.voices import Shift, VoiceNote, VoiceScale, VoiceTone
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.engine.rendering.singing.tracking import CONTROL, Doubles, Pitch

_PER_S: Final = SAMPLE_RATE / CONTROL
_CENTRE_S: Final = 0.30
"""Smoothing that leaves of a held note its centre; a vibrato turns in 0.15 to 0.25 s."""
_EDGE_S: Final = 0.06
"""At a note's ends the singer slides: there less is called vibrato."""
_GLIDE_S: Final = 0.07
"""How long a second voice takes from one interval to the next."""
_FAST_S, _SLOW_S = 0.03, 0.11
"""How quickly a note is drawn to its pitch: at full strength, and gently."""
_MOST_PULL: Final = 1.5
"""Semitones; who is further off means another note."""
_SWITCH: Final = 6.0
_SHORTEST_S: Final = 0.07


def settle(pitch: Pitch, origin_s: float) -> tuple[VoiceNote, ...]:
    """Notes of a tracked line: the cheapest steps of whole semitones through it."""
    smooth = _smoothed(pitch.midi, 0.12)
    if not pitch.voiced.any():
        return ()
    heard = smooth[pitch.voiced]
    lean = float(np.angle(np.exp(2j * np.pi * heard).mean()) / (2.0 * np.pi))
    """How far the singer's own tuning lies from the semitones."""
    lowest = int(np.floor(heard.min())) - 1
    steps = np.arange(lowest, int(np.ceil(heard.max())) + 2) + lean
    cost = np.where(pitch.voiced[:, None], np.abs(smooth[:, None] - steps[None, :]), 0.0)
    total = cost[0]
    came = np.zeros(cost.shape, np.int64)
    places = np.arange(steps.size)
    for frame in range(1, len(cost)):
        best = int(total.argmin())
        stays = total <= total[best] + _SWITCH
        came[frame] = np.where(stays, places, best)
        total = np.where(stays, total, total[best] + _SWITCH) + cost[frame]
    path = np.empty(len(cost), np.int64)
    path[-1] = int(total.argmin())
    for frame in range(len(cost) - 1, 0, -1):
        path[frame - 1] = came[frame, path[frame]]
    sounding = np.where(pitch.voiced, path, -1)
    edges = np.flatnonzero(np.diff(np.concatenate([[-2], sounding, [-2]])))
    found = []
    for first, last in pairwise(edges.tolist()):
        if sounding[first] >= 0 and last - first >= _SHORTEST_S * _PER_S:
            centre = float(np.median(pitch.midi[first:last]))
            found.append(VoiceNote(origin_s + first / _PER_S, origin_s + last / _PER_S, centre))
    return tuple(found)


def bent(
    pitch: Pitch, notes: Sequence[VoiceNote], origin_s: float, tone: VoiceTone, scales: Sequence[VoiceScale], a4: float
) -> Doubles:
    """Semitones by which vibrato and tuning move the line, one value for each of the pitch's.

    Parameters
    ----------
    pitch : Pitch
    notes : sequence of VoiceNote
        The line's notes, in the take's seconds.
    origin_s : float
        Where ``pitch`` begins.
    tone : VoiceTone
    scales : sequence of VoiceScale
        What tuning may draw to; every semitone where there is none.
    a4 : float
        How far the recording's notes lie from the usual ones, in semitones.
    """
    bend = np.zeros(pitch.midi.size)
    if tone.vibrato == 1.0 and tone.tuning == 0.0:
        return bend
    centre = np.array(pitch.midi)
    wave = np.zeros(pitch.midi.size)
    pull = np.zeros(pitch.midi.size)
    for note in notes:
        first = max(0, round((note.start_s - origin_s) * _PER_S))
        last = min(pitch.midi.size, round((note.end_s - origin_s) * _PER_S))
        if last - first < 3:
            continue
        line = pitch.midi[first:last]
        centre[first:last] = _smoothed(line, _CENTRE_S)
        at = np.arange(last - first)
        edge = _EDGE_S * _PER_S
        rising = np.clip(np.minimum(at + 1, last - first - at) / edge, 0.0, 1.0)
        wave[first:last] = (line - centre[first:last]) * rising
        aim = nearest(float(np.median(line)), scales, 0.5 * (note.start_s + note.end_s), a4)
        pull[first:last] = np.clip(aim - centre[first:last], -_MOST_PULL, _MOST_PULL)
    bend += (tone.vibrato - 1.0) * wave
    if tone.tuning > 0.0:
        retune_s = _SLOW_S + (_FAST_S - _SLOW_S) * tone.tuning
        bend += tone.tuning * _smoothed(pull, retune_s)
    return bend


def nearest(pitch: float, scales: Sequence[VoiceScale], time_s: float, a4: float) -> float:
    """The note of the scale that holds at ``time_s`` which lies nearest to ``pitch``."""
    allowed = next((span.scale for span in scales if span.start_s <= time_s < span.end_s), ()) or tuple(range(12))
    around = [note for note in range(round(pitch - a4) - 6, round(pitch - a4) + 7) if note % 12 in allowed]
    return min(around, key=lambda note: (abs(note + a4 - pitch), note)) + a4


def shifted(shifts: Sequence[Shift], times_s: Doubles) -> Doubles:
    """Semitones of the shifts at the given times, gliding from one to the next."""
    if not shifts:
        return np.zeros(times_s.size)
    begin = bisect_left(shifts, float(times_s[0]) - _GLIDE_S, key=lambda shift: shift.start_s)
    end = bisect_left(shifts, float(times_s[-1]) + _GLIDE_S, key=lambda shift: shift.start_s)
    near = shifts[max(0, begin - 1) : max(1, end)]
    starts = np.array([shift.start_s for shift in near])
    values = np.array([shift.semitones for shift in near])
    total = np.full(times_s.size, values[0])
    for start, step in zip(starts[1:], np.diff(values), strict=True):
        if step:
            way = np.clip((times_s - start) / _GLIDE_S + 0.5, 0.0, 1.0)
            total += step * way * way * (3.0 - 2.0 * way)
    return np.asarray(total)


def _smoothed(line: Doubles, length_s: float) -> Doubles:
    size = max(1, round(length_s * _PER_S)) | 1
    if size < 3 or line.size < 2:
        return np.array(line)
    window = np.hanning(size + 2)[1:-1]
    half = size // 2
    padded = np.pad(line, half, mode="reflect" if line.size > half else "edge")
    return np.asarray(np.convolve(padded, window / window.sum(), "valid"))
