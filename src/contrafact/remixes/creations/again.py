"""A remix of a remix: from one's own, or from one that others released, with words on top (R6)."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from contrafact.accounts.schemas import User
from contrafact.catalogue import service as catalogue
from contrafact.engine.listening.verdict import require_song
from contrafact.engine.recipe.planner import Plan
from contrafact.engine.recipe.recipe import Operation, Recipe
from contrafact.kit.errors import WrongCall
from contrafact.remixes.creations import making
from contrafact.remixes.creations.making import TakenOn
from contrafact.remixes.errors import NotReady, UnknownRelease, UnknownRemix, Withheld
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.sources import sources_of
from contrafact.remixes.proposals.asking import ask
from contrafact.remixes.proposals.guarding import guard, with_parents
from contrafact.remixes.proposals.overlaying import as_heard_now, laid_over
from contrafact.remixes.proposals.proposing import plan_with
from contrafact.remixes.releases.answering import settle
from contrafact.remixes.releases.heard import audible
from contrafact.remixes.schemas import PlanView, UnderstoodView
from contrafact.remixes.showing.views import decision_view
from contrafact.remixes.tables import store, store_releases
from contrafact.remixes.tables.models import RemixRow


def is_remix(name: str) -> bool:
    """Whether a name on the command line is a remix or a release, and not a song."""
    return name.startswith(("rmx_", "rls_"))


def parent_of(session: Session, name: str, user: User) -> RemixRow:
    """The remix to go on from, by its id or its release's: one's own, or one that others may hear.

    Raises
    ------
    UnknownRemix
        There is none that this listener may know of.
    NotReady
        It is not made yet, or waits for its owners.
    Withheld, Removed
        Its release may not be heard (any more).
    """
    try:
        row = _parent(session, name, user)
    except UnknownRelease as error:
        raise UnknownRemix(f"there is no remix {name!r} that you can go on from") from error
    if row.status != "ready":
        raise NotReady("this remix is not ready yet; wait until it is, then go on from it")
    return row


def _parent(session: Session, name: str, user: User) -> RemixRow:
    if name.startswith("rls_"):
        release = store_releases.release(session, name)
        if release is not None and release.user_id == user.id and release.state in ("pending", "refused"):
            name = release.remix_id
        else:
            return audible(session, name)[1]
    row = store.remix(session, name)
    if row is None:
        raise UnknownRelease(name)
    live = store_releases.newest_release(session, row.id)
    if row.user_id == user.id:
        if live is not None and live.state in ("frozen", "taken_down"):
            raise Withheld("this remix cannot be gone on from: its release is not to be heard now.")
        return row
    if live is None:
        raise UnknownRelease(name)
    return audible(session, live.id)[1]


def read(
    installation: Installation,
    session: Session,
    parent: RemixRow,
    words: str,
    without: Collection[str] = frozenset(),
    seed: int = 0,
) -> tuple[Plan, Recipe]:
    """What words on a remix mean, and the recipe that they make of it.

    Raises
    ------
    BadInput
        The words are empty, too long, change nothing or ask for what cannot be together.
    WordsRefused
        The words ask for what no owner can grant.
    """
    sources = sources_of(session, parent)
    guard(installation, session, sources, words)
    chart = catalogue.chart_of(sources[0].recording, installation.blobs)
    require_song(chart)
    recipe = Recipe.model_validate_json(parent.recipe_json)
    shown = as_heard_now(chart, recipe)
    sha256, styles = sources[0].recording.sha256, installation.styles
    planned = plan_with(installation.planner, words, shown, sha256, without, seed, styles=styles)
    return planned, laid_over(recipe, planned, seed)


def plan_again(
    installation: Installation, name: str, words: str, without: Collection[str], seed: int, user: User
) -> PlanView:
    """What a remix of a remix would be, and whether it may be; nothing is rendered.

    Raises
    ------
    UnknownRemix, NotReady, Withheld, Removed, BadInput, WordsRefused
        As for :func:`parent_of` and :func:`read`.
    """
    settle(installation)
    with installation.database.reading() as session:
        parent = parent_of(session, name, user)
        planned, recipe = read(installation, session, parent, words, without, seed)
        sources = sources_of(session, parent)
        guarded = guard(installation, session, sources, words)
        topics = with_parents(installation, session, guarded, parent.id).topics
        asked = ask(
            installation,
            session,
            parent.recording_id,
            recipe,
            user,
            guarded.operations,
            sources,
            parent=parent.id,
            topics=topics,
        )
    return PlanView(
        recipe=recipe.model_dump(mode="json"),
        understood=tuple(
            UnderstoodView(id=item.id, text=item.text, kind=item.kind, meaning=item.meaning)
            for item in planned.understood
        ),
        ignored=planned.ignored,
        decision=decision_view(asked.decision),
        operations=(*(use.operation for use in asked.uses), "derive_again"),
        tempo_bpm=asked.tempo_bpm,
        key=asked.key,
        duration_s=asked.timeline.duration_s,
        notes=(*planned.notes, *asked.timeline.notes_for_people),
    )


def ask_again_for(
    installation: Installation, name: str, recipe: Recipe, words: str, user: User, also: tuple[Operation, ...] = ()
) -> TakenOn:
    """Ask for a remix of a remix: :func:`contrafact.remixes.creations.making.ask_for`, ``derive_again`` asked of all.

    Raises
    ------
    UnknownRemix, NotReady, Withheld, Removed
        As for :func:`parent_of`.
    WrongCall
        The recipe is for other recordings.
    RightsRefused, NotASong, QuotaExceeded
        As for any remix.
    """
    settle(installation)
    with installation.database.reading() as session:
        parent = parent_of(session, name, user)
        if Recipe.model_validate_json(parent.recipe_json).sources != recipe.sources:
            raise WrongCall("sources: the recipe is for other recordings than the remix that it goes on from")
    return making.ask_for(installation, parent.recording_id, recipe, words, user, also, parent=parent.id)
