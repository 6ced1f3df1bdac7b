"""What if: may such a listener do this with that song, there and then; and can it be done here at all.

The console's box and ``contrafact rights explain`` both ask here.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from contrafact.accounts.schemas import TIERS, Tier
from contrafact.catalogue import finding
from contrafact.catalogue import service as catalogue
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.errors import WrongCall
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.facts import explain, facts_about
from contrafact.remixes.permission.joining import subject_of
from contrafact.remixes.schemas import CapabilityView, StaffReasonView, WhatIfView


class Question(BaseModel):
    """May a listener on this plan in this country do this at that moment?"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    songs: Annotated[tuple[str, ...], Field(min_length=1, max_length=8)]
    """Ids; of a mash-up both, and both owners are asked."""
    operation: Operation
    tier: Tier = "premium"
    territory: Annotated[str, Field(max_length=16)] | None = None
    at: AwareDatetime | None = None
    beside: Annotated[tuple[Operation, ...], Field(max_length=16)] = ()


def what_if(installation: Installation, session: Session, question: Question) -> WhatIfView:
    """The answer, with details for staff; nothing is recorded.

    Raises
    ------
    NoSuchSong
        When a song is not in the library.
    WrongCall
        When the territory is not one.
    """
    recordings = [finding.song(session, song) for song in dict.fromkeys(question.songs)]
    subjects = [subject_of(each, catalogue.holders(session, each.id)) for each in recordings]
    decision = explain(
        installation,
        facts_about(session, subjects),
        question.operation,
        tier=question.tier,
        territory=question.territory,
        at=question.at,
        beside=question.beside,
    )
    possible = installation.capability(question.operation)
    return WhatIfView(
        outcome=decision.outcome,
        reasons=tuple(StaffReasonView.model_validate(reason.model_dump()) for reason in decision.reasons),
        grants=tuple(decision.grants),
        rules=decision.rules,
        snapshot_sha256=decision.snapshot_sha256,
        operation=question.operation,
        capability=CapabilityView(possible=possible.possible, sentence=possible.sentence),
        territory=decision.request.territory,
        tier=decision.request.tier,
        at=decision.request.at,
    )


def moment(text: str) -> datetime:
    """An ISO 8601 moment; without a timezone it is UTC, without a time the beginning of the day.

    Raises
    ------
    WrongCall
        When it is not one.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongCall(f"{text!r} is not a moment; write 2026-12-01T00:00:00Z") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def plan_named(tier: str) -> Tier:
    """A plan by its name.

    Raises
    ------
    WrongCall
        When there is no such plan.
    """
    for known in TIERS:
        if tier == known:
            return known
    raise WrongCall(f"there is no plan {tier!r}; there are {', '.join(TIERS)}")
