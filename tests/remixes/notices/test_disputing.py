"""Disputes (R8): nothing new, releases as the operator set it, money to suspense, and afterwards all as it was."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.standing import set_status
from contrafact.kit.errors import BadInputError, Conflict, NotFound, WrongCall
from contrafact.remixes.notices import disputing
from contrafact.remixes.withdrawals.withdrawing import withdraw
from contrafact.rights.clocks import Clocks, load_clocks
from contrafact.rights.disputes import DisputedSide, Outcome
from contrafact.rights.errors import RightsRefused
from tests.support.claims import ledger, made, paid, released, state
from tests.support.house import House

pytestmark = [pytest.mark.assets]


@pytest.fixture
def settings(house: House) -> Iterator[Path]:
    """The operator's file; gone afterwards."""
    path = house.installation.home.root / "claims.toml"
    yield path
    path.unlink(missing_ok=True)


def opened(house: House, side: DisputedSide = "both", subject: str | None = None) -> disputing.DisputeView:
    return disputing.open_dispute(
        house.installation,
        subject or house.song,
        claimant="Zed Records",
        evidence="We own the tape; see the contract of 1998.",
        by="staff",
        side=side,
    )


def ended(house: House, dispute_id: str, outcome: Outcome = "rejected") -> disputing.DisputeView:
    return disputing.resolve(house.installation, dispute_id, outcome, "The contract was looked at.", by="staff")


def status(house: House) -> str:
    with house.installation.database.reading() as session:
        return catalogue.get(session, house.song).status


def work_of(house: House) -> str:
    with house.installation.database.reading() as session:
        return catalogue.get(session, house.song).work_id


def test_r8_a_dispute_stops_new_work_and_when_it_ends_all_is_as_before(house: House) -> None:
    house.allow()
    anna = house.listener("Anna")
    _, release_id = released(house, anna)
    found = opened(house)
    assert (found.open, found.title, status(house)) == (True, "Rain", "frozen")
    with pytest.raises(RightsRefused, match="in dispute"):
        house.ask(anna, 0.9)
    assert state(house, release_id) == "released", "releases play on unless the operator says otherwise"
    done = ended(house, found.id)
    assert (done.open, done.outcome, status(house)) == (False, "rejected", "active")
    assert done.note is None, "nothing was held"
    assert [event.kind for event in done.events] == ["opened", "resolved"]
    house.ask(anna, 0.9)


@pytest.mark.parametrize("side", ["both", "master", "work"])
def test_r8_the_money_of_the_disputed_side_goes_to_suspense_and_to_nobody_else(
    house: House, side: DisputedSide
) -> None:
    house.allow()
    remix_id = made(house, house.listener(f"Bea {side}"))
    usual = paid(house, remix_id, f"before {side}")
    found = opened(house, side, work_of(house) if side == "work" else None)
    during = paid(house, remix_id, f"during {side}")
    ended(house, found.id)
    assert paid(house, remix_id, f"after {side}") == usual
    sides = ("master", "work") if side == "both" else (side,)
    suspense = {account for account in during if account.startswith("liabilities:suspense:")}
    assert suspense == {f"liabilities:suspense:{house.song}:{each}" for each in sides}
    assert sum(during.values()) == sum(usual.values())
    others = {account for account in usual if ":party:" not in account}
    assert {account: during[account] for account in others} == {account: usual[account] for account in others}
    for account in usual:
        if ":party:" in account:
            assert during.get(account, 0) <= usual[account], "nothing of a disputed side goes to another party"
    if side == "both":
        assert not any(":party:" in account for account in during)


def test_r8_nothing_that_was_booked_before_or_during_is_touched_when_it_ends(house: House) -> None:
    house.allow()
    remix_id = made(house, house.listener("Cleo"))
    found = opened(house)
    paid(house, remix_id, "held")
    before = ledger(house)
    ended(house, found.id, "upheld")
    assert ledger(house) == before


