"""Questions and grants for tests of consent."""

from collections.abc import Iterable
from datetime import UTC, datetime

from contrafact.engine.recipe.recipe import Operation
from contrafact.rights.values import Grant, RightsRequest, Side, Subject, Terms, Use

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def ask(
    *uses: Operation | Use,
    territory: str = "DE",
    tier: str = "free",
    paid: bool = False,
    at: datetime = NOON,
    **more: object,
) -> RightsRequest:
    """A request; ``more`` are further fields of it."""
    asked = tuple(use if isinstance(use, Use) else Use(operation=use, extent={}) for use in uses)
    fields = {"territory": territory, "tier": tier, "paid": paid, "user_id": "usr_1", "at": at, **more}
    return RightsRequest.model_validate({"operations": asked, **fields})


def terms(*operations: Operation, **more: object) -> Terms:
    return Terms.model_validate({"operations": [{"operation": item} for item in operations], **more})


def grants(song: Subject, what: Terms, *, voice: bool = False, start: int = 0) -> tuple[Grant, ...]:
    """The same terms from everybody."""
    who: list[tuple[Side, str, str]] = [
        *(("master", song.recording_id, holder.party_id) for holder in song.master),
        *(("work", song.work_id, holder.party_id) for holder in song.work),
    ]
    if voice:
        who += [("voice", song.recording_id, party) for party in song.performers]
    return tuple(
        Grant(
            id=f"grt_{number:03}",
            series=f"grs_{number:03}",
            version=1,
            side=side,
            subject_id=subject_id,
            party_id=party_id,
            authority="owner",
            terms=what,
        )
        for number, (side, subject_id, party_id) in enumerate(who, start=start)
    )


def codes(decision_reasons: Iterable[object]) -> set[str]:
    return {str(getattr(reason, "code", "")) for reason in decision_reasons}
