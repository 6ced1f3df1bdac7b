"""Announcing many recordings at once gives what announcing each of them gives, and never changes what is there."""

from fractions import Fraction
from pathlib import Path

import pytest

from contrafact.catalogue import service
from contrafact.catalogue.announcing_many import AT_ONCE, Announcement, announce_many
from contrafact.catalogue.errors import BadIdentifier, BadOwnership, BadSong, NoSuchParty
from contrafact.catalogue.ownership import StatedShare
from tests.support.library import Library, open_library

WHY = {"by": "test", "reason": "test"}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return open_library(tmp_path_factory.mktemp("library"))


def test_many_are_announced_as_one_by_one(library: Library, tmp_path: Path) -> None:
    other = open_library(tmp_path)
    with library.database.transaction() as session:
        label = service.put_party(session, "Label", "organisation", clock=library.clock, **WHY)
        wanted = [
            Announcement(
                title=f"Song {number}", artist="Ada", isrc=f"SE-ABC-26-0000{number}", album="Rain", label="Small",
                genres=("Hip-Hop / Rap", "Pop"), iswc="T-034.524.680-1" if number < 2 else None,
                master=(StatedShare(label.id, "label", Fraction(1)),),
            )
            for number in range(3)
        ]  # fmt: skip
        made = announce_many(session, wanted, clock=library.clock, **WHY)
        songs = service.songs_by_id(session, [one.recording_id for one in made])
        assert all(one.new and one.left_out == () for one in made)
        assert made[0].work_id == made[1].work_id != made[2].work_id
        shares = service.holders(session, made[0].recording_id).master
        assert [(share.party_id, share.share) for share in shares] == [(label.id, Fraction(1))]
    with other.database.transaction() as session:
        for one, got in zip(wanted, made, strict=True):
            alone = service.announce(
                session, title=one.title, artist=one.artist, album=one.album, isrc_code=one.isrc, iswc_code=one.iswc,
                clock=other.clock, **WHY,
            )  # fmt: skip
            service.set_label_and_genres(session, alone.id, one.label, one.genres, clock=other.clock, **WHY)
            (again,) = service.songs_by_id(session, [alone.id]).values()
            many = songs[got.recording_id]
            for name in ("isrc", "iswc", "title", "artist", "album", "label", "genres", "announced", "status"):
                assert getattr(again, name) == getattr(many, name), name


def test_what_is_there_is_found_and_keeps_its_owners_and_names(library: Library) -> None:
    with library.database.transaction() as session:
        label = service.put_party(session, "Another", "organisation", clock=library.clock, **WHY)
        first, twin = announce_many(
            session,
            [Announcement("One", "Ada", reference="ref:1"), Announcement("Two", "Bob", reference="ref:1")],
            clock=library.clock,
            **WHY,
        )
        assert (first.new, twin.new, twin.recording_id) == (True, False, first.recording_id)
        claimed = Announcement("Three", "Eve", reference="ref:1", master=(StatedShare(label.id, "label", Fraction(1)),))
        (again,) = announce_many(session, [claimed], clock=library.clock, **WHY)
        assert (again.recording_id, again.new) == (first.recording_id, False)
        assert service.holders(session, first.recording_id).master == ()
        assert service.songs_by_id(session, [first.recording_id])[first.recording_id].title == "One"


@pytest.mark.parametrize(
    ("one", "error"),
    [
        (Announcement("A", "B"), BadSong),
        (Announcement("A", "B", isrc="SE1"), BadIdentifier),
        (Announcement("A", "B", reference="r", iswc="T0345246802"), BadIdentifier),
        (Announcement(" ", "B", reference="r"), BadSong),
        (Announcement("A", "B", reference="r", master=(StatedShare("pty_none", "label", Fraction(1)),)), NoSuchParty),
        (Announcement("A", "B", reference="r", master=(StatedShare("", "label", Fraction(2)),)), NoSuchParty),
    ],
)
def test_what_cannot_be_is_refused(library: Library, one: Announcement, error: type[Exception]) -> None:
    with pytest.raises(error), library.database.transaction() as session:
        announce_many(session, [one], clock=library.clock, **WHY)


def test_a_share_that_cannot_be_is_refused(library: Library) -> None:
    with library.database.transaction() as session:
        label = service.put_party(session, "Third", "organisation", clock=library.clock, **WHY)
        share = StatedShare(label.id, "label", Fraction(3, 2))
        wanted = [Announcement("A", "B", reference="r9", master=(share,))]
        with pytest.raises(BadOwnership):
            announce_many(session, wanted, clock=library.clock, **WHY)


def test_too_many_and_strange_genres_are_told(library: Library) -> None:
    with library.database.transaction() as session:
        one = Announcement("A", "B", reference="r2", genres=("日本", "Pop"))
        (made,) = announce_many(session, [one], clock=library.clock, **WHY)
        assert len(made.left_out) == 1
        assert service.songs_by_id(session, [made.recording_id])[made.recording_id].genres == ("pop",)
        with pytest.raises(ValueError, match="too many at once"):
            announce_many(session, [one] * (AT_ONCE + 1), clock=library.clock, **WHY)
