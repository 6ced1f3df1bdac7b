"""What a take gets beyond the song's own bars: a way in and out for those who mix, a build and a breath before a
drop.
"""

from collections.abc import Sequence
from itertools import groupby, pairwise

import numpy as np

from contrafact.engine.arranging.gates import Gates
from contrafact.engine.arranging.layout import BarRole, Form, Play, SectionSpan, Slot, Turn
from contrafact.engine.arranging.songmap import SongMap
from contrafact.engine.audio.stems import StemName

USUAL_EDGE_BARS = 16
_SLOW_EDGE_BARS = 8
_LONG_EDGE_S = 40.0
_MOST_BUILDS = 2
_LONG_BUILD_S = 17.0
_FULL_ENERGY = 0.6
_SILENT_DB = -60.0
_RISE_DB = 5.0
"""How far everything steps back at the start of a build, so that it can grow; at its end the floor is gone, and what is
left may be louder.
"""
_GAIN_EDGE_S = 0.012


def edge_bars(song: SongMap) -> int:
    """Length of an intro or outro for mixing: 16 bars, 8 where bars are slow."""
    return USUAL_EDGE_BARS if USUAL_EDGE_BARS * float(np.median(song.lengths_s)) <= _LONG_EDGE_S else _SLOW_EDGE_BARS


def band_edge(gates: Gates, bars: Sequence[int], count: int, outro: bool) -> list[Play]:
    """Bars for the band alone, on the harmony of the first (last) phrase of the song.

    They take the length of a bar of the song there, whole phrases of four where the song has them, so that the chords
    of the way in lead into the song's first.
    """
    phrase = _phrase(gates, bars, outro)
    role: BarRole = "outro" if outro else "intro"
    # Counted from the song's side: the bar next to the song is the phrase's own end (or start).
    turns = [
        phrase[(number - count) % len(phrase)] if not outro else phrase[number % len(phrase)] for number in range(count)
    ]
    return [Play(bar, role, stems=()) for bar in turns]


def recorded_edge(
    gates: Gates, bars: Sequence[int], count: int, outro: bool, stems: tuple[StemName, ...]
) -> list[Play]:
    """The same made of the recording: a phrase that repeats well, the drums first, then bass and the others.

    Without drums (or where nobody struck any) all of ``stems`` play throughout.
    """
    phrase = _loopable(gates, bars, outro)
    struck = gates.song.struck
    drummed = "drums" in stems and struck is not None and float(struck[phrase].mean()) >= 0.5
    alone: tuple[StemName, ...] = ("drums",) if drummed else stems
    half = count // 2 if drummed else 0
    plays = []
    for number in range(count):
        near_song = number >= half if not outro else number < count - half
        place = number % len(phrase) if outro else (number - count) % len(phrase)
        plays.append(Play(phrase[place], "outro" if outro else "intro", stems=stems if near_song else alone))
    return plays


def _phrase(gates: Gates, bars: Sequence[int], outro: bool) -> list[int]:
    """Up to four bars in one run at the beginning (end) of the song whose chords are known, else the very first."""
    song = gates.song
    ordered = list(bars)
    spans = [ordered[at : at + 4] for at in range(max(1, len(ordered) - 3))]
    spans = [span for span in spans if all(two == one + 1 for one, two in pairwise(span))]
    known = [span for span in spans if all(song.first[bar] >= 0 for bar in span)]
    choice = known or spans or [ordered[:1]]
    return choice[-1] if outro else choice[0]


