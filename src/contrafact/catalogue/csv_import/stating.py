"""From lines of shares to statements: all lines of one side of one song are one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sqlalchemy.orm import Session

from contrafact.catalogue.changing import Said
from contrafact.catalogue.csv_import.lines import Place, ShareLine
from contrafact.catalogue.csv_import.looking_up import Lookup
from contrafact.catalogue.csv_import.problems import Problems
from contrafact.catalogue.csv_import.report import Detail, Report
from contrafact.catalogue.findings import Finding, findings_of
from contrafact.catalogue.ownership import EVERYWHERE, ShareView, StatedSide, check_stated
from contrafact.catalogue.owning import EVIDENCE_AT_MOST, Stating, state_many
from contrafact.catalogue.values import PartyView
from contrafact.kit.errors import ContrafactError

_ROUNDED = Fraction(1, 50)
"""Percent that were rounded miss the whole by at most this."""


@dataclass(slots=True)
class _Statement:
    title: str
    side: StatedSide
    place: Place
    lines: list[tuple[ShareLine, PartyView]] = field(default_factory=list)

    def views(self) -> tuple[ShareView, ...]:
        return tuple(
            ShareView(party.id, party.name, line.role, line.share, line.territories, line.valid_from, line.valid_to)
            for line, party in self.lines
        )


def state_all(
    session: Session, lines: Sequence[ShareLine], lookup: Lookup, said: Said, report: Report, problems: Problems
) -> None:
    """State all shares, and tell what is different, where shares were rounded, and where gaps and overlaps remain."""
    lookup.learn_songs(line.song for line in lines)
    lookup.learn_parties(line.party for line in lines)
    statements: dict[str, _Statement] = {}
    incomplete: set[str] = set()
    for line in lines:
        subject = _subject(line, lookup)
        party = lookup.party(line.party, line.place, "party")
        if subject is None:
            continue
        subject_id, title = subject
        if party is None:
            incomplete.add(subject_id)
            continue
        found = statements.setdefault(subject_id, _Statement(title, line.side, line.place))
        found.lines.append((line, party))
    whole = {subject_id: found for subject_id, found in statements.items() if subject_id not in incomplete}
    stated = []
    for subject_id, statement in whole.items():
        _check_sum(statement, report, problems)
        views = tuple(view.as_stated() for view in statement.views())
        try:
            check_stated(views)
        except ContrafactError as error:
            problems.add(statement.place.file, statement.place.line, "share", str(error))
            continue
        stated.append(Stating(subject_id, views, _evidence(statement)))
    if problems:
        return
    before = state_many(session, stated, by=said.by, reason=said.reason, clock=said.clock)
    for old, statement in zip(before, whole.values(), strict=True):
        name = f"the {statement.side} of “{statement.title}”"
        if old is None:
            report.add("unchanged", "shares", name, statement.place)
            continue
        detail = Detail("shares", share_words(old), share_words(statement.views()))
        report.add("changed" if old else "added", "shares", name, statement.place, [detail])


def share_words(shares: Sequence[ShareView]) -> str | None:
    """Shares in people's words, in an order of their own."""
    return "; ".join(sorted(map(_words, shares))) or None


def _evidence(statement: _Statement) -> str:
    """What the lines say that they rest on, and where they stand."""
    numbers: dict[str, list[int]] = {}
    for line, _ in statement.lines:
        numbers.setdefault(line.place.file, []).append(line.place.line)
    said = "; ".join(dict.fromkeys(line.evidence for line, _ in statement.lines if line.evidence))
    where = "; ".join(f"{file}, lines {min(found)} to {max(found)}" for file, found in numbers.items())
    return f"{said} ({where})"[:EVIDENCE_AT_MOST] if said else where


def _check_sum(statement: _Statement, report: Report, problems: Problems) -> None:
    """Refuse percent that were rounded; of other gaps and overlaps only tell, for they may be meant."""
    written = [(line.written, line.share) for line, _ in statement.lines if "%" in line.written]
    for finding in findings_of(statement.side, statement.views()):
        if finding.claims and written and abs(finding.total - 1) <= _ROUNDED:
            problems.add(statement.place.file, statement.place.line, "share", _rounded(finding, written))
            return
        report.note(statement.place, f"“{statement.title}”, {finding.sentence()}; nothing is permitted there")


def _rounded(finding: Finding, written: Sequence[tuple[str, Fraction]]) -> str:
    total = f"{float(finding.total * 100):.9g}%"
    meant = {}
    for text, share in written:
        near = share.limit_denominator(24)
        if near != share and abs(near - share) < Fraction(1, 1000):
            meant[text] = str(near)
    hints = [f"{near} instead of {text}" for text, near in list(meant.items())[:3]]
    hint = f"; write {', '.join(hints)}" if hints else "; write fractions such as 1/3"
    where = "" if finding.territories == EVERYWHERE else f" in {finding.territories}"
    return f"the shares of the {finding.side}{where} sum to {total}, not to 100%: percent were rounded{hint}"


def _subject(line: ShareLine, lookup: Lookup) -> tuple[str, str] | None:
    if line.side == "work":
        return lookup.work(line.song, line.place)
    song = lookup.song(line.song, line.place)
    return None if song is None else (song.id, song.title)


def _words(share: ShareView) -> str:
    when = f" from {share.valid_from:%Y-%m-%d}" if share.valid_from else ""
    when += f" until {share.valid_to:%Y-%m-%d}" if share.valid_to else ""
    where = "" if share.territories == EVERYWHERE else f" in {share.territories}"
    return f"{share.name} {share.share} ({share.role}){where}{when}"
