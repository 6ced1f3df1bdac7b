"""How an instrument plays a tune that was sung: slides, vibrato, breath and dynamics of its family."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from contrafact.engine.arranging.timeline import Note
from contrafact.engine.arranging.tunes import Tone

JOINED_S = 0.06
"""Notes closer than this are played in one stroke or breath."""
_INTONATION = 0.4
"""Share of the singer's deviation from the tempered pitch that an instrument takes over."""
_MOST_OFF_CENTS = 18.0
_MIDDLE_VELOCITY = 88
_VELOCITY_PER_DB = 2.1
_POINTS_PER_WAVE = 8
_LONG_S = 0.42
_ALMOST_SILENT_S = 0.05


@dataclass(frozen=True, slots=True)
class Manner:
    """What a family of instruments does with a line.

    Parameters
    ----------
    glide_s, glide_semitones
        How long a slide from one joined note to the next takes, and from how far it may come.
    vibrato_cents, vibrato_hz
        Added on long notes; fonts record some vibrato themselves, so it is less than a player's whole vibrato.
    tremble_db
        The same for the level, as a flute does.
    sustained
        Whether the player shapes the level while a note sounds.
    dynamics
        Share of the singer's dynamic range.
    overlap_s
        How far a joined note sounds into the next.
    level_db
        What a line needs to be as loud as a violin's: single notes are calibrated alike, lines in a register are not.
    """

    glide_s: float
    glide_semitones: float
    vibrato_cents: float = 0.0
    vibrato_hz: float = 5.5
    tremble_db: float = 0.0
    sustained: bool = True
    dynamics: float = 1.0
    overlap_s: float = 0.02
    level_db: float = 0.0


_BOWED = Manner(0.07, 2.0, 10.0, 5.6, 0.4, overlap_s=0.03)
_FLUTE = Manner(0.035, 1.0, 7.0, 5.0, 1.2, overlap_s=0.015, level_db=-3.5)
_REED = Manner(0.04, 1.5, 9.0, 5.2, 0.6, level_db=-2.0)
_BRASS = Manner(0.045, 1.5, 7.0, 5.0, 0.5, level_db=-2.0)
_PLUCKED = Manner(0.06, 2.0, 4.0, 5.0, sustained=False, dynamics=0.9, overlap_s=0.03, level_db=-1.0)
_STRUCK = Manner(0.0, 0.0, sustained=False, dynamics=0.8, overlap_s=0.04, level_db=-1.5)
_SYNTH = Manner(0.06, 7.0, 14.0, 5.8, dynamics=0.6, level_db=-2.0)
_BLOWN_KEYS = Manner(0.0, 0.0, dynamics=0.7, level_db=-2.0)
_SUNG = Manner(0.08, 3.0, 12.0, 5.4, level_db=-1.0)

_FAMILIES: tuple[tuple[int, Manner], ...] = (
    (15, _STRUCK),
    (23, _BLOWN_KEYS),
    (31, _PLUCKED),
    (39, _PLUCKED),
    (44, _BOWED),
    (47, _PLUCKED),
    (51, _BOWED),
    (55, _SUNG),
    (63, _BRASS),
    (71, _REED),
    (79, _FLUTE),
    (87, _SYNTH),
    (103, _SUNG),
    (108, _PLUCKED),
    (111, _BOWED),
    (119, _STRUCK),
    (127, _SYNTH),
)
"""Last General MIDI program of each family, in order."""


def manner_of(program: int) -> Manner:
    """The manner of a General MIDI program, 0..127."""
    return next(manner for last, manner in _FAMILIES if program <= last)


