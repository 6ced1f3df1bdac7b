"""Asking: words or a recipe in, what it would be and whether it may be out. Nothing is rendered, nothing is kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from contrafact.accounts.schemas import User
from contrafact.catalogue import service as catalogue
from contrafact.catalogue.values import RecordingView
from contrafact.engine.arranging import InstrumentWord, MoodWord, Timeline, arrange, load_instruments, load_moods
from contrafact.engine.arranging.audible import require_sound
from contrafact.engine.arranging.covers import pack_for
from contrafact.engine.listening.chart import Chart
from contrafact.engine.listening.verdict import require_song
from contrafact.engine.recipe.composing import key_after
from contrafact.engine.recipe.documents import check_against
from contrafact.engine.recipe.extents import whole_use
from contrafact.engine.recipe.operations import OperationUse, operations
from contrafact.engine.recipe.planner import Plan
from contrafact.engine.recipe.recipe import Operation, Recipe, StemUse
from contrafact.kit.errors import WrongCall
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.facts import facts_for_request, request_for, subjects_of
from contrafact.remixes.permission.sources import Source, sources_for, sources_of
from contrafact.remixes.proposals.deriving import parents_of
from contrafact.remixes.proposals.guarding import guard, guarded_again
from contrafact.remixes.proposals.proposing import plan_with
from contrafact.remixes.tables.models import RemixRow
from contrafact.rights import service as rights
from contrafact.rights.approvals import Purpose
from contrafact.rights.topics import Topic
from contrafact.rights.values import Decision

if TYPE_CHECKING:
    from contrafact.remixes.schemas import PlanView


@dataclass(frozen=True, slots=True)
class Asked:
    """A recipe on a song, measured and decided about."""

    sources: tuple[Source, ...]
    recipe: Recipe
    timeline: Timeline
    uses: tuple[OperationUse, ...]
    decision: Decision
    tempo_bpm: float
    key: str

    @property
    def recording(self) -> RecordingView:
        """The song that it was asked on."""
        return self.sources[0].recording


def ask(
    installation: Installation,
    session: Session,
    song: str,
    recipe: Recipe,
    user: User,
    also: Collection[Operation] = (),
    sources: tuple[Source, ...] | None = None,
    *,
    parent: str | None = None,
    purpose: Purpose = "request",
    topics: Collection[Topic] = (),
    remix_id: str | None = None,
) -> Asked:
    """Measure what a recipe does and decide whether this listener may.

    Parameters
    ----------
    song : str
        Its id in the library.
    recipe : Recipe
    also : collection of Operation
        What shall happen with the take besides, such as ``download``.
    sources : tuple of Source, optional
        What a remix was made from, with the charts of that time; by default the recordings and charts as they are now.
    parent : str, optional
        The remix that this one is made from: ``derive_again`` is then asked for as well.
    purpose : Purpose
        ``request`` before it is made, ``release`` before others may hear it.
    topics : collection of Topic
        What the listener's words were recognised to be about.
    remix_id : str, optional
        The remix that is there and is asked about again: what it counts itself does not count against it.

    Raises
    ------
    NoSuchSong, WrongCall
        The song is not in the library; the recipe is another song's.
    BadInput
        The recipe names what is not here: a style, a section of the song; with its JSON path. Nothing would be heard of
        a take that is not there yet.
    NotASong
        The recording is silence, speech or noise.
    """
    sources = sources or sources_for(session, song, recipe)
    charts = [catalogue.chart_of(source.recording, installation.blobs) for source in sources]
    for chart in charts:
        require_song(chart)
    chart = charts[0]
    instruments, moods = _spoken(load_instruments()), _spoken(load_moods())
    check_against(recipe, chart, styles=installation.styles, instruments=instruments, moods=moods)
    pack = pack_for(recipe, installation.styles)
    timeline = arrange(chart, recipe, pack, *charts[1:])
    if remix_id is None:
        require_sound(timeline, *charts)
    uses = operations(recipe, timeline, chart.duration_s)
    used = whole_use(recipe, timeline, [each.duration_s for each in charts])
    whole = {source.recording.id: used[source.recording.sha256] for source in sources}
    parents = parents_of(session, parent)
    again: tuple[Operation, ...] = ("derive_again",) if parent is not None else ()
    request = request_for(
        installation,
        user,
        recipe,
        uses,
        whole,
        also=(*also, *again),
        topics=tuple(topics),
        parents=[each.remix_id for each in parents],
        purpose=purpose,
    )
    facts = facts_for_request(session, subjects_of(sources), request, parents, remix_id)
    decision = rights.decide(request, facts)
    bpm = round(chart.tempo.bpm * recipe.tempo.ratio, 3)
    return Asked(sources, recipe, timeline, uses, decision, bpm, key_after(chart, recipe))


def ask_about(
    installation: Installation,
    session: Session,
    row: RemixRow,
    user: User,
    also: Sequence[Operation] = (),
    purpose: Purpose = "request",
) -> Asked:
    """Decide about a remix that is there, by what is known now: its words and those of its parents count, too.

    Parameters
    ----------
    row : RemixRow
        It keeps its recipe and the charts that it was asked with.
    also : sequence of Operation
        What shall happen with the take besides.
    """
    guarded = guarded_again(installation, session, row)
    return ask(
        installation,
        session,
        row.recording_id,
        Recipe.model_validate_json(row.recipe_json),
        user,
        (*also, *(operation for operation in guarded.operations if operation not in also)),
        sources_of(session, row),
        parent=row.parent_remix_id,
        purpose=purpose,
        topics=guarded.topics,
        remix_id=row.id,
    )


def _spoken(words: Mapping[str, InstrumentWord] | Mapping[str, MoodWord]) -> frozenset[str]:
    """What something may be called in a recipe: its slug or another word for it."""
    return frozenset(name for slug, word in words.items() for name in (slug, *word.words))


def with_guest(session: Session, recipe: Recipe, guest: str) -> Recipe:
    """A recipe as a mash-up: the voice of another song of the library over this one's bars.

    The song's own voice is dropped; everything else stays as it was asked.

    Raises
    ------
    NoSuchSong, WrongCall
        There is no such song, or it is the same one; or the recipe is a cover, which uses no recording.
    """
    other = catalogue.get(session, guest)
    if recipe.kind == "cover":
        raise WrongCall("a cover is performed anew and cannot hold another song's voice; ask for one of the two")
    if other.sha256 == recipe.sources[0]:
        raise WrongCall("a song cannot be mashed up with itself; name another one")
    stems = recipe.stems.model_copy(update={"vocals": StemUse(keep=False)})
    changes = {"kind": "mashup", "sources": (recipe.sources[0], other.sha256), "stems": stems}
    return Recipe.model_validate(recipe.model_dump() | changes)


def plan(
    installation: Installation,
    session: Session,
    song: str,
    words: str,
    without: Collection[str],
    seed: int,
    guest: str | None = None,
) -> tuple[Plan, Chart]:
    """The planner's reading of words for a song of the library; ``guest`` is the other song of a mash-up.

    Raises
    ------
    WordsRefused
        The words ask for what no owner can grant; nobody reads them then, a planning server neither.
    """
    recording = catalogue.get(session, song)
    mentioned = [recording] if guest is None else [recording, catalogue.get(session, guest)]
    guard(installation, session, [Source(each, catalogue.holders(session, each.id)) for each in mentioned], words)
    chart = catalogue.chart_of(recording, installation.blobs)
    require_song(chart)
    planner, styles = installation.planner, installation.styles
    return plan_with(planner, words, chart, recording.sha256, without, seed, styles=styles), chart


def plan_view(
    installation: Installation,
    song: str,
    words: str,
    without: Collection[str],
    seed: int,
    user: User,
    guest: str | None = None,
) -> "PlanView":
    """What the studio and ``contrafact plan`` show; ``guest`` is the song whose voice a mash-up shall have."""
    # Imported here: who makes a remix at once shows no plan.
    from contrafact.remixes.schemas import PlanView, UnderstoodView
    from contrafact.remixes.showing.views import decision_view

    with installation.database.reading() as session:
        planned, _ = plan(installation, session, song, words, without, seed, guest)
        recipe = planned.recipe if guest is None else with_guest(session, planned.recipe, guest)
        guarded = guard(installation, session, sources_for(session, song, recipe), words)
        asked = ask(installation, session, song, recipe, user, guarded.operations, topics=guarded.topics)
    return PlanView(
        recipe=recipe.model_dump(mode="json"),
        understood=tuple(
            UnderstoodView(id=item.id, text=item.text, kind=item.kind, meaning=item.meaning)
            for item in planned.understood
        ),
        ignored=planned.ignored,
        decision=decision_view(asked.decision),
        operations=tuple(use.operation for use in asked.uses),
        tempo_bpm=asked.tempo_bpm,
        key=asked.key,
        duration_s=asked.timeline.duration_s,
        notes=(*planned.notes, *asked.timeline.notes_for_people),
    )
