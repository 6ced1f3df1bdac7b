"""Who plays in some sections only: the rules of ``Recipe.parts_in`` on the clips and the notes of a take.

Rules hold for bars of the take by the section of the recording that sounds (or whose harmony holds) there. They are
applied in order, the later wins. Sound is cut where joins lie, see ``clips``: over before the beat, so that the first
stroke of who comes in is whole; the voice leaves and enters beside its phrases.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from contrafact.engine.arranging.band import Band, known, named_part
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.layout import Form
from contrafact.engine.arranging.library import InstrumentWord
from contrafact.engine.arranging.resting import cut_out
from contrafact.engine.arranging.timeline import Clip, Note, Part, Role
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.recipe.wishes import PartsIn

Spans = tuple[tuple[float, float], ...]
_LATE_S: Mapping[StemName, float] = MappingProxyType({"drums": -0.010, "bass": -0.006, "other": -0.004, "vocals": 0.0})
"""Where a stem's change lies beside the bar line, seconds."""
_FADE_S = 0.03
_EARLY_S = 0.06
"""A note that is played so little before a bar line belongs to the bar that it leads."""
_RING_S = 0.05
"""How far a note may reach into bars in which its player rests."""
_PHRASE_BEATS = 1.5
_SUNG = 0.05
"""Share of its time from which on a section counts as sung."""
_ROLES: Mapping[str, tuple[Role, ...]] = MappingProxyType(
    {"drums": ("drums", "percussion"), "percussion": ("percussion",), "bass": ("bass",), "melody": ("melody",)}
)
_BEDS: frozenset[Role] = frozenset({"chords", "pad", "arpeggio", "lead", "counter"})
"""Roles that together play what of a recording is the stem ``other``."""
_NOT_HIRED = frozenset({"melody", "other", "vocals"})


def hired(recipe: Recipe, words: Mapping[str, InstrumentWord]) -> Recipe:
    """The recipe with the instruments that its rules bring in added to those that the band must have.

    Raises
    ------
    BadInput
        When a rule names a part that does not exist.
    """
    asked: list[str] = []
    for place, rule in enumerate(recipe.parts_in):
        slugs = _slugs(rule, words, f"parts_in[{place}].parts")
        if rule.action != "drop":
            asked += [slug for slug in slugs if _must_be_hired(slug, recipe, words)]
    wanted = tuple(dict.fromkeys((*recipe.instruments_with, *asked)))
    return recipe if wanted == recipe.instruments_with else recipe.model_copy(update={"instruments_with": wanted})


def silences(recipe: Recipe, stems: Sequence[StemName]) -> bool:
    """Whether a rule lets one of the kept stems rest."""
    return any(
        any((stem in rule.parts) != (rule.action == "only") for stem in stems)
        if rule.action != "add"
        else any(stem in rule.parts for stem in stems)
        for rule in recipe.parts_in
    )


def _slugs(rule: PartsIn, words: Mapping[str, InstrumentWord], path: str) -> tuple[str, ...]:
    return tuple(slug if slug in _NOT_HIRED else known((slug,), words, path)[0] for slug in rule.parts)


def _must_be_hired(slug: str, recipe: Recipe, words: Mapping[str, InstrumentWord]) -> bool:
    if slug in _NOT_HIRED:
        return False
    stem = words[slug].stem
    if stem is not None:
        # The recording's own drums or bass play where they are kept; a style's where they are not.
        return slug == "drums" and not recipe.stems.drums.keep
    return words[slug].role != "family"


@dataclass(frozen=True, slots=True)
class _Rule:
    wish: PartsIn
    slugs: tuple[str, ...]
    slots: frozenset[int]
    """Bars of the take in which it holds, by number."""


