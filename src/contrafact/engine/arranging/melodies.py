"""The lead melody handed to an instrument."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from contrafact.engine.arranging.answering import answers
from contrafact.engine.arranging.articulation import folded, manner_of, played, slurred
from contrafact.engine.arranging.band import known
from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.embellishing import amount_of_variation, varied
from contrafact.engine.arranging.form import Form
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.library import InstrumentWord, load_instruments
from contrafact.engine.arranging.mixing import Mood, part_of
from contrafact.engine.arranging.notation import swung
from contrafact.engine.arranging.pack import Channel, StylePack
from contrafact.engine.arranging.playing import pocket_of
from contrafact.engine.arranging.timeline import Instrument, Note, Part
from contrafact.engine.arranging.tonality import Tonality
from contrafact.engine.arranging.tunes import Phrase, Tone, find_phrases, rests_of, taken_phrases, tones_of
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe

NO_TUNE = "No melody was heard in this recording, so no instrument plays one; the band fills in with lines of its own."
NO_SHARE = (
    "The melody stays with the voice: an instrument takes over the share that strengths.melody gives it, which is 0."
)
_DEFAULT = "violin"
_FIRST_CHOICE = ("violin", "flute", "saxophone", "piano")
_LEADS = ("lead", "chords", "arpeggio", "pad")
_GAIN_DB = {"replace": 0.0, "double": -6.0, "rests": -2.0}
_CHANNEL = Channel(reverb_send_db=-15.0, delay_send_db=-26.0)
_LOUD_PERCENTILE = 70.0
_SURE_SWING = 0.3


@dataclass(frozen=True, slots=True)
class Handed:
    """What an instrument takes over: its part, and the spans of the take in which the voice is silent for it."""

    parts: tuple[Part, ...] = ()
    rests: tuple[tuple[float, float], ...] = ()
    notes_for_people: tuple[str, ...] = ()


def hand_over(chart: Chart, recipe: Recipe, pack: StylePack | None, mood: Mood, form: Form, grid: Grid) -> Handed:
    """The melody as an instrument plays it; nothing where the recipe leaves it to the voice.

    ``recipe.strengths.melody`` is the share of phrases that are handed over. An instrument that the recipe names
    follows the voice; left to the style, the phrases are varied as well from half strength on. A cover plays all of
    them, whatever the strength.

    Raises
    ------
    BadInput
        When ``recipe.melody.instrument`` is no instrument that can play a tune.
    """
    words = load_instruments()
    soloist = choose_soloist(recipe, pack, words)
    cover = recipe.kind == "cover"
    strength = recipe.strengths.melody
    if not cover and (strength <= 0.0 or "melody" in recipe.locks):
        asked = recipe.melody.instrument is not None and "melody" not in recipe.locks
        return Handed(notes_for_people=(NO_SHARE,) if asked else ())
    phrases = find_phrases(chart)
    if not phrases:
        return Handed(notes_for_people=(NO_TUNE,))
    taken = taken_phrases(chart, recipe)
    place = "replace" if cover else recipe.melody.place
    follows = recipe.melody.instrument is not None
    amount = 0.0 if follows else amount_of_variation(strength)
    lines = _Lines(chart, recipe, pack, form, grid, Chance(recipe.seed, "melody"), amount)
    phrased = lines.answers(phrases, taken) if place == "rests" else lines.sung(taken)
    notes = _notes(phrased, soloist, recipe.transpose_semitones, loud_level_db(chart), mood.velocity)
    channel = _CHANNEL.model_copy(update={"pan": soloist.pan})
    instrument = Instrument("soundfont", program=soloist.program)
    gain_db = _GAIN_DB[place] + manner_of(instrument.program).level_db
    part = part_of("melody", "melody", instrument, notes, channel, mood, gain_db)
    rests = rests_of(taken, phrases, form) if place == "replace" and not cover else ()
    return Handed((part,) if notes else (), rests)


@dataclass(frozen=True, slots=True)
class Soloist:
    """Who plays the tune: a General MIDI program with its register (MIDI) and place between the speakers."""

    program: int
    low: int
    high: int
    pan: float


def choose_soloist(recipe: Recipe, pack: StylePack | None, words: Mapping[str, InstrumentWord]) -> Soloist:
    """The recipe's instrument, else the style's own soloist, else one that can carry a tune and is not excluded.

    Raises
    ------
    BadInput
        When the recipe names something that cannot play a tune.
    """
    unwanted = set(known(recipe.instruments_without, words, "instruments_without"))
    if recipe.melody.instrument is not None:
        slug = known((recipe.melody.instrument,), words, "melody.instrument")[0]
        if words[slug].program is None or words[slug].role not in _LEADS:
            raise BadInput(
                f"recipe: melody.instrument: {slug!r} cannot play a tune; name one that can, such as violin or flute"
            )
        return _of_word(words[slug])
    for part in pack.parts if pack else ():
        if part.role == "lead" and not unwanted & {part.name, *part.families}:
            return Soloist(part.program, part.low, part.high, round(0.3 * part.channel.pan, 3))
    return _of_word(words[next((slug for slug in _FIRST_CHOICE if slug not in unwanted), _DEFAULT)])


def _of_word(word: InstrumentWord) -> Soloist:
    return Soloist(word.program or 0, word.low, word.high, round(0.3 * word.pan, 3))


def loud_level_db(chart: Chart) -> float:
    """Level of a loud note of the tune, dB of full scale."""
    levels = [note.level_db for note in chart.melody.notes] if chart.melody else []
    return float(np.percentile(levels, _LOUD_PERCENTILE)) if levels else 0.0


def _notes(
    phrased: Sequence[Sequence[Tone]], soloist: Soloist, semitones: int, loud_db: float, loudness: float
) -> tuple[Note, ...]:
    manner = manner_of(soloist.program)
    notes: list[Note] = []
    octaves: int | None = None
    for tones in phrased:
        if not tones:
            continue
        moved = slurred([replace(tone, pitch=tone.pitch + semitones) for tone in tones])
        in_register, octaves = folded(moved, soloist.low, soloist.high, octaves)
        for note in played(in_register, manner, loud_db, loudness):
            if notes and note.start_s < notes[-1].start_s + notes[-1].duration_s - manner.overlap_s:
                # Two phrases meet: the first gives way.
                short_s = note.start_s - notes[-1].start_s
                notes[-1] = replace(notes[-1], duration_s=round(max(0.03, short_s), 6))
            notes.append(note)
    return tuple(sorted(notes, key=lambda note: (note.start_s, note.pitch)))


class _Lines:
    """The tune of one take, phrase by phrase, in the song's pitch."""

    def __init__(
        self,
        chart: Chart,
        recipe: Recipe,
        pack: StylePack | None,
        form: Form,
        grid: Grid,
        chance: Chance,
        amount: float,
    ) -> None:
        self._chart, self._recipe, self._pack = chart, recipe, pack
        self._form, self._grid, self._chance, self._amount = form, grid, chance, amount
        self._tonality = Tonality(chart, grid)
        self._shift = -chart.tuning_cents / 100.0

    def _placed(self, phrases: Sequence[Phrase]) -> Iterator[tuple[Phrase, int, tuple[Tone, ...]]]:
        found = [
            (tones[0].start_s, phrase, number, tones)
            for phrase in phrases
            for number, tones in enumerate(tones_of(phrase, self._form, self._shift))
        ]
        for _, phrase, number, tones in sorted(found, key=lambda item: (item[0], item[1].number)):
            kept = tuple(tone for tone in tones if tone.sure or self._on_chord(tone))
            if kept:
                yield phrase, number, kept

    def _on_chord(self, tone: Tone) -> bool:
        span = self._grid.chord((tone.start_s + tone.end_s) / 2)
        return span is not None and span.tones is not None and round(tone.pitch) % 12 in span.tones.pitch_classes

    def sung(self, phrases: Sequence[Phrase]) -> list[tuple[Tone, ...]]:
        """Phrases where they are sung, in the mode that is played, varied as much as is asked for."""
        lines = []
        for phrase, number, tones in self._placed(phrases):
            line = self._in_mode(tones)
            if self._recipe.kind == "cover":
                line = self._on_grid(line)
            chance = self._chance.fork("vary", phrase.number, number)
            lines.append(varied(line, self._grid, self._tonality, chance, self._amount))
        return lines

    def answers(self, phrases: Sequence[Phrase], taken: Sequence[Phrase]) -> list[tuple[Tone, ...]]:
        """Echoes of the taken phrases where the voice rests after them."""
        sung = [(phrase, self._in_mode(tones)) for phrase, _, tones in self._placed(phrases)]
        wanted = {phrase.number for phrase in taken}
        return answers([(tones, phrase.number in wanted) for phrase, tones in sung], self._grid, self._tonality)

    def _in_mode(self, tones: tuple[Tone, ...]) -> tuple[Tone, ...]:
        """In parallel mode the notes that differ are moved, where the chord that is played wants it."""
        if self._recipe.harmony.change != "parallel":
            return tones
        found = []
        for tone in tones:
            move = self._tonality.key(tone.start_s).moves_to_parallel().get(round(tone.pitch) % 12, 0)
            span = self._grid.chord(tone.start_s)
            chord = span.tones.pitch_classes if span is not None and span.tones is not None else ()
            wanted = (round(tone.pitch) + move) % 12 in chord
            fits = round(tone.pitch) % 12 in chord
            follows = wanted or (not fits and self._recipe.strengths.harmony >= 0.5)
            found.append(replace(tone, pitch=tone.pitch + move) if move and follows else tone)
        return tuple(found)

    def _on_grid(self, tones: tuple[Tone, ...]) -> tuple[Tone, ...]:
        """Beginnings on the band's own sixteenths (in compound time: sixths of the beat); a run stays a run."""
        sung, aims = self._slots
        found: list[Tone] = []
        for tone in tones:
            place = int(np.abs(sung - tone.start_s).argmin()) if sung.size else 0
            near = bool(sung.size) and sung[0] - 0.2 <= tone.start_s <= sung[-1] + 0.2
            start_s = float(aims[place]) if near else tone.start_s
            moved_s = start_s - tone.start_s
            if found and start_s < found[-1].start_s + 0.05:
                # Two notes for one place: the second keeps its distance from the first.
                start_s = max(found[-1].start_s + 0.06, tone.start_s + moved_s)
            end_s = max(start_s + 0.08, tone.end_s + 0.5 * moved_s)
            if found and found[-1].end_s > start_s - 0.03:
                found[-1] = replace(found[-1], end_s=start_s)
            found.append(replace(tone, start_s=start_s, end_s=end_s))
        return tuple(tone for tone in found if tone.end_s > tone.start_s)

    @cached_property
    def _slots(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where the song's own feel puts each step of the grid, and where the band plays it."""
        grid, song = self._grid, self._chart.swing
        beats = np.array(grid.beat_s)
        if self._pack is None or beats.size < 2:
            return np.zeros(0), np.zeros(0)
        division = max(1, round((4 if self._chart.metre.division == 2 else 6) / grid.feel))
        heard = song is not None and song.confidence >= _SURE_SWING
        ratio = song.ratio if song is not None and heard else 0.5
        unit = max(2, round((2 if song is None or song.level == "eighth" else 4) / grid.feel))
        steps = np.array([swung(step / division, division, ratio, unit) for step in range(division)])
        sung = np.append((beats[:-1, None] + np.diff(beats)[:, None] * steps[None, :]).ravel(), beats[-1])
        pocket = pocket_of(self._chart, self._recipe, self._pack, self._form, grid)
        places = [beat + step / division for beat in range(beats.size - 1) for step in range(division)]
        return sung, np.array([*(pocket.time(place, division) for place in places), beats[-1]])
