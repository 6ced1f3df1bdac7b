"""Requests about tempo, key and length, in the numbers of the song."""

import math
from typing import TYPE_CHECKING

from contrafact.engine.listening.chart import PITCH_CLASSES, Chart
from contrafact.engine.recipe.intents import (
    Intent,
    KeyHold,
    Length,
    LengthBound,
    LengthFactor,
    TempoBpm,
    TempoFactor,
    TempoFeel,
    TempoHold,
    TempoStep,
    ToKey,
    Transpose,
)

if TYPE_CHECKING:
    from contrafact.engine.recipe.drafting import Draft

SHORTEST_S, LONGEST_S = 10.0, 1200.0
_LITERAL = (0.7, 1.45)
"""Tempo ratios in which a number of BPM is taken at its word; outside, half or double time may be meant."""


def apply_time(draft: "Draft", intent: Intent, chart: Chart) -> bool:
    """Change the draft when the request is about time or pitch; whether it was."""
    match intent:
        case TempoBpm(bpm, direction):
            draft.ratio, draft.bounds = _ratio_to(bpm, chart.tempo.bpm, direction), (0.5, 2.0)
        case TempoFactor(factor):
            draft.ratio *= factor
        case TempoFeel(factor) if draft.pack is not None:
            named = "half time" if factor < 1.0 else "double time"
            draft.notes.append(f"{named} is how {draft.pack.name.lower()} is felt here; the song's tempo stays")
        case TempoFeel(factor):
            draft.ratio *= factor
        case TempoStep(bpm):
            draft.ratio += bpm / chart.tempo.bpm
        case TempoHold(direction):
            low, high = draft.bounds
            draft.bounds = (1.0 if direction <= 0 else low, 1.0 if direction >= 0 else high)
            if direction == 0:
                draft.ratio = 1.0
        case Transpose(_, True):
            if not draft.key_said:
                draft.semitones, draft.key_weak = intent.semitones, True
            draft.met.add(intent)
        case Transpose() | ToKey() | KeyHold() if draft.key_weak:
            draft.semitones, draft.key_weak = 0, False
            apply_time(draft, intent, chart)
        case Transpose(semitones):
            draft.key_said = True
            draft.semitones = max(-12, min(12, draft.semitones + semitones))
        case ToKey():
            draft.key_said = True
            draft.semitones = _to_key(intent, chart)
        case KeyHold():
            draft.semitones = 0
        case Length(seconds, bound):
            _bound_length(draft, seconds, bound, chart)
        case LengthFactor(factor):
            _set_length(draft, None if factor == 1.0 else (draft.length_s or chart.duration_s) * factor)
        case _:
            return False
    return True


def _bound_length(draft: "Draft", seconds: float, bound: LengthBound, chart: Chart) -> None:
    now = draft.length_s or chart.duration_s
    if bound == "typical" and draft.length_s is not None:
        return
    if bound == "most":
        wanted = None if now <= seconds else seconds * 0.97
    elif bound == "least":
        wanted = None if now >= seconds else seconds * 1.03
    else:
        wanted = seconds
    if wanted is None:
        draft.met.add(Length(seconds, bound))
        return
    _set_length(draft, wanted)
    draft.exact = bound == "exact"


def _set_length(draft: "Draft", seconds: float | None) -> None:
    draft.length_s = None if seconds is None else round(max(SHORTEST_S, min(LONGEST_S, seconds)), 3)
    if seconds is not None:
        draft.locks.discard("form")


def _ratio_to(bpm: float, song_bpm: float, direction: int = 0) -> float:
    """The ratio that reaches a tempo: as said when it is near, or was said to be slower (faster) and is; else in the
    octave that stretches least.
    """
    literal = bpm / song_bpm
    if direction and 0.5 <= literal <= 2.0 and (literal - 1.0) * direction > 0.0:
        return literal
    if _LITERAL[0] <= literal <= _LITERAL[1]:
        return literal
    return min((literal, literal / 2, literal * 2), key=lambda ratio: abs(math.log(ratio)))


def _to_key(wanted: ToKey, chart: Chart) -> int:
    """The shortest way to the key; one of the other mode is reached through its relative, which has the same notes."""
    tonic = wanted.tonic
    if wanted.mode is not None and wanted.mode != chart.key.mode:
        tonic += 3 if wanted.mode == "minor" else -3
    return (tonic - PITCH_CLASSES.index(chart.key.tonic) + 5) % 12 - 5
