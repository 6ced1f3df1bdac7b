"""Grants as spreadsheets: from the cells of a line to terms, and from terms to the cells of a line."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, get_args

from pydantic import ValidationError

from contrafact.accounts.schemas import TIERS
from contrafact.catalogue.csv_import import cells
from contrafact.catalogue.csv_import.applying import ResolvedGrant
from contrafact.catalogue.csv_import.cells import MICROS, Unreadable
from contrafact.catalogue.csv_import.exporting import place, when
from contrafact.catalogue.csv_import.lines import NONE, Reader
from contrafact.catalogue.csv_import.problems import Problems
from contrafact.catalogue.csv_import.reading import Row
from contrafact.catalogue.describing import genre_slug
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.licences import recognise
from contrafact.rights.extents import EXTENTS, WHOLE, faults_in
from contrafact.rights.terms import Allowed, Bound, Fate, Limits, NotBeside, OnWithdrawal, Price, Terms
from contrafact.rights.topics import TOPICS

_COUNTS: Final = (
    "uses_per_listener_month",
    "uses_total",
    "releases_per_listener",
    "releases_per_artist_listener",
    "releases_total",
)
_COLUMNS: Final[Mapping[str, str]] = {
    "operations": "bounds",
    "limits.whole": "whole",
    **{f"limits.{name}": name for name in _COUNTS},
}
"""By how the place of a fault in terms begins, the column that says it."""


def terms_of(grant: ResolvedGrant, problems: Problems) -> Terms | None:
    """The terms that a line says; None when some cell cannot be understood, with the problems told."""
    line = grant.line
    row = Reader(Row(line.place.file, line.place.line, line.cells), problems)
    operations = row.get("operations", lambda text: _operations(text, {NONE: ()}))
    asked = frozenset(row.get("approval", lambda text: _operations(text, {NONE: (), "all": operations or ()})) or ())
    for operation in sorted(asked - frozenset(operations or ())):
        row.refuse("approval", f"{operation} is not among the operations that are allowed")
    bounds = (
        row.get("bounds", lambda text: cells.bounds(text, {name: EXTENTS.get(name, ()) for name in operations or ()}))
        or {}
    )
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
    whole = row.get("whole", lambda text: cells.bounds(text, {"": WHOLE})) or {}
    licence = row.get("licence", _licence)
    said: dict[str, Any] = {
        "operations": allowed,
        "territories": line.territories,
        "valid_from": line.valid_from,
        "valid_to": line.valid_to,
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
    if not grant.line.withdraw:
        # What is withdrawn need not make sense: whoever made a slip must be able to take it back.
        for fault in faults_in(terms):
            column = next((column for start, column in _COLUMNS.items() if fault.place.startswith(start)), None)
            row.refuse(column, str(fault))
    return terms if row.good else None


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


def _price(row: Reader) -> Price | None:
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


def _on_withdrawal(row: Reader) -> OnWithdrawal:
    fate = row.get("on_withdrawal", lambda text: cells.one_of(text, get_args(Fate))) or "keep"
    hours = row.get("withdrawal_hours", cells.count) or 0
    if hours > 24 * 366:
        row.refuse("withdrawal_hours", "a year is the most")
        hours = 0
    return OnWithdrawal(fate=fate, hours=hours)


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
