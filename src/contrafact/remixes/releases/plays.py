"""Listening: what players report becomes a paid play when enough of a take was truly heard."""

from sqlalchemy.orm import Session

from contrafact.accounts.schemas import User
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.remixes.errors import NotReady
from contrafact.remixes.installation import Installation
from contrafact.remixes.releases.heard import audible
from contrafact.remixes.showing.views import owned
from contrafact.remixes.tables import store
from contrafact.remixes.tables.models import RemixRow
from contrafact.remixes.takes.paying import owed
from contrafact.royalties import service as royalties


def report(installation: Installation, remix_id: str, play_id: str, heard_s: float, user: User) -> bool:
    """Take a report of one listening to one's own remix; True once the play is counted.

    Raises
    ------
    UnknownRemix, NotReady
        There is no such remix of this listener, or it was not made, or its owners have not heard it yet.
    """
    with installation.database.transaction() as session:
        row = owned(session, remix_id, user)
        if row.status in ("failed", "cancelled", "refused") or (row.asks_first and row.status != "ready"):
            raise NotReady("this remix was not made, so it cannot have been heard")
        return _report(installation, session, row, play_id, heard_s, user, row.decision_sha256)


def report_release(installation: Installation, release_id: str, play_id: str, heard_s: float, user: User) -> bool:
    """Take a report of one listening to a release, by anybody here; counted and paid as one's own are.

    Raises
    ------
    UnknownRelease, Withheld, Removed
        There is no such release, or it may not be heard (any more).
    """
    with installation.database.transaction() as session:
        release, row = audible(session, release_id)
        return _report(installation, session, row, play_id, heard_s, user, release.decision_sha256)


def _report(
    installation: Installation,
    session: Session,
    row: RemixRow,
    play_id: str,
    heard_s: float,
    user: User,
    decision_sha256: str,
) -> bool:
    take = store.take(session, row.take_key) if row.take_key else None
    payout = owed(session, row, take, territory=installation.territory, at=installation.clock.now())
    outcome = royalties.report_play(
        session,
        royalties.PlayReport(
            play_id=play_id,
            remix_id=row.id,
            user_id=user.id,
            heard_s=heard_s,
            take_duration_s=take.frames / SAMPLE_RATE if take else row.duration_s,
            decision_sha256=decision_sha256,
        ),
        payout,
        installation.clock,
    )
    return outcome.counted
