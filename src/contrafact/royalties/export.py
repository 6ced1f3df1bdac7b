"""The ledger as a Beancount journal, so that an auditor can add it up with a program that is not ours."""

import re
from collections.abc import Iterator

from sqlalchemy.orm import Session

from contrafact.kit.money import written
from contrafact.royalties import store
from contrafact.royalties.store import StoredTransaction

_ROOTS = {"assets": "Assets", "liabilities": "Liabilities", "income": "Income"}
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9-]", re.ASCII)


def beancount(session: Session) -> Iterator[str]:
    """The lines of a Beancount 3 journal, without line ends.

    Notes
    -----
    Accounts are renamed to what Beancount allows (``liabilities:party:pty_a`` → ``Liabilities:Party:Pty-a``); the
    ledger's own name is kept in the metadata of each ``open``. Two accounts whose names become equal get a number.
    """
    yield 'option "title" "Contrafact ledger"'
    names: dict[str, str] = {}
    head = store.head(session)
    if head is None:
        return
    yield f'option "operating_currency" "{head[1]}"'
    for stored in store.stored_transactions(session):
        date = str(stored.transaction["posted_at"])[:10]
        for posting in stored.postings:
            if posting.account not in names:
                names[posting.account] = _beancount_name(posting.account, set(names.values()))
                yield f"{date} open {names[posting.account]} {stored.transaction['currency']}"
                yield f'  ledger-account: "{_text(posting.account)}"'
        yield from _entry(stored, date, names)


def _entry(stored: StoredTransaction, date: str, names: dict[str, str]) -> Iterator[str]:
    row, event = stored.transaction, stored.event or {}
    yield f'{date} * "{_text(str(event.get("kind", "")))}" "{_text(str(event.get("remix_id", "")))}"'
    for key in ("sequence", "id", "contract", "hash"):
        yield f'  {key}: "{_text(str(row[key]))}"'
    for posting in stored.postings:
        amount = posting.amount_micros if posting.side == "debit" else -posting.amount_micros
        yield f"  {names[posting.account]}  {written(amount, 6)} {row['currency']}"


def _beancount_name(account: str, taken: set[str]) -> str:
    root, *rest = account.split(":")
    parts = [_ROOTS.get(root, "Equity"), *(_NOT_IN_NAMES.sub("-", part) for part in rest)]
    name = ":".join(part[:1].upper() + part[1:] if part[:1].isalnum() else f"X{part}" for part in parts)
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate


def _text(text: str) -> str:
    line = "".join(c if c.isprintable() else " " for c in text)
    return line.replace("\\", "\\\\").replace('"', '\\"')
