"""The exported journal adds up by itself and names everything that the ledger names."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.royalties import service
from contrafact.royalties.export import beancount
from contrafact.royalties.schemas import Payout, UsageEvent

ACCOUNT = re.compile(r"(Assets|Liabilities|Income)(:[A-Z0-9][A-Za-z0-9-]*)+")


def test_an_empty_ledger_is_an_empty_journal(database: Database) -> None:
    with database.transaction() as session:
        assert list(beancount(session)) == ['option "title" "Contrafact ledger"']


def test_the_journal_adds_up_to_the_ledgers_balances(
    database: Database, payout: Payout, clock: FixedClock, event: Callable[..., UsageEvent]
) -> None:
    # Two parties whose names become equal in Beancount.
    source = payout.sources[0]
    alike = replace(source.payees[0], party_id="pty.label", share=source.payees[0].share / 2)
    halved = replace(source.payees[0], share=source.payees[0].share / 2)
    other = replace(payout, sources=(replace(source, payees=(halved, alike, *source.payees[1:])),))
    with database.transaction() as session:
        for number in range(5):
            service.record_usage(session, event(f"k{number}"), other, clock)
        lines = list(beancount(session))
        balances = {balance.account: balance for balance in service.balances(session)}
    opened, totals = {}, dict[str, Decimal]()
    for before, line in zip(["", *lines], lines, strict=False):
        if match := re.fullmatch(r'  ledger-account: "(.+)"', line):
            opened[before.split()[2]] = match[1]
        if match := re.fullmatch(r"  (\S+)  (-?\d+\.\d{6}) EUR", line):
            totals[match[1]] = totals.get(match[1], Decimal(0)) + Decimal(match[2])
    assert all(ACCOUNT.fullmatch(name) for name in opened)
    assert len(set(opened)) == len(balances)
    assert sum(totals.values()) == 0
    for name, account in opened.items():
        balance = balances[account]
        assert totals[name] * 1_000_000 == balance.debit_micros - balance.credit_micros