def test_r8_several_disputes_at_once_hold_until_the_last_one_ends(house: House) -> None:
    first, second = opened(house, "master"), opened(house, "work", work_of(house))
    ended(house, first.id)
    assert status(house) == "frozen"
    remix = house.listener("Dora")
    with pytest.raises(RightsRefused):
        house.ask(remix)
    ended(house, second.id)
    assert status(house) == "active"
    assert [item.id for item in disputing.all_disputes(house.installation, only_open=True)] == []
    assert [item.id for item in disputing.all_disputes(house.installation)][:2] == [second.id, first.id]


def test_r8_the_operator_may_let_releases_fall_silent_meanwhile(house: House, settings: Path) -> None:
    house.allow()
    _, release_id = released(house, house.listener("Emil"))
    settings.write_text('releases = "freeze"\n')
    found = opened(house)
    assert (found.releases, state(house, release_id)) == ("freeze", "frozen")
    settings.unlink()
    other = opened(house)
    ended(house, found.id)
    assert state(house, release_id) == "released", "the other dispute lets it play"
    ended(house, other.id)


def test_r8_a_settlement_names_the_new_statement_of_ownership(house: House) -> None:
    found = opened(house)
    with pytest.raises(WrongCall, match="statement"):
        disputing.resolve(house.installation, found.id, "settled", "Half and half.", by="staff")
    done = disputing.resolve(house.installation, found.id, "settled", "Half.", by="staff", statement="own_2026_7")
    assert (done.events[-1].statement, status(house)) == ("own_2026_7", "active")
    with pytest.raises(Conflict, match="is over"):
        ended(house, found.id)
    with pytest.raises(Conflict, match="is over"):
        disputing.note(house.installation, found.id, "One more thing.", by="staff")


def test_r8_a_recording_that_is_withdrawn_during_a_dispute_stays_withdrawn(house: House) -> None:
    house.allow()
    remix_id = made(house, house.listener("Frida"))
    found = opened(house)
    withdraw(house.installation, recordings=[house.song], by="label", reason="Sold.")
    assert status(house) == "withdrawn"
    assert any("suspense" in account for account in paid(house, remix_id, "withdrawn and disputed"))
    ended(house, found.id)
    assert status(house) == "withdrawn"
    with house.installation.database.transaction() as session:  # for the tests that follow
        set_status(session, house.song, "active")


def test_claims_that_say_nothing_or_of_nothing_are_refused(house: House) -> None:
    with pytest.raises(NotFound):
        opened(house, subject="rec_none")
    with pytest.raises(NotFound):
        opened(house, subject="wrk_none")
    with pytest.raises(WrongCall, match="evidence"):
        disputing.open_dispute(house.installation, house.song, claimant="Z", evidence=" ", by="staff")
    with pytest.raises(NotFound, match="no party"):
        disputing.open_dispute(
            house.installation, house.song, claimant="Z", evidence="x", by="staff", claimant_party_id="pty_none"
        )
    with pytest.raises(NotFound):
        disputing.one_dispute(house.installation, "dsp_none")
    assert status(house) == "active"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("releases = 3", "releases"),
        ("act_hours = -1", "act_hours"),
        ("act_hours = true", "act_hours"),
        ("unknown = 1", "unknown"),
        ('holidays = ["Christmas"]', r"holidays\[0\]"),
        ("restore_business_days = 20", "restore_business_days"),
        ("not toml", "TOML"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_their_name(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "claims.toml").write_text(text)
    with pytest.raises(BadInputError, match=word):
        load_clocks(tmp_path)


def test_business_days_leave_weekends_and_holidays_out(house: House) -> None:
    friday = house.clock.now().replace(year=2026, month=12, day=18)
    assert Clocks().after_business_days(friday, 1) - friday == timedelta(days=3)
    assert Clocks(holidays=("2026-12-21",)).after_business_days(friday, 1) - friday == timedelta(days=4)
    assert Clocks().after_business_days(friday, 10) - friday == timedelta(days=14)
