"""Who plays what, section by section: drums, bass, piano, guitar, strings, organ and bells, as notes on beats."""

from dataclasses import dataclass
from typing import Final

from song.score import BEATS, Chord, Section, chords, pitch, section, sections

KICK, SNARE, RIM, CLAP = 36, 38, 37, 39
HAT, PEDAL, OPEN_HAT, CRASH, RIDE = 42, 44, 46, 49, 51
LOW_TOM, MID_TOM, HIGH_TOM = 45, 47, 50
SHAKER, TAMBOURINE = 82, 54


@dataclass(frozen=True, slots=True)
class Stroke:
    """One note: beats from the start of the song, MIDI key, velocity 1..127, length in beats."""

    beat: float
    key: int
    velocity: int
    beats: float = 0.25


Part = list[Stroke]


def drums() -> Part:
    """Rim and hats in the first verse, backbeat from then on, fills into every new section."""
    part: Part = []
    for here in sections():
        for bar in range(here.bars):
            last = bar == here.bars - 1
            at = (here.bar + bar) * BEATS
            part += [Stroke(at + s.beat, s.key, s.velocity) for s in _drum_bar(here, bar, last)]
    end = section("outro")
    part.append(Stroke((end.bar + 3) * BEATS, CRASH, 84))
    part.append(Stroke((end.bar + 3) * BEATS, KICK, 92))
    return sorted(part, key=lambda stroke: (stroke.beat, stroke.key))


def _drum_bar(here: Section, bar: int, last: bool) -> Part:
    name = here.name
    if name == "intro":
        return _ticks(SHAKER, 0.5, 68) + ([Stroke(2.0, KICK, 76), *_fill(0.6)] if last else [])
    if name == "verse 1":
        quiet = [*_kicks((0.0, 2.5), 84), Stroke(1.0, RIM, 76), Stroke(3.0, RIM, 80), *_ticks(HAT, 0.5, 58)]
        return quiet if bar < 4 else quiet + _ticks(SHAKER, 0.5, 50)
    if name == "lift":
        if bar < 2:
            return [*_kicks((0.0, 1.5, 2.5), 92), Stroke(1.0, SNARE, 84), Stroke(3.0, SNARE, 88), *_ticks(HAT, 0.5, 70)]
        if not last:
            return [*_kicks((0.0, 1.0, 2.0, 3.0), 90), *_ticks(SNARE, 0.5, 62, rise=18), *_ticks(HAT, 0.5, 66)]
        return [*_kicks((0.0, 1.0, 2.0), 96), *_ticks(SNARE, 0.25, 56, rise=56, until=3.0), *_fill(1.0)]
    if name.startswith("chorus"):
        groove = [Stroke(1.0, SNARE, 110), Stroke(3.0, SNARE, 112), *_ticks(HAT, 0.5, 84), *_ticks(TAMBOURINE, 0.5, 74)]
        groove += _kicks((0.0, 1.5, 2.0) if bar % 2 == 0 else (0.0, 1.5, 2.5), 108)
        groove += [Stroke(3.5, OPEN_HAT, 80)] if bar % 2 else []
        if name == "chorus 3":
            groove += [Stroke(1.0, CLAP, 96), Stroke(3.0, CLAP, 98)]
        if bar == 0 or (bar == 4 and name != "chorus 1"):
            groove.append(Stroke(0.0, CRASH, 104))
        if last:
            groove = [stroke for stroke in groove if stroke.beat < 2.5] + _fill(0.9)
        return groove
    if name == "verse 2":
        groove = [*_kicks((0.0, 1.75, 2.5), 96), Stroke(1.0, SNARE, 92), Stroke(3.0, SNARE, 94), *_ticks(HAT, 0.5, 70)]
        groove += [Stroke(1.75, SNARE, 34), Stroke(2.25, SNARE, 30), *_ticks(SHAKER, 0.25, 40)]
        return [stroke for stroke in groove if stroke.beat < 3.0] + _fill(0.8) if last else groove
    if name == "bridge":
        if bar == 0:
            return [Stroke(0.0, CRASH, 76), Stroke(0.0, KICK, 88)]
        if bar == 1:
            return _ticks(PEDAL, 1.0, 54)
        if bar == 2:
            return [*_kicks((0.0, 1.0, 2.0, 3.0), 84), *_ticks(SHAKER, 0.5, 62)]
        return [*_kicks((0.0, 1.0, 2.0), 96), *_ticks(SNARE, 0.25, 40, rise=66, until=3.0), *_fill(1.0)]
    if bar < 2:
        return [*_kicks((0.0, 1.5, 2.5), 92), Stroke(1.0, SNARE, 90), Stroke(3.0, SNARE, 90), *_ticks(HAT, 0.5, 68)]
    return [*_kicks((0.0,), 84), Stroke(2.0, RIM, 70), *_ticks(SHAKER, 0.5, 46)] if bar == 2 else []


def _kicks(beats: tuple[float, ...], velocity: int) -> Part:
    return [Stroke(beat, KICK, velocity if beat == int(beat) else velocity - 10) for beat in beats]


