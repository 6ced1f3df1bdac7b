"""Who is there, asked again when the network has dealt the guesses out.

The network hears what the masks cannot: of a drummer's strokes it takes nothing away, of a guitar's attacks nearly
everything. Its word alone does not count (of noise it makes drums): it only puts somebody out whom the guesses let in.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.separation.presence import (
    SPAN,
    WINDOW,
    Presence,
    chances,
    decibels,
    held_db,
    mean_power,
    power_of,
    without_absent,
)
from contrafact.engine.separation.separators import Parts

Doubles = NDArray[np.float64]

_TAKEN_DB, _STILL_STRUCK = 7.0, 0.7
"""Drums of which the network took so much, and whose strokes are still not all a drum's, are nobody's. Tuning songs: at
most 6.6 dB are taken from drums, even 12 dB too softly, or 0.73 and more are left; guitars and pianos lose 8 to 40."""
_FAINT_DB, _FAINTLY_STRUCK, _UNACCOMPANIED = -20.0, 0.5, 0.65
"""Drums this far below the recording are asked, too, if little was taken, and more sternly where nobody plays a bass: a
voice's consonants are at -25 dB, and look like drums by 0.56."""
_THIN_BASS_DB: Final = -36.0
"""Tuning songs: a bass holds -28 dB of the recording or more. What a kick leaves is softer."""
_SUNG_DB: Final = -28.0
"""A voice of which the guess has less than this in every second, against the recording, is none: what the network
took for one is an instrument's. Sung tuning songs have -7 dB or more in their loudest second, others -31 or less."""
_ADDED: Final = 2.0
"""Twice the power, and more of the voice is the network's word than the guess's."""
_BESIDE_DB: Final = 7.0
"""How far below a bass the rest lies where the attacks of its notes are its own."""
_REST_DB: Final = -18.0
"""A rest this soft is what is left of the one who plays alone."""


@dataclass(frozen=True, slots=True)
class Guessed:
    """What is remembered of the guesses, which turn into stems where they lie."""

    drums: float
    """Mean power."""
    voice: float
    """Mean power of the loudest second."""

    @classmethod
    def of(cls, parts: Parts) -> "Guessed":
        return cls(mean_power(parts.drums), _loudest(parts.vocals))


def _loudest(sound: Samples) -> float:
    """Mean power of the loudest second."""
    seconds = range(0, sound.shape[1], SAMPLE_RATE)
    return max((mean_power(sound[:, at : at + SAMPLE_RATE]) for at in seconds), default=0.0)


def confirmed(presence: Presence, mix: Samples, refined: Parts, guessed: Guessed) -> Presence:
    """The presence that the guesses speak for, less those whom the network leaves nearly nothing.

    A voice that hardly anything was guessed of, and to which the network adds more than that, is not there.

    Parameters
    ----------
    presence
        Judged by the guesses.
    mix : float32, shape (2, frames)
    refined
        What the network made of the guesses.
    guessed
        What drums and voice were before.
    """
    whole = mean_power(mix)
    if whole <= 0.0 or presence.voice_alone:
        return presence
    bass = presence.bass and held_db(refined.bass, whole) >= _THIN_BASS_DB
    faintly = _FAINTLY_STRUCK if bass else _UNACCOMPANIED
    return replace(
        presence,
        vocals=presence.vocals and _voice_left(refined.vocals, whole, guessed.voice),
        drums=presence.drums and _drums_left(refined.drums, whole, guessed.drums, faintly),
        bass=bass,
    )


def _voice_left(voice: Samples, whole: float, guessed: float) -> bool:
    """Whether what the network gave to the voice is one's."""
    return decibels(guessed, whole) >= _SUNG_DB or _loudest(voice) <= _ADDED * guessed


def _drums_left(drums: Samples, whole: float, guessed: float, faintly: float) -> bool:
    """Whether what the network left is still struck; ``faintly`` is how much faint drums must look like some."""
    power = mean_power(drums)
    taken = decibels(power, guessed + 1e-30) < -_TAKEN_DB
    faint = decibels(power, whole) < _FAINT_DB
    if not taken and not faint:
        return True
    return chances(drums)[1] >= (_STILL_STRUCK if taken else faintly)


def given_out(mix: Samples, parts: Parts, presence: Presence) -> Parts:
    """The parts with silence for those who are not there, whose sound goes to whoever plays it.

    That is the rest, unless hardly anything else is in it: the attacks of a bass without drums are the bass's, and what
    is left over of one who plays alone is his.

    Parameters
    ----------
    mix : float32, shape (2, frames)
    parts
        May be changed in place.
    """
    players = [name for name in ("vocals", "drums", "bass") if getattr(presence, name)]
    if presence.voice_alone or {"drums", "bass"} <= set(players):
        return without_absent(mix, parts, presence)
    if presence.bass:
        rest, bass = _rest_of(mix, parts), power_of(parts.bass)
        if rest.size and decibels(float(rest.mean()), float(bass.mean()) + 1e-30) <= -_BESIDE_DB:
            np.add(parts.bass, parts.drums, out=parts.bass)
    kept = without_absent(mix, parts, presence)
    for player in (kept.drums, kept.bass):
        if player.any() and _alone(mix, kept):
            for taken in (kept.vocals, kept.drums, kept.bass):
                if taken is not player:
                    taken[:] = 0.0
            player[:] = mix
    return kept


def _rest_of(mix: Samples, parts: Parts) -> Doubles:
    """Power of what the parts leave, step by step."""
    found = []
    for first in range(0, mix.shape[1], SPAN):
        span = slice(first, first + SPAN)
        rest = mix[:, span] - parts.vocals[:, span]
        rest -= parts.drums[:, span]
        rest -= parts.bass[:, span]
        found.append(power_of(rest))
    return np.concatenate(found) if found else np.zeros(0)


def _alone(mix: Samples, parts: Parts) -> bool:
    """Whether neither a voice nor a rest is to be heard beside the one part that is there, in any passage of 5 s."""
    whole, voice, rest = power_of(mix), power_of(parts.vocals), _rest_of(mix, parts)
    count = max(1, whole.size // WINDOW)
    beside = [
        decibels(float(others.sum()), float(all_of_it.sum()) + 1e-30)
        for others, all_of_it in zip(np.array_split(voice + rest, count), np.array_split(whole, count), strict=True)
    ]
    return whole.size > 0 and max(beside) <= _REST_DB
