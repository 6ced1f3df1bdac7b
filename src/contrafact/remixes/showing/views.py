"""Remixes, decisions and money as people see them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy.orm import Session

from contrafact.accounts.schemas import User
from contrafact.catalogue import service as catalogue
from contrafact.catalogue.values import RecordingView
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.engine.recipe.recipe import Operation, Recipe
from contrafact.remixes.errors import NotReady, UnknownRemix
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.facts import explain, facts_about, subjects_of
from contrafact.remixes.permission.joining import credits_of, label_of
from contrafact.remixes.permission.lineage import lineage_of_remix, with_parents
from contrafact.remixes.permission.sources import sources_of
from contrafact.remixes.schemas import (
    CapabilityView,
    DecisionView,
    DownloadView,
    EarningsView,
    OperationView,
    PartyEarnings,
    ProvenanceView,
    ReasonView,
    RemixChartView,
    RemixView,
    Status,
    WaveformView,
)
from contrafact.remixes.showing.briefing import release_brief
from contrafact.remixes.standing.blocking import why_not_playable
from contrafact.remixes.tables import store
from contrafact.remixes.tables.models import RemixRow
from contrafact.rights.ruling import Ruling
from contrafact.rights.values import Decision, Duties, Facts
from contrafact.royalties import service as royalties

_STAGES: Mapping[str, str] = {"held": "waiting for the owner"}


def decision_view(decision: Decision) -> DecisionView:
    """The decision for its listener: no details for staff."""
    return DecisionView(outcome=decision.outcome, reasons=_reasons(decision), snapshot_sha256=decision.snapshot_sha256)


def operation_view(
    installation: Installation,
    known: Facts | Ruling,
    operation: Operation,
    user: User,
    beside: Sequence[Operation] = (),
) -> OperationView:
    """Whether a listener may do one thing with a song (or with all of several) in principle, and why."""
    decision = explain(installation, known, operation, tier=user.tier, user_id=user.id, beside=beside)
    possible = installation.capability(operation)
    return OperationView(
        operation=operation,
        outcome=decision.outcome,
        reasons=_reasons(decision),
        capability=CapabilityView(possible=possible.possible, sentence=possible.sentence),
    )


def _reasons(decision: Decision) -> tuple[ReasonView, ...]:
    return tuple(
        ReasonView(code=reason.code, operation=reason.operation, sentence=reason.sentence)
        for reason in decision.reasons
    )


def remix_ids(installation: Installation, user: User) -> list[str]:
    """A listener's remixes, newest first."""
    with installation.database.reading() as session:
        return [row.id for row in store.of_user(session, user.id)]


def under_way(installation: Installation) -> list[str]:
    """All remixes that wait or are being made, oldest first."""
    with installation.database.reading() as session:
        return [row.id for row in store.under_way(session)]


def status_of(installation: Installation, remix_id: str) -> str:
    """Only the state of a remix; ``cancelled`` when there is none."""
    with installation.database.reading() as session:
        row = store.remix(session, remix_id)
        return "cancelled" if row is None else row.status


def owned(session: Session, remix_id: str, user: User) -> RemixRow:
    """A listener's own remix.

    Raises
    ------
    UnknownRemix
        When there is none, or it is somebody else's.
    """
    row = store.remix(session, remix_id)
    if row is None or row.user_id != user.id:
        raise UnknownRemix(f"there is no remix {remix_id!r} of yours")
    return row


def remix_view(
    installation: Installation,
    remix_id: str,
    user: User,
    *,
    fraction: float = 0.0,
    stage: str = "",
    live_url: str | None = None,
) -> RemixView:
    """Everything about a remix; ``fraction``, ``stage`` and ``live_url`` come from whoever runs its job."""
    with installation.database.reading() as session:
        row = owned(session, remix_id, user)
        return _view(installation, session, row, user, fraction, stage, live_url)


