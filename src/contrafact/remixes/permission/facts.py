"""Gathering what a decision may rest on, from all slices that know a part of it; the decision itself is pure.

One way for everybody: asking for a remix, releasing one, the song page, ``contrafact rights explain`` and the rights
holder's what-if box all get their facts here, so that they cannot answer the same question differently.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from contrafact.accounts.schemas import User
from contrafact.catalogue import service as catalogue
from contrafact.catalogue.values import RecordingView
from contrafact.engine.recipe.operations import OperationUse
from contrafact.engine.recipe.recipe import Operation, Recipe
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.joining import subject_of
from contrafact.remixes.permission.owning import ask_authority
from contrafact.remixes.permission.sources import Source
from contrafact.rights import service as rights
from contrafact.rights.approvals import Purpose
from contrafact.rights.ruling import Ruling
from contrafact.rights.topics import Topic
from contrafact.rights.values import Decision, Facts, Parent, RightsRequest, Subject, Use


def subjects_of(sources: Sequence[Source]) -> tuple[Subject, ...]:
    """The recordings of a remix as the rights engine asks about them."""
    return tuple(subject_of(source.recording, source.holders) for source in sources)


def facts_about(session: Session, subjects: Sequence[Subject]) -> Facts:
    """All that is known about these recordings whoever asks: grants, who speaks for whom, what is switched on."""
    speaking = ask_authority(session, subjects)
    known = rights.known_about(session, subjects)
    mandates, people = speaking()
    return Facts(
        subjects=tuple(subjects), grants=known.grants, mandates=mandates, people=people, switches=known.switches
    )


def facts_for_request(
    session: Session,
    subjects: Sequence[Subject],
    request: RightsRequest,
    parents: Sequence[Parent] = (),
    remix_id: str | None = None,
) -> Facts:
    """All that is known for one request: besides :func:`facts_about`, what was counted and what owners answered.

    Parameters
    ----------
    parents : sequence of Parent
        The remixes that it is made from, as they stand now.
    remix_id : str, optional
        The remix that is there and is asked about again: what it counts itself does not count against it.
    """
    speaking = ask_authority(session, subjects)
    known = rights.known_for(session, subjects, request, remix_id)
    mandates, people = speaking()
    # Made at once: facts are put in order each time that they are made or copied.
    return Facts(
        subjects=tuple(subjects),
        grants=known.grants,
        mandates=mandates,
        people=people,
        counts=known.counts,
        approvals=known.answers,
        switches=known.switches,
        parents=tuple(parents),
    )


def request_for(
    installation: Installation,
    user: User,
    recipe: Recipe,
    uses: Sequence[OperationUse],
    whole: Mapping[str, Mapping[str, float]],
    *,
    also: Sequence[Operation] = (),
    topics: Sequence[Topic] = (),
    parents: Sequence[str] = (),
    purpose: Purpose = "request",
) -> RightsRequest:
    """The question that a recipe puts, with everything measured.

    Parameters
    ----------
    whole : mapping
        Recording id to what the take uses of it altogether.
    also : sequence of Operation
        What shall happen with the take besides, such as ``download``.
    topics : sequence of Topic
        What the listener's words were recognised to be about.
    parents : sequence of str
        Ids of the remixes that it is made from, nearest first.
    purpose : Purpose
        ``request`` before it is made, ``release`` before others may hear it.
    """
    return RightsRequest(
        operations=(*(Use.of(use) for use in uses), *(Use(operation=operation) for operation in also)),
        territory=installation.territory,
        tier=user.tier,
        paid=user.tier != "free",
        user_id=user.id,
        at=installation.clock.now(),
        purpose=purpose,
        topics=tuple(topics),
        parents=tuple(parents),
        style=recipe.style,
        whole=whole,
        recipe_sha256=recipe.digest(),
        pays=installation.pays,
    )


def explain(
    installation: Installation,
    known: Facts | Ruling,
    operation: Operation,
    *,
    tier: str,
    territory: str | None = None,
    at: datetime | None = None,
    user_id: str = "anybody",
    beside: Sequence[Operation] = (),
) -> Decision:
    """Whether one operation would be allowed in principle, there and then, and why; nothing is recorded.

    Parameters
    ----------
    known : Facts or Ruling
        From :func:`facts_about`; who asks several questions makes it ready once.
    tier : str
        The listener's plan; ``free`` is unpaid.
    territory, at : optional
        By default the installation's, and now.
    beside : sequence of Operation
        What is done as well: downloading a cover asks others than downloading a remix.

    Raises
    ------
    WrongCall
        When the territory, tier or moment is not one.
    """
    return rights.explain(
        known,
        operation,
        territory=installation.territory if territory is None else territory,
        tier=tier,
        paid=tier != "free",
        at=at or installation.clock.now(),
        user_id=user_id,
        beside=beside,
        pays=installation.pays,
    )


def facts_of_song(session: Session, recording: RecordingView) -> Facts:
    """What is known about one song whoever asks."""
    return facts_about(session, [subject_of(recording, catalogue.holders(session, recording.id))])
