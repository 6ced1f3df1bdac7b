"""Shaping by hand: what of a song can be changed at all, and what an edited recipe would be."""

from collections.abc import Iterator
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.accounts.schemas import User
from contrafact.catalogue import service as catalogue
from contrafact.engine.arranging import StylePack
from contrafact.engine.arranging.library import load_instruments
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Operation, Recipe
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.facts import facts_of_song
from contrafact.remixes.proposals.asking import Asked, ask
from contrafact.remixes.schemas import PlanView
from contrafact.remixes.showing.views import decision_view, operation_view
from contrafact.rights.ruling import Ruling

Control = Literal[
    "vocals",
    "melody",
    "harmony",
    "rhythm",
    "timbre",
    "form",
    "stems",
    "sections",
    "harmony_change",
    "voice",
    "melody_instrument",
    "cover",
]
_NEEDS: Final[dict[Control, tuple[Operation, ...]]] = {
    "vocals": ("vocal_interpretation", "stems_use"),
    "melody": ("arrangement",),
    "harmony": ("arrangement",),
    "rhythm": ("style", "arrangement"),
    "timbre": ("style", "arrangement"),
    "form": ("arrangement",),
    "stems": ("stems_use",),
    "sections": ("arrangement",),
    "harmony_change": ("arrangement",),
    "voice": ("vocal_interpretation", "stems_use"),
    "melody_instrument": ("arrangement",),
    "cover": ("cover",),
}
"""What a control would have asked for."""
_SURE: Final = 0.4
"""A chord that was heard with less confidence is played as root and fifth."""
_MOST_UNSURE: Final = 0.5
_TUNEFUL: Final = ("lead", "chords", "arpeggio", "pad")


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ControlView(_View):
    """One thing on the page that can be changed; ``reason`` says why not."""

    control: Control
    available: bool
    reason: str | None = None


class SectionBlock(_View):
    """One section of the song, to be moved, dropped and repeated; ``index`` is what a recipe's ``form.order`` names."""

    index: int
    label: str
    letter: str
    start_s: float
    end_s: float
    bars: int
    energy: float


class InstrumentView(_View):
    slug: str
    name: str


class ShapingView(_View):
    """What of a song can be shaped by this listener."""

    controls: tuple[ControlView, ...]
    sections: tuple[SectionBlock, ...]
    instruments: tuple[InstrumentView, ...]
    """That can carry a tune."""


def shaping(installation: Installation, song: str, user: User) -> ShapingView:
    """What the page offers for a song: by what was heard in it and by what its owner allows."""
    with installation.database.reading() as session:
        recording = catalogue.get(session, song)
        ruling = Ruling(facts_of_song(session, recording))
        operations = {operation for needs in _NEEDS.values() for operation in needs}
        rules = {each: operation_view(installation, ruling, each, user) for each in sorted(operations)}
    chart = catalogue.chart_of(recording, installation.blobs)
    unheard = dict(_unheard(chart))
    controls = []
    for control, needs in _NEEDS.items():
        refused = [rules[need] for need in needs if rules[need].outcome != "permit"]
        sentence = next((reason.sentence for rule in refused for reason in rule.reasons), None)
        reason = unheard.get(control) or sentence
        controls.append(ControlView(control=control, available=reason is None and not refused, reason=reason))
    return ShapingView(controls=tuple(controls), sections=_sections(chart), instruments=_instruments())


def _unheard(chart: Chart) -> Iterator[tuple[Control, str]]:
    if not chart.vocal_regions:
        yield "vocals", "Nobody sings in this recording."
        yield "voice", "Nobody sings in this recording."
    if chart.melody is None or not chart.melody.notes:
        yield "melody", "No melody was heard in this recording."
        yield "melody_instrument", "No melody was heard in this recording."
    if _unsure(chart) > _MOST_UNSURE:
        for control in ("harmony", "harmony_change", "cover"):
            yield control, "The chords of this recording were heard too uncertainly to be played anew."
    if len(chart.sections) < 2:
        yield "sections", "No sections were heard in this recording."


def _unsure(chart: Chart) -> float:
    """Part of the song's time whose chord is uncertain or unknown."""
    sure_s = sum(
        chord.end_s - chord.start_s for chord in chart.chords if chord.confidence >= _SURE and chord.label != "N"
    )
    return 1.0 - sure_s / max(chart.duration_s, 1e-9)


def _sections(chart: Chart) -> tuple[SectionBlock, ...]:
    return tuple(
        SectionBlock(
            index=index,
            label=section.label,
            letter=section.letter,
            start_s=section.start_s,
            end_s=section.end_s,
            bars=section.last_bar - section.first_bar + 1,
            energy=section.energy,
        )
        for index, section in enumerate(chart.sections)
    )


def _instruments() -> tuple[InstrumentView, ...]:
    words = load_instruments()
    tuneful = (slug for slug, word in words.items() if word.program is not None and word.role in _TUNEFUL)
    return tuple(InstrumentView(slug=slug, name=slug.replace("-", " ").capitalize()) for slug in sorted(tuneful))


def shaped(installation: Installation, song: str, recipe: Recipe, user: User) -> PlanView:
    """What an edited recipe would be, and whether it may be: as the plan for words, without any words.

    Raises
    ------
    NoSuchSong, WrongCall, BadInput, NotASong
        As for :func:`contrafact.remixes.proposals.asking.ask`.
    """
    with installation.database.reading() as session:
        return planned(ask(installation, session, song, recipe, user))


def planned(asked: Asked) -> PlanView:
    """A measured recipe as a plan."""
    return PlanView(
        recipe=asked.recipe.model_dump(mode="json"),
        understood=(),
        ignored=(),
        decision=decision_view(asked.decision),
        operations=tuple(use.operation for use in asked.uses),
        tempo_bpm=asked.tempo_bpm,
        key=asked.key,
        duration_s=asked.timeline.duration_s,
        notes=asked.timeline.notes_for_people,
    )


def defaults_of(pack: StylePack) -> dict[str, object]:
    """What a style makes of a song by itself: the strengths and stems that choosing it by hand sets."""
    return {
        "strengths": pack.strengths.model_dump(mode="json"),
        "stems": pack.stems.stems_use().model_dump(mode="json"),
    }


def withdrawn(session: Session, recipe: Recipe) -> str | None:
    """A sentence with the JSON path when a source was withdrawn by its owner."""
    for place, sha256 in enumerate(recipe.sources):
        found = catalogue.find_source(session, sha256)
        if found is not None and found.status == "withdrawn":
            return f"sources[{place}]: “{found.title}” was withdrawn by its owner; choose another recording"
    return None
