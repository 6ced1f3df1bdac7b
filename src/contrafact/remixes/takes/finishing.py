"""The end of making a remix: its listener may hear it, and it is paid for."""

from sqlalchemy.orm import Session

from contrafact.remixes.installation import Installation
from contrafact.remixes.tables.models import RemixRow, TakeRow
from contrafact.remixes.takes.paying import owed
from contrafact.remixes.takes.signing import SignedTake
from contrafact.royalties import service as royalties


def finish(installation: Installation, session: Session, row: RemixRow, take: TakeRow, signed: SignedTake) -> None:
    """Give a take to its listener and book its generation, within the caller's transaction."""
    row.take_key, row.signed_blob = take.key, signed.blob_sha256
    row.provenance, row.signed_by = signed.state, signed.signed_by
    row.status, row.error = "ready", None
    event = royalties.UsageEvent(
        kind="generation",
        key=royalties.generation_key(row.id),
        remix_id=row.id,
        user_id=row.user_id,
        decision_sha256=row.decision_sha256,
        occurred_at=installation.clock.now(),
    )
    payout = owed(session, row, take, territory=installation.territory, at=event.occurred_at)
    royalties.record_usage(session, event, payout, installation.clock)
