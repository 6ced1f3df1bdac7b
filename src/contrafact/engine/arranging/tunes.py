"""The heard tune in phrases: where it breathes, which of them an instrument takes, and where they lie in the take."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from contrafact.engine.arranging.chance import Chance
from contrafact.engine.arranging.form import Form, placed
from contrafact.engine.listening.chart import Chart, Note
from contrafact.engine.recipe.recipe import Recipe

_PAUSE_S = 0.42
"""A gap that always ends a phrase."""
_LONGEST_S = 8.0
_SHORTEST_S = 1.0
_REACH_BEFORE_S = 0.2
"""A consonant is heard before its note."""
_REACH_AFTER_S = 0.3
_SCRAP_S = 1.0
TRUSTED = 0.35
"""Notes less likely to be right are doubted: the harmony does not mind them, and they are not played against it."""
_TRUSTED_PHRASE = 0.5


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is sung in one breath, in the recording's own time.

    ``start_s``..``end_s`` is the voice's whole time for it, consonants and breath included; phrases do not overlap.
    """

    number: int
    start_s: float
    end_s: float
    notes: tuple[Note, ...]

    @property
    def sure(self) -> float:
        """Mean probability of its notes, by time."""
        lengths = [note.end_s - note.start_s for note in self.notes]
        return sum(n.confidence * length for n, length in zip(self.notes, lengths, strict=True)) / max(
            1e-9, sum(lengths)
        )


@dataclass(frozen=True, slots=True)
class Tone:
    """A note of the tune in the take: target seconds, MIDI pitch (fractions kept), level in dB of full scale.

    ``joined`` says that the note before it goes over into this one; ``from_pitch`` is where a slide into it begins.
    """

    start_s: float
    end_s: float
    pitch: float
    level_db: float
    joined: bool = False
    from_pitch: float | None = None
    sure: bool = True
    """Whether it was heard well; others are played only where they belong to the chord."""


def find_phrases(chart: Chart) -> tuple[Phrase, ...]:
    """The phrases of the chart's melody in order; none where nobody sings or nobody listened for it."""
    if chart.melody is None or not chart.melody.notes:
        return ()
    groups: list[list[Note]] = []
    for note in chart.melody.notes:
        if groups and note.start_s - groups[-1][-1].end_s < _PAUSE_S:
            groups[-1].append(note)
        else:
            groups.append([note])
    groups = [part for group in _gathered(groups) for part in _halved(group)]
    found: list[Phrase] = []
    for number, group in enumerate(groups):
        before_s = group[0].start_s - groups[number - 1][-1].end_s if number else group[0].start_s * 2
        after_s = groups[number + 1][0].start_s - group[-1].end_s if number + 1 < len(groups) else 2 * _REACH_AFTER_S
        start_s = group[0].start_s - min(_REACH_BEFORE_S, max(0.0, before_s) / 2)
        end_s = min(chart.duration_s, group[-1].end_s + min(_REACH_AFTER_S, max(0.0, after_s) / 2))
        found.append(Phrase(number, start_s, end_s, tuple(group)))
    return tuple(found)


def _gathered(groups: list[list[Note]]) -> list[list[Note]]:
    """A call of a note or two belongs to what follows or came before it, if that is near."""
    gathered: list[list[Note]] = []
    for group in groups:
        near = bool(gathered) and group[0].start_s - gathered[-1][-1].end_s < 3 * _PAUSE_S
        last_short = bool(gathered) and gathered[-1][-1].end_s - gathered[-1][0].start_s < _SHORTEST_S
        if near and (last_short or group[-1].end_s - group[0].start_s < _SHORTEST_S):
            gathered[-1] = gathered[-1] + group
        else:
            gathered.append(group)
    return gathered


def _halved(group: list[Note]) -> list[list[Note]]:
    """A phrase that goes on for too long is cut at the widest gap of its middle half."""
    start_s, end_s = group[0].start_s, group[-1].end_s
    length_s = end_s - start_s
    if length_s <= _LONGEST_S or len(group) < 4:
        return [group]
    places = [
        (after.start_s - before.end_s, -abs((before.end_s - start_s) / length_s - 0.5), n + 1)
        for n, (before, after) in enumerate(pairwise(group))
        if 0.2 <= (before.end_s - start_s) / length_s <= 0.8
    ]
    if not places:
        return [group]
    cut = max(places)[2]
    return [*_halved(group[:cut]), *_halved(group[cut:])]


def taken_phrases(chart: Chart, recipe: Recipe) -> tuple[Phrase, ...]:
    """The phrases that a recipe hands to an instrument, in order: all of them in a cover, none without strength."""
    if recipe.kind == "cover":
        share = 1.0
    elif recipe.kind == "remix" and "melody" not in recipe.locks:
        share = recipe.strengths.melody
    else:
        share = 0.0
    return _handed_over(find_phrases(chart), share, Chance(recipe.seed, "melody")) if share > 0.0 else ()


def _handed_over(phrases: Sequence[Phrase], share: float, chance: Chance) -> tuple[Phrase, ...]:
    """The phrases that an instrument takes for a share of 0..1, by time.

    Nested: what a smaller share hands over, a larger one does too. A phrase whose notes were heard uncertainly stays
    with the voice.
    """
    known = [phrase for phrase in phrases if phrase.sure >= _TRUSTED_PHRASE]
    order = sorted(known, key=lambda phrase: (chance.fork("phrase", phrase.number).unit(), phrase.number))
    total_s = sum(phrase.end_s - phrase.start_s for phrase in known)
    found: list[Phrase] = []
    before_s = 0.0
    for phrase in order:
        length_s = phrase.end_s - phrase.start_s
        if before_s + length_s / 2 < share * total_s:
            found.append(phrase)
        before_s += length_s
    return tuple(sorted(found, key=lambda phrase: phrase.number))


def tones_of(phrase: Phrase, form: Form, shift: float) -> tuple[tuple[Tone, ...], ...]:
    """The phrase at every place of the take where it sounds, moved by ``shift`` semitones; cut where it is."""
    places: dict[int, list[Tone]] = {}
    for note in phrase.notes:
        for segment, start_s, end_s in placed(form, note.start_s, note.end_s):
            sure = note.confidence >= TRUSTED
            tone = Tone(start_s, end_s, note.pitch_midi + shift, note.level_db, sure=sure)
            # A segment may be played again: its start in the take tells its appearances apart.
            places.setdefault(round(segment.target_start_s * 1e6), []).append(tone)
    return tuple(tuple(tones) for _, tones in sorted(places.items()))


def rests_of(taken: Sequence[Phrase], everything: Sequence[Phrase], form: Form) -> tuple[tuple[float, float], ...]:
    """Where the voice is silent in the take for the phrases that are taken: in order, those that touch joined.

    Between two phrases that are both taken no scraps of breath are left, and when all are, nothing of the voice is.
    """
    if len(taken) == len(everything):
        return ((0.0, form.end_s),) if taken else ()
    numbers = {phrase.number for phrase in taken}
    starts = {phrase.number: phrase.start_s for phrase in everything}
    spans = []
    for phrase in taken:
        end_s = phrase.end_s
        if phrase.number + 1 in numbers and starts[phrase.number + 1] - end_s < _SCRAP_S:
            end_s = starts[phrase.number + 1]
        spans += [(first_s, last_s) for _, first_s, last_s in placed(form, phrase.start_s, end_s)]
    spans.sort()
    joined: list[tuple[float, float]] = []
    for start_s, end_s in spans:
        if joined and start_s - joined[-1][1] < 1e-3:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        else:
            joined.append((start_s, end_s))
    return tuple(joined)
