"""What labels deliver by DDEX becomes known and granted: once, in the order it was told, never more than said."""

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.ddex.errors import BadMessage
from contrafact.catalogue.ddex.granting import GrantOptions
from contrafact.kit.clock import FixedClock
from contrafact.kit.errors import Conflict
from contrafact.remixes.deliveries import store_deliveries as store
from contrafact.remixes.deliveries.delivering import deliver, delivered_before, messages_in
from contrafact.remixes.deliveries.delivery_reports import DeliveryOptions, DeliveryReport, ReleaseReport
from contrafact.rights import service as rights
from contrafact.rights.values import Grant
from tests.support.ern import HEADER, RECORDING, RELEASE, TERMS, TRACK, deal, message

CLOCK = FixedClock(datetime(2026, 4, 1, tzinfo=UTC))
OPTIONS = DeliveryOptions(by="operator")
STREAM = "<UseType>OnDemandStream</UseType>"
LABEL = "PADPIDA2013020802I"


def terms(*operations: str) -> str:
    uses = "".join(
        f'<UseType Namespace="contrafact" UserDefinedValue="{one}">UserDefined</UseType>' for one in operations
    )
    return TERMS.replace(STREAM, uses or STREAM)


def told(number: int, *operations: str, day: int = 1, **parts: str) -> bytes:
    header = HEADER.replace("M-1<", f"M-{number}<").replace("2026-03-01T", f"2026-03-{day:02d}T")
    return message(header=header, releases=RELEASE, deals=deal(terms(*operations), "R0"), **parts)


def take(
    session: Session, data: bytes, options: DeliveryOptions = OPTIONS
) -> tuple[DeliveryReport, list[ReleaseReport]]:
    reports: list[ReleaseReport] = []
    return deliver(session, data, options, CLOCK, reports.append), reports


def grants(session: Session, isrc: str = "SEABC2600001") -> list[Grant]:
    song = catalogue.find_song(session, isrc)
    assert song is not None
    rows = store.told_of(session, song.id)
    series = {found for row in rows for found in _series(session, row.recording_id)}
    return sorted((rights.history(session, one)[-1] for one in series), key=lambda grant: grant.id)


def _series(session: Session, recording_id: str) -> list[str]:
    from sqlalchemy import select

    from contrafact.remixes.deliveries.models_deliveries import DeliveredGrantRow

    return list(session.scalars(select(DeliveredGrantRow.series).where(DeliveredGrantRow.recording_id == recording_id)))


def allowed(grant: Grant) -> list[str]:
    return [one.operation for one in grant.terms.operations]


def test_a_delivery_makes_recordings_works_owners_and_grants_known(session: Session) -> None:
    report, (release,) = take(session, told(1, "style", "arrangement"))
    assert (report.sender_dpid, report.message_id, report.again) == (LABEL, "M-1", False)
    assert (release.outcome, release.findings) == ("new", ())
    assert report.recordings_announced == report.grants_given == 1
    song = catalogue.find_song(session, "SEABC2600001")
    assert song is not None
    assert (song.title, song.artist, song.isrc) == ("Rain", "Ada", "SEABC2600001")
    (share,) = catalogue.holders(session, song.id).master
    label = catalogue.find_party(session, {"dpid": LABEL})
    assert label is not None
    assert (share.party_id, share.share) == (label.id, Fraction(1))
    ada = catalogue.find_party(session, {"isni": "000000012281955X"})
    assert ada is not None
    assert ada.name == "Ada"
    (grant,) = grants(session)
    assert (grant.party_id, grant.authority, grant.side) == (label.id, "owner", "master")
    assert allowed(grant) == ["arrangement", "style"]
    assert grant.terms.tiers == ("premium",)
    assert grant.terms.valid_from == datetime(2026, 3, 13, tzinfo=UTC)


def test_a_deal_to_stream_makes_the_recording_known_and_grants_nothing(session: Session) -> None:
    report, (release,) = take(session, told(1))
    assert (release.outcome, report.grants_given) == ("new", 0)
    assert grants(session) == []


def test_the_same_message_again_does_nothing(session: Session) -> None:
    take(session, told(1, "style"))
    again, reports = take(session, told(1, "style"))
    assert (again.again, reports) == (True, [])
    assert len(grants(session)) == 1