def _view(
    installation: Installation,
    session: Session,
    row: RemixRow,
    user: User,
    fraction: float,
    stage: str,
    live_url: str | None,
) -> RemixView:
    sources = sources_of(session, row)
    recording = sources[0].recording
    recipe = Recipe.model_validate_json(row.recipe_json)
    duties = Duties.model_validate_json(row.duties_json)
    take = store.take(session, row.take_key) if row.take_key else None
    ready, ended = row.status == "ready", row.status not in ("queued", "rendering")
    withheld = why_not_playable(session, row.id, installation.clock)
    heard = ready and withheld is None
    facts = facts_about(session, subjects_of(sources))
    beside: tuple[Operation, ...] = ("cover",) if recipe.kind == "cover" else ()
    download = operation_view(installation, facts, "download", user, beside)
    base = f"/api/remixes/{row.id}"
    style = installation.style_name(recipe.style)
    return RemixView(
        id=row.id,
        song_id=row.recording_id,
        title=row.title,
        words=row.words,
        status=cast(Status, row.status),
        progress=1.0 if ready else 0.0 if ended else fraction,
        stage=_STAGES.get(row.status, row.status) if ended else stage,
        error=row.error,
        created_at=row.created_at,
        recipe=recipe.model_dump(mode="json"),
        duration_s=take.frames / SAMPLE_RATE if take else row.duration_s,
        loudness_lufs=take.loudness_lufs if take else None,
        true_peak_dbtp=take.true_peak_dbtp if take else None,
        live_url=None if ended else live_url,
        withheld=withheld,
        audio_url=f"{base}/audio" if heard else None,
        waveform_url=f"{base}/waveform" if heard else None,
        original_url=f"/api/songs/{recording.id}/audio",
        original_loudness_lufs=recording.loudness_lufs,
        download_url=f"{base}/download" if heard and download.outcome == "permit" else None,
        download=DownloadView(outcome=download.outcome, reasons=download.reasons),
        label=label_of(row.user_name, recipe.kind, sources),
        share_alike=duties.share_alike is not None,
        credits=with_parents(session, row, credits_of(sources, row.user_name, style, duties)),
        lineage=lineage_of_remix(session, row, sources),
        provenance=ProvenanceView(state=row.provenance, signed_by=row.signed_by),
        chart=_chart(session, row, catalogue.get(session, row.recording_id)),
        earnings=_earnings(session, row.id),
        parent_remix_id=row.parent_remix_id,
        release=release_brief(session, row.id),
    )


def _chart(session: Session, row: RemixRow, recording: RecordingView) -> RemixChartView:
    sha256 = row.chart_blob or recording.heard_chart_blob
    versions = catalogue.corrections_of(session, recording.id) if sha256 != recording.heard_chart_blob else ()
    return RemixChartView(
        sha256=sha256,
        version=max((item.version for item in versions if item.chart_blob == sha256), default=0),
        holds=sha256 == recording.chart_blob,
    )


def earnings_view(installation: Installation, remix_id: str) -> EarningsView:
    """What a remix has earned, from the ledger."""
    with installation.database.reading() as session:
        return _earnings(session, remix_id)


def _earnings(session: Session, remix_id: str) -> EarningsView:
    found = royalties.earnings(session, remix_id)
    return EarningsView(
        currency=found.currency,
        total_micros=found.total_micros,
        generations=found.generations,
        plays=found.plays,
        parties=tuple(
            PartyEarnings(party_id=item.party_id, name=item.name, role=item.role, amount_micros=item.amount_micros)
            for item in found.parties
        ),
    )


def take_waveform(installation: Installation, remix_id: str, user: User) -> WaveformView:
    """The peaks of a finished take."""
    with installation.database.reading() as session:
        return waveform_of(session, owned(session, remix_id, user))


def waveform_of(session: Session, row: RemixRow) -> WaveformView:
    """The peaks of a remix whose take may be heard.

    Raises
    ------
    NotReady
        It is not made, or held until its owners have heard it.
    """
    take = store.take(session, row.take_key) if row.take_key else None
    if take is None or row.status != "ready":
        raise NotReady("this remix is not ready yet; wait until it is, then look again")
    return WaveformView(
        duration_s=take.frames / SAMPLE_RATE,
        peaks=tuple(json.loads(take.waveform_json)),
        loudness_lufs=take.loudness_lufs,
    )


def ledger_view(installation: Installation) -> dict[str, Any]:
    """The ledger's accounts, quickly; :func:`ledger_report` computes all of it again."""
    with installation.database.reading() as session:
        balances = royalties.balances(session)
    debits = sum(item.debit_micros for item in balances)
    return {
        "balanced": debits == sum(item.credit_micros for item in balances),
        "currency": installation.currency,
        "accounts": _accounts(balances),
    }


def ledger_report(installation: Installation) -> dict[str, Any]:
    """What the check of the whole ledger finds; ``head`` kept elsewhere proves later that nothing was rewritten."""
    with installation.database.reading() as session:
        report = royalties.check(session)
    return {
        "balanced": report.ok,
        "problems": list(report.problems),
        "currency": report.currency or installation.currency,
        "transactions": report.transactions,
        "counted_plays": report.counted_plays,
        "excluded_plays": report.excluded_plays,
        "accounts": _accounts(report.accounts),
        "head": {"sequence": report.head.sequence, "hash": report.head.hash},
    }


def _accounts(balances: Iterable[royalties.Balance]) -> list[dict[str, Any]]:
    return [{"account": item.account, "name": item.name, "amount_micros": item.amount_micros} for item in balances]