def folded(tones: Sequence[Tone], low: int, high: int, before: int | None) -> tuple[tuple[Tone, ...], int]:
    """A phrase moved by whole octaves into a register, and the octaves it was moved by.

    The phrase moves as a whole, preferably as the one ``before`` it; a single note that still lies outside is folded by
    itself.
    """
    centre = (low + high) / 2
    weights = [max(0.05, tone.end_s - tone.start_s) for tone in tones]

    def cost(octaves: int) -> tuple[float, int]:
        outside = away = 0.0
        for tone, weight in zip(tones, weights, strict=True):
            pitch = tone.pitch + 12 * octaves
            outside += weight * max(0.0, low - pitch, pitch - high)
            away += weight * abs(pitch - centre)
        total = sum(weights)
        turn = 0.0 if before is None else 3.0 * abs(octaves - before)
        return 4.0 * outside / total + 0.25 * away / total + turn, abs(octaves)

    octaves = min(range(-5, 6), key=cost)
    moved = []
    for tone in tones:
        pitch = tone.pitch + 12 * octaves
        own = octaves
        while round(pitch) < low and own < 6:
            pitch, own = pitch + 12, own + 1
        while round(pitch) > high and own > -6:
            pitch, own = pitch - 12, own - 1
        came = None if tone.from_pitch is None else tone.from_pitch + 12 * own
        moved.append(Tone(tone.start_s, tone.end_s, pitch, tone.level_db, tone.joined, came))
    return tuple(moved), octaves


def slurred(tones: Sequence[Tone]) -> tuple[Tone, ...]:
    """Tones that follow each other closely marked as joined; a very short one becomes a slide into the next."""
    found: list[Tone] = []
    for place, tone in enumerate(tones):
        joined = bool(found) and tone.start_s - found[-1].end_s < JOINED_S
        start_s, came = tone.start_s, tone.from_pitch
        if joined:
            last = found[-1]
            brief = last.end_s - last.start_s < 0.13 and tone.end_s - tone.start_s > 0.13
            if brief and abs(last.pitch - tone.pitch) < 3.5 and (place < 2 or not last.joined):
                found.pop()
                start_s, came, joined = last.start_s, last.pitch, last.joined
        found.append(Tone(start_s, tone.end_s, tone.pitch, tone.level_db, joined, came))
    return tuple(found)


def played(tones: Sequence[Tone], manner: Manner, loud_db: float, loudness: float = 1.0) -> tuple[Note, ...]:
    """The tones of one phrase as notes of an instrument.

    Parameters
    ----------
    tones
        In order, in the instrument's register, pitches against the song's own tuning.
    loud_db
        Level of a loud note of the song, which is played with a middling velocity.
    loudness
        Factor on velocities that the recipe's moods ask for.
    """
    notes: list[Note] = []
    for place, tone in enumerate(tones):
        after = tones[place + 1] if place + 1 < len(tones) else None
        before = tones[place - 1] if place else None
        start_s, end_s = tone.start_s, tone.end_s
        if after is not None:
            over_s = manner.overlap_s if after.joined else 0.0
            # A player does not leave the holes that a singer's consonants tear.
            end_s = after.start_s + over_s if after.joined else min(end_s, after.start_s - 0.01)
        if end_s - start_s < _ALMOST_SILENT_S:
            continue
        pitch = round(tone.pitch)
        if not 0 <= pitch <= 127:
            continue
        last = notes[-1] if notes else None
        if last is not None and last.pitch == pitch and last.start_s + last.duration_s > start_s - 0.005:
            # One string cannot sound twice: the same pitch again is struck anew.
            cut_s = round(start_s - 0.012 - last.start_s, 6)
            notes[-1] = Note(last.start_s, max(0.03, cut_s), last.pitch, last.velocity, last.bend, last.swell)
        above_db = max(-16.0, min(5.0, tone.level_db - loud_db))
        velocity = _MIDDLE_VELOCITY + _VELOCITY_PER_DB * manner.dynamics * above_db
        if tone.joined and manner.sustained:
            velocity -= 4.0
        notes.append(
            Note(
                round(start_s, 6),
                round(end_s - start_s, 6),
                pitch,
                round(max(1.0, min(127.0, velocity * loudness))),
                _bend(tone, before, pitch, end_s - start_s, manner),
                _swell(tone, after, end_s - start_s, manner),
            )
        )
    return tuple(notes)


