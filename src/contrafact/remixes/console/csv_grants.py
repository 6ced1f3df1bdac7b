"""Grants as spreadsheets: from the cells of a line to terms, from terms to a line, and giving what lines say."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar, get_args

from pydantic import ValidationError
from sqlalchemy.orm import Session

from contrafact.accounts.schemas import TIERS
from contrafact.catalogue.changing import Said
from contrafact.catalogue.csv_import import cells
from contrafact.catalogue.csv_import.applying import ResolvedGrant
from contrafact.catalogue.csv_import.cells import MICROS, Unreadable
from contrafact.catalogue.csv_import.exporting import Naming, Record, in_order, place, when
from contrafact.catalogue.csv_import.lines import NONE
from contrafact.catalogue.csv_import.problems import Problems
from contrafact.catalogue.csv_import.report import Detail, Report
from contrafact.catalogue.describing import genre_slug
from contrafact.catalogue.errors import BadSong
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.errors import ContrafactError
from contrafact.kit.licences import recognise
from contrafact.remixes.permission.owning import authority_for, give, subjects_of_songs
from contrafact.rights import service as rights
from contrafact.rights.ownership import Side, Subject
from contrafact.rights.terms import Allowed, Bound, Fate, Limits, NotBeside, OnWithdrawal, Price, Terms
from contrafact.rights.topics import TOPICS
from contrafact.rights.values import Grant

_EXTENTS: Final = ("tempo_ratio", "semitones", "seconds", "strength", "length_ratio")
_WHOLE: Final = ("source_share", "source_seconds", "take_seconds", "tempo_ratio", "semitones")
_COUNTS: Final = (
    "uses_per_listener_month",
    "uses_total",
    "releases_per_listener",
    "releases_per_artist_listener",
    "releases_total",
)
_AT_ONCE: Final = 1_000
Found = TypeVar("Found")


class _Cells:
    """The cells of one line; what cannot be understood becomes a problem of it."""

    def __init__(self, grant: ResolvedGrant, problems: Problems) -> None:
        self.grant, self.problems, self.good = grant, problems, True

    def get(self, column: str, read: Callable[[str], Found]) -> Found | None:
        text = self.grant.line.cells.get(column)
        if text is None:
            return None
        try:
            return read(text)
        except (Unreadable, BadSong) as error:
            self.refuse(column, str(error))
            return None

    def refuse(self, column: str | None, message: str) -> None:
        place = self.grant.line.place
        self.problems.add(place.file, place.line, column, message)
        self.good = False


def terms_of(grant: ResolvedGrant, problems: Problems) -> Terms | None:
    """The terms that a line says; None when some cell cannot be understood, with the problems told."""
    row = _Cells(grant, problems)
    operations = row.get("operations", lambda text: _operations(text, {NONE: ()}))
    asked = frozenset(row.get("approval", lambda text: _operations(text, {NONE: (), "all": operations or ()})) or ())
    for operation in sorted(asked - frozenset(operations or ())):
        row.refuse("approval", f"{operation} is not among the operations that are allowed")
    bounds = row.get("bounds", lambda text: cells.bounds(text, dict.fromkeys(operations or (), _EXTENTS))) or {}
    allowed = tuple(
        Allowed(
            operation=operation,
            needs_approval=operation in asked,
            bounds={
                name.partition(".")[2]: Bound(least=least, most=most)
                for name, (least, most) in bounds.items()
                if name.partition(".")[0] == operation
            },
        )
        for operation in dict.fromkeys(operations or ())
    )
    whole = row.get("whole", lambda text: cells.bounds(text, {"": _WHOLE})) or {}
    licence = row.get("licence", _licence)
    said: dict[str, Any] = {
        "operations": allowed,
        "territories": grant.line.territories,
        "valid_from": grant.line.valid_from,
        "valid_to": grant.line.valid_to,
        "tiers": row.get("tiers", lambda text: () if text.lower() == NONE else cells.some_of(text, tuple(TIERS))),
        "licence_id": licence,
        "non_commercial": bool(row.get("non_commercial", cells.yes_or_no)),
        "share_alike": bool(row.get("share_alike", cells.yes_or_no)),
        "attribution": grant.line.cells.get("attribution"),
        "limits": Limits(
            whole={name: Bound(least=least, most=most) for name, (least, most) in whole.items()},
            **{name: row.get(name, cells.count) for name in _COUNTS},
        ),
        "not_beside": NotBeside(
            artists=row.get("not_beside_artists", cells.items) or (),
            labels=row.get("not_beside_labels", cells.items) or (),
            genres=row.get("not_beside_genres", lambda text: tuple(map(genre_slug, cells.items(text)))) or (),
        ),
        "banned_topics": row.get("banned_topics", lambda text: cells.some_of(text, TOPICS)) or (),
        "price": _price(row),
        "on_withdrawal": _on_withdrawal(row),
    }
    try:
        terms = Terms(**said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        row.refuse(None, f"{where}: {first['msg'].removeprefix('Value error, ')}".removeprefix(": "))
        return None
    return terms if row.good else None


def give_all(session: Session, grants: Sequence[ResolvedGrant], said: Said, report: Report, problems: Problems) -> None:
    """Give, change and withdraw what the lines say, and tell what is different.

    A line is the next version of the grant whose id it names; else of the only grant that its speaker has there, when
    it is the only line of its kind; a line that says just what a grant says already is that grant.
    """
    subjects = {item.recording_id: item for item in subjects_of_songs(session, [grant.song.id for grant in grants])}
    before = _grants_on(session, list(subjects.values()))
    lines: dict[tuple[str, str, str], int] = {}
    for grant in grants:
        if grant.line.series is None:
            lines[_key(grant)] = lines.get(_key(grant), 0) + 1
    used: set[str] = set()
    for grant in grants:
        terms = terms_of(grant, problems)
        if terms is None:
            continue
        subject = subjects[grant.song.id]
        there = [item for item in before[grant.song.id] if _fits(item, grant, subject) and item.series not in used]
        line = grant.line
        try:
            old = _meant(there, grant, terms, alone=lines.get(_key(grant), 0) == 1)
            if old is not None:
                used.add(old.series)
            if line.withdraw:
                _withdraw(session, grant, old, said, report)
                continue
            authority = authority_for(session, subject, line.side, grant.party.id, grant.speaker.id)
            if old is not None and old.status == "active" and _same(old.terms, terms) and old.authority == authority:
                report.add("unchanged", "grant", _name(grant), line.place)
                continue
            give(
                session,
                terms,
                subject,
                line.side,
                grant.party.id,
                by=said.by,
                clock=said.clock,
                speaker_id=grant.speaker.id,
                series=old.series if old else None,
            )
        except ContrafactError as error:
            problems.add(line.place.file, line.place.line, "party", _named(str(error), grant))
            continue
        shown = old is not None and old.status == "active"
        details = _differences(old.terms if old and shown else None, terms)
        report.add("changed" if shown else "added", "grant", _name(grant), line.place, details)
        others = [item for item in there if item.status == "active" and item.series not in used]
        if others and line.series is None:
            report.note(
                line.place,
                f"“{grant.speaker.name}” has more grants there ({', '.join(item.series for item in others[:3])}); of "
                "several any one will do, so withdraw what shall no longer hold",
            )


def exported_grants(session: Session, naming: Naming) -> list[Record]:
    """Every grant in force of every recording, as lines."""
    found: list[Record] = []
    seen: set[str] = set()
    subjects = subjects_of_songs(session, naming.songs)
    grants = _grants_on(session, subjects)
    for subject in subjects:
        holders: dict[Side, set[str]] = {
            "master": {holder.party_id for holder in subject.master},
            "work": {holder.party_id for holder in subject.work},
            "voice": set(subject.performers),
        }
        there = [item for item in grants[subject.recording_id] if item.status == "active"]
        places = Counter((item.side, item.subject_id, item.party_id) for item in there)
        for grant in there:
            if grant.series in seen or grant.authority in ("licence", "declared"):
                continue
            seen.add(grant.series)
            for_whom = _for_whom(session, subject, grant, holders[grant.side])
            if for_whom is not None:
                found.append(
                    {
                        "song": naming.song(subject.recording_id),
                        "side": grant.side,
                        "party": naming.party(for_whom),
                        "by": naming.party(grant.party_id) if grant.party_id != for_whom else "",
                        # Another catalogue does not know the id: it is only told where it is needed.
                        "series": grant.series if places[grant.side, grant.subject_id, grant.party_id] > 1 else "",
                        **cells_of(grant.terms),
                    }
                )
    return in_order(found)


def cells_of(terms: Terms) -> dict[str, str]:
    """Terms as the cells of a line; read back, they are the same terms."""
    asked = [item.operation for item in terms.operations if item.needs_approval]
    bounds = {f"{item.operation}.{name}": bound for item in terms.operations for name, bound in item.bounds.items()}
    limits, beside, price = terms.limits, terms.not_beside, terms.price
    found = {
        "operations": " ".join(item.operation for item in terms.operations) or NONE,
        "approval": " ".join(asked),
        "bounds": _bounds(bounds),
        "whole": _bounds(limits.whole),
        "territories": place(terms.territories),
        "from": when(terms.valid_from),
        "to": when(terms.valid_to),
        "tiers": "" if terms.tiers is None else " ".join(terms.tiers) or NONE,
        "not_beside_artists": cells.joined(beside.artists),
        "not_beside_labels": cells.joined(beside.labels),
        "not_beside_genres": cells.joined(beside.genres),
        "banned_topics": " ".join(terms.banned_topics),
        "licence": terms.licence_id or "",
        "non_commercial": "yes" if terms.non_commercial else "",
        "share_alike": "yes" if terms.share_alike else "",
        "attribution": terms.attribution or "",
        "currency": price.currency if price else "",
        "price_generation": _amount(price.generation_micros) if price and price.generation_micros else "",
        "price_play": _amount(price.play_micros) if price and price.play_micros else "",
        "on_withdrawal": "" if terms.on_withdrawal == OnWithdrawal() else terms.on_withdrawal.fate,
        "withdrawal_hours": str(terms.on_withdrawal.hours) if terms.on_withdrawal.hours else "",
    }
    counts = ((name, getattr(limits, name)) for name in _COUNTS)
    return {**found, **{name: str(count) for name, count in counts if count is not None}}


def _grants_on(session: Session, subjects: Sequence[Subject]) -> dict[str, list[Grant]]:
    """The newest version of every grant on each recording and its work, withdrawn ones too, in a few queries."""
    found: dict[str, list[Grant]] = {}
    for start in range(0, len(subjects), _AT_ONCE):
        part = subjects[start : start + _AT_ONCE]
        by_subject: dict[str, list[Grant]] = {}
        for grant in rights.facts_for(session, part).grants:
            by_subject.setdefault(grant.subject_id, []).append(grant)
        for subject in part:
            there = (by_subject.get(subject_id, []) for subject_id in (subject.recording_id, subject.work_id))
            found[subject.recording_id] = [grant for grants in there for grant in grants]
    return found


def _operations(text: str, words: Mapping[str, tuple[Operation, ...]]) -> tuple[Operation, ...]:
    """Operations, or what a single word stands for."""
    known = words.get(text.lower())
    return cells.some_of(text, cells.OPERATIONS) if known is None else known


def _licence(text: str) -> str:
    if re.fullmatch(r"LicenseRef-[A-Za-z0-9.-]{1,50}", text):
        return text
    known = recognise(text)
    if known is None:
        raise Unreadable(f"{text[:40]!r} is no licence that is known; write its SPDX id, such as CC-BY-4.0")
    return known.id


def _price(row: _Cells) -> Price | None:
    currency = row.get("currency", lambda text: text.strip().upper())
    generation, play = row.get("price_generation", cells.micros), row.get("price_play", cells.micros)
    if currency is None:
        if generation is not None or play is not None:
            row.refuse("currency", "a price needs its currency, such as EUR")
        return None
    try:
        return Price(currency=currency, generation_micros=generation or 0, play_micros=play or 0)
    except ValidationError:
        row.refuse("currency", f"{currency[:10]!r} is no currency; write three letters such as EUR")
        return None


def _on_withdrawal(row: _Cells) -> OnWithdrawal:
    fate = row.get("on_withdrawal", lambda text: cells.one_of(text, get_args(Fate))) or "keep"
    hours = row.get("withdrawal_hours", cells.count) or 0
    if hours > 24 * 366:
        row.refuse("withdrawal_hours", "a year is the most")
        hours = 0
    return OnWithdrawal(fate=fate, hours=hours)


def _key(grant: ResolvedGrant) -> tuple[str, str, str]:
    subject_id = grant.song.work_id if grant.line.side == "work" else grant.song.id
    return grant.line.side, subject_id, grant.speaker.id


def _fits(item: Grant, grant: ResolvedGrant, subject: Subject) -> bool:
    """Whether a grant is of that side and song, by that speaker; public licences stay what they are."""
    subject_id = subject.work_id if grant.line.side == "work" else subject.recording_id
    ours = (grant.line.side, subject_id, grant.speaker.id)
    return (item.side, item.subject_id, item.party_id) == ours and item.authority not in ("licence", "declared")


def _meant(there: Sequence[Grant], grant: ResolvedGrant, terms: Terms, *, alone: bool) -> Grant | None:
    """The grant that a line is a version of; None for a new one."""
    if grant.line.series is not None:
        found = [item for item in there if item.series == grant.line.series]
        if not found:
            raise BadSong(f"there is no grant {grant.line.series} of that party there")
        return found[0]
    active = [item for item in there if item.status == "active"]
    same = [item for item in active if _same(item.terms, terms)]
    if same:
        return same[0]
    if len(active) == 1 and alone:
        return active[0]
    if len(active) > 1 and (alone or grant.line.withdraw):
        raise BadSong(f"there are {len(active)} grants of that party there; say which in the column series")
    return None


def _withdraw(session: Session, grant: ResolvedGrant, old: Grant | None, said: Said, report: Report) -> None:
    if old is None or old.status == "withdrawn":
        report.add("unchanged", "grant", _name(grant), grant.line.place)
        return
    rights.withdraw(session, old.series, by=said.by, clock=said.clock)
    report.add("ended", "grant", _name(grant), grant.line.place)


def _for_whom(session: Session, subject: Subject, grant: Grant, parties: Iterable[str]) -> str | None:
    """Whose share or voice a grant speaks for; None where it speaks for nobody any more."""
    if grant.party_id in parties:
        return grant.party_id
    for party_id in sorted(parties):
        try:
            authority_for(session, subject, grant.side, party_id, grant.party_id)
        except ContrafactError:
            continue
        return party_id
    return None


def _name(grant: ResolvedGrant) -> str:
    by = f" by “{grant.speaker.name}”" if grant.speaker.id != grant.party.id else ""
    return f"of “{grant.party.name}”{by} on the {grant.line.side} of “{grant.song.title}”"


def _named(message: str, grant: ResolvedGrant) -> str:
    """A message with names instead of ids."""
    for party in (grant.party, grant.speaker):
        message = message.replace(party.id, f"“{party.name}”")
    return message


def _same(one: Terms, other: Terms) -> bool:
    """Whether terms say the same, in whatever order they say it."""
    return cells_of(one) == cells_of(other)


def _differences(old: Terms | None, new: Terms) -> list[Detail]:
    before = cells_of(old) if old else {}
    after = cells_of(new)
    words = sorted(before.keys() | after.keys())
    return [
        Detail(name, before.get(name) or None, after.get(name) or None)
        for name in words
        if before.get(name, "") != after.get(name, "")
    ]


def _bounds(bounds: Mapping[str, Bound]) -> str:
    return "; ".join(
        f"{name}={_plain(bound.least)}..{_plain(bound.most)}"
        for name, bound in sorted(bounds.items())
        if bound != Bound()
    )


def _plain(value: float | None) -> str:
    return "" if value is None else f"{Decimal(repr(value)):f}".removesuffix(".0")


def _amount(micros: int) -> str:
    return f"{micros // MICROS}.{micros % MICROS:06d}".rstrip("0").rstrip(".")
