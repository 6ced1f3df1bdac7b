"""Ownership as rights and royalties need it: subjects, authority, grants, and who is paid where and when."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.ownership import MandateTerms, PersonFacts, SongView
from contrafact.catalogue.values import ContributionView, IngestOptions
from contrafact.kit.errors import Conflict
from contrafact.remixes.permission.joining import payout_of
from contrafact.remixes.permission.owning import authority, authority_for, give, subjects_of_songs, with_authority
from contrafact.remixes.permission.sources import Source
from contrafact.rights import service as rights
from contrafact.rights.ownership import Subject
from contrafact.rights.terms import Allowed, Terms
from contrafact.royalties.contract import load_contract
from contrafact.royalties.split import postings_for
from tests.support.library import open_library, sound, write
from tests.support.owners import Owners, day, open_owners

STYLE = Terms(operations=(Allowed(operation="style"),))


@pytest.fixture
def owners(tmp_path: Path) -> Iterator[Owners]:
    made = open_owners(tmp_path)
    yield made
    made.database.close()


def make(owners: Owners) -> SongView:
    """A song of A (the world but Japan) and B (Japan, from 2027), written by C, sung by D."""
    with owners.database.transaction() as session:
        song = owners.song(session)
        shares = [
            owners.share(session, "A", "1", "Worldwide -JP"),
            owners.share(session, "B", "1", "JP", valid_from=day("2027-01-01")),
        ]
        catalogue.state_shares(session, song.id, shares, **owners.said)
        catalogue.state_shares(session, song.work_id, [owners.share(session, "C", "1")], **owners.said)
        singer = ContributionView(owners.party(session, "D"), "D", "featured artist", True)
        catalogue.set_contributions(session, song.id, [singer], **owners.said)
        catalogue.set_label_and_genres(session, song.id, "Small Label", ["jazz"], **owners.said)
    return song


def subject(owners: Owners, song: SongView) -> Subject:
    with owners.database.reading() as session:
        return subjects_of_songs(session, [song.id])[0]


def test_a_subject_has_all_shares_with_their_places_and_times(owners: Owners) -> None:
    song = make(owners)
    found = subject(owners, song)
    assert [(item.party_id, str(item.territories), item.valid_from) for item in found.master] == sorted(
        [(owners.ids["A"], "Worldwide - {JP}", None), (owners.ids["B"], "JP", day("2027-01-01"))]
    )
    assert (found.label, found.genres) == ("Small Label", ("jazz",))
    assert found.performers == found.artist_ids == (owners.ids["D"],)


def test_r3_mandates_and_people_come_with_the_facts(owners: Owners) -> None:
    song = make(owners)
    with owners.database.transaction() as session:
        other = owners.song(session, "song-2")
        a, d = owners.ids["A"], owners.ids["D"]
        agent, mother = owners.party(session, "Agent"), owners.party(session, "Mother")
        mandate = MandateTerms(a, agent, "agent", "master")
        catalogue.put_mandate(session, mandate, **owners.said)
        catalogue.put_mandate(session, replace(mandate, subject_id=other.id), **owners.said)
        catalogue.put_person(session, d, PersonFacts(born_on=date(2012, 5, 31), guardians=(mother,)), **owners.said)
        facts = with_authority(session, rights.facts_for(session, subjects_of_songs(session, [song.id])))
    assert [(item.principal_id, item.agent_id) for item in facts.mandates] == [(a, agent)]
    assert [(item.party_id, item.guardians, item.of_age_on()) for item in facts.people] == [
        (d, (mother,), date(2030, 5, 31))
    ]


def test_r4_who_may_speak_comes_in_the_order_of_snapshots(owners: Owners) -> None:
    song = make(owners)
    with owners.database.transaction() as session:
        a = owners.ids["A"]
        for name in "XYZUVW":
            catalogue.put_mandate(
                session, MandateTerms(a, owners.party(session, name), "agent", "master"), **owners.said
            )
        facts = rights.facts_for(session, subjects_of_songs(session, [song.id]))
        mandates, people = authority(session, facts.subjects)
        copied = facts.model_copy(update={"mandates": mandates, "people": people})
        assert copied == with_authority(session, facts)
        assert len(mandates) == 6


def test_r3_a_grant_says_by_what_right_it_was_given(owners: Owners) -> None:
    song = make(owners)
    found = subject(owners, song)
    a, d = owners.ids["A"], owners.ids["D"]
    with owners.database.transaction() as session:
        agent, mother = owners.party(session, "Agent"), owners.party(session, "Mother")
        own = give(session, STYLE, found, "master", a, by="Ada", clock=owners.clock)
        assert (own.party_id, own.authority, own.subject_id) == (a, "owner", song.id)
        with pytest.raises(Conflict, match="may not speak for"):
            give(session, STYLE, found, "master", a, speaker_id=agent, by="Ada", clock=owners.clock)
        for side in ("master", "work"):
            with pytest.raises(Conflict, match=f"holds nothing of the {side}"):
                give(session, STYLE, found, side, agent, by="Ada", clock=owners.clock)
        catalogue.put_mandate(session, MandateTerms(a, agent, "agent", "master", song.id), **owners.said)
        given = give(session, STYLE, found, "master", a, speaker_id=agent, by="Ada", clock=owners.clock)
        assert (given.party_id, given.authority) == (agent, "mandate")
        catalogue.put_person(session, d, PersonFacts(born_on=date(2012, 5, 31), guardians=(mother,)), **owners.said)
        assert authority_for(session, found, "voice", d, mother) == "guardian"
        catalogue.put_person(session, d, PersonFacts("deceased", estate=(mother,)), **owners.said)
        assert authority_for(session, found, "voice", d, mother) == "estate"
        with pytest.raises(Conflict, match="is not a voice on"):
            give(session, STYLE, found, "voice", a, by="Ada", clock=owners.clock)


def test_r8_money_goes_to_who_holds_it_there_and_then_and_what_is_disputed_is_held(tmp_path: Path) -> None:
    library = open_library(tmp_path / "home")
    owners = Owners(library.database, library.clock)
    song = make(owners)
    recording = library.ingest(write(tmp_path / "rain.flac", sound()), IngestOptions(reference="song-1")).recording
    assert recording.id == song.id

    def paid(territory: str, at: str) -> dict[str, int]:
        with library.database.reading() as session:
            source = Source(recording, catalogue.holders(session, song.id))
        payout = payout_of(
            (source,), {recording.sha256: Fraction(1)}, "remix", "usr_1", "Lis", territory=territory, at=day(at)
        )
        postings = postings_for(load_contract(), "generation", "generation", payout)
        parts = ("liabilities:party:", "liabilities:suspense:")
        return {f"{item.name}, {item.role}": item.amount_micros for item in postings if item.account.startswith(parts)}

    held = "Held until the owner is known, master"
    assert set(paid("DE", "2026-06-01")) == {"A, master: owner", "C, work: owner"}
    assert set(paid("JP", "2026-06-01")) == {held, "C, work: owner"}
    assert set(paid("JP", "2027-06-01")) == {"B, master: owner", "C, work: owner"}
    whole = sum(paid("DE", "2026-06-01").values())
    with library.database.transaction() as session:
        claims = [owners.share(session, "A", "1"), owners.share(session, "B", "1/3", "DE")]
        catalogue.state_shares(session, song.id, claims, **owners.said)
    disputed = paid("DE", "2026-06-01")
    assert set(disputed) == {held, "C, work: owner"}
    assert set(paid("US", "2026-06-01")) == {"A, master: owner", "C, work: owner"}
    with library.database.transaction() as session:
        catalogue.state_shares(session, song.id, [owners.share(session, "A", "1/3")], **owners.said)
    partly = paid("DE", "2026-06-01")
    assert abs(partly[held] - 2 * partly["A, master: owner"]) <= 2
    assert sum(disputed.values()) == sum(partly.values()) == whole
    library.database.close()
