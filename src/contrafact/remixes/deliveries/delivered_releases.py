"""The releases of one message: kept as they were told, their recordings found, their deals given as grants."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from contrafact.accounts.schemas import TIERS
from contrafact.catalogue.ddex.deals import Deal
from contrafact.catalogue.ddex.delivery import Bundle
from contrafact.catalogue.ddex.findings import Finding, error, warning
from contrafact.catalogue.ddex.granting import ProposedGrant, propose
from contrafact.catalogue.ddex.numbers import Number, are_one, numbers_of
from contrafact.catalogue.ddex.plain import to_plain
from contrafact.catalogue.ddex.recordings import SoundRecording
from contrafact.catalogue.ddex.releases import Release
from contrafact.catalogue.ddex.rules import checked
from contrafact.catalogue.tags import clean
from contrafact.kit.clock import Clock
from contrafact.kit.ids import new_id
from contrafact.remixes.deliveries import store_deliveries as store
from contrafact.remixes.deliveries.delivered import Catalogue, Wanted, controls, licensor_of
from contrafact.remixes.deliveries.delivery_reports import DeliveryOptions, DeliveryReport, Outcome, ReleaseReport
from contrafact.remixes.deliveries.models_deliveries import DeliveredGrantRow, DeliveredNumberRow, DeliveredReleaseRow
from contrafact.rights import service as rights
from contrafact.rights.giving import give_new
from contrafact.rights.values import Allowed, Authority, Price, Terms

Withdraw = Callable[[Session, Sequence[str]], list[str]]
"""Withdraws grants by their series, with everything that follows from it; what that is, in sentences."""
_DEALS_KEPT = 200
"""Deals of one release that are kept in its document; more are in the message itself."""
_NUMBERS_TOLD = 4


@dataclass(frozen=True, slots=True)
class _Meant:
    """A release of the message, its numbers, and the key of the one that it is; None where it has no number."""

    bundle: Bundle
    numbers: tuple[Number, ...]
    key: str | None
    unclear: tuple[store.Known, ...] = ()
    """Releases that it may be, where nobody can tell which."""


@dataclass(slots=True)
class Releases:
    """Releases of one message, some hundred at a time, so that the database is asked seldom."""

    session: Session
    catalogue: Catalogue
    found: DeliveryReport
    options: DeliveryOptions
    clock: Clock
    withdraw: Withdraw
    newest: dict[str, store.Told] = field(default_factory=dict)
    given: list[DeliveredGrantRow] = field(default_factory=list)
    numbers: list[DeliveredNumberRow] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def take(self, bundles: list[Bundle]) -> list[ReleaseReport]:
        """Take a batch in; what became of each."""
        meant = self._meant(bundles)
        self.newest = store.newest_releases(self.session, self.found.sender_dpid, [one.key for one in meant if one.key])
        self.catalogue.look_ahead(
            Wanted(song, one.bundle, _title(one.bundle) if isinstance(one.bundle.release, Release) else None)
            for one in meant
            if one.key and not one.bundle.blocked and not self._late(one.key)
            for song in _songs(one.bundle)
        )
        told = [self._release(one) for one in meant]
        self.session.flush()
        self.session.add_all([*self.given, *self.numbers])
        self.session.flush()
        self.given.clear()
        self.numbers.clear()
        if self.gone:
            self.withdraw(self.session, tuple(self.gone))
            self.gone.clear()
        return told

    def _meant(self, bundles: list[Bundle]) -> list["_Meant"]:
        """Which release each is: one that was told of before by any of its numbers, if it is clear which."""
        numbers = [numbers_of(bundle.release.id) for bundle in bundles]
        known = store.releases_known_by(
            self.session,
            self.found.sender_dpid,
            [number.key for each in numbers for number in each],
            self.catalogue.message_row,
        )
        by_number: dict[Number, list[str]] = {}
        for key, there in known.items():
            for number in there.numbers:
                by_number.setdefault(number, []).append(key)
        found = []
        for bundle, own in zip(bundles, numbers, strict=True):
            track = not isinstance(bundle.release, Release)
            alike = dict.fromkeys(key for number in own for key in by_number.get(number, ()))
            same = [key for key in alike if known[key].of_track == track and are_one(own, known[key].numbers)]
            surest = own[0].key if own else None
            if len(same) == 1:
                found.append(_Meant(bundle, own, same[0]))
            else:
                unclear = [known[key] for key in same] if surest not in same else []
                found.append(_Meant(bundle, own, surest, tuple(unclear)))
        return found

    def _late(self, key: str) -> bool:
        newest = self.newest.get(key)
        return newest is not None and newest.message_created >= self.found.created

    def _release(self, meant: "_Meant") -> ReleaseReport:
        bundle, key = meant.bundle, meant.key
        release, title, findings = bundle.release, _title(bundle), list(bundle.findings)
        if key is None:
            findings.append(error("no_release_id", "the release has no identifier by which it is known", release.place))
        if key is None or bundle.blocked:
            return ReleaseReport(release.reference, title, "blocked", (), tuple(findings))
        newest = self.newest.get(key)
        if newest is not None and self._late(key):
            late = f"a message of {newest.message_created.isoformat()} told of this release, and this one is not newer"
            findings.append(warning("out_of_order", late, release.place))
            return ReleaseReport(release.reference, title, "late", (), tuple(findings))
        deals = [deal for one in bundle.deals() for deal in one.deals]
        proposed, told = propose(deals, self.options.grants)
        findings += told
        row = self._keep(meant, key, title, deals)
        self.newest[key] = store.Told(row, self.catalogue.message_row, self.found.created)
        remix = [grant for grant in proposed if grant.about == "remix"]
        before = store.grants_of(self.session, newest.id) if newest is not None else {}
        changes: list[str] = []
        if newest is not None and key not in {number.key for number in meant.numbers[:1]}:
            changes.append(f"it was told of before as {key}")
        if meant.unclear:
            why = f"{names_of(meant.unclear)} have a number of this release each; it is taken as one of its own"
            findings.append(warning("several_releases", why, release.place))
        for song in _songs(bundle):
            known = self.catalogue.recording(song)
            findings += known.noticed
            if known.new:
                changes.append(f"“{_name(song)}” becomes known as {known.recording_id}; its sound is not there yet")
            for slot, grant in enumerate(remix):
                series = before.pop((known.recording_id, slot), None)
                self._grant(row, known.recording_id, slot, series, grant, (song, bundle), changes, findings)
        for (recording_id, _), series in before.items():
            self._withdraw(recording_id, series, changes)
        outcome: Outcome = "new" if newest is None else "changed"
        return ReleaseReport(release.reference, title, outcome, tuple(changes), tuple(findings))

    def _keep(self, meant: "_Meant", key: str, title: str, deals: list[Deal]) -> str:
        bundle, version = meant.bundle, self.catalogue.version
        document = {
            "release": to_plain(bundle.release, version),
            "deals": [to_plain(deal, version) for deal in deals[:_DEALS_KEPT]],
        }
        row = new_id("drl")
        self.session.add(
            DeliveredReleaseRow(
                id=row,
                message_id=self.catalogue.message_row,
                sender_dpid=self.found.sender_dpid,
                release_key=key,
                reference=bundle.release.reference,
                title=title,
                message_created=self.found.created,
                document=json.dumps(document, ensure_ascii=False),
            )
        )
        self.numbers += [
            DeliveredNumberRow(
                release_id=row,
                number=number.key,
                scheme=number.scheme,
                sender_dpid=self.found.sender_dpid,
                of_track=not isinstance(bundle.release, Release),
            )
            for number in meant.numbers
        ]
        return row

    def _grant(
        self,
        row: str,
        recording_id: str,
        slot: int,
        series: str | None,
        grant: ProposedGrant,
        told: tuple[SoundRecording, Bundle],
        changes: list[str],
        findings: list[Finding],
    ) -> None:
        """Give a grant, or the next version of one; ``series`` is the one that the message before led to."""
        new = True
        terms, side = terms_of(grant), grant.side
        authority, party_id = _authority(*told, self.catalogue), self.catalogue.licensor()
        if series is None:
            series = give_new(
                self.session, terms, side=side, subject_id=recording_id, party_id=party_id, authority=authority,
                by=self.options.by, clock=self.clock,
            )  # fmt: skip
        else:
            was = rights.history(self.session, series)[-1]
            if was.status == "withdrawn":
                # Withdrawn by somebody since: a message that says the same again must not undo that.
                why = f"the grant {series} was withdrawn and stays so"
                findings.append(warning("withdrawn_since", why, grant.place))
                new = False
            else:
                given = rights.grant_terms(
                    self.session, terms, side=side, subject_id=recording_id, party_id=party_id, authority=authority,
                    series=series, by=self.options.by, clock=self.clock,
                )  # fmt: skip
                new = was.id != given.id
        self.given.append(
            DeliveredGrantRow(
                release_id=row, recording_id=recording_id, slot=slot, series=series, path=grant.place.path
            )
        )
        if new:
            self.found.grants_given += 1
            changes.append(f"“{_name(told[0])}”: {_words(grant)}")

    def _withdraw(self, recording_id: str, series: str, changes: list[str]) -> None:
        if rights.history(self.session, series)[-1].status == "withdrawn":
            return
        self.gone.append(series)
        self.found.grants_withdrawn += 1
        changes.append(f"{recording_id}: the grant {series} is not repeated, so it is withdrawn")


def _songs(bundle: Bundle) -> Iterator[SoundRecording]:
    """The recordings of a release; one that only explains another is not part of it."""
    for resource in bundle.resources():
        if isinstance(resource, SoundRecording) and not resource.is_supplemental:
            yield resource


def names_of(releases: Iterable[store.Known]) -> str:
    """Releases by their titles and numbers, for whoever has to say which one is meant."""
    return " and ".join(
        f"“{one.title}” ({', '.join(sorted(number.key for number in one.numbers)[:_NUMBERS_TOLD])})" for one in releases
    )


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