def _bend(
    tone: Tone, before: Tone | None, pitch: int, length_s: float, manner: Manner
) -> tuple[tuple[float, float], ...]:
    off = max(-_MOST_OFF_CENTS, min(_MOST_OFF_CENTS, _INTONATION * 100.0 * (tone.pitch - pitch)))
    if manner.glide_s <= 0.0:
        # Keys have the pitches that they have.
        return ()
    points: list[tuple[float, float]] = []
    came = tone.from_pitch if tone.from_pitch is not None else before.pitch if before and tone.joined else None
    if came is not None and came != tone.pitch:
        widest = 100.0 * manner.glide_semitones
        from_cents = max(-widest, min(widest, 100.0 * (came - pitch)))
        glide_s = min(manner.glide_s * (1.4 if tone.from_pitch is not None else 1.0), 0.4 * length_s)
        # An S of three straight lines: the hand starts and arrives softly.
        points += [
            (0.0, from_cents),
            (0.3 * glide_s, from_cents + 0.16 * (off - from_cents)),
            (0.7 * glide_s, from_cents + 0.84 * (off - from_cents)),
            (glide_s, off),
        ]
    else:
        points.append((0.0, off))
    points += _wave(length_s, manner.vibrato_hz, manner.vibrato_cents, points[-1][0], off)
    if len(points) == 1 and abs(off) < 1.0:
        return ()
    return tuple((round(at_s, 5), round(cents, 2)) for at_s, cents in points)


def _wave(length_s: float, hertz: float, depth: float, after_s: float, base: float) -> list[tuple[float, float]]:
    """Vibrato around ``base`` that sets in late and grows; nothing on short notes."""
    begin_s = max(after_s, 0.16, 0.3 * min(length_s, 1.0))
    if length_s < _LONG_S or depth <= 0.0 or length_s - begin_s < 1.0 / hertz:
        return []
    waves = math.floor((length_s - begin_s) * hertz)
    points = [(begin_s, base)]
    for step in range(1, waves * _POINTS_PER_WAVE + 1):
        at_s = begin_s + step / _POINTS_PER_WAVE / hertz
        grown = min(1.0, (at_s - begin_s) / 0.35)
        points.append((at_s, base + depth * grown * math.sin(2 * math.pi * step / _POINTS_PER_WAVE)))
    return points


def _swell(tone: Tone, after: Tone | None, length_s: float, manner: Manner) -> tuple[tuple[float, float], ...]:
    if not manner.sustained:
        return ()
    points: list[tuple[float, float]] = []
    soft_s = min(0.05, 0.25 * length_s)
    points += [(0.0, -7.0 if tone.joined else -3.0), (soft_s, 0.0)]
    if length_s >= 0.9:
        points.append((0.55 * length_s, 1.5))
    if after is None:
        # The breath runs out at the end of a phrase.
        fall_s = min(0.35, 0.4 * length_s)
        points += [(length_s - fall_s, points[-1][1]), (length_s, -9.0)]
    else:
        leads = max(-4.0, min(3.0, 0.5 * (after.level_db - tone.level_db)))
        points.append((length_s, leads))
    if manner.tremble_db > 0.0 and length_s >= _LONG_S:
        points = _trembling(points, length_s, manner)
    return tuple((round(at_s, 5), round(decibels, 2)) for at_s, decibels in points)


def _trembling(points: list[tuple[float, float]], length_s: float, manner: Manner) -> list[tuple[float, float]]:
    """The level curve with vibrato of the level on it."""

    def level(at_s: float) -> float:
        for (a_s, a), (b_s, b) in pairwise(points):
            if at_s <= b_s:
                return a + (b - a) * (at_s - a_s) / max(1e-9, b_s - a_s)
        return points[-1][1]

    wave = _wave(length_s, manner.vibrato_hz, manner.tremble_db, points[1][0], 0.0)
    corners = [point for point in points if not wave or point[0] < wave[0][0] or point[0] > wave[-1][0]]
    return sorted([*corners, *((at_s, level(at_s) + decibels) for at_s, decibels in wave)])
