"""What a delivery tells of parties, recordings and owners, found in the catalogue or put into it.

Whoever is in the catalogue already is never changed by a message: it adds what is not known and states owners where
nobody has.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.announcing_many import Announced, Announcement, announce_many
from contrafact.catalogue.ddex.delivery import Bundle
from contrafact.catalogue.ddex.findings import Finding, warning
from contrafact.catalogue.ddex.naming import Party, ResourceId
from contrafact.catalogue.ddex.plain import to_plain
from contrafact.catalogue.ddex.recordings import RightsController, SoundRecording, WorkRightsController
from contrafact.catalogue.ddex.rules import checked
from contrafact.catalogue.ddex.shape import Version
from contrafact.catalogue.ddex.values import MessageHeader, MessagingParty
from contrafact.catalogue.errors import TakenIdentifier
from contrafact.catalogue.identifiers import Scheme
from contrafact.catalogue.ownership import StatedShare
from contrafact.catalogue.tags import clean
from contrafact.kit.clock import Clock
from contrafact.kit.territories import COUNTRIES, WORLDWIDE, Territories
from contrafact.remixes.deliveries import store_deliveries as store
from contrafact.remixes.deliveries.models_deliveries import DeliveredPartyRow, DeliveredRecordingRow

OWNS = frozenset({"RightsHolder", "RightsController"})
"""What a rights controller must be for a grant of the sender to count as its own."""
_PARTIES_REMEMBERED = 1_000
_AT_ONCE = 500
_WHY = "delivered by DDEX"


class Wanted(NamedTuple):
    """A recording that a release is about to rest on."""

    song: SoundRecording
    bundle: Bundle
    album: str | None


class Known(NamedTuple):
    """Which recording of the catalogue it is, whether this message made it known, and what was noticed."""

    recording_id: str
    new: bool
    noticed: tuple[Finding, ...] = ()


@dataclass(slots=True)
class Catalogue:
    """One message's way into the catalogue."""

    session: Session
    clock: Clock
    by: str
    header: MessageHeader
    sender_dpid: str
    message_row: str
    sender_holds_masters: bool
    version: Version
    announced: int = 0
    known: int = 0
    _found: dict[str, Known] = field(default_factory=dict)
    _parties: OrderedDict[str, str] = field(default_factory=OrderedDict)

    def look_ahead(self, wanted: Iterable[Wanted]) -> None:
        """Find all these recordings in the catalogue, and announce those that nobody told of, with few queries."""
        self._found.clear()
        waiting: dict[str, Wanted] = {}
        for one in wanted:
            if one.song.reference not in self._found:
                waiting.setdefault(one.song.reference, one)
            if len(waiting) >= _AT_ONCE:
                self._take(waiting)
                waiting = {}
        self._take(waiting)

    def recording(self, song: SoundRecording) -> Known:
        """A recording that was looked for ahead; once asked for, it is no longer new."""
        found = self._found[song.reference]
        if found.new or found.noticed:
            self._found[song.reference] = Known(found.recording_id, new=False)
        return found

    def _take(self, waiting: dict[str, Wanted]) -> None:
        there = store.recordings_of(self.session, self.message_row, waiting)
        self._found |= {reference: Known(recording_id, new=False) for reference, recording_id in there.items()}
        fresh = [one for reference, one in waiting.items() if reference not in there]
        if not fresh:
            return
        told: list[list[Finding]] = [[] for _ in fresh]
        asked = [self._announcement(one, findings) for one, findings in zip(fresh, told, strict=True)]
        found = announce_many(self.session, asked, by=self.by, reason=_WHY, clock=self.clock)
        self._own_where_nobody_does(
            [(one, got, noticed) for one, got, noticed in zip(asked, found, told, strict=True) if not got.new]
        )
        for one, got, findings in zip(fresh, found, told, strict=True):
            findings += [warning("not_kept", sentence, one.song.place) for sentence in got.left_out]
            self.announced += got.new
            self.known += not got.new
            self._people(one)
            self._found[one.song.reference] = Known(got.recording_id, got.new, tuple(findings))
            self.session.add(
                DeliveredRecordingRow(
                    message_id=self.message_row,
                    reference=one.song.reference,
                    recording_id=got.recording_id,
                    document=json.dumps(to_plain(one.song, self.version), ensure_ascii=False),
                )
            )

    def _announcement(self, one: Wanted, told: list[Finding]) -> Announcement:
        song, release = one.song, one.bundle.release
        ids = [number for edition in song.editions for number in edition.ids]
        isrc = next((checked("isrc", number.isrc).normal for number in ids if number.isrc), None)
        label = one.bundle.party(release.labels[0].value) if release.labels else None
        path = song.place.path if song.place else ""
        return Announcement(
            title=(clean(song.title_texts[0].value) if song.title_texts else None) or "Untitled",
            artist=(clean(song.artist_names[0].value) if song.artist_names else None) or "Unknown artist",
            isrc=isrc,
            reference=_short(f"ddex:{self.sender_dpid}:{_own_number(ids) or song.reference}", 120),
            album=clean(one.album) if one.album else None,
            iswc=next((checked("iswc", work.iswc).normal for work in song.work_ids if work.iswc), None),
            label=None if label is None or not label.names else clean(label.names[0].full.value),
            genres=tuple(text for genre in release.genres if (text := clean(genre.text))),
            master=tuple(self._master_shares(song, one.bundle, told)),
            work=tuple(self._work_shares(song, one.bundle)),
            evidence=_short(f"message {self.header.message_id} of {self.sender_dpid}, {path}", 4_000),
        )

    def _own_where_nobody_does(self, there: Sequence[tuple[Announcement, Announced, list[Finding]]]) -> None:
        """State the owners of what is there already, where nobody has; where others are stated, tell it."""
        owned = catalogue.holders_of_many(self.session, [got.recording_id for _, got, _ in there])
        for one, got, noticed in there:
            held = owned[got.recording_id]
            for subject_id, shares, stated in (
                (got.recording_id, one.master, held.master),
                (got.work_id, one.work, held.work),
            ):
                said = {(share.party_id, share.share) for share in shares}
                if said and stated and said != {(share.party_id, share.share) for share in stated}:
                    why = f"{subject_id} has other owners than the message says; they stay, and decide"
                    noticed.append(warning("owned_by_others", why, None))
                if shares and not stated and not catalogue.statements_of(self.session, subject_id):
                    catalogue.state_shares(
                        self.session, subject_id, shares, by=self.by, reason=_WHY, clock=self.clock,
                        evidence=one.evidence,
                    )  # fmt: skip

    def _master_shares(self, song: SoundRecording, bundle: Bundle, told: list[Finding]) -> Iterator[StatedShare]:
        if not song.rights_controllers:
            if self.sender_holds_masters:
                yield StatedShare(self.licensor(), "label", Fraction(1))
            return
        for one in song.rights_controllers:
            if not controls(one):
                continue
            party = bundle.party(one.party)
            if one.share is None or party is None:
                told.append(warning("share_unknown", "who holds how much of the master is not said", one.place))
                return
            share = Fraction(one.share.value) / (1 if one.share.of_one else 100)
            if share > 0:
                yield StatedShare(self.party(party), "label", share)

    def _work_shares(self, song: SoundRecording, bundle: Bundle) -> Iterator[StatedShare]:
        for one in song.work_rights_controllers:
            party = bundle.party(one.party)
            territories = _territories(one)
            whole_days = all(day is None or len(day) == 10 for day in (one.start, one.end))
            if one.share_percent is None or party is None or territories is None or not whole_days:
                continue  # a share that is not told in full is a gap, and a gap blocks
            share = Fraction(one.share_percent) / 100
            if share > 0:
                yield StatedShare(
                    self.party(party), "publisher", share, territories, _day(one.start), _day(one.end, after=True)
                )

    def _people(self, one: Wanted) -> None:
        """Artists and writers whom an identifier proves; the others stay in the delivered document."""
        song = one.song
        for reference in dict.fromkeys([*(a.party for a in song.artists), *(c.party for c in song.contributors)]):
            party = one.bundle.party(reference)
            if party is not None and _identifiers(party):
                self.party(party)

    def licensor(self) -> str:
        """The party on whose behalf the message was sent."""
        who = licensor_of(self.header)
        dpid = checked("dpid", who.dpid).normal
        name = who.name.full.value if who.name is not None else who.dpid
        return self._party(f"dpid:{who.dpid}", name, {"dpid": dpid} if dpid else {})

    def party(self, party: Party) -> str:
        """The id of a party: by right identifiers, else the one that the sender meant before, else a new one."""
        name = party.names[0].full.value if party.names else party.reference
        own = next((f"id:{p.namespace}:{p.value}" for one in party.ids for p in one.proprietary), None)
        return self._party(own or f"name:{' '.join(name.casefold().split())}", name, _identifiers(party))

    def _party(self, key: str, name: str, identifiers: dict[Scheme, str]) -> str:
        key = _short("|".join([key, *sorted(f"{scheme}={value}" for scheme, value in identifiers.items())]), 400)
        known = self._parties.get(key)
        if known is None:
            known = self._parties[key] = self._look_up(key, name, identifiers)
            if len(self._parties) > _PARTIES_REMEMBERED:
                self._parties.popitem(last=False)
        return known

    def _look_up(self, key: str, name: str, identifiers: dict[Scheme, str]) -> str:
        try:
            found = catalogue.find_party(self.session, identifiers) if identifiers else None
        except TakenIdentifier:
            found, identifiers = None, {}  # the numbers of two parties prove nobody
        if found is not None:
            return found.id
        meant = None if identifiers else store.party_meant(self.session, self.sender_dpid, key)
        if meant is not None:
            return meant
        made = catalogue.put_party(
            self.session, clean(name) or "Unknown", "unknown", by=self.by, reason=_WHY, clock=self.clock
        )
        if identifiers:
            catalogue.set_identifiers(
                self.session, made.id, dict(identifiers), by=self.by, reason=_WHY, clock=self.clock
            )
        else:
            self.session.add(DeliveredPartyRow(sender_dpid=self.sender_dpid, party_key=key, party_id=made.id))
        return made.id


