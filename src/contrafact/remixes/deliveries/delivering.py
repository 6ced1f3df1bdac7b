"""Taking a DDEX message in: its recordings become known, its deals become grants of whoever sent it, once.

A message is one transaction. The same message again does nothing; a newer one about the same release takes the older
one's place, and what it does not repeat is withdrawn; an older one that comes late changes nothing and is told. A
release with an error is left out, the others are taken in. A message that takes a release back (a purge) withdraws all
that the release led to.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from contrafact.catalogue.ddex.delivery import Bundle, Delivery, take_in
from contrafact.catalogue.ddex.errors import BadMessage, IsPurge
from contrafact.catalogue.ddex.purging import read_purge
from contrafact.catalogue.ddex.rules import checked, moment
from contrafact.catalogue.ddex.values import Envelope, MessageHeader
from contrafact.catalogue.service import songs_by_id
from contrafact.kit.clock import Clock
from contrafact.kit.errors import Conflict
from contrafact.kit.ids import new_id
from contrafact.remixes.deliveries import store_deliveries as store
from contrafact.remixes.deliveries.delivered import Catalogue
from contrafact.remixes.deliveries.delivered_releases import Releases, Withdraw
from contrafact.remixes.deliveries.delivery_reports import DeliveryOptions, DeliveryReport, ReleaseReport
from contrafact.remixes.deliveries.models_deliveries import DeliveredMessageRow
from contrafact.remixes.deliveries.purging import take_back
from contrafact.remixes.installation import Installation
from contrafact.remixes.withdrawals.withdrawing import withdraw_in
from contrafact.rights import service as rights

_NOT_ANY_MORE = "A newer message of the rights holder does not allow this any more."
_BECOMES = {
    "take_down": "are taken down",
    "unlist": "go out of the lists",
    "already": "are held there already",
    "cancelled": "are not made any more",
    "refused": "are not asked for any more",
    "private": "stay with their listener only",
    "keep": "stay",
    "permitted": "stay by another permission",
}
_AT_ONCE = 100
"""Releases that the database is asked about together."""


def deliver(
    session: Session,
    source: bytes | Path,
    options: DeliveryOptions,
    clock: Clock,
    report: Callable[[ReleaseReport], None] = lambda _: None,
    withdraw: Withdraw | None = None,
) -> DeliveryReport:
    """Take one message in; for a dry run, do it in a transaction that is rolled back.

    Parameters
    ----------
    report : callable, optional
        Told of each release as it is dealt with.
    withdraw : callable, optional
        Withdraws the grants that a newer message does not repeat. Without one, nothing new is made under them, and
        nothing else follows; :func:`~contrafact.remixes.withdrawals.withdrawing.withdraw_in` does all of it.

    Raises
    ------
    BadMessage
        When the message as a whole is refused: hostile, broken, not for us, or from a sender whose DPID is wrong.
    Conflict
        When its number was used before for other content.
    """
    sha256 = _sha256(source)
    known = store.message_of_file(session, sha256)
    if known is not None:
        number = "" if known.message_key.startswith("sha256:") else known.message_key
        return DeliveryReport(known.sender_dpid, number, known.message_created, known.version, test=False, again=True)
    gone = withdraw or _withdraw(options, clock)
    try:
        delivery = take_in(source, options.limits)
    except IsPurge:
        purge = read_purge(source, options.limits)
        found = _identify(purge.header, purge.envelope, options)
        take_back(session, purge, found, _kept(session, found, sha256, options, clock), report, gone)
        return found
    with delivery:
        found = _identify(delivery.header, delivery.envelope, options)
        row_id = _kept(session, found, sha256, options, clock)
        _releases(session, delivery, found, row_id, options, clock, report, gone)
        return found


def deliver_here(
    installation: Installation,
    session: Session,
    source: bytes | Path,
    options: DeliveryOptions,
    report: Callable[[ReleaseReport], None] = lambda _: None,
) -> DeliveryReport:
    """The same into an installation, where remixes may rest on what a newer message does not allow any more.

    Raises
    ------
    BadMessage, Conflict
        As :func:`deliver`.
    """

    def withdraw(session: Session, series: Sequence[str]) -> list[str]:
        recordings = {one: rights.history(session, one)[-1].subject_id for one in series}
        songs = songs_by_id(session, recordings.values())
        there = [one for one in series if not songs[recordings[one]].announced]
        for one in set(series).difference(there):  # nothing can have been made of what has no sound yet
            rights.withdraw(session, one, by=options.by, clock=installation.clock)
        if not there:
            return []
        view = withdraw_in(installation, session, there, by=options.by, reason=_NOT_ANY_MORE)
        counts = ", ".join(f"{count} {_BECOMES.get(name, name)}" for name, count in view.counts.items())
        return [f"remixes of {view.listeners} listeners rest on it: {counts}"] if counts else []

    return deliver(session, source, options, installation.clock, report, withdraw)


def delivered_before(session: Session, source: Path) -> bool:
    """Whether a file of these bytes was taken in already: a folder that was interrupted goes on where it stopped."""
    return store.message_of_file(session, _sha256(source)) is not None


def _kept(session: Session, found: DeliveryReport, sha256: str, options: DeliveryOptions, clock: Clock) -> str:
    """Keep that a message came, and give the id of its row; a number that was used before is refused."""
    if store.message(session, found.sender_dpid, _key(found, sha256)) is not None:
        raise Conflict(
            f"the sender used the MessageId {found.message_id!r} before for another message; "
            "ask for this one under a number of its own"
        )
    row = DeliveredMessageRow(
        id=new_id("dlv"),
        sender_dpid=found.sender_dpid,
        message_key=_key(found, sha256),
        sha256=sha256,
        version=found.version,
        message_created=found.created,
        imported_at=clock.now(),
        imported_by=options.by,
    )
    session.add(row)
    session.flush()
    return row.id


def _identify(header: MessageHeader, envelope: Envelope, options: DeliveryOptions) -> DeliveryReport:
    sender = checked("dpid", header.sender.dpid)
    if sender.normal is None:
        line = header.sender.place.line if header.sender.place else None
        raise BadMessage(f"the sender's DPID {sender.written[:40]!r} is none; nobody knows who sent this", line)
    ours = options.grants.our_dpids
    recipients = {checked("dpid", one.dpid).normal for one in header.recipients}
    if ours and not ours & recipients:
        raise BadMessage(f"the message is for {', '.join(sorted(filter(None, recipients)))}, not for us")
    if len(header.message_id) > 200:
        raise BadMessage("the MessageId is longer than 200 characters")
    if header.control not in (None, "LiveMessage", "TestMessage"):
        raise BadMessage(f"the MessageControlType {header.control[:40]!r} is not known")
    return DeliveryReport(
        sender_dpid=sender.normal,
        message_id=header.message_id,
        created=moment(header.created),
        version=envelope.version,
        test=header.is_test,
    )


def _key(found: DeliveryReport, sha256: str) -> str:
    return found.message_id.strip() or f"sha256:{sha256}"


def _sha256(source: bytes | Path) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    if not source.is_file():
        raise BadMessage(f"{source.name} is not a file")
    with source.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _releases(
    session: Session,
    delivery: Delivery,
    found: DeliveryReport,
    message_row: str,
    options: DeliveryOptions,
    clock: Clock,
    report: Callable[[ReleaseReport], None],
    withdraw: Withdraw,
) -> None:
    catalogue = Catalogue(
        session=session,
        clock=clock,
        by=options.by,
        header=delivery.header,
        sender_dpid=found.sender_dpid,
        message_row=message_row,
        sender_holds_masters=options.sender_holds_masters,
        version=delivery.envelope.version,
    )
    releases = Releases(session, catalogue, found, options, clock, withdraw)
    for bundles in _batches(delivery.releases()):
        for told in releases.take(bundles):
            found.outcomes[told.outcome] = found.outcomes.get(told.outcome, 0) + 1
            report(told)
        session.flush()
        session.expunge_all()  # a large message must not fill the memory
    found.recordings_announced, found.recordings_known = catalogue.announced, catalogue.known


def _withdraw(options: DeliveryOptions, clock: Clock) -> Withdraw:
    def withdraw(session: Session, series: Sequence[str]) -> list[str]:
        for one in series:
            rights.withdraw(session, one, by=options.by, clock=clock)
        return []

    return withdraw


def _batches(bundles: Iterator[Bundle]) -> Iterator[list[Bundle]]:
    while batch := list(islice(bundles, _AT_ONCE)):
        yield batch


def messages_in(paths: list[Path]) -> Iterator[Path]:
    """The files, and of folders every ``.xml`` file below them, in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*.xml") if one.is_file())
        else:
            yield path