def test_a_number_that_was_used_for_another_message_is_refused(session: Session) -> None:
    take(session, told(1, "style"))
    with pytest.raises(Conflict, match="used the MessageId 'M-1' before"):
        take(session, told(1, "style", "arrangement"))


def test_a_newer_message_takes_the_place_of_an_older_one(session: Session) -> None:
    take(session, told(1, "style"))
    report, (release,) = take(session, told(2, "arrangement", day=2))
    assert (release.outcome, report.grants_given, report.grants_withdrawn) == ("changed", 1, 0)
    (grant,) = grants(session)
    assert (grant.version, allowed(grant)) == (2, ["arrangement"])


def test_what_a_newer_message_says_the_same_is_written_once(session: Session) -> None:
    take(session, told(1, "style"))
    report, (release,) = take(session, told(2, "style", day=2))
    assert (release.outcome, report.grants_given, release.changes) == ("changed", 0, ())
    assert [grant.version for grant in grants(session)] == [1]


def test_what_a_newer_message_does_not_repeat_is_withdrawn(session: Session) -> None:
    take(session, told(1, "style"))
    report, (release,) = take(session, told(2, day=2))
    assert (release.outcome, report.grants_withdrawn) == ("changed", 1)
    (grant,) = grants(session)
    assert grant.status == "withdrawn"
    report, _ = take(session, told(3, "style", day=3))
    assert report.grants_given == 1
    assert sorted(one.status for one in grants(session)) == ["active", "withdrawn"]


def test_a_release_without_deals_any_more_is_withdrawn(session: Session) -> None:
    take(session, told(1, "style"))
    gone = told(2, day=2).replace(b"<DealReleaseReference>R0", b"<DealReleaseReference>R1").replace(
        b"</Release>\n", b"</Release>" + TRACK.encode() + b"\n"
    )  # fmt: skip
    report, _ = take(session, gone)
    assert report.grants_withdrawn == 1


@pytest.mark.parametrize("day", [1, 2])
def test_a_message_that_is_not_newer_changes_nothing_and_is_told(session: Session, day: int) -> None:
    take(session, told(1, "style", day=2))
    report, (release,) = take(session, told(2, "style", "export", day=day))
    assert (release.outcome, report.grants_given) == ("late", 0)
    assert [finding.code for finding in release.findings] == ["out_of_order"]
    (grant,) = grants(session)
    assert allowed(grant) == ["style"]


def test_a_grant_that_was_withdrawn_since_is_not_given_again_by_a_message(session: Session) -> None:
    take(session, told(1, "style"))
    (grant,) = grants(session)
    rights.withdraw(session, grant.series, by="label", clock=CLOCK)
    report, (release,) = take(session, told(2, "style", day=2))
    assert report.grants_given == 0
    assert [finding.code for finding in release.findings] == ["withdrawn_since"]
    assert [one.status for one in grants(session)] == ["withdrawn"]


def test_a_release_with_an_error_is_left_out_and_the_others_are_taken_in(session: Session) -> None:
    second = RECORDING.replace("A1<", "A2<").replace("PT3M10S", "PT0S").replace("SEABC2600001", "SEABC2600002")
    track = TRACK.replace("A1<", "A2<")
    data = message(resources=RECORDING + second, releases=RELEASE + track, deals=deal(terms("style")))
    report, reports = take(session, data)
    assert [one.outcome for one in reports] == ["new", "blocked"]
    assert report.outcomes == {"new": 1, "blocked": 1}
    assert catalogue.find_song(session, "SEABC2600002") is None


def test_whoever_is_not_named_as_owner_grants_what_is_only_declared(session: Session) -> None:
    nobody = RECORDING[: RECORDING.index("<ResourceRightsController>")] + RECORDING[RECORDING.index("<Duration>") :]
    take(session, told(1, "style", resources=nobody))
    song = catalogue.find_song(session, "SEABC2600001")
    assert song is not None
    assert catalogue.holders(session, song.id).master == ()
    (grant,) = grants(session)
    assert grant.authority == "declared"


def test_the_operator_may_take_the_sender_for_the_holder_where_nobody_is_named(session: Session) -> None:
    nobody = RECORDING[: RECORDING.index("<ResourceRightsController>")] + RECORDING[RECORDING.index("<Duration>") :]
    take(session, told(1, "style", resources=nobody), DeliveryOptions(by="operator", sender_holds_masters=True))
    song = catalogue.find_song(session, "SEABC2600001")
    assert song is not None
    assert [share.share for share in catalogue.holders(session, song.id).master] == [1]
    assert [grant.authority for grant in grants(session)] == ["declared"]


