"""Taking a DDEX message in: its recordings become known, its deals become grants of whoever sent it, once.

A message is one transaction. The same message again does nothing; a newer one about the same release takes the older
one's place, and what it does not repeat is withdrawn; an older one that comes late changes nothing and is told. A
release with an error is left out, the others are taken in.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy.orm import Session

from contrafact.accounts.schemas import TIERS
from contrafact.catalogue.ddex.delivery import Bundle, Delivery, take_in
from contrafact.catalogue.ddex.errors import BadMessage
from contrafact.catalogue.ddex.findings import Finding, error, warning
from contrafact.catalogue.ddex.granting import GrantOptions, ProposedGrant, propose
from contrafact.catalogue.ddex.limits import Limits
from contrafact.catalogue.ddex.plain import to_plain
from contrafact.catalogue.ddex.recordings import SoundRecording
from contrafact.catalogue.ddex.releases import Release
from contrafact.catalogue.ddex.rules import checked, moment
from contrafact.catalogue.tags import clean
from contrafact.kit.clock import Clock
from contrafact.kit.errors import Conflict
from contrafact.kit.ids import new_id
from contrafact.remixes import store_deliveries as store
from contrafact.remixes.delivered import Catalogue, controls, licensor_of
from contrafact.remixes.models_deliveries import DeliveredGrantRow, DeliveredMessageRow, DeliveredReleaseRow
from contrafact.rights import service as rights
from contrafact.rights.values import Allowed, Authority, Price, Terms

NOTHING_SAID, USUAL = GrantOptions(), Limits()
Outcome = Literal["new", "changed", "blocked", "late"]
_DEALS_KEPT = 200
"""Deals of one release that are kept in its document; more are in the message itself."""
_FLUSH_EVERY = 200


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """What the operator decides about taking messages in."""

    by: str
    grants: GrantOptions = NOTHING_SAID
    sender_holds_masters: bool = False
    """Take the sender for the holder of a whole master where the message names nobody and nobody has stated owners."""
    limits: Limits = USUAL


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """What became of one release; ``changes`` are sentences."""

    reference: str
    title: str
    outcome: Outcome
    changes: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class DeliveryReport:
    """What became of a message; ``again`` when it had been taken in before and nothing was done."""

    sender_dpid: str
    message_id: str
    created: datetime
    version: str
    test: bool
    again: bool = False
    outcomes: dict[str, int] = field(default_factory=dict)
    recordings_announced: int = 0
    recordings_known: int = 0
    grants_given: int = 0
    grants_withdrawn: int = 0


def deliver(
    session: Session,
    source: bytes | Path,
    options: DeliveryOptions,
    clock: Clock,
    report: Callable[[ReleaseReport], None] = lambda _: None,
) -> DeliveryReport:
    """Take one message in; for a dry run, do it in a transaction that is rolled back.

    Parameters
    ----------
    report : callable, optional
        Told of each release as it is dealt with.

    Raises
    ------
    BadMessage
        When the message as a whole is refused: hostile, broken, not for us, or from a sender whose DPID is wrong.
    Conflict
        When its number was used before for other content.
    """
    sha256 = _sha256(source)
    with take_in(source, options.limits) as delivery:
        found = _identify(delivery, sha256, options)
        there = store.message(session, found.sender_dpid, _key(found, sha256))
        if there is not None:
            if there.sha256 != sha256:
                raise Conflict(
                    f"the sender used the MessageId {found.message_id!r} before for another message; "
                    "ask for this one under a number of its own"
                )
            found.again = True
            return found
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
        _releases(session, delivery, found, row.id, options, clock, report)
        return found


def delivered_before(session: Session, source: Path) -> bool:
    """Whether a file of these bytes was taken in already: a folder that was interrupted goes on where it stopped."""
    return store.message_of_file(session, _sha256(source)) is not None


def _identify(delivery: Delivery, sha256: str, options: DeliveryOptions) -> DeliveryReport:
    header = delivery.header
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
        version=delivery.envelope.version,
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
    for number, bundle in enumerate(delivery.releases(), start=1):
        told = _release(session, bundle, catalogue, found, options, clock)
        found.outcomes[told.outcome] = found.outcomes.get(told.outcome, 0) + 1
        report(told)
        if number % _FLUSH_EVERY == 0:
            session.flush()
            session.expunge_all()
    session.flush()
    found.recordings_announced, found.recordings_known = catalogue.announced, catalogue.known


def _release(
    session: Session,
    bundle: Bundle,
    catalogue: Catalogue,
    found: DeliveryReport,
    options: DeliveryOptions,
    clock: Clock,
) -> ReleaseReport:
    release, title = bundle.release, _title(bundle)
    key = release_key(bundle)
    findings = list(bundle.findings)
    if key is None:
        findings.append(error("no_release_id", "the release has no identifier by which it is known", release.place))
    if key is None or bundle.blocked:
        return ReleaseReport(release.reference, title, "blocked", (), tuple(findings))
    newest = store.newest_release(session, found.sender_dpid, key)
    if newest is not None and newest[2] >= found.created:
        late = f"a message of {newest[2].isoformat()} told of this release already, and this one is not newer"
        findings.append(warning("out_of_order", late, release.place))
        return ReleaseReport(release.reference, title, "late", (), tuple(findings))
    deals = [deal for one in bundle.deals() for deal in one.deals]
    proposed, told = propose(deals, options.grants)
    findings += told
    row = DeliveredReleaseRow(
        id=new_id("drl"),
        message_id=catalogue.message_row,
        sender_dpid=found.sender_dpid,
        release_key=key,
        reference=release.reference,
        title=title,
        message_created=found.created,
        document=json.dumps(
            {
                "release": to_plain(release, catalogue.version),
                "deals": [to_plain(deal, catalogue.version) for deal in deals[:_DEALS_KEPT]],
            },
            ensure_ascii=False,
        ),
    )
    session.add(row)
    session.flush()
    changes: list[str] = []
    before = store.grants_of(session, newest[0]) if newest is not None else {}
    remix = [grant for grant in proposed if grant.about == "remix"]
    for song in bundle.resources():
        if not isinstance(song, SoundRecording) or song.is_supplemental:
            continue
        announced = catalogue.announced
        recording_id, noticed = catalogue.recording(song, bundle, title if isinstance(release, Release) else None)
        findings += noticed
        if catalogue.announced > announced:
            changes.append(f"“{_name(song)}” becomes known as {recording_id}; its sound is not there yet")
        for slot, grant in enumerate(remix):
            series = before.pop((recording_id, slot), None)
            was = rights.history(session, series)[-1] if series is not None else None
            if was is not None and was.status == "withdrawn":
                # Withdrawn by somebody since: a message that says the same again must not undo that.
                findings.append(
                    warning("withdrawn_since", f"the grant {series} was withdrawn and stays so", grant.place)
                )
                given = was
            else:
                given = rights.grant_terms(
                    session, terms_of(grant), side=grant.side, subject_id=recording_id, party_id=catalogue.licensor(),
                    authority=_authority(song, bundle, catalogue), series=series, by=options.by, clock=clock,
                )  # fmt: skip
            session.add(
                DeliveredGrantRow(
                    release_id=row.id, recording_id=recording_id, slot=slot, series=given.series, path=grant.place.path
                )
            )
            if was is None or was.id != given.id:
                found.grants_given += 1
                changes.append(f"“{_name(song)}”: {_words(grant)}")
    for (recording_id, _), series in before.items():
        if rights.history(session, series)[-1].status == "withdrawn":
            continue
        rights.withdraw(session, series, by=options.by, clock=clock)
        found.grants_withdrawn += 1
        changes.append(f"{recording_id}: the grant {series} is not repeated, so it is withdrawn")
    return ReleaseReport(
        release.reference, title, "new" if newest is None else "changed", tuple(changes), tuple(findings)
    )


def release_key(bundle: Bundle) -> str | None:
    """By what later messages of the sender mean the same release: GRid, ICPN, catalogue or own number."""
    ids = bundle.release.id
    for scheme, written in (("grid", ids.grid), ("icpn", ids.icpn)):
        normal = checked(scheme, written).normal if written else None
        if normal is not None:
            return f"{scheme}:{normal}"
    numbers = [*([ids.catalogue_number] if ids.catalogue_number else []), *ids.proprietary]
    keys = [f"id:{one.namespace}:{one.value}" for one in numbers]
    return next((key for key in keys if len(key) <= 300), None)


def terms_of(grant: ProposedGrant) -> Terms:
    """A proposal about remixes in the words of grants: free plans and paid ones, a floor in micro-units rounded up."""
    tiers = tuple(tier for tier in TIERS if ("free" if tier == "free" else "paid") in grant.audiences)
    price = None
    if grant.price is not None:
        price = Price(currency=grant.price.currency, generation_micros=math.ceil(grant.price.amount * 1_000_000))
    return Terms(
        operations=tuple(Allowed(operation=operation) for operation in grant.operations),
        territories=grant.territories,
        valid_from=grant.valid_from,
        valid_to=grant.valid_to,
        tiers=None if len(tiers) == len(TIERS) else tiers,
        price=price,
    )


def _authority(song: SoundRecording, bundle: Bundle, catalogue: Catalogue) -> Authority:
    """``owner`` only where the message names the licensor as who owns or controls the master; else it is declared."""
    licensor = checked("dpid", licensor_of(catalogue.header).dpid).normal
    for one in song.rights_controllers:
        party = bundle.party(one.party)
        named = [checked("dpid", number.dpid).normal for number in party.ids if number.dpid] if party else []
        if controls(one) and licensor is not None and licensor in named:
            return "owner"
    return "declared"


def _title(bundle: Bundle) -> str:
    texts = bundle.release.title_texts
    if not texts:
        song = next((one for one in bundle.resources() if isinstance(one, SoundRecording)), None)
        texts = song.title_texts if song is not None else ()
    return (clean(texts[0].value) if texts else None) or bundle.release.reference[:200]


def _name(song: SoundRecording) -> str:
    return (clean(song.title_texts[0].value) if song.title_texts else None) or song.reference[:200]


def _words(grant: ProposedGrant) -> str:
    until = "" if grant.valid_to is None else f" until {grant.valid_to.isoformat()}"
    return (
        f"{', '.join(grant.operations)} for {' and '.join(grant.audiences)} plans, {grant.territories}, "
        f"from {grant.valid_from.isoformat()}{until}"
    )


def messages_in(paths: list[Path]) -> Iterator[Path]:
    """The files, and of folders every ``.xml`` file below them, in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*.xml") if one.is_file())
        else:
            yield path
