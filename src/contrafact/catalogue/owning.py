"""Stating and telling who owns what: each statement is a new version, never an edit."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlalchemy.orm import Session

from contrafact.catalogue import store_ownership as store
from contrafact.catalogue.asked import holders_of_many
from contrafact.catalogue.errors import BadOwnership, NoSuchParty, NoSuchSong
from contrafact.catalogue.models_ownership import StatedShareRow, StatementRow
from contrafact.catalogue.ownership import (
    ShareView,
    StatedShare,
    StatedSide,
    StatementView,
    check_stated,
)
from contrafact.catalogue.values import Holders
from contrafact.kit.clock import Clock
from contrafact.kit.ids import new_id

REASON_AT_MOST, EVIDENCE_AT_MOST = 300, 4_000


def holders(session: Session, recording_id: str) -> Holders:
    """Who owns a recording and its work, ever and anywhere, and who made it; ``.at(territory, moment)`` narrows it.

    Raises
    ------
    NoSuchSong
        When there is no such recording.
    """
    found = holders_of_many(session, [recording_id])
    if recording_id not in found:
        raise NoSuchSong(f"there is no recording {recording_id!r} in the library")
    return found[recording_id]


def holdings_of(session: Session, party_id: str) -> tuple[str, ...]:
    """Ids of the recordings and works of which a party holds a share, as stated last."""
    return tuple(store.holdings(session, party_id))


def state_shares(
    session: Session,
    subject_id: str,
    shares: Sequence[StatedShare],
    *,
    by: str,
    reason: str,
    clock: Clock,
    evidence: str = "",
) -> StatementView:
    """State who holds a recording (``rec_…``) or a work (``wrk_…``): all shares at once, replacing what was stated.

    The shares need not sum to one everywhere: :func:`~contrafact.catalogue.findings.gaps_and_overlaps` shows where they
    do not, and there nothing is permitted. Stated again as they are, nothing is written.

    Raises
    ------
    BadOwnership
        A share that cannot be, or a reason or evidence that is too long or missing.
    NoSuchSong, NoSuchParty
        When the recording, the work or a party is not there.
    """
    state_many(session, [Stating(subject_id, tuple(shares), evidence)], by=by, reason=reason, clock=clock)
    return statements_of(session, subject_id)[-1]


class Stating(NamedTuple):
    """What somebody states of one recording or work."""

    subject_id: str
    shares: tuple[StatedShare, ...]
    evidence: str = ""


def state_many(
    session: Session, stated: Sequence[Stating], *, by: str, reason: str, clock: Clock
) -> tuple[tuple[ShareView, ...] | None, ...]:
    """State who holds many recordings and works, each once, in a few queries.

    Returns
    -------
    tuple
        For each what was stated before; None where it is just what is stated now, and nothing was written.

    Raises
    ------
    BadOwnership, NoSuchSong, NoSuchParty
        As of :func:`state_shares`; nothing was written.
    """
    for one in stated:
        check_words(reason, one.evidence)
        check_stated(one.shares)
    ids = [one.subject_id for one in stated]
    works = [item for item in ids if item.startswith("wrk_")]
    missing = set(ids) - store.works_there(session, works) - set(store.work_ids(session, set(ids) - set(works)))
    if missing:
        raise NoSuchSong(f"there is no recording or work {min(missing)!r}")
    check_parties(session, (item.party_id for one in stated for item in one.shares))
    versions, there = store.statement_versions(session, ids), store.shares_now(session, ids)
    found: list[tuple[ShareView, ...] | None] = []
    rows: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    for one in stated:
        before, version = there.get(one.subject_id, ()), versions.get(one.subject_id, 0)
        old = sorted(map(_share_key, (item.as_stated() for item in before)))
        if version and old == sorted(map(_share_key, one.shares)):
            found.append(None)
            continue
        found.append(before)
        side: StatedSide = "work" if one.subject_id.startswith("wrk_") else "master"
        words = {"stated_by": by, "reason": reason, "evidence": one.evidence, "created_at": clock.now()}
        rows.append(_rows(side, one.subject_id, one.shares, version + 1, words))
    _insert(session, rows)
    return tuple(found)


def insert_statement(
    session: Session,
    side: StatedSide,
    subject_id: str,
    shares: Sequence[StatedShare],
    *,
    version: int,
    by: str,
    reason: str,
    evidence: str,
    clock: Clock,
) -> None:
    """Write a statement without looking at what is there; for those who have checked it themselves."""
    words = {"stated_by": by, "reason": reason, "evidence": evidence, "created_at": clock.now()}
    _insert(session, [_rows(side, subject_id, shares, version, words)])


def _rows(
    side: StatedSide, subject_id: str, shares: Sequence[StatedShare], version: int, words: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A statement and its shares as rows."""
    statement_id = new_id("own")
    statement = {
        "id": statement_id,
        "side": side,
        "subject_id": subject_id,
        "version": version,
        "share_count": len(shares),
        **words,
    }
    return statement, [
        {
            "statement_id": statement_id,
            "position": position,
            "party_id": item.party_id,
            "role": item.role,
            "numerator": item.share.numerator,
            "denominator": item.share.denominator,
            "include": " ".join(item.territories.include),
            "exclude": " ".join(item.territories.exclude),
            "valid_from": item.valid_from,
            "valid_to": item.valid_to,
        }
        for position, item in enumerate(shares)
    ]


def _insert(session: Session, rows: Sequence[tuple[dict[str, Any], list[dict[str, Any]]]]) -> None:
    """All statements first: a share needs its statement."""
    session.flush()
    shares = [share for _, of_one in rows for share in of_one]
    if rows:
        session.execute(insert(StatementRow), [statement for statement, _ in rows])
    if shares:
        session.execute(insert(StatedShareRow), shares)


def statements_of(session: Session, subject_id: str) -> tuple[StatementView, ...]:
    """Everything that was ever stated of a recording or a work, oldest first; the last holds."""
    return tuple(
        StatementView(
            id=row.id,
            side=row.side,
            subject_id=row.subject_id,
            version=row.version,
            shares=shares,
            by=row.stated_by,
            reason=row.reason,
            evidence=row.evidence,
            at=row.created_at,
        )
        for row, shares in store.statements(session, subject_id)
    )


def check_words(reason: str, evidence: str = "") -> None:
    """Refuse what is stated without a reason, or with an endless one.

    Raises
    ------
    BadOwnership
    """
    if not reason.strip():
        raise BadOwnership("say why: what is stated of ownership needs a reason")
    if len(reason) > REASON_AT_MOST or len(evidence) > EVIDENCE_AT_MOST:
        raise BadOwnership(
            f"a reason has at most {REASON_AT_MOST} characters and the evidence at most {EVIDENCE_AT_MOST}"
        )


def check_parties(session: Session, party_ids: Iterable[str]) -> None:
    """Refuse ids that are nobody's.

    Raises
    ------
    NoSuchParty
        Naming the first.
    """
    wanted = set(party_ids)
    missing = sorted(wanted - store.parties_there(session, wanted))
    if missing:
        raise NoSuchParty(f"there is no party {missing[0]!r} in the catalogue; name it first")


def _share_key(share: StatedShare) -> tuple[str, ...]:
    return (
        share.party_id,
        share.role,
        str(share.share),
        str(share.territories),
        str(share.valid_from and share.valid_from.timestamp()),
        str(share.valid_to and share.valid_to.timestamp()),
    )