def test_an_administrator_is_not_an_owner(session: Session) -> None:
    administers = RECORDING.replace("RightsController</RightsControlType>", "RightsAdministrator</RightsControlType>")
    take(session, told(1, "style", resources=administers))
    song = catalogue.find_song(session, "SEABC2600001")
    assert song is not None
    assert catalogue.holders(session, song.id).master == ()
    assert [grant.authority for grant in grants(session)] == ["declared"]


def test_owners_that_are_stated_are_never_changed_by_a_message(session: Session) -> None:
    take(session, told(1, "style"))
    song = catalogue.find_song(session, "SEABC2600001")
    assert song is not None
    before = catalogue.holders(session, song.id)
    half = RECORDING.replace("<RightSharePercentage>100", "<RightSharePercentage>50").replace("Rain", "Snow")
    _, (release,) = take(session, told(2, "style", day=2, resources=half))
    assert [finding.code for finding in release.findings] == ["owned_by_others"]
    assert catalogue.holders(session, song.id) == before
    again = catalogue.find_song(session, "SEABC2600001")
    assert again is not None
    assert again.title == "Rain"


def test_a_wrong_isrc_recognises_nobody(session: Session) -> None:
    wrong = RECORDING.replace("SEABC2600001", "SEABC26000")
    _, (release,) = take(session, told(1, "style", resources=wrong))
    assert release.outcome == "new"
    song = catalogue.find_song(session, f"ddex:{LABEL}:A1")
    assert song is not None
    assert song.isrc is None


@pytest.mark.parametrize(
    ("old", "new", "options", "why"),
    [
        ("<PartyId>PADPIDA2013020802I", "<PartyId>PADPIDA2013020802J", OPTIONS, "nobody knows who sent this"),
        ("<MessageId>M-1", f"<MessageId>{'x' * 201}", OPTIONS, "longer than 200"),
        ("LiveMessage", "SoSo", OPTIONS, "not known"),
        (
            "x",
            "x",
            DeliveryOptions(by="o", grants=GrantOptions(our_dpids=frozenset({"PADPIDA2013042401U"}))),
            "not for us",
        ),
    ],
)
def test_a_message_of_nobody_or_for_others_is_refused(
    session: Session, old: str, new: str, options: DeliveryOptions, why: str
) -> None:
    with pytest.raises(BadMessage, match=why):
        take(session, told(1, "style").replace(old.encode(), new.encode(), 1), options)


def test_a_message_for_us_is_taken_in(session: Session) -> None:
    ours = DeliveryOptions(by="o", grants=GrantOptions(our_dpids=frozenset({LABEL})))
    assert take(session, told(1, "style"), ours)[0].grants_given == 1


def test_what_was_delivered_is_evidence(session: Session) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    take(session, told(1, "style"))
    for table in ("messages", "releases", "recordings", "grants"):
        with pytest.raises(IntegrityError, match="never changed"), session.begin_nested():
            session.execute(text(f"DELETE FROM delivered_{table}"))


def test_files_are_known_again_by_their_bytes_and_folders_are_walked_in_order(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "b").mkdir(parents=True)
    files = [folder / "a.xml", folder / "b" / "c.xml"]
    for number, file in enumerate(files, start=1):
        file.write_bytes(told(number, "style", day=number))
    (folder / "notes.txt").write_text("x")
    assert list(messages_in([folder])) == files
    deliver(session, files[0], OPTIONS, CLOCK)
    assert [delivered_before(session, file) for file in files] == [True, False]


def test_a_price_is_a_floor_in_micro_units_rounded_up(session: Session) -> None:
    unit = '<WholesalePricePerUnit CurrencyCode="EUR">0.1234567</WholesalePricePerUnit>'
    price = f"</UseType><PriceInformation>{unit}</PriceInformation>"
    data = told(1, "style").replace(b"</UseType>", price.encode())
    take(session, data)
    (grant,) = grants(session)
    assert grant.terms.price is not None
    assert (grant.terms.price.currency, grant.terms.price.generation_micros) == ("EUR", 123_457)
