"""The approval queue as owners see it: what is asked, with the sound, and what was answered."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.remixes.errors import NotReady
from contrafact.remixes.installation import Installation
from contrafact.remixes.releases.answering import settle
from contrafact.remixes.schemas_releases import AnsweredView, ApprovalPage, ApprovalView
from contrafact.remixes.sound import Sound
from contrafact.remixes.tables import store
from contrafact.rights import approvals
from contrafact.rights.approvals import Request

PAGE = 50


def queue(
    installation: Installation,
    *,
    party_id: str | None = None,
    open_only: bool = True,
    before: int | None = None,
    limit: int = PAGE,
) -> ApprovalPage:
    """What owners are asked, newest first; of one party, or of all."""
    settle(installation)
    with installation.database.reading() as session:
        found = approvals.queue(session, party_id, open_only=open_only, limit=limit + 1, before=before)
        names = catalogue.names_of(session, (request.party_id for request in found))
        return ApprovalPage(
            approvals=tuple(_view(session, request, names) for request in found[:limit]),
            next=found[limit - 1].sequence if len(found) > limit else None,
            open=approvals.count_open(session, party_id=party_id),
        )


def approval(installation: Installation, request_id: str) -> ApprovalView:
    """One request; raises :class:`contrafact.rights.approvals.UnknownRequest`."""
    settle(installation)
    with installation.database.reading() as session:
        request = approvals.request(session, request_id)
        return _view(session, request, catalogue.names_of(session, (request.party_id,)))


def approval_audio(installation: Installation, request_id: str) -> Sound:
    """The take that an owner is asked about, also after the answer: owners may always hear what is made of their songs.

    Raises
    ------
    UnknownRequest, NotReady
        There is no such request; the take is not here.
    """
    with installation.database.reading() as session:
        request = approvals.request(session, request_id)
        row = store.remix(session, request.remix_id)
        take = store.take(session, row.take_key) if row is not None and row.take_key else None
        if take is None:
            raise NotReady("the take is not here")
        return Sound(installation.blobs.path(take.blob_sha256), "audio/flac", take.blob_sha256, "take.flac")


def _view(session: Session, request: Request, names: Mapping[str, str]) -> ApprovalView:
    about = request.about
    row = store.remix(session, request.remix_id)
    return ApprovalView(
        id=request.id,
        sequence=request.sequence,
        state=request.state,
        purpose=request.purpose,
        party_id=request.party_id,
        party=names.get(request.party_id, request.party_id),
        side=request.side,
        subject_id=request.subject_id,
        remix_id=request.remix_id,
        asked_by=request.asked_by,
        label=about["label"],
        title=about["title"],
        words=about["words"],
        songs=tuple(about["songs"]),
        operations=tuple(about["operations"]),
        style=about["style"],
        duration_s=about["duration_s"],
        decision_sha256=request.decision_sha256,
        asked_at=request.asked_at,
        due_at=request.due_at,
        audio_url=f"/api/approvals/{request.id}/audio" if row is not None and row.take_key else None,
        answers=tuple(
            AnsweredView(
                answer=item.answer,
                reason=item.reason,
                territories=item.conditions.territories.model_dump(mode="json"),
                valid_to=item.conditions.valid_to,
                listen_only=item.conditions.listen_only,
                by=item.by,
                at=item.at,
            )
            for item in request.answers
        ),
    )
