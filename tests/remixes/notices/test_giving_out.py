"""Money that was held in a dispute, or for want of an owner, reaches whom it belongs to (R8, R21)."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.models import RecordingRow, WorkRow
from contrafact.catalogue.ownership import StatedShare
from contrafact.kit.clock import FixedClock
from contrafact.kit.errors import NotFound
from contrafact.kit.home import Home
from contrafact.remixes.installation import Installation
from contrafact.remixes.notices import disputing
from contrafact.remixes.permission.joining import payees_of
from contrafact.remixes.takes.giving_out import give_out
from contrafact.rights.disputes import DisputedSide, Outcome
from contrafact.royalties import service as royalties
from contrafact.royalties.service import Payout, SourcePayout, UsageEvent

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SONG, WORK = "rec_one", "wrk_one"
QUARTERS = Fraction(3, 4)


@dataclass
class Books:
    """An installation with one song that nobody has to hear: its owners, its uses, its ledger."""

    installation: Installation
    ada: str
    zed: str

    def later(self) -> None:
        self.installation.clock = FixedClock(self.installation.clock.now() + timedelta(days=1))

    def state(self, subject_id: str, *shares: tuple[str, Fraction]) -> str:
        """Owners are stated; the statement's id."""
        stated = [StatedShare(party, "label", share) for party, share in shares]
        with self.installation.database.transaction() as session:
            return catalogue.state_shares(
                session, subject_id, stated, by="staff", reason="The contract.", clock=self.installation.clock
            ).id

    def use(self, key: str) -> None:
        """A play, paid to whoever holds the song now."""
        now = self.installation.clock.now()
        with self.installation.database.transaction() as session:
            held = catalogue.holders(session, SONG).at("DE", now)
            payees = (*payees_of("master", held.master), *payees_of("work", held.work))
            frozen = catalogue.get(session, SONG).status == "frozen"
            payout = Payout((SourcePayout(SONG, Fraction(1), payees, frozen=frozen),), "usr_u", "U", "DE")
            event = UsageEvent("play", key, "rmx_one", "usr_v", "ab" * 32, now)
            royalties.record_usage(session, event, payout, self.installation.clock)

    def owed(self) -> dict[str, int]:
        with self.installation.database.reading() as session:
            report = royalties.check(session)
        assert report.ok, report.problems
        return {item.account: item.amount_micros for item in report.accounts if item.amount_micros}

    def dispute(self, side: DisputedSide = "both") -> str:
        return disputing.open_dispute(
            self.installation, SONG, claimant="Zed", evidence="The tape.", by="staff", side=side
        ).id

    def end(self, dispute_id: str, outcome: Outcome, statement: str | None = None) -> disputing.DisputeView:
        return disputing.resolve(
            self.installation, dispute_id, outcome, "It was looked at.", by="staff", statement=statement
        )


@pytest.fixture
def books(tmp_path: Path, empty_library: Path) -> Iterator[Books]:
    shutil.copyfile(empty_library, Home(tmp_path).database)
    with Installation(Home(tmp_path), FixedClock(NOON), territory="DE") as opened:
        with opened.database.transaction() as session:
            session.add(WorkRow(id=WORK, title="Rain", created_at=NOON))
            session.flush()
            session.add(RecordingRow(**_columns()))
            session.flush()
            ada, zed = (
                catalogue.put_party(session, name, "person", by="x", reason="x", clock=opened.clock).id
                for name in ("Ada", "Zed")
            )
        made = Books(opened, ada, zed)
        made.state(SONG, (ada, Fraction(1)))
        made.state(WORK, (ada, Fraction(1)))
        made.later()
        yield made


def _columns() -> dict[str, Any]:
    """A recording of which only the owners matter."""
    filling: dict[type, Any] = {int: 1, float: 1.0, str: "x", bool: True, object: NOON}
    table = RecordingRow.__table__
    found = {column.name: filling[column.type.python_type] for column in table.columns if not column.nullable}
    return found | {"id": SONG, "work_id": WORK, "status": "active", "title": "Rain", "artist": "Ada"}


def test_r8_what_was_held_goes_to_the_owners_when_the_claim_is_rejected(books: Books) -> None:
    books.use("before")
    usual = books.owed()
    found = books.dispute()
    books.use("during")
    held = {account: amount for account, amount in books.owed().items() if ":suspense:" in account}
    assert set(held) == {f"liabilities:suspense:{SONG}:master", f"liabilities:suspense:{SONG}:work"}
    assert books.end(found, "rejected").note is None
    assert books.owed() == {account: 2 * amount for account, amount in usual.items()}, "as if nobody had claimed it"


def test_r8_what_was_held_waits_for_the_new_owners_when_the_claim_is_upheld(books: Books) -> None:
    found = books.dispute("master")
    books.use("during")
    held = books.owed()[f"liabilities:suspense:{SONG}:master"]
    note = books.end(found, "upheld").note
    assert note is not None
    assert "suspense" in note
    waiting = give_out(books.installation, song=SONG, by="staff")
    (side,) = (one for one in waiting.sides if one.side == "master")
    assert side.why is not None
    assert found in side.why
    assert side.left_micros == held
    books.later()
    books.state(SONG, (books.zed, Fraction(1)))
    foreseen = give_out(books.installation, by="staff", dry_run=True)
    assert (foreseen.done, foreseen.given_micros, foreseen.left_micros) == (False, held, 0)
    assert f"liabilities:party:{books.zed}" not in books.owed(), "a dry run books nothing"
    given = give_out(books.installation, by="staff")
    assert given.sides == foreseen.sides
    assert books.owed()[f"liabilities:party:{books.zed}"] == held
    assert give_out(books.installation, by="staff").given_micros == 0, "once"


def test_r8_a_settlement_that_names_the_owners_as_they_are_stated_gives_out_at_once(books: Books) -> None:
    named = books.state(SONG, (books.ada, QUARTERS), (books.zed, 1 - QUARTERS))
    books.later()
    found = books.dispute("master")
    books.use("during")
    held = books.owed()[f"liabilities:suspense:{SONG}:master"]
    assert books.end(found, "settled", named).note is None
    owed = books.owed()
    assert not any(":suspense:" in account for account in owed)
    assert owed[f"liabilities:party:{books.zed}"] == held / 4


def test_r21_a_gap_is_paid_when_it_is_filled_and_an_overlap_never(books: Books) -> None:
    books.state(SONG, (books.ada, QUARTERS))
    books.use("gap")
    held = books.owed()[f"liabilities:suspense:{SONG}:master"]
    assert give_out(books.installation, song=SONG, by="staff").left_micros == held
    books.state(SONG, (books.ada, QUARTERS), (books.zed, Fraction(1, 2)))
    assert give_out(books.installation, song=SONG, by="staff").given_micros == 0
    books.state(SONG, (books.ada, QUARTERS), (books.zed, 1 - QUARTERS))
    assert give_out(books.installation, song=SONG, by="staff").given_micros == held
    assert books.owed()[f"liabilities:party:{books.zed}"] == held


def test_giving_out_for_a_song_that_is_not_there_is_refused(books: Books) -> None:
    with pytest.raises(NotFound):
        give_out(books.installation, song="rec_nowhere", by="staff")
