"""What goes over the wire about releases and approvals."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from contrafact.remixes.schemas import CreditView, LineageView, ProvenanceView

ReleaseState = Literal["pending", "released", "unlisted", "frozen", "taken_down", "refused"]


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MoveView(_View):
    """One move of a release; with ``due_at`` one that is promised and not done yet."""

    from_state: ReleaseState | None
    to_state: ReleaseState
    reason: str
    cause: str
    """``listener``, ``decision``, ``answer``, ``grant``, ``dispute`` or ``notice``."""
    at: datetime
    due_at: datetime | None


class ReleaseView(_View):
    """A remix that others may hear."""

    id: str
    remix_id: str
    song_ids: tuple[str, ...]
    title: str
    label: str
    remixer: str
    """Who made it: never the original artist."""
    mine: bool
    state: ReleaseState
    sentence: str
    isrc: str | None
    isrc_note: str | None
    """Why it has none."""
    released_at: datetime | None
    duration_s: float
    loudness_lufs: float | None
    audio_url: str | None
    waveform_url: str | None
    original_url: str
    """The song that it was made from, to compare."""
    original_loudness_lufs: float
    credits: tuple[CreditView, ...]
    lineage: tuple[LineageView, ...]
    provenance: ProvenanceView
    share_alike: bool
    plays: int
    parent_remix_id: str | None
    parent_note: str | None
    """What the remixer of the parent gets."""
    derivable: bool
    """Whether this listener may make a remix of it, in principle."""
    history: tuple[MoveView, ...]
    """For its remixer only."""


class ReleasePage(_View):
    """Releases, newest first; ``next`` is the id to give as ``before`` for the following page."""

    releases: tuple[ReleaseView, ...]
    next: str | None


class AnsweredView(_View):
    answer: Literal["approved", "refused", "lapsed", "cancelled"]
    reason: str
    territories: dict[str, Any]
    valid_to: datetime | None
    listen_only: bool
    by: str
    at: datetime


class ApprovalView(_View):
    """What one party is asked, with everything that it needs to answer."""

    id: str
    sequence: int
    state: Literal["open", "approved", "refused", "lapsed", "cancelled"]
    purpose: Literal["request", "release"]
    party_id: str
    party: str
    side: Literal["master", "work", "voice"]
    subject_id: str
    remix_id: str
    asked_by: str
    label: str
    title: str
    words: str
    songs: tuple[dict[str, str], ...]
    operations: tuple[dict[str, Any], ...]
    """Each with its measured ``extent``."""
    style: str | None
    duration_s: float
    decision_sha256: str
    asked_at: datetime
    due_at: datetime
    audio_url: str | None
    """The take, for its owner to hear."""
    answers: tuple[AnsweredView, ...]


class ApprovalPage(_View):
    """The queue, newest first; ``next`` is the sequence to give as ``before`` for the following page."""

    approvals: tuple[ApprovalView, ...]
    next: int | None
    open: int
