"""What a step would do is told by doing it and taking it back: it is what is done, and nothing is left of the look."""

from fractions import Fraction

import pytest
from sqlalchemy import text

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.ownership import StatedShare
from contrafact.kit.errors import Conflict, NotFound
from contrafact.remixes.notices import disputing, foreseeing, noticing
from contrafact.remixes.notices.foreseeing import ForeseenView
from contrafact.rights.notice_documents import NoticeDocument
from tests.remixes.notices.test_noticing import COMPLETE
from tests.support.claims import released, state
from tests.support.house import House

pytestmark = [pytest.mark.assets]
_TABLES = (
    "disputes",
    "dispute_events",
    "recording_holds",
    "recording_hold_ends",
    "recordings",
    "release_moves",
    "releases",
    "notice_events",
    "notice_targets",
    "notifications",
    "take_blocks",
    "take_block_ends",
    "public_log",
    "staydown",
)


def everything(house: House) -> list[object]:
    """Every row that a step could leave."""
    with house.installation.database.reading() as session:
        return [session.execute(text(f"SELECT * FROM {table}")).all() for table in _TABLES]


def changed(seen: ForeseenView) -> dict[str, tuple[str, str]]:
    return {item.release_id: (item.before, item.after) for item in seen.releases if item.before != item.after}


def served(house: House, where: str, work: str = "Rain") -> str:
    document = NoticeDocument.model_validate({**COMPLETE, "location": where, "work": work})
    return noticing.receive(house.installation, document, channel="form", by="form").id


@pytest.mark.parametrize("releases", ["play", "freeze"])
def test_r8_what_a_dispute_and_its_end_would_do_is_what_they_do(house: House, releases: str) -> None:
    house.allow()
    (house.installation.home.root / "claims.toml").write_text(f'releases = "{releases}"\n')
    _, release_id = released(house, house.listener(f"Olga {releases}"))
    before = everything(house)
    seen = foreseeing.opening(house.installation, house.song)
    assert everything(house) == before
    assert [(song.before, song.after) for song in seen.songs] == [("active", "frozen")]
    assert changed(seen).get(release_id) == (("released", "frozen") if releases == "freeze" else None)
    assert seen.told == ("Ada Lovelace",)
    made = disputing.open_dispute(house.installation, house.song, claimant="Zed", evidence="A contract.", by="staff")
    assert state(house, release_id) == ("frozen" if releases == "freeze" else "released")

    another = disputing.open_dispute(house.installation, house.song, claimant="Yod", evidence="A letter.", by="staff")
    during = foreseeing.ending(house.installation, made.id, "rejected")
    assert [(song.before, song.after) for song in during.songs] == [("frozen", "frozen")], "the other one holds it"
    assert all(item.held for item in during.releases if item.after == "frozen")
    disputing.resolve(house.installation, another.id, "rejected", "No.", by="staff")
    last = foreseeing.ending(house.installation, made.id, "settled")
    assert [(song.before, song.after) for song in last.songs] == [("frozen", "active")]
    disputing.resolve(house.installation, made.id, "rejected", "No.", by="staff")
    assert state(house, release_id) == "released"
    with pytest.raises(Conflict, match="over"):
        foreseeing.ending(house.installation, made.id, "rejected")
    with pytest.raises(NotFound):
        foreseeing.opening(house.installation, "wrk_none")


def test_r15_what_acting_on_a_notice_would_do_is_what_it_does(house: House) -> None:
    house.allow()
    user = house.listener("Pia")
    remix_id, release_id = released(house, user)
    _, child = released(house, house.listener("Quin"), 1.2, parent=remix_id)
    notice_id = served(house, release_id)
    before = everything(house)
    seen = foreseeing.deed(house.installation, notice_id, "accept")
    assert everything(house) == before
    assert changed(seen) == {release_id: ("released", "taken_down"), child: ("released", "frozen")}
    assert (seen.takes_gone, seen.takes_back, seen.listeners) == (1, 0, 2)
    assert seen.answer_until is not None
    assert not changed(foreseeing.deed(house.installation, notice_id, "reject"))
    noticing.accept(house.installation, notice_id, by="staff")
    assert (state(house, release_id), state(house, child)) == ("taken_down", "frozen")
    back = foreseeing.deed(house.installation, notice_id, "restore")
    assert changed(back) == {release_id: ("taken_down", "released"), child: ("frozen", "released")}
    assert (back.takes_gone, back.takes_back) == (0, 1)
    with pytest.raises(Conflict):
        foreseeing.deed(house.installation, notice_id, "accept")
    noticing.restore(house.installation, notice_id, by="staff")
    assert (state(house, release_id), state(house, child)) == ("released", "released")


def test_a_settlement_may_name_what_was_stated_since(house: House) -> None:
    made = disputing.open_dispute(house.installation, house.song, claimant="Zed", evidence="A contract.", by="staff")
    ((_, _, party_id), *_) = house.holders()
    with house.installation.database.transaction() as session:
        before = catalogue.statements_of(session, house.song)
        shares = (StatedShare(party_id=party_id, role="label", share=Fraction(1)),)
        catalogue.state_shares(session, house.song, shares, by="staff", reason="settled", clock=house.clock)
    first, *others = disputing.statements_about(house.installation, made.id)
    assert (first.by, first.reason, first.side, first.since_opened) == ("staff", "settled", "master", True)
    assert first.shares == "Ada Lovelace 1"
    assert {item.version for item in others if item.side == "master"} == {item.version for item in before}
    ended = disputing.resolve(house.installation, made.id, "settled", "Ada keeps it.", by="staff", statement=first.id)
    assert ended.events[-1].statement == first.id


def test_r15_what_a_notice_holds_itself_is_not_told_as_held_by_something_else(house: House) -> None:
    house.allow()
    _, release_id = released(house, house.listener("Uma upheld"))
    notice_id = served(house, f"https://here.example/r/{release_id}")
    noticing.accept(house.installation, notice_id, by="staff")
    seen = foreseeing.deed(house.installation, notice_id, "uphold")
    assert [(each.release_id, each.before, each.after, each.held) for each in seen.releases] == [
        (release_id, "taken_down", "taken_down", False)
    ]
