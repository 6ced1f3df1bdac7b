"""When a listening becomes a play: heard for 30 seconds by the clock on the wall, paid once, within the day's caps."""

import math
import re
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from contrafact.kit.clock import Clock
from contrafact.royalties import store
from contrafact.royalties.contract import Contract, PlayRules
from contrafact.royalties.errors import BadPlayReport
from contrafact.royalties.ledger import book
from contrafact.royalties.models import ListeningSessionRow
from contrafact.royalties.schemas import Payout, PlayOutcome, PlayReport, UsageEvent

_PLAY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_MAX_S = 24 * 3600.0


def required_ms(take_duration_s: float, rules: PlayRules) -> int:
    """Milliseconds that must be heard: 30 s, or a whole shorter take but for the players' imprecision at its end."""
    whole = round(take_duration_s * 1000) - rules.whole_take_tolerance_ms
    return max(1, min(rules.counted_after_ms, whole))


def believed_ms(claimed_s: float, before_ms: int, since_first: timedelta, rules: PlayRules) -> int:
    """How much of a claim is believed: no more than the time since the first report (which may claim a little itself).

    Never less than was believed before, so that reports may arrive in any order.
    """
    elapsed = max(0, since_first // timedelta(milliseconds=1)) + rules.first_report_grace_ms
    return max(before_ms, min(math.floor(claimed_s * 1000), elapsed))


def play_key(user_id: str, remix_id: str, play_id: str) -> str:
    """The idempotency key of a play. Somebody else's play of the same id is another play."""
    return f"play:{user_id}:{remix_id}:{play_id}"


def take_report(session: Session, report: PlayReport, payout: Payout, clock: Clock, contract: Contract) -> PlayOutcome:
    """Note a report; when the listening has become a play by it, count or exclude it."""
    _validate(report)
    rules, now = contract.plays, clock.now()
    needed = required_ms(report.take_duration_s, rules)
    row = store.listening(session, report.user_id, report.remix_id, report.play_id)
    if row is None:
        row = ListeningSessionRow(
            user_id=report.user_id,
            remix_id=report.remix_id,
            play_id=report.play_id,
            first_reported_at=now,
            last_reported_at=now,
            credited_ms=0,
            state="listening",
        )
        store.add_listening(session, row)
    row.credited_ms = believed_ms(report.heard_s, row.credited_ms, now - row.first_reported_at, rules)
    row.last_reported_at = max(now, row.last_reported_at)
    transaction = None
    if row.state == "listening" and row.credited_ms >= needed:
        row.day = now.astimezone(UTC).date().isoformat()
        row.reason = _over_cap(session, row, rules)
        row.state = "counted" if row.reason is None else "excluded"
        session.flush()
    if row.state == "counted":
        transaction = book(session, _event(report, row, now), payout, clock, contract)
    session.flush()
    return PlayOutcome(
        state="counted" if row.state == "counted" else "excluded" if row.state == "excluded" else "listening",
        credited_s=row.credited_ms / 1000,
        required_s=needed / 1000,
        reason=row.reason,
        transaction=transaction,
    )


def _event(report: PlayReport, row: ListeningSessionRow, now: datetime) -> UsageEvent:
    return UsageEvent(
        kind="play",
        key=play_key(report.user_id, report.remix_id, report.play_id),
        remix_id=report.remix_id,
        user_id=report.user_id,
        decision_sha256=report.decision_sha256,
        occurred_at=now,
        heard_s=row.credited_ms / 1000,
    )


def _over_cap(session: Session, row: ListeningSessionRow, rules: PlayRules) -> str | None:
    """Why this play of today is not paid any more, or None. ``row`` is not counted yet."""
    user, day = row.user_id, row.day or ""
    if store.count_plays(session, "counted", user_id=user, remix_id=row.remix_id, day=day) >= rules.per_user_remix_day:
        return f"{rules.per_user_remix_day} plays of one remix by one person are paid in a day"
    if store.count_plays(session, "counted", user_id=user, day=day) >= rules.per_user_day:
        return f"{rules.per_user_day} plays by one person are paid in a day"
    return None


def _validate(report: PlayReport) -> None:
    if not _PLAY_ID.fullmatch(report.play_id):
        raise BadPlayReport("A play's id has 1 to 64 letters, digits, dashes and underscores; choose another.")
    if not math.isfinite(report.heard_s) or not 0 <= report.heard_s <= _MAX_S:
        raise BadPlayReport("The seconds heard must be a number from 0 to 86400.")
    if not math.isfinite(report.take_duration_s) or report.take_duration_s <= 0:
        raise BadPlayReport("A take that lasts no time cannot be played.")