def _ticks(key: int, step: float, velocity: int, rise: int = 0, until: float = 4.0) -> Part:
    count = round(until / step)
    accents = [0 if (number * step) % 1.0 == 0.0 else -12 for number in range(count)]
    return [Stroke(n * step, key, velocity + accents[n] + rise * n // max(1, count - 1)) for n in range(count)]


def _fill(force: float) -> Part:
    """The last beat: snare and toms downwards."""
    keys = (SNARE, HIGH_TOM, MID_TOM, LOW_TOM)
    return [Stroke(3.0 + 0.25 * n, key, round(force * (88 + 8 * n))) for n, key in enumerate(keys)]


_BASS_LOW: Final = 28
"""E1, the lowest string."""


def _bass_key(pitch_class: int) -> int:
    return _BASS_LOW + (pitch_class - _BASS_LOW) % 12


def bass() -> Part:
    """Roots on long notes at first, eighths with octaves in the choruses, a step towards each new chord."""
    part: Part = []
    found = chords()
    for number, chord in enumerate(found):
        name = _section_at(chord.beat).name
        root = _bass_key(chord.bass)
        following = _bass_key(found[number + 1].bass) if number + 1 < len(found) else root
        if name == "intro":
            if chord.beat >= 2 * BEATS:
                part.append(Stroke(chord.beat, root, 76, chord.beats * 0.95))
        elif name in ("verse 1", "bridge", "outro"):
            part += _long_bass(chord, root, following, 86 if name != "bridge" else 80)
        elif name == "verse 2":
            part += _syncopated_bass(chord, root, following)
        else:
            part += _driving_bass(chord, root, following, 104 if name.startswith("chorus") else 92)
    return part


def _long_bass(chord: Chord, root: int, following: int, velocity: int) -> Part:
    if chord.beats < 4.0 or chord.beat >= (section("outro").bar + 3) * BEATS:
        return [Stroke(chord.beat, root, velocity, chord.beats * 0.97)]
    return [
        Stroke(chord.beat, root, velocity, 2.3),
        Stroke(chord.beat + 2.5, root, velocity - 12, 0.9),
        Stroke(chord.beat + 3.5, _approach(root, following), velocity - 14, 0.45),
    ]


def _syncopated_bass(chord: Chord, root: int, following: int) -> Part:
    if chord.beats < 4.0:
        return [Stroke(chord.beat, root, 92, 1.4), Stroke(chord.beat + 1.5, root + 12, 78, 0.4)]
    places = ((0.0, 0, 96, 1.2), (1.75, 0, 80, 0.45), (2.5, 12, 84, 0.4), (3.0, 0, 88, 0.45))
    line = [Stroke(chord.beat + at, root + up, velocity, length) for at, up, velocity, length in places]
    return [*line, Stroke(chord.beat + 3.5, _approach(root, following), 80, 0.45)]


def _driving_bass(chord: Chord, root: int, following: int, velocity: int) -> Part:
    count = round(chord.beats * 2)
    line = []
    for number in range(count):
        key = root + 12 if number in (3, 6) and count == 8 else root
        if number == count - 1:
            key = _approach(root, following)
        line.append(Stroke(chord.beat + 0.5 * number, key, velocity - (0 if number % 2 == 0 else 12), 0.44))
    return line


def _approach(root: int, following: int) -> int:
    """The scale's note below or above the next root, from the side that one comes from."""
    if following == root:
        return root + 7
    scale = {(pitch("C4") + step) % 12 for step in (0, 2, 4, 5, 7, 9, 11)}
    direction = -1 if following > root else 1
    key = following + direction
    while key % 12 not in scale:
        key += direction
    return key


def _voicing(chord: Chord, centre: int) -> list[int]:
    """The chord's tones close around a key, with no note doubled."""
    keys = []
    for tone in chord.tones:
        pitch_class = (chord.root + tone) % 12
        keys.append(centre - 6 + (pitch_class - (centre - 6)) % 12)
    return sorted(set(keys))


def piano() -> Part:
    """Broken chords in the verses, chords on the beat in the choruses."""
    part: Part = []
    for chord in chords():
        name = _section_at(chord.beat).name
        keys = _voicing(chord, 62)
        if name in ("intro", "verse 1"):
            part += _broken(chord, keys, 86 if name == "verse 1" else 94)
        elif name == "verse 2":
            part += _chops(chord, keys, (0.5, 1.5, 2.5, 3.5), 84, 0.35)
        elif name == "bridge":
            part += [Stroke(chord.beat, key, 80, chord.beats * 0.98) for key in (keys[0] - 12, *keys)]
        elif name == "lift":
            part += _chops(chord, keys, (0.0, 1.0, 2.0, 3.0), 84, 0.9)
        elif name == "outro":
            final = chord.beat >= (section("outro").bar + 3) * BEATS
            chosen = [keys[0] - 12, *keys, keys[0] + 12] if final else keys
            length = 7.0 if final else chord.beats * 0.98
            part += [Stroke(chord.beat + 0.04 * n, key, 82, length) for n, key in enumerate(chosen)]
        else:
            high = [*keys, keys[0] + 12]
            part += _chops(chord, high, (0.0, 1.5, 2.0, 3.5), 86, 0.7)
    return part


def _broken(chord: Chord, keys: list[int], velocity: int) -> Part:
    pattern = (0, 1, 2, 1, 2, 1, 2, 1)
    ladder = [keys[0], keys[len(keys) // 2], keys[-1]]
    return [
        Stroke(chord.beat + 0.5 * n, ladder[step] + (12 if n == 4 else 0), velocity - (0 if n % 4 == 0 else 10), 1.2)
        for n, step in enumerate(pattern[: round(chord.beats * 2)])
    ]


def _chops(chord: Chord, keys: list[int], beats: tuple[float, ...], velocity: int, length: float) -> Part:
    return [
        Stroke(chord.beat + at, key, velocity - (0 if at == int(at) else 6), length)
        for at in beats
        if at < chord.beats
        for key in keys
    ]


def guitar() -> Part:
    """Steel-string strumming from the second half of the first verse: down on the beats, up between them."""
    part: Part = []
    strokes = ((0.0, True, 84), (1.0, True, 76), (1.5, False, 62), (2.5, False, 66), (3.0, True, 78), (3.5, False, 60))
    for chord in chords():
        here = _section_at(chord.beat)
        if here.name in ("intro", "bridge") or (here.name == "verse 1" and chord.beat < (here.bar + 4) * BEATS):
            continue
        keys = sorted({*_voicing(chord, 55), *_voicing(chord, 66)})
        loud = 8 if here.name.startswith("chorus") else 0
        if here.name == "outro" and chord.beat >= (here.bar + 3) * BEATS:
            part += [Stroke(chord.beat + 0.05 * n, key, 66, 6.0) for n, key in enumerate(keys)]
            continue
        for at, down, velocity in strokes:
            if at >= chord.beats:
                continue
            order = keys if down else keys[::-1][:4]
            for n, key in enumerate(order):
                part.append(Stroke(chord.beat + at + 0.016 * n, key, velocity + loud - 2 * n, 0.9 if down else 0.45))
    return part


def strings() -> Part:
    """A pad that carries lift, choruses and bridge; its top line moves as little as it can."""
    part: Part = []
    top = 74
    for chord in chords():
        name = _section_at(chord.beat).name
        if name in ("intro", "verse 1"):
            continue
        if name == "verse 2" and chord.beat < (section("verse 2").bar + 4) * BEATS:
            continue
        keys = _voicing(chord, 64)
        tones = {(chord.root + tone) % 12 for tone in chord.tones[:3]}
        reachable = [key for key in range(top - 6, top + 7) if key % 12 in tones and 69 <= key <= 81]
        top = sorted((abs(key - top), key) for key in reachable)[0][1]
        velocity = 84 if name.startswith("chorus") else 66
        length = chord.beats * 1.02 if chord.beat < (section("outro").bar + 3) * BEATS else 6.0
        part += [Stroke(chord.beat, key, velocity, length) for key in (*keys, top)]
    return part


def organ() -> Part:
    """Held chords under the last two choruses."""
    part: Part = []
    for chord in chords():
        if _section_at(chord.beat).name in ("chorus 2", "chorus 3"):
            part += [Stroke(chord.beat, key, 72, chord.beats * 0.97) for key in _voicing(chord, 67)]
    return part


def bells() -> Part:
    """The hook, before it is sung and after every line of it: in the intro, the choruses' gaps and the outro."""
    hook = (("G5", 0.0), ("G5", 0.5), ("A5", 1.0), ("C6", 1.5))
    answer = (("G5", 0.0), ("G5", 0.5), ("A5", 1.0), ("B5", 1.5))
    part: Part = []

    def put(bar: int, notes: tuple[tuple[str, float], ...], velocity: int) -> None:
        for name, at in notes:
            part.append(Stroke(bar * BEATS + at, pitch(name), velocity, 1.5))

    start = section("intro").bar
    put(start, hook, 92)
    put(start + 1, answer, 90)
    put(start + 2, (("A5", 0.0), ("G5", 0.5), ("E5", 1.0), ("D5", 1.5), ("C5", 2.5)), 90)
    for name in ("chorus 1", "chorus 2", "chorus 3"):
        bar = section(name).bar
        put(bar + 3, (("C6", 2.5), ("A5", 3.0), ("G5", 3.5)), 76)
        put(bar + 5, (("A5", 2.5), ("C6", 3.0), ("E6", 3.5)), 76)
    put(section("outro").bar + 1, (("G5", 0.0), ("G5", 0.5), ("A5", 1.0), ("E5", 1.5)), 78)
    put(section("outro").bar + 3, (("E5", 0.5), ("G5", 1.0), ("C6", 1.5)), 70)
    return part


def _section_at(beat: float) -> Section:
    bar = int(beat // BEATS)
    return next(part for part in sections() if part.bar <= bar < part.bar + part.bars)
