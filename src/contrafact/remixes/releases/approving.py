"""A take that its owners hear first: held when it is made, and let go, or not, by what they say."""

from sqlalchemy.orm import Session

from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.sources import sources_of
from contrafact.remixes.releases.questions import NOT_COVERED, ask_again, put_to_owners, told_to_listener
from contrafact.remixes.tables import store
from contrafact.remixes.tables.models import RemixRow
from contrafact.remixes.takes.finishing import finish
from contrafact.remixes.takes.signing import signed_copy
from contrafact.rights import approvals, counting
from contrafact.rights import service as rights


def conclude(installation: Installation, remix_id: str) -> None:
    """Do with a held take what its owners' answers and everything else that is known by now lead to.

    It is decided anew: permitted, it is signed, given to its listener and paid for; refused, that is its end; and where
    an owner still has to be asked, that is done. Whatever is not held is left alone, so that twice is once.
    """
    with installation.database.transaction() as session:
        row = store.remix(session, remix_id, locked=True)
        if row is None or row.status != "held" or _refused_by_owner(installation, session, row):
            return
        asked = ask_again(installation, session, row)
        decision = asked.decision
        if decision.outcome == "needs_approval":
            if not put_to_owners(installation, session, row, asked, "request", row.id):
                refuse(installation, session, row, NOT_COVERED)
            return
        rights.record(session, decision, installation.clock)
        if decision.outcome == "deny":
            refuse(installation, session, row, " ".join(reason.sentence for reason in decision.reasons))
            return
        # The marks name the decision that let it out, not the one that asked its owners.
        row.decision_sha256, row.duties_json = decision.snapshot_sha256, decision.duties.model_dump_json()
        take, sources = store.take(session, row.take_key or ""), sources_of(session, row)
    if take is None:
        return
    # Signing reads the whole recording: outside the transaction, so that nobody waits for it.
    signed = signed_copy(installation, row, sources, installation.blobs.path(take.blob_sha256))
    with installation.database.transaction() as session:
        current = store.remix(session, remix_id, locked=True)
        kept = store.take(session, take.key)
        if current is None or kept is None or current.status != "held":
            return
        if current.decision_sha256 != decision.snapshot_sha256:
            # Somebody else decided meanwhile, and will finish by that decision.
            return
        finish(installation, session, current, kept, signed)
        told_to_listener(installation, session, current, "request", "approved", "Its owners agreed.")


def refuse(installation: Installation, session: Session, row: RemixRow, reason: str) -> None:
    """End a take that its listener will not hear: it counts no more, and nobody is asked about it any more."""
    row.status, row.error = "refused", reason
    clock = installation.clock
    counting.return_take(session, row.id, clock)
    approvals.cancel(session, row.id, reason="It was refused otherwise.", by="contrafact", clock=clock)
    told_to_listener(installation, session, row, "request", "refused", reason)


def _refused_by_owner(installation: Installation, session: Session, row: RemixRow) -> bool:
    for request in approvals.requests_for(session, row.id):
        if request.state in ("refused", "lapsed"):
            refuse(installation, session, row, request.answers[-1].reason)
            return True
    return False
