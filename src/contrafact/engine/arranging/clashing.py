"""Kept stems where the harmony was changed under them: filtered, transposed or muted while they would clash.

Chord by chord one of four things happens to ``bass`` and ``other``; voice and drums are never touched:

- *kept*, where nothing that sounds in the recording lies a semitone from what is newly played;
- *moved* by a constant, where the new chord is the old one on another root. A bass is moved to the new bass note
  whatever the chord, since it plays roots for the most part;
- *thinned* to what lies above the bass register, where the same chord stands on another bass note;
- *muted*, where nothing fits.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from contrafact.engine.arranging.chords import ChordTones
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.timeline import Clip
from contrafact.engine.arranging.tunefit import rub

_FADE_S = 0.02
_SAME_S = 1e-6
_SHORTEST_S = 0.06
_REACH_S = 0.06
_BASS_REGISTER_HZ = 220.0
_FARTHEST = 6
"""Semitones that a bar may be transposed by."""


@dataclass(frozen=True, slots=True)
class _Treatment:
    semitones: float = 0.0
    lowcut_hz: float = 0.0
    mute: bool = False


_KEEP, _MUTE = _Treatment(), _Treatment(mute=True)


def without_clashes(clips: tuple[Clip, ...], heard: Grid, played: Grid) -> tuple[Clip, ...]:
    """The clips, cut at chord changes where ``played`` differs from ``heard``; equal grids change none.

    Clips are what counts for usage: what is muted is cut away.
    """
    if heard.chords == played.chords:
        return clips
    plans = {
        "other": _plan(heard, played, other_treatment),
        "bass": _plan(heard, played, bass_treatment),
    }
    found: list[Clip] = []
    for clip in clips:
        plan = plans.get(clip.stem) if clip.source == 0 else None
        found += _treated(clip, plan) if plan else (clip,)
    return tuple(sorted(found, key=lambda clip: (clip.target_start_s, clip.source, clip.stem)))


def other_treatment(heard: ChordTones, played: ChordTones) -> _Treatment:
    """What becomes of the recording's instruments over a chord."""
    own, new = set(heard.pitch_classes), set(played.pitch_classes)
    if own == new:
        return _KEEP if heard.bass == played.bass else _Treatment(lowcut_hz=_BASS_REGISTER_HZ)
    shift = _shift(heard.root, played.root)
    if shift and {(tone + shift) % 12 for tone in own} <= new and abs(shift) <= _FARTHEST:
        # A seventh more does not keep a chord from being the old one moved.
        return _Treatment(semitones=float(shift))
    # What rubs within the new chord itself, as a root does against its major seventh, is meant to.
    if any(rub(tone, other) for tone in own - new for other in new):
        return _MUTE
    return _KEEP if heard.bass == played.bass else _Treatment(lowcut_hz=_BASS_REGISTER_HZ)


def bass_treatment(heard: ChordTones, played: ChordTones) -> _Treatment:
    """What becomes of the recording's bass over a chord."""
    shift = _shift(heard.bass, played.bass)
    return _KEEP if shift == 0 else _Treatment(semitones=float(shift))


def _shift(old: int, new: int) -> int:
    """The shortest way between two pitch classes, -5..6."""
    return (new - old + 5) % 12 - 5


def _plan(
    heard: Grid, played: Grid, rule: Callable[[ChordTones, ChordTones], _Treatment]
) -> list[tuple[float, float, _Treatment]]:
    """What is done to a stem from when to when, in order; where nothing is, there is no entry."""
    edges = sorted({span.start_s for grid in (heard, played) for span in grid.chords})
    edges.append(max((span.end_s for grid in (heard, played) for span in grid.chords), default=0.0))
    found: list[tuple[float, float, _Treatment]] = []
    for start_s, end_s in pairwise(edges):
        middle_s = (start_s + end_s) / 2
        before, after = heard.chord(middle_s), played.chord(middle_s)
        if before is None or after is None or before.tones is None or after.tones is None:
            continue
        if before.tones == after.tones:
            continue
        treatment = rule(before.tones, after.tones)
        if treatment == _KEEP:
            continue
        if found and found[-1][2] == treatment and start_s - found[-1][1] < _SAME_S:
            found[-1] = (found[-1][0], end_s, treatment)
        else:
            found.append((start_s, end_s, treatment))
    return found


def _treated(clip: Clip, plan: Sequence[tuple[float, float, _Treatment]]) -> Iterator[Clip]:
    """A clip in the pieces that a plan makes of it; neighbours that both sound cross over, others fade."""
    first = max(0, bisect_right([end_s for _, end_s, _ in plan], clip.target_start_s) - 1)
    pieces: list[tuple[float, float, _Treatment]] = []
    at_s = clip.target_start_s
    for start_s, end_s, treatment in plan[first:]:
        # What reaches over a join to cross-fade goes with the rest of its clip.
        if end_s <= at_s + _REACH_S:
            continue
        if start_s >= clip.target_end_s - _REACH_S:
            break
        if start_s - at_s >= _SHORTEST_S:
            pieces.append((at_s, start_s, _KEEP))
            at_s = start_s
        pieces.append((at_s, min(end_s, clip.target_end_s), treatment))
        at_s = min(end_s, clip.target_end_s)
    if clip.target_end_s - at_s >= _SHORTEST_S or not pieces:
        pieces.append((at_s, clip.target_end_s, _KEEP))
    elif clip.target_end_s > at_s:
        pieces[-1] = (pieces[-1][0], clip.target_end_s, pieces[-1][2])
    for place, (start_s, end_s, treatment) in enumerate(pieces):
        if treatment.mute:
            continue
        silent_before = place > 0 and pieces[place - 1][2].mute
        silent_after = place + 1 < len(pieces) and pieces[place + 1][2].mute
        yield replace(
            clip,
            source_start_s=clip.source_start_s + (start_s - clip.target_start_s) * clip.ratio,
            source_end_s=clip.source_end_s - (clip.target_end_s - end_s) * clip.ratio,
            target_start_s=start_s,
            target_end_s=end_s,
            fade_in_s=clip.fade_in_s if place == 0 else _FADE_S if silent_before else 0.0,
            fade_out_s=clip.fade_out_s if place == len(pieces) - 1 else _FADE_S if silent_after else 0.0,
            semitones=clip.semitones + treatment.semitones,
            lowcut_hz=max(clip.lowcut_hz, treatment.lowcut_hz),
        )
