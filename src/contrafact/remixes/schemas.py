"""What goes over the wire about songs and remixes: the same documents for the studio and for other programs."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Status = Literal["queued", "rendering", "held", "ready", "refused", "failed", "cancelled"]
"""``held`` waits for an owner, ``refused`` was not let out by one."""


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReasonView(_View):
    code: str
    operation: str | None = None
    sentence: str


class DecisionView(_View):
    outcome: Literal["permit", "deny", "needs_approval"]
    reasons: tuple[ReasonView, ...]
    snapshot_sha256: str | None = None


class StaffReasonView(ReasonView):
    """With the detail that listeners are not told."""

    detail: str


class CapabilityView(_View):
    """Whether something is possible here, whoever may have it done; and if not, why."""

    possible: bool
    sentence: str | None


class WhatIfView(_View):
    """The answer to a rights holder's "what if": what is allowed with every detail, and what is possible."""

    outcome: Literal["permit", "deny", "needs_approval"]
    reasons: tuple[StaffReasonView, ...]
    grants: tuple[str, ...]
    rules: int
    snapshot_sha256: str
    capability: CapabilityView
    operation: str
    territory: str
    tier: str
    at: datetime


class OperationView(_View):
    """What this listener may do with a song in principle, one operation at a time."""

    operation: str
    outcome: Literal["permit", "deny", "needs_approval"]
    reasons: tuple[ReasonView, ...]
    capability: CapabilityView


class LicenceView(_View):
    id: str
    name: str
    url: str | None
    attribution: str


class SongView(_View):
    id: str
    title: str
    artist: str
    album: str | None
    duration_s: float
    tempo_bpm: float
    key: str
    metre: int
    has_vocals: bool
    isrc: str | None
    content: str
    licence: LicenceView | None
    cover_url: str
    audio_url: str
    waveform_url: str
    operations: tuple[OperationView, ...]
    remix_count: int


class UnderstoodView(_View):
    """A phrase that the planner understood, and what it made of it; it can be left out by its id."""

    id: str
    text: str
    kind: str
    meaning: str


class PlanView(_View):
    recipe: dict[str, Any]
    understood: tuple[UnderstoodView, ...]
    ignored: tuple[str, ...]
    decision: DecisionView
    operations: tuple[str, ...]
    tempo_bpm: float
    key: str
    duration_s: float
    notes: tuple[str, ...] = ()
    """Sentences about what was decided against the letter."""


class CreditView(_View):
    name: str
    role: str
    detail: str | None = None


class LineageView(_View):
    kind: Literal["remix", "recording", "work", "party"]
    id: str
    title: str
    detail: str | None
    parent: str | None


class PartyEarnings(_View):
    party_id: str
    name: str
    role: str
    amount_micros: int


class SectionView(_View):
    start_s: float
    end_s: float
    label: str
    letter: str


class ChartView(_View):
    """What an owner may want to correct of a chart."""

    sha256: str
    tempo_bpm: float
    tempo_confidence: float
    steady: bool
    tempo_alternatives: tuple[tuple[float, float], ...]
    """Other readings as (bpm, weight)."""
    metre: str
    """As a time signature."""
    key: str
    key_confidence: float
    downbeat_s: float | None
    """The first beat that begins a bar."""
    bars: int
    sections: tuple[SectionView, ...]


class CorrectionVersionView(_View):
    version: int
    corrections: dict[str, Any]
    """All that was said; nothing in a version that withdrew what was said before."""
    reason: str
    by: str
    at: datetime


class CorrectionsView(_View):
    """What was heard in a song, what its owner said, and the chart that holds."""

    song_id: str
    version: int
    """Of the corrections that hold; 0 when there never were any."""
    corrections: dict[str, Any]
    heard: ChartView
    holds: ChartView
    history: tuple[CorrectionVersionView, ...]


class RemixChartView(_View):
    """The chart that a remix was made from."""

    sha256: str
    version: int
    """Of the corrections in it; 0 is what was heard."""
    holds: bool
    """Whether it is still the song's chart: after a correction, the same words give another remix."""


class EarningsView(_View):
    currency: str
    total_micros: int
    generations: int
    plays: int
    parties: tuple[PartyEarnings, ...]


class DownloadView(_View):
    outcome: Literal["permit", "deny", "needs_approval"]
    reasons: tuple[ReasonView, ...]


class ProvenanceView(_View):
    state: str
    signed_by: str | None


class ReleaseBrief(_View):
    """The newest release of a remix, for its maker."""

    id: str
    state: Literal["pending", "released", "unlisted", "frozen", "taken_down", "refused"]
    sentence: str
    """What that means, and why it is so."""
    isrc: str | None


class RemixView(_View):
    id: str
    song_id: str
    title: str
    words: str
    status: Status
    progress: float
    stage: str
    error: str | None
    created_at: datetime
    recipe: dict[str, Any]
    duration_s: float
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    live_url: str | None
    audio_url: str | None
    waveform_url: str | None
    withheld: str | None = None
    """Why its own listener may not play it any more: a withdrawal or a notice took it away."""
    original_url: str
    original_loudness_lufs: float
    download_url: str | None
    download: DownloadView
    label: str
    share_alike: bool
    credits: tuple[CreditView, ...]
    lineage: tuple[LineageView, ...]
    provenance: ProvenanceView
    chart: RemixChartView
    earnings: EarningsView
    parent_remix_id: str | None = None
    """The remix that this one is made from."""
    release: ReleaseBrief | None = None


class WaveformView(_View):
    duration_s: float
    peaks: tuple[float, ...]
    loudness_lufs: float