class Entrances:
    """The rules of a recipe on the bars of one take; without rules nothing changes."""

    def __init__(
        self, recipe: Recipe, chart: Chart, form: Form, grid: Grid, words: Mapping[str, InstrumentWord]
    ) -> None:
        self._recipe, self._form, self._grid, self._words = recipe, form, grid, words
        sections = [form.bars[slot.bar].section for slot in form.slots]
        self._rules = [
            _Rule(rule, _slugs(rule, words, "parts_in"), _slots_of(rule, chart, sections)) for rule in recipe.parts_in
        ]
        self._restored: frozenset[int] = frozenset()
        self.notes_for_people: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self._rules)

    def settle(self, clips: Sequence[Clip], parts: Sequence[Part], band: Band | None) -> None:
        """Let rules rest in sections in which they would leave nothing to hear."""
        groups: dict[int, list[int]] = {}
        for number, slot in enumerate(self._form.slots):
            groups.setdefault(slot.appearance, []).append(number)
        silent: list[list[int]] = []
        for group in groups.values():
            span = self._form.slots[group[0]].start_s, self._form.slots[group[-1]].end_s
            before = any(self._sounds(clip, span) for clip in clips) or any(_struck(part, span) for part in parts)
            after = any(self._sounds(clip, span) for clip in clips if self._plays(self._clip_names(clip), group))
            after = after or any(
                _struck(part, span) for part in parts if self._plays(self._part_names(part, band), group, part)
            )
            if before and not after:
                silent.append(group)
        self._restored = frozenset(number for group in silent for number in group)
        labels = dict.fromkeys(self._form.slots[group[0]].section.label for group in silent)
        self.notes_for_people = tuple(
            f"Nothing would be heard in the {label}, so all that plays in it stays." for label in labels
        )

    def _sounds(self, clip: Clip, span: tuple[float, float]) -> bool:
        start_s, end_s = max(span[0], clip.target_start_s), min(span[1], clip.target_end_s)
        if end_s - start_s <= _EARLY_S:
            return False
        return clip.stem != "vocals" or self._grid.sung(start_s, end_s) >= _SUNG

    def clips(self, clips: Sequence[Clip]) -> tuple[Clip, ...]:
        """The clips of kept stems less what the rules silence."""
        if not self._rules:
            return tuple(clips)
        rests = {stem: self._rests(stem) for stem in STEM_NAMES}
        found = [piece for clip in clips for piece in cut_out(clip, rests[clip.stem])]
        return tuple(sorted(found, key=lambda clip: (clip.target_start_s, clip.source, clip.stem)))

    def parts(self, parts: Sequence[Part], band: Band | None) -> tuple[Part, ...]:
        """The generated parts less the notes that the rules silence; a part without notes is none."""
        if not self._rules:
            return tuple(parts)
        left = (
            replace(part, notes=self._notes(part, self._silent_slots(self._part_names(part, band), part)))
            for part in parts
        )
        return tuple(part for part in left if part.notes)

    # Who is meant

    def _clip_names(self, clip: Clip) -> frozenset[str]:
        return frozenset({clip.stem})

    def _part_names(self, part: Part, band: Band | None) -> frozenset[str]:
        """Every name by which a rule may mean a part."""
        names = {name for name, roles in _ROLES.items() if part.role in roles}
        names |= {"other"} if part.role in _BEDS else set()
        names |= {"vocals"} if part.role == "melody" and self._recipe.kind == "cover" else set()
        names.add(part.name)
        players = [player.part for player in band.players if player.part.name == part.name] if band else []
        for slug, word in self._words.items():
            if part.role == "melody":
                soloist = word.program is not None and word.role not in ("family", "bass")
                names |= {slug} if soloist and word.program == part.instrument.program else set()
            elif any(named_part(player, slug, word) for player in players):
                names.add(slug)
        return frozenset(names)

    def _brought(self, names: frozenset[str], part: Part | None) -> bool:
        """Whether a part plays only because a rule brings it in, so that it rests where no rule does."""
        if names & set(self._recipe.instruments_with):
            return False
        adds = any(rule.wish.action == "add" and names & set(rule.slugs) for rule in self._rules)
        only = any(rule.wish.action == "only" and part.name in rule.slugs for rule in self._rules) if part else False
        return adds or (only and part is not None and part.role not in ("drums", "bass", "melody"))

    # When

    def _plays(self, names: frozenset[str], slots: Sequence[int], part: Part | None = None) -> bool:
        silent = self._silent_slots(names, part)
        return any(number not in silent for number in slots)

    def _silent_slots(self, names: frozenset[str], part: Part | None = None) -> frozenset[int]:
        """Bars of the take in which whoever has these names rests."""
        found = set(range(len(self._form.slots))) if self._brought(names, part) else set()
        for rule in self._rules:
            meant = bool(names & set(rule.slugs))
            slots = rule.slots - self._restored
            match rule.wish.action:
                case "drop" if meant:
                    found |= slots
                case "add" if meant:
                    found -= slots
                case "only":
                    found = found - slots if meant else found | slots
                case _:
                    pass
        return frozenset(found)

    def _spans(self, silent: frozenset[int]) -> Iterator[tuple[float, float]]:
        """Runs of silent bars as (start, end) in target seconds; without end behind the last bar, before the first."""
        slots = self._form.slots
        start: float | None = None
        for number, slot in enumerate(slots):
            if number in silent and start is None:
                start = -1.0 if number == 0 else slot.start_s
            elif number not in silent and start is not None:
                yield start, slot.start_s
                start = None
        if start is not None:
            yield start, float("inf")

    def _rests(self, stem: StemName) -> Spans:
        late_s = _LATE_S[stem]
        found = []
        for start_s, end_s in self._spans(self._silent_slots(frozenset({stem}))):
            if stem == "vocals":
                start_s, end_s = self._beside_phrases(start_s), self._beside_phrases(end_s)
            # A piece that comes in again has faded in when its change is over.
            found.append((start_s + late_s, end_s + late_s - _FADE_S))
        return tuple((start_s, end_s) for start_s, end_s in found if end_s > start_s)

    def _beside_phrases(self, line_s: float) -> float:
        """The bar line, or the nearer end of the phrase that is sung across it, where that is near."""
        slot = self._form.slot_at(line_s)
        if slot is None or line_s == float("inf"):
            return line_s
        near_s = _PHRASE_BEATS * (slot.end_s - slot.start_s) / max(1, len(slot.beats_s))
        for start_s, end_s in self._grid.voice:
            if start_s < line_s < end_s:
                if line_s - start_s <= min(near_s, end_s - line_s):
                    return max(0.0, start_s - _FADE_S)
                if end_s - line_s <= near_s:
                    return end_s + _FADE_S
        return line_s

    def _notes(self, part: Part, silent: frozenset[int]) -> tuple[Note, ...]:
        notes = part.notes
        for start_s, end_s in self._spans(silent):
            notes = tuple(kept for note in notes if (kept := _outside(note, start_s, end_s)) is not None)
        return notes


