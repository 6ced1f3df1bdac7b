"""A release is taken back by who told of it, wholly, once, in the order of the messages; never by anybody else."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.kit.clock import FixedClock
from contrafact.kit.errors import Conflict
from contrafact.remixes.deliveries.delivering import deliver
from contrafact.remixes.deliveries.delivery_reports import DeliveryOptions, ReleaseReport
from contrafact.remixes.deliveries.models_deliveries import DeliveredGrantRow
from contrafact.rights import service as rights
from tests.support.ern import HEADER, RELEASE, TERMS, TRACK, deal, message, purge

CLOCK = FixedClock(datetime(2026, 4, 1, tzinfo=UTC))
OPTIONS = DeliveryOptions(by="operator")
STYLE = '<UseType Namespace="contrafact" UserDefinedValue="style">UserDefined</UseType>'
GRANTING = TERMS.replace("<UseType>OnDemandStream</UseType>", STYLE)
OTHER = "PADPIDA2009101501Y"
TRACKS_KEY = '<ProprietaryId Namespace="PADPIDA2013020802I">R1-of-M1</ProprietaryId>'


def header(number: int, day: int) -> str:
    return HEADER.replace("M-1<", f"M-{number}<").replace("2026-03-01T", f"2026-03-{day:02d}T")


def told(number: int, day: int, deals: str | None = None, releases: str = RELEASE) -> bytes:
    return message(header=header(number, day), releases=releases, deals=deals or deal(GRANTING, "R0"))


def taken_back(number: int, day: int, ids: str = "<ICPN>4006381333931</ICPN>") -> bytes:
    return purge(ids, header=header(number, day))


def take(session: Session, data: bytes) -> ReleaseReport:
    reports: list[ReleaseReport] = []
    deliver(session, data, OPTIONS, CLOCK, reports.append)
    return reports[-1]


def statuses(session: Session) -> list[str]:
    series = session.scalars(select(DeliveredGrantRow.series).distinct().order_by(DeliveredGrantRow.series)).all()
    return sorted(rights.history(session, one)[-1].status for one in series)


def test_everything_that_a_release_led_to_is_withdrawn_and_the_recording_stays(session: Session) -> None:
    take(session, told(1, 1))
    found = take(session, taken_back(2, 2))
    assert (found.outcome, found.title, found.findings) == ("purged", "Rain", ())
    assert "is withdrawn" in found.changes[0]
    assert statuses(session) == ["withdrawn"]
    assert catalogue.find_song(session, "SEABC2600001") is not None


def test_the_releases_of_its_tracks_go_with_it_and_not_the_other_way_round(session: Session) -> None:
    both = deal(GRANTING, "R0") + deal(GRANTING, "R1")
    take(session, told(1, 1, both, RELEASE + TRACK))
    assert statuses(session) == ["active", "active"]
    assert take(session, taken_back(2, 2, TRACKS_KEY)).outcome == "purged"
    assert statuses(session) == ["active", "withdrawn"]
    found = take(session, taken_back(3, 3))
    assert (found.outcome, statuses(session)) == ("purged", ["withdrawn", "withdrawn"])
    whole = take(session, taken_back(4, 4))
    assert whole.changes == ("it had led to no grants",)


def test_tracks_go_with_the_release_in_one_message(session: Session) -> None:
    take(session, told(1, 1, deal(GRANTING, "R0") + deal(GRANTING, "R1"), RELEASE + TRACK))
    take(session, taken_back(2, 2))
    assert statuses(session) == ["withdrawn", "withdrawn"]


def test_what_comes_late_changes_nothing_and_what_is_told_anew_is_new(session: Session) -> None:
    take(session, told(1, 3))
    late = take(session, taken_back(2, 2))
    assert (late.outcome, [found.code for found in late.findings]) == ("late", ["out_of_order"])
    assert statuses(session) == ["active"]
    take(session, taken_back(3, 5))
    older = take(session, told(4, 4))
    assert (older.outcome, statuses(session)) == ("late", ["withdrawn"])
    assert take(session, told(5, 6)).outcome == "changed"
    assert statuses(session) == ["active", "withdrawn"]


def test_the_same_message_again_does_nothing_and_a_number_is_used_once(session: Session) -> None:
    take(session, told(1, 1))
    take(session, taken_back(2, 2))
    assert deliver(session, taken_back(2, 2), OPTIONS, CLOCK).again
    with pytest.raises(Conflict, match="used the MessageId 'M-2' before"):
        take(session, taken_back(2, 2, TRACKS_KEY))


GRID = "<GRid>A12425GABC1234002M</GRid>"
ICPN = "<ICPN>4006381333931</ICPN>"
OTHER_ICPN = "<ICPN>5901234123457</ICPN>"
CATALOGUE = '<CatalogNumber Namespace="PADPIDA2013020802I">CAT-1</CatalogNumber>'
OWN = '<ProprietaryId Namespace="PADPIDA2013020802I">OURS-1</ProprietaryId>'


def known_as(ids: str) -> str:
    return RELEASE.replace(ICPN, ids)


@pytest.mark.parametrize("ids", [GRID, ICPN, CATALOGUE, OWN, ICPN + OWN])
def test_a_release_is_taken_back_by_any_number_that_was_told_of_it(session: Session, ids: str) -> None:
    take(session, told(1, 1, releases=known_as(GRID + ICPN + CATALOGUE + OWN)))
    assert take(session, taken_back(2, 2, ids)).outcome == "purged"
    assert statuses(session) == ["withdrawn"]


def test_a_number_that_came_later_is_one_of_the_same_release(session: Session) -> None:
    """Else the wider deal of the older message would stay, beside the newer one that should take its place."""
    take(session, told(1, 1))
    again = take(session, told(2, 2, releases=known_as(GRID + ICPN)))
    assert again.outcome == "changed"
    assert any("told of before as icpn:4006381333931" in change for change in again.changes), again.changes
    assert statuses(session) == ["active"], "one grant, not one for each number"
    assert take(session, told(3, 3, releases=known_as(GRID))).outcome == "changed"
    assert take(session, told(4, 1, releases=known_as(GRID))).outcome == "late"
    assert take(session, taken_back(5, 4, ICPN)).outcome == "purged"
    assert statuses(session) == ["withdrawn"]
    assert take(session, taken_back(6, 5, GRID)).changes == ("it had led to no grants",)


def test_a_number_of_two_releases_takes_back_neither_and_both_are_named(session: Session) -> None:
    take(session, told(1, 1, releases=known_as(ICPN + CATALOGUE)))
    other = known_as(GRID + CATALOGUE).replace("<DisplayTitleText>Rain<", "<DisplayTitleText>Rain (deluxe)<")
    assert take(session, told(2, 2, releases=other)).outcome == "new", "a shared catalogue number makes them not one"
    found = take(session, taken_back(3, 3, CATALOGUE))
    assert (found.outcome, [each.code for each in found.findings]) == ("blocked", ["several_releases"])
    for named in ("“Rain” (icpn:4006381333931", "“Rain (deluxe)” (grid:A12425GABC1234002M", "which one"):
        assert named in found.findings[0].sentence
    assert statuses(session) == ["active", "active"]
    assert take(session, taken_back(4, 3, ICPN + CATALOGUE)).outcome == "blocked", (
        "the other has no ICPN that is another"
    )
    assert take(session, taken_back(5, 3, ICPN)).outcome == "purged"


def test_a_number_beside_another_that_is_not_its_own_takes_back_nothing(session: Session) -> None:
    take(session, told(1, 1, releases=known_as(ICPN + CATALOGUE)))
    found = take(session, taken_back(2, 2, OTHER_ICPN + CATALOGUE))
    assert (found.outcome, [each.code for each in found.findings]) == ("blocked", ["other_numbers"])
    assert "“Rain” (icpn:4006381333931" in found.findings[0].sentence
    assert statuses(session) == ["active"]


def test_releases_that_share_what_every_release_has_stay_apart(session: Session) -> None:
    """A number in somebody's namespace may say anything, a genre or a campaign: it is no release's own by itself."""
    take(session, told(1, 1, releases=known_as(ICPN + OWN)))
    assert take(session, told(2, 2, releases=known_as(OTHER_ICPN + OWN))).outcome == "new"
    assert statuses(session) == ["active", "active"]
    unclear = take(session, told(3, 3, releases=known_as(OWN)))
    assert (unclear.outcome, [each.code for each in unclear.findings]) == ("new", ["several_releases"])


SENDER = "<MessageSender>\n      <PartyId>PADPIDA2013020802I"
BEHALF = f"</MessageSender><SentOnBehalfOf><PartyId>{OTHER}</PartyId></SentOnBehalfOf>"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (taken_back(2, 2, "<ICPN>5901234123457</ICPN>"), "not_told"),
        (taken_back(2, 2).replace(SENDER.encode(), f"<MessageSender><PartyId>{OTHER}".encode()), "not_told"),
        (taken_back(2, 2).replace(b"</MessageSender>", BEHALF.encode()), "not_the_licensor"),
    ],
    ids=["another release", "another sender", "for another party"],
)
def test_nobody_else_takes_it_back(session: Session, data: bytes, code: str) -> None:
    take(session, told(1, 1))
    known = catalogue.put_party(session, "Other Label", "organisation", by="x", reason="x", clock=CLOCK)
    catalogue.set_identifiers(session, known.id, {"dpid": OTHER}, by="x", reason="x", clock=CLOCK)
    found = take(session, data)
    assert (found.outcome, [each.code for each in found.findings], found.changes) == ("blocked", [code], ())
    assert statuses(session) == ["active"]


def test_numbers_of_two_releases_take_back_neither(session: Session) -> None:
    take(session, told(1, 1, deal(GRANTING, "R0") + deal(GRANTING, "R1"), RELEASE + TRACK))
    found = take(session, taken_back(2, 2, "<ICPN>4006381333931</ICPN>" + TRACKS_KEY))
    assert (found.outcome, [each.code for each in found.findings]) == ("blocked", ["several_releases"])
    assert statuses(session) == ["active", "active"]
