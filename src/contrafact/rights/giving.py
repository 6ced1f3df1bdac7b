"""Very many new grants at once: written together, without looking at what is there."""

from sqlalchemy.orm import Session

from contrafact.kit.canonical import canonical_json
from contrafact.kit.clock import Clock
from contrafact.kit.ids import new_id
from contrafact.rights.models import GrantRow
from contrafact.rights.values import Authority, Side, Terms


def give_new(
    session: Session,
    terms: Terms,
    *,
    side: Side,
    subject_id: str,
    party_id: str,
    authority: Authority,
    by: str,
    clock: Clock,
) -> str:
    """A new grant in the owner's own terms, as :func:`~contrafact.rights.service.grant_terms` gives it; its series.

    It is written with the session's next flush.
    """
    series = new_id("grs")
    session.add(
        GrantRow(
            id=new_id("grt"),
            series=series,
            version=1,
            side=side,
            subject_id=subject_id,
            party_id=party_id,
            authority=authority,
            origin="terms",
            status="active",
            terms=canonical_json(terms.model_dump(mode="json")).decode(),
            created_at=clock.now(),
            created_by=by,
        )
    )
    return series
