"""From settings to a song and everything that is true of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.truth import effects, singer, tune
from benchmarks.truth.band import Band, Role, Slot
from benchmarks.truth.harmony import Chord, bars_of, tonic_of
from benchmarks.truth.progressions import PROGRESSIONS
from benchmarks.truth.settings import BEATS, MetreName, SongSettings
from benchmarks.truth.song import Span, TrueNote, TrueSection, TrueSong
from benchmarks.truth.sounds import BANK_OF, SongSounds
from benchmarks.truth.styles import STYLES, Pattern, Style
from benchmarks.truth.timing import Page, Section, page_of
from contrafact.engine.audio.stems import Stems
from contrafact.engine.audio.value import SAMPLE_RATE, Samples

_LEVEL = {"intro": 0.62, "verse": 0.72, "chorus": 1.0, "bridge": 0.78, "break": 0.6, "solo": 0.9, "outro": 0.62}
_SUNG = ("verse", "chorus", "bridge")
_SOURCE = {"verse": 0, "chorus": 1, "bridge": 2, "solo": 2, "intro": 3, "outro": 3, "break": 3}
_LETTER = {"verse": "A", "chorus": "B", "bridge": "C", "solo": "D", "intro": "E", "break": "F", "outro": "G"}
_ROLES: tuple[Role, ...] = ("comp", "pad", "bass", "solo", "drums")
_TAIL_S = 2.0
_ROLE_DB: dict[Role, float] = {"drums": -18.5, "bass": -21.0, "comp": -23.5, "pad": -26.5, "solo": -21.5}
_VOICE_DB = -16.5


def make(settings: SongSettings, sounds: SongSounds) -> TrueSong:
    """Render one song; a minute of music takes a few CPU seconds.

    Raises
    ------
    ValueError
        When the settings contradict themselves.
    """
    style = STYLES[settings.style]
    if style.split != settings.split:
        raise ValueError(f"{settings.name} is a {settings.split} song, and {settings.style} is a {style.split} style")
    played = play(settings, style)
    page, written, band, frames, tasks = played.page, played.written, played.band, played.frames, played.tasks
    voice = singer.VOICES[settings.voice or "alto"]
    mono, melody = singer.sing(tasks, voice, settings.tuning_cents, frames, np.random.default_rng([settings.seed, 5]))
    parts: dict[Role, Samples] = {}
    for role, program in zip(_ROLES, settings.band, strict=True):
        strikes = [strike for strike in band.strikes if strike.role == role]
        cents = 0.0 if role == "drums" else settings.tuning_cents
        parts[role] = sounds.play(settings.font, BANK_OF[role], program, strikes, frames, cents)
    balanced = {role: effects.levelled(parts[role], _ROLE_DB[role]) for role in parts}
    sung = effects.levelled(np.repeat(mono[None], 2, axis=0), _VOICE_DB)
    raw = effects.mixed(settings, sung, balanced)
    stems = Stems(**raw)
    beats = page.beats_s[:-1]
    periods = np.diff(page.beats_s)
    steady = not (settings.drift or settings.rubato or settings.tempo_ratio != 1.0)
    return TrueSong(
        name=settings.name,
        split=settings.split,
        traits=settings.traits,
        audio=effects.finished(settings, stems),
        stems=stems,
        tempo_bpm=settings.bpm if steady else float(np.median(60.0 / periods)),
        steady=steady,
        beats_s=beats,
        positions=np.array(page.positions, dtype=np.int64),
        metres=page.metres,
        swing=_swing(settings, page),
        keys=tuple(_keys(settings, page)),
        chords=tuple(_chord_spans(settings, page, written)),
        sections=tuple(_true_sections(page)),
        melody=melody,
        vocal_regions=tuple(_regions(melody)),
        drum_hits=tuple(sorted(band.hits, key=lambda hit: (hit.time_s, hit.drum))),
        tuning_cents=settings.tuning_cents,
    )


def play(settings: SongSettings, style: Style) -> "Played":
    """Everything that is struck and sung, before any instrument sounds; nothing but the style decides the patterns."""
    page = page_of(settings)
    written = Written(settings, page)
    band = Band(page, np.random.default_rng([settings.seed, 2]))
    for section in page.sections:
        _accompany(settings, style, page, written, band, section)
    frames = int((page.beats_s[-1] + _TAIL_S) * SAMPLE_RATE)
    return Played(page, written, band, _tasks(settings, page, written), frames)


class Written:
    """The chords and tunes of a song, section by section; equal labels bring equal music."""

    def __init__(self, settings: SongSettings, page: Page) -> None:
        self._settings = settings
        self._page = page
        self.tonic, self.mode = tonic_of(settings.key)
        known = PROGRESSIONS[settings.split, self.mode, settings.colour]
        order = np.random.default_rng([settings.seed, 3]).permutation(len(known) - 4)
        spare = [known[4 + int(number)] for number in order]
        # Two in three songs replace their verse by one of the spare progressions, so that songs of a colour differ.
        chosen = list(known[:4])
        if spare and settings.seed % 3:
            chosen[0 if settings.seed % 2 else 2] = spare[0]
        self._progressions = chosen

    def slots(self, section: Section) -> list[Slot]:
        """The chords of a section, as they sound (the key's move included)."""
        bars = bars_of(self._progressions[_SOURCE[section.label]], self.tonic)
        found: list[Slot] = []
        last_section = section is self._page.sections[-1]
        for number in range(section.bars):
            bar = self._page.bars[section.first_bar + number]
            chords: tuple[Chord, ...] = bars[number % len(bars)]
            if last_section and number == section.bars - 1:
                chords = (Chord(self.tonic, "maj" if self.mode == "major" else "min"),)
            length = bar.beats / len(chords)
            if len(chords) > 1 and bar.beats % len(chords):
                chords, length = chords[:1], float(bar.beats)
            for place, chord in enumerate(chords):
                found.append(Slot(bar.first_beat + place * length, length, chord.moved(section.shift)))
        return found

    def tune(self, section: Section, compass: tuple[int, int]) -> list[tune.Sung]:
        """What is sung or played over a section; the same for each of its label, moved with the key."""
        first = next(item for item in self._page.sections if item.label == section.label)
        bars = list(self._page.bars[section.first_bar : section.first_bar + section.bars])
        slots = [Slot(slot.first_beat, slot.beats, slot.chord.moved(-section.shift)) for slot in self.slots(section)]
        seed = [self._settings.seed, 4, sum(section.label.encode()), first.first_bar]
        beat_s = 60.0 / (self._settings.bpm * max(1.0, self._settings.tempo_ratio))
        chance = np.random.default_rng(seed)
        return tune.compose(bars, slots, self.tonic, self.mode, compass, beat_s, chance)


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """A song as notes: ``band.strikes`` of the instruments and what is to be sung, ``frames`` long in all."""

    page: Page
    written: Written
    band: Band
    tasks: list[singer.Task]
    frames: int


def _accompany(
    settings: SongSettings, style: Style, page: Page, written: Written, band: Band, section: Section
) -> None:
    full = section.label in ("chorus", "solo") or (section.label == "verse" and section.occurrence > 1)
    quiet_first, full_pattern = (
        style.half_time if settings.half_time and style.half_time else style.patterns[_metre_name(page, section)]
    )
    pattern: Pattern = full_pattern if full else quiet_first
    level = _LEVEL[section.label] + (0.06 if section.label == "verse" and section.occurrence else 0.0)
    passage = settings.passage if section.label == "break" else None
    sparse = section.label == "intro" and (settings.sparse_intro or settings.rubato)
    if passage == "voice only":
        return
    slots = written.slots(section)
    last = section is page.sections[-1]
    for number in range(section.bars):
        bar = page.bars[section.first_bar + number]
        inside = [slot for slot in slots if bar.first_beat <= slot.first_beat < bar.first_beat + bar.beats - 1e-6]
        final = last and number == section.bars - 1
        if settings.drums and not sparse and passage not in ("quiet",) and not final:
            band.drums(
                bar,
                pattern,
                level,
                fill=number == section.bars - 1 and section.bars > 2,
                crash=number == 0 and section.label in ("chorus", "solo"),
                hats_only=section.label == "intro" and section.bars > 2 and number < section.bars // 2,
            )
        if passage == "drums only":
            continue
        if final:
            band.comp(bar, inside, "held", level)
            band.bass(bar, inside, "long", pattern, level)
            continue
        band.comp(bar, inside, style.comping[1 if full else 0], level)
        if not sparse and passage != "quiet":
            band.bass(bar, inside, style.bass[1 if full else 0], pattern, level)
    if section.label in ("chorus", "bridge", "solo") or passage == "quiet":
        band.pad(slots, level)
    if section.label == "solo":
        notes = written.tune(section, (60, 79))
        band.solo([(note.beat, note.beats, note.key + section.shift) for note in notes], level)


def _metre_name(page: Page, section: Section) -> MetreName:
    bar = page.bars[section.first_bar]
    return next(name for name, value in BEATS.items() if value == (bar.beats, bar.division))


def _tasks(settings: SongSettings, page: Page, written: Written) -> list[singer.Task]:
    if not settings.voice:
        return []
    voice = singer.VOICES[settings.voice]
    found: list[singer.Task] = []
    chance = np.random.default_rng([settings.seed, 6])
    for section in page.sections:
        alone = section.label == "break" and settings.passage == "voice only"
        if section.label not in _SUNG and not alone:
            continue
        # Choruses lie a third higher; a key that moves up must still be within the compass.
        lift = 3 if section.label == "chorus" else 0
        top = voice.high - max(0, settings.modulation) - 3 + lift
        bottom = voice.low + max(0, -settings.modulation) + lift
        for note in written.tune(section, (bottom, max(bottom + 9, top))):
            late = float(np.clip(chance.normal(0.004, 0.006), -0.01, 0.018))
            start = page.at(note.beat) + late
            stop = page.at(note.beat + note.beats) + late
            strength = (0.75 if section.label != "chorus" else 1.0) * float(chance.uniform(0.85, 1.0))
            if found and found[-1].end_s > start:
                before = found[-1]
                found[-1] = singer.Task(
                    before.start_s, start, before.key, before.slurred, before.phrase_end, before.strength
                )
            found.append(singer.Task(start, stop, note.key + section.shift, note.slurred, note.phrase_end, strength))
    return found


def _keys(settings: SongSettings, page: Page) -> Iterator[Span]:
    tonic, mode = tonic_of(settings.key)
    found: list[Span] = []
    for section in page.sections:
        label = f"{Chord((tonic + section.shift) % 12, 'maj').label.partition(':')[0]} {mode}"
        start, stop = _span(page, section)
        if found and found[-1].label == label:
            found[-1] = Span(found[-1].start_s, stop, label)
        else:
            found.append(Span(start, stop, label))
    yield from found


def _span(page: Page, section: Section) -> tuple[float, float]:
    start = page.beats_s[page.bar_start(section.first_bar)]
    return float(start), float(page.beats_s[page.bar_start(section.first_bar + section.bars)])


def _chord_spans(settings: SongSettings, page: Page, written: Written) -> Iterator[Span]:
    """Drums alone have no chord; over a voice alone nobody can tell (``X``, which mir_eval leaves out)."""
    found: list[Span] = []
    for section in page.sections:
        start, stop = _span(page, section)
        if section.label == "break" and settings.passage in ("drums only", "voice only"):
            spans = [Span(start, stop, "N" if settings.passage == "drums only" else "X")]
        else:
            spans = [
                Span(page.at(slot.first_beat), page.at(slot.first_beat + slot.beats), slot.chord.label)
                for slot in written.slots(section)
            ]
        for span in spans:
            if found and found[-1].label == span.label:
                found[-1] = Span(found[-1].start_s, span.end_s, span.label)
            else:
                found.append(span)
    yield from found


def _true_sections(page: Page) -> Iterator[TrueSection]:
    for section in page.sections:
        start, stop = _span(page, section)
        last_bar = section.first_bar + section.bars - 1
        yield TrueSection(start, stop, section.first_bar, last_bar, section.label, _LETTER[section.label])


def _swing(settings: SongSettings, page: Page) -> float | None:
    return settings.swing if page.bars[0].division == 2 else None


def _regions(melody: tuple[TrueNote, ...]) -> Iterator[tuple[float, float]]:
    """Singing with breaths of less than half a second bridged, as a listener would say it."""
    found: list[tuple[float, float]] = []
    for note in melody:
        start, stop = note.start_s, note.end_s
        if found and start - found[-1][1] < 0.5:
            found[-1] = (found[-1][0], stop)
        else:
            found.append((start, stop))
    yield from found