def _loopable(gates: Gates, bars: Sequence[int], outro: bool) -> list[int]:
    """Four (two, one) bars in a row that lead into themselves, with drums, without singing, near the song's edge."""
    song = gates.song
    ordered = list(bars)
    for size in (4, 2, 1):
        spans = [
            ordered[at : at + size]
            for at in range(len(ordered) - size + 1)
            if ordered[at + size - 1] == ordered[at] + size - 1 and song.place[ordered[at]] % size == 0
        ]
        if spans:
            break
    else:
        return ordered[:1]

    firsts, lasts = np.array([span[0] for span in spans]), np.array([span[-1] for span in spans])
    edge = ordered[-1] if outro else ordered[0]
    edge_bar_s = float(np.median(song.lengths_s[ordered[-5:] if outro else ordered[:5]]))
    # It is followed by itself, and on one side by the song.
    closing = gates.weigh(lasts, firsts)
    meeting = gates.weigh(np.array([edge]), firsts) if outro else gates.weigh(lasts, np.array([edge]))
    groups = np.array(spans)
    faults = 2.0 * ~closing.harmony.diagonal() + 2.0 * ~meeting.harmony.ravel() + 1.5 * ~meeting.level.ravel()
    pace = np.abs(song.lengths_s[groups].mean(axis=1) / edge_bar_s - 1.0)
    away = np.abs(np.arange(len(spans)) - (len(spans) - 1 if outro else 0)) / len(spans)
    drums = 0.0 if song.struck is None else -0.6 * np.minimum(4.0, song.struck[groups].mean(axis=1))
    weak = np.abs(song.energy[groups].mean(axis=1) - 0.75)
    sung = song.sung[groups].mean(axis=1)
    cost = closing.cost.diagonal() + faults + 40.0 * np.maximum(0.0, pace - 0.01) + 2.0 * away + drums
    return spans[int((cost + 2.0 * weak + 2.5 * sung).argmin())]


# A build and a drop


