"""Statements of ownership, mandates, people: versions that are never edited; songs told of before their sound."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from contrafact.catalogue import service
from contrafact.catalogue.errors import (
    BadOwnership,
    BadSong,
    NoSuchMandate,
    NoSuchParty,
    NoSuchSong,
    TakenIdentifier,
)
from contrafact.catalogue.ownership import MandateTerms, PersonFacts
from contrafact.catalogue.values import ContributionView, IngestOptions
from tests.support.library import Library, sound, write
from tests.support.owners import NOW, Owners, day, open_owners, place


@pytest.fixture
def owners(tmp_path: Path) -> Iterator[Owners]:
    made = open_owners(tmp_path)
    yield made
    made.database.close()


def test_a_newer_statement_holds_and_the_older_stays_readable(owners: Owners) -> None:
    with owners.database.transaction() as session:
        song = owners.song(session)
        first = service.state_shares(session, song.id, [owners.share(session, "A", "1")], **owners.said)
        owners.clock.at += timedelta(days=1)
        shares = [owners.share(session, "A", "1/3"), owners.share(session, "B", "2/3", "Worldwide -JP")]
        service.state_shares(
            session, song.id, shares, by="Bo", reason="sold", evidence="contract 7", clock=owners.clock
        )
        holders = service.holders(session, song.id)
        assert {item.name: (item.share, str(item.territories)) for item in holders.master} == {
            "A": (Fraction(1, 3), "Worldwide"),
            "B": (Fraction(2, 3), "Worldwide - {JP}"),
        }
        old, new = service.statements_of(session, song.id)
        assert old == first
        assert (old.version, old.side, old.shares[0].share) == (1, "master", Fraction(1))
        assert (new.version, new.by, new.reason, new.evidence) == (2, "Bo", "sold", "contract 7")
        assert new.at - old.at == timedelta(days=1)


def test_shares_are_held_by_place_and_time(owners: Owners) -> None:
    with owners.database.transaction() as session:
        song = owners.song(session)
        shares = [
            owners.share(session, "A", "1", "Worldwide -JP", valid_to=day("2027-01-01")),
            owners.share(session, "B", "1", "Worldwide -JP", valid_from=day("2027-01-01")),
            owners.share(session, "C", "1", "JP"),
        ]
        service.state_shares(session, song.work_id, shares, **owners.said)
        holders = service.holders(session, song.id)
    assert [item.name for item in holders.at("DE", day("2026-12-31")).work] == ["A"]
    assert [item.name for item in holders.at("DE", day("2027-01-01")).work] == ["B"]
    assert [item.name for item in holders.at("JP", NOW).work] == ["C"]
    assert holders.at("DE", NOW).master == ()


def test_said_again_nothing_is_written(owners: Owners) -> None:
    with owners.database.transaction() as session:
        song = owners.song(session)
        shares = [owners.share(session, "A", "1/2"), owners.share(session, "B", "1/2", "JP", valid_from=NOW)]
        first = service.state_shares(session, song.id, shares, **owners.said)
        again = service.state_shares(session, song.id, shares[::-1], **owners.said)
        assert again == first
        assert len(service.statements_of(session, song.id)) == 1


def test_a_statement_may_leave_gaps_but_not_be_impossible(owners: Owners) -> None:
    with owners.database.transaction() as session:
        song = owners.song(session)
        half = owners.share(session, "A", "1/2")
        service.state_shares(session, song.id, [half], **owners.said)
        assert [item.kind for item in service.gaps_and_overlaps(service.holders(session, song.id))] == ["gap", "gap"]
        service.state_shares(session, song.id, [], **owners.said)
        assert service.holders(session, song.id).master == ()
        for wrong, message in (
            (replace(half, share=Fraction(3, 2)), "share 1 of 3/2 is impossible"),
            (replace(half, share=Fraction(1, 10**13)), "too fine"),
            (replace(half, territories=place("JP -JP")), "held nowhere"),
            (replace(half, valid_from=NOW, valid_to=NOW), "ends before it begins"),
        ):
            with pytest.raises(BadOwnership, match=message):
                service.state_shares(session, song.id, [wrong], **owners.said)
        with pytest.raises(BadOwnership, match="too many"):
            service.state_shares(session, song.id, [half] * 501, **owners.said)
        with pytest.raises(BadOwnership, match="needs a reason"):
            service.state_shares(session, song.id, [half], by="Ada", reason=" ", clock=owners.clock)
        with pytest.raises(NoSuchParty, match="pty_nobody"):
            service.state_shares(session, song.id, [replace(half, party_id="pty_nobody")], **owners.said)
        for nothing in ("rec_nothing", "wrk_nothing"):
            with pytest.raises(NoSuchSong, match=nothing):
                service.state_shares(session, nothing, [half], **owners.said)


FORBIDDEN = (
    "UPDATE ownership_statements SET reason = 'x'",
    "DELETE FROM ownership_statements",
    "UPDATE ownership_shares SET numerator = 1",
    "DELETE FROM ownership_shares",
    "INSERT INTO ownership_shares SELECT statement_id, position + 1, party_id, role, 1, 2, include, exclude, "
    "valid_from, valid_to FROM ownership_shares",
    "INSERT OR REPLACE INTO ownership_statements SELECT * FROM ownership_statements",
    "INSERT OR REPLACE INTO ownership_shares SELECT * FROM ownership_shares",
    "UPDATE mandates SET agent_id = 'x'",
    "DELETE FROM mandates",
    "INSERT OR REPLACE INTO mandates SELECT * FROM mandates",
    "UPDATE people SET status = 'living'",
    "DELETE FROM people",
    "INSERT OR REPLACE INTO people SELECT * FROM people",
    "UPDATE catalogue_changes SET reason = 'x'",
    "DELETE FROM catalogue_changes",
)


def test_the_database_refuses_to_change_what_was_said(owners: Owners) -> None:
    with owners.database.transaction() as session:
        song = owners.song(session)
        service.state_shares(session, song.id, [owners.share(session, "A", "1")], **owners.said)
        a, b = owners.party(session, "A"), owners.party(session, "B")
        service.put_mandate(session, MandateTerms(a, b, "agent", "master"), **owners.said)
        service.put_person(session, a, PersonFacts("deceased", estate=(b,)), **owners.said)
    for statement in FORBIDDEN:
        with (
            pytest.raises(IntegrityError, match=r"never changed|no further shares"),
            owners.database.transaction() as session,
        ):
            session.execute(text(statement))


def test_r3_a_mandate_is_told_changed_and_ended_by_versions(owners: Owners) -> None:
    with owners.database.transaction() as session:
        a, b = owners.party(session, "A"), owners.party(session, "B")
        terms = MandateTerms(a, b, "administrator", "work", operations=("style", "mashup"), territories=place("DE AT"))
        first = service.put_mandate(session, terms, **owners.said)
        assert service.put_mandate(session, terms, series=first.series, **owners.said) == first
        wider = replace(terms, operations=None, valid_to=day("2027-01-01"))
        second = service.put_mandate(session, wider, series=first.series, **owners.said)
        assert (second.version, second.terms.operations) == (2, None)
        assert service.mandates_of(session, [a]) == (second,)
        assert service.mandates_of(session, [a], at=day("2027-01-01")) == ()
        assert service.mandates_of(session, [b]) == ()
        assert service.mandates_to(session, b) == (second,)
        ended = service.end_mandate(session, first.series, by="Bo", reason="over", clock=owners.clock)
        assert (ended.status, ended.version) == ("ended", 3)
        assert service.end_mandate(session, first.series, by="Bo", reason="over", clock=owners.clock) == ended
        assert service.mandates_of(session, [a]) == ()
        assert [item.status for item in service.mandate_history(session, first.series)] == ["active", "active", "ended"]
        again = service.put_mandate(session, terms, series=first.series, **owners.said)
        assert (again.version, service.mandates_of(session, [a])) == (4, (again,))


def test_mandates_that_cannot_be(owners: Owners) -> None:
    with owners.database.transaction() as session:
        song = owners.song(session)
        a, b, c = (owners.party(session, name) for name in "ABC")
        terms = MandateTerms(a, b, "agent", "master")
        first = service.put_mandate(session, terms, **owners.said)
        for wrong, message in (
            (replace(terms, agent_id=a), "of its own"),
            (replace(terms, operations=()), "no operation"),
            (replace(terms, subject_id=song.work_id), "names a work"),
            (replace(terms, territories=place("JP -JP")), "held nowhere"),
        ):
            with pytest.raises(BadOwnership, match=message):
                service.put_mandate(session, wrong, **owners.said)
        with pytest.raises(BadOwnership, match="other parties"):
            service.put_mandate(session, replace(terms, agent_id=c), series=first.series, **owners.said)
        with pytest.raises(NoSuchMandate):
            service.end_mandate(session, "mds_nothing", **owners.said)
        with pytest.raises(NoSuchSong):
            service.put_mandate(session, replace(terms, subject_id="rec_nothing"), **owners.said)


def test_r7_what_is_known_of_a_performer_is_told_by_versions(owners: Owners) -> None:
    with owners.database.transaction() as session:
        child, mother, heir = (owners.party(session, name) for name in ("Child", "Mother", "Heir"))
        facts = PersonFacts(born_on=date(2012, 2, 29), guardians=(mother,))
        first = service.put_person(session, child, facts, **owners.said)
        assert service.put_person(session, child, facts, **owners.said) == first
        second = service.put_person(session, child, PersonFacts("deceased", estate=(heir,)), **owners.said)
        assert (second.version, second.facts.status) == (2, "deceased")
        assert service.people_of(session, [child, mother]) == (second,)
        assert [item.facts.born_on for item in service.person_history(session, child)] == [date(2012, 2, 29), None]
        for wrong, message in (
            (PersonFacts(born_on=date(2026, 3, 2)), "birthday cannot be"),
            (PersonFacts(born_on=date(1850, 1, 1)), "birthday cannot be"),
            (PersonFacts(guardians=(child,)), "their own guardian"),
            (PersonFacts(estate=(heir,)), "one who has died"),
        ):
            with pytest.raises(BadOwnership, match=message) as caught:
                service.put_person(session, child, wrong, **owners.said)
            assert "1850" not in str(caught.value)
    assert "2012" not in repr(first)


def test_an_announced_song_waits_for_its_sound(library: Library, tmp_path: Path) -> None:
    owners = Owners(library.database, library.clock)
    with library.database.transaction() as session:
        song = owners.song(session, isrc_code="SE-ABC-26-00001", iswc_code="T-034.524.680-1", album="Weather")
        service.set_label_and_genres(session, song.id, "Small Label", ["Hip-Hop", "jazz"], **owners.said)
        service.state_shares(session, song.id, [owners.share(session, "Label", "1")], **owners.said)
        singer = owners.party(session, "Singer")
        service.set_contributions(
            session, song.id, [ContributionView(singer, "Singer", "featured artist", True)], **owners.said
        )
        assert service.list_recordings(session) == ()
        (there,) = service.all_songs(session)
        assert (there.announced, there.label, there.genres) == (True, "Small Label", ("hip-hop", "jazz"))
    file = write(tmp_path / "rain.flac", sound())
    recording = library.ingest(file, IngestOptions(title="Rain", isrc="SEABC2600001")).recording
    assert (recording.id, recording.work_id, recording.reference) == (song.id, song.work_id, "song-1")
    assert (recording.label, recording.genres, recording.album) == ("Small Label", ("hip-hop", "jazz"), "Weather")
    with library.database.transaction() as session:
        holders = service.holders(session, song.id)
        assert [item.name for item in holders.master] == ["Label"]
        assert holders.performers == holders.artist_ids == (singer,)
        assert [item.name for item in holders.work] == ["Unknown artist"]
        (there,) = service.all_songs(session)
        assert not there.announced
        with pytest.raises(TakenIdentifier, match="SEABC2600001"):
            owners.song(session, "song-2", isrc_code="SEABC2600001")


def test_a_song_is_announced_under_a_name_of_its_own(owners: Owners) -> None:
    with owners.database.transaction() as session:
        song = owners.song(session)
        for key in (song.id, "song-1"):
            assert service.find_song(session, key) == song
        assert service.find_song(session, "SEABC2600001") is None
        with pytest.raises(TakenIdentifier, match="song-1"):
            owners.song(session)
        with pytest.raises(BadSong, match="needs an ISRC or a reference"):
            service.announce(session, title="Rain", artist="A", **owners.said)


def test_identifiers_are_given_once_and_every_change_is_kept(owners: Owners) -> None:
    with owners.database.transaction() as session:
        song, a, b = owners.song(session), owners.party(session, "A"), owners.party(session, "B")
        service.set_identifiers(session, song.id, {"isrc": "SE-ABC-26-00001"}, **owners.said)
        service.set_identifiers(session, song.work_id, {"iswc": "T-034.524.680-1"}, **owners.said)
        service.set_identifiers(session, a, {"isni": "0000 0001 2281 955X", "ipi": "14107338"}, **owners.said)
        assert service.set_identifiers(session, a, {"ipi": "00014107338"}, **owners.said) == ()
        found = service.find_party(session, {"isni": "000000012281955X", "dpid": "PADPIDA2013020802I"})
        assert found
        assert found.id == a
        with pytest.raises(TakenIdentifier, match="“A”"):
            service.set_identifiers(session, b, {"ipi": "14107338"}, **owners.said)
        with pytest.raises(BadSong, match="a party has no ISRC"):
            service.set_identifiers(session, b, {"isrc": "SEABC2600001"}, **owners.said)
        service.set_identifiers(session, b, {"dpid": "PADPIDA2013020802I"}, **owners.said)
        with pytest.raises(TakenIdentifier, match="different parties, “A” and “B”"):
            service.find_party(session, {"isni": "000000012281955X", "dpid": "PADPIDA2013020802I"})
        service.set_identifiers(session, a, {"ipi": None}, **owners.said)
        service.set_titles(session, song.id, title="Rain (live)", **owners.said)
        assert [(item.field, item.before, item.after) for item in service.changes_of(session, a)][1:] == [
            ("isni", None, "000000012281955X"),
            ("ipi", None, "00014107338"),
            ("ipi", "00014107338", None),
        ]
        title = service.changes_of(session, song.id)[-1]
        assert (title.before, title.after, title.by) == ("Rain", "Rain (live)", "Ada")


def test_titles_belong_to_recordings(owners: Owners) -> None:
    with owners.database.transaction() as session:
        song = owners.song(session)
        with pytest.raises(BadSong, match="no recording"):
            service.set_titles(session, song.work_id, artist="B", **owners.said)
        with pytest.raises(BadSong, match="is no genre"):
            service.set_label_and_genres(session, song.id, None, ["日本"], **owners.said)
        with pytest.raises(BadSong, match="the artist"):
            service.set_titles(session, song.id, artist="\u200b", **owners.said)


def test_many_songs_take_as_many_queries_as_one(owners: Owners) -> None:
    from sqlalchemy import event

    with owners.database.transaction() as session:
        ids = []
        for number in range(30):
            song = owners.song(session, f"song-{number}")
            service.state_shares(session, song.id, [owners.share(session, f"A{number}", "1")], **owners.said)
            ids.append(song.id)
    seen: list[str] = []
    event.listen(owners.database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    counts = []
    for wanted in (ids[:1], ids):
        seen.clear()
        with owners.database.reading() as session:
            assert len(service.holders_of_many(session, wanted)) == len(wanted)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 5


def test_what_a_party_holds(owners: Owners) -> None:
    with owners.database.transaction() as session:
        song = owners.song(session)
        a = owners.party(session, "A")
        for subject in (song.id, song.work_id):
            service.state_shares(session, subject, [owners.share(session, "A", "1")], **owners.said)
        assert service.holdings_of(session, a) == (song.id, song.work_id)
        service.state_shares(session, song.id, [owners.share(session, "B", "1")], **owners.said)
        assert service.holdings_of(session, a) == (song.work_id,)
