"""What tests of withdrawals, disputes and notices do in a house: takes without their sound, money, and what is seen."""

from collections import Counter
from typing import Any

from sqlalchemy import text

from contrafact.accounts.schemas import User
from contrafact.remixes.releases.releasing import release
from contrafact.remixes.standing import blocking, release_states
from contrafact.remixes.tables import store_releases
from contrafact.remixes.takes.paying import owed
from contrafact.royalties import service as royalties
from tests.support.house import House


def made(house: House, user: User, ratio: float = 1.1, *, parent: str | None = None) -> str:
    """A remix that is there, without its sound: nothing here is about sound."""
    remix_id = house.ask(user, ratio, parent=parent)
    with house.installation.database.transaction() as session:
        session.execute(text("UPDATE remixes SET status = 'ready' WHERE id = :id"), {"id": remix_id})
    return remix_id


def released(house: House, user: User, ratio: float = 1.1, *, parent: str | None = None) -> tuple[str, str]:
    """A remix and its release."""
    remix_id = made(house, user, ratio, parent=parent)
    return remix_id, release(house.installation, remix_id, user)


def state(house: House, release_id: str) -> str:
    """Where a release is when everything that is due was done."""
    with house.installation.database.transaction() as session:
        release_states.settle(session, house.clock)
        row = store_releases.release(session, release_id)
        assert row is not None
        return row.state


def playable(house: House, remix_id: str) -> bool:
    """Whether its own listener may hear a take."""
    with house.installation.database.reading() as session:
        try:
            blocking.require_playable(session, remix_id, house.clock)
        except blocking.TakenAway:
            return False
        return True


def ledger(house: House) -> list[Any]:
    """Every row that is about money."""
    with house.installation.database.reading() as session:
        return [
            session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2")).all()
            for table in ("usage_events", "ledger_transactions", "ledger_postings")
        ]


def paid(house: House, remix_id: str, key: str) -> Counter[str]:
    """A play is booked, and the ledger is in order; micro-units by account."""
    with house.installation.database.transaction() as session:
        row = house.remix(remix_id)
        now = house.clock.now()
        event = royalties.UsageEvent("play", key, remix_id, "usr_somebody", row.decision_sha256, now)
        payout = owed(session, row, None, territory="DE", at=now)
        booked = royalties.record_usage(session, event, payout, house.clock)
        report = royalties.check(session)
        assert report.ok, report.problems
    found: Counter[str] = Counter()
    for posting in booked.postings:
        if posting.side == "credit":
            found[posting.account] += posting.amount_micros
    return found