def licensor_of(header: MessageHeader) -> MessagingParty:
    """Who grants: the one on whose behalf the message was sent, else its sender."""
    return header.on_behalf_of or header.sender


def controls(one: RightsController) -> bool:
    """Whether a rights controller is said to own or control, not only to administer."""
    return not one.kinds or bool(OWNS.intersection(one.kinds))


def _identifiers(party: Party) -> dict[Scheme, str]:
    found: dict[Scheme, str] = {}
    schemes: tuple[Scheme, ...] = ("isni", "ipi", "dpid")
    for one in party.ids:
        for scheme in schemes:
            written = getattr(one, scheme)
            normal = checked(scheme, written).normal if written else None
            if normal is not None:
                found.setdefault(scheme, normal)
    return found


def _own_number(ids: Sequence[ResourceId]) -> str | None:
    return next((f"{p.namespace}:{p.value}" for one in ids for p in one.proprietary), None)


def _territories(one: WorkRightsController) -> Territories | None:
    codes = [code.value for code in one.territories]
    if any(code not in COUNTRIES and code != WORLDWIDE for code in codes):
        return None
    return Territories(include=(WORLDWIDE,) if not codes or WORLDWIDE in codes else tuple(sorted(set(codes))))


def _day(text: str | None, *, after: bool = False) -> datetime | None:
    """The midnight before a day, or after it; days inside are inclusive."""
    if text is None:
        return None
    return datetime.combine(date.fromisoformat(text) + timedelta(days=after), datetime.min.time(), UTC)


def _short(text: str, limit: int) -> str:
    """The text, or its beginning and a hash where it is too long to be a key."""
    if len(text) <= limit:
        return text
    return f"{text[: limit - 33]}…{hashlib.sha256(text.encode()).hexdigest()[:32]}"