def _struck(part: Part, span: tuple[float, float]) -> bool:
    return any(span[0] - _EARLY_S <= note.start_s < span[1] - _EARLY_S for note in part.notes)


def _outside(note: Note, start_s: float, end_s: float) -> Note | None:
    """A note as it is played beside a rest: not within it, and not long into it."""
    if start_s - _EARLY_S <= note.start_s < end_s - _EARLY_S:
        return None
    if note.start_s < start_s and note.start_s + note.duration_s > start_s + _RING_S:
        return replace(note, duration_s=round(start_s + _RING_S - note.start_s, 6))
    return note


def _slots_of(rule: PartsIn, chart: Chart, sections: Sequence[int]) -> frozenset[int]:
    """The bars of the take (by the section of the recording in each) in which a rule holds."""
    own = [number for number, section in enumerate(chart.sections) if section.label == rule.section]
    if rule.which:
        place = rule.which - 1 if rule.which > 0 else len(own) + rule.which
        own = own[place : place + 1] if 0 <= place < len(own) else []
    inside = [slot for slot, section in enumerate(sections) if section in own]
    if not inside:
        return frozenset(range(len(sections))) if rule.reach == "elsewhere" and own else frozenset()
    match rule.reach:
        case "there":
            return frozenset(inside)
        case "elsewhere":
            return frozenset(range(len(sections))) - frozenset(inside)
        case "onwards":
            return frozenset(range(inside[0], len(sections)))
        case "until":
            return frozenset(range(inside[0]))


__all__ = ["Entrances", "hired", "silences"]