def fullest(song: SongMap, plays: Sequence[Play]) -> list[int]:
    """Numbers of the plays that begin the fullest sections: where the song rises most, at most two of them."""
    found: list[tuple[float, int]] = []
    at = 0
    previous: SectionSpan | None = None
    for _, group in groupby(plays, key=lambda play: song.bars[play.bar].section):
        length = len(list(group))
        section = song.sections[song.bars[plays[at].bar].section]
        chorus = section.label in ("chorus", "solo")
        if at >= 4 and length >= 4 and (chorus or section.energy >= _FULL_ENERGY):
            rise = section.energy - (previous.energy if previous else 0.0)
            found.append((section.energy + 0.7 * rise + (0.5 if chorus else 0.0), at))
        previous = section
        at += length
    if not found:
        # A song of one stretch drops in its middle, at a group of four.
        middle = len(plays) // 2 // 4 * 4
        return [middle] if middle >= 4 else ([len(plays) // 2] if len(plays) >= 2 else [])
    best = sorted(sorted(found, key=lambda item: (-item[0], item[1]))[:_MOST_BUILDS], key=lambda item: item[1])
    return [place for _, place in best]


def with_builds(gates: Gates, plays: Sequence[Play], stems: tuple[StemName, ...]) -> list[Play]:
    """The plays with a build of ``stems`` before each of the fullest sections; without any, of the band alone.

    Eight bars (four where bars are slow): four bars from before the drop again without the voice, the last of them then
    in halves and by the beat, and a beat of breath.
    """
    song = gates.song
    bar_s = float(np.median(song.lengths_s))
    size = 8 if 8 * bar_s <= _LONG_BUILD_S else 4
    drops = set(fullest(song, plays))
    found: list[Play] = []
    for number, play in enumerate(plays):
        if number in drops:
            found += _build(gates, [before.bar for before in plays[:number]], play.bar, size, stems)
        found.append(play)
    return found


def _build(gates: Gates, before: list[int], drop: int, size: int, stems: tuple[StemName, ...]) -> list[Play]:
    """``size`` bars out of those that came before."""
    again = _again(gates, before, drop) if size >= 8 and len(before) >= 4 else []
    last = again[-1] if again else before[-1]
    left = size - len(again)
    if not stems:
        return [Play(bar, "build", ()) for bar in (*again, *[last] * left)]
    beats = len(gates.song.bars[last].beats_s)
    halved = 2 if beats % 2 == 0 else 1
    breath = 1 if beats >= 3 else 0
    return [
        *(Play(bar, "build", stems) for bar in again),
        *[Play(last, "build", stems, pieces=halved)] * (left - 2),
        Play(last, "build", stems, pieces=beats),
        Play(last, "build", stems, pieces=2 * beats, breath=breath),
    ]


def _again(gates: Gates, before: list[int], drop: int) -> list[int]:
    """Four bars in a row that the song can go back to here and that lead to the drop; the last four, if they do."""
    ends = [place for place in range(3, len(before)) if before[place] == before[place - 3] + 3]
    if not ends:
        return [before[-1]]
    starts = np.array([before[place - 3] for place in ends])
    lasts = np.array([before[place] for place in ends])
    back = gates.weigh(np.array([before[-1]]), starts)
    on = gates.weigh(lasts, np.array([drop]))
    # The voice does not sing here.
    strange = np.where(back.harmony[0], 0.0, 2.0) + np.where(on.harmony[:, 0], 0.0, 2.0) + 0.2 * back.level_db[0]
    away = 0.05 * (len(before) - 1 - np.array(ends)) + np.where(np.array(ends) == len(before) - 1, 0.0, 0.8)
    place = ends[int((strange + away).argmin())]
    return before[place - 3 : place + 1]


def build_turns(form: Form, stems: tuple[StemName, ...]) -> tuple[Turn, ...]:
    """The knobs of every build: kept stems and band open up from below, lose their floor, rest for a breath, and drop
    with everything open.
    """
    turns: list[Turn] = []
    for start, end, breath in _builds(form.slots):
        ready, arrived = max(start - 0.05, 0.0), end - _GAIN_EDGE_S
        turn, peak = start + 0.5 * (end - start), min(breath, end - 2 * _GAIN_EDGE_S)
        low = ((ready, 20_000.0), (start, 700.0), (arrived, 14_000.0), (end, 20_000.0))
        high = ((turn, 20.0), (peak, 320.0), (arrived, 320.0), (end, 20.0))
        gain = [(ready, 0.0), (start, -_RISE_DB), (breath - _GAIN_EDGE_S, 0.4 * _RISE_DB)]
        if breath < end - 2 * _GAIN_EDGE_S:
            gain += [(breath + _GAIN_EDGE_S, _SILENT_DB), (arrived, _SILENT_DB)]
        gain.append((end - 0.002, 0.0))
        turns += [
            Turn("lowpass_hz", low, stems, parts=True),
            Turn("highpass_hz", high, stems, parts=True),
            Turn("gain_db", tuple(gain), stems, parts=True),
        ]
    return tuple(turns)


def _builds(slots: tuple[Slot, ...]) -> list[tuple[float, float, float]]:
    """Start, end and start of the breath of every build (the end where there is no breath)."""
    found = []
    for role, group in groupby(slots, key=lambda slot: slot.role):
        bars = list(group)
        if role == "build":
            last = bars[-1]
            breath = last.beats_s[-1] if len(last.beats_s) >= 3 else last.end_s
            found.append((bars[0].start_s, last.end_s, breath))
    return found


def fade_turn(form: Form, start_s: float, stems: tuple[StemName, ...]) -> Turn:
    """The generated parts (and ``stems``) fade from ``start_s`` to the end of the take: a cosine in level."""
    length_s = form.length_s - start_s
    return Turn("gain_db", _fading(start_s, length_s), stems, parts=True)


def rise_turn(length_s: float, stems: tuple[StemName, ...]) -> Turn:
    """The same from silence, over the first ``length_s`` seconds of the take."""
    levels = [value for _, value in _fading(0.0, 1.0)][::-1]
    times = [length_s * step / 8 for step in range(9)]
    return Turn("gain_db", tuple(zip(times, levels, strict=True)), stems, parts=True)


def _fading(start_s: float, length_s: float) -> tuple[tuple[float, float], ...]:
    points = []
    for step in range(9):
        level = float(np.cos(0.5 * np.pi * step / 8) ** 2)
        points.append((start_s + length_s * step / 8, round(max(_SILENT_DB, 20 * np.log10(max(level, 1e-3))), 3)))
    return tuple(points)
