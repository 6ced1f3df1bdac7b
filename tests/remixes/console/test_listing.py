"""The owner's catalogue: announced songs too, found by words in every script, a page at a time, in as few queries."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from contrafact.catalogue import finding
from contrafact.catalogue import service as catalogue
from contrafact.catalogue.announcing_many import Announcement, announce_many
from contrafact.catalogue.errors import NoSuchSong
from contrafact.catalogue.finding import Wanted
from contrafact.catalogue.ownership import StatedShare
from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.kit.errors import NotFound, WrongCall
from contrafact.remixes.console import bulk
from contrafact.remixes.console.listing import NAMES_AT_MOST, PAGE, catalogue_page, names
from contrafact.remixes.console.permitting import permissions, permissions_of
from contrafact.rights import service as rights
from contrafact.rights.values import Allowed, Terms

COUNT = 500
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def label(empty_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Five hundred songs of a label, announced as a delivery announces them."""
    path, clock = tmp_path_factory.mktemp("label") / "label.db", FixedClock(NOON)
    shutil.copyfile(empty_library, path)
    database = Database.at(path)
    with database.transaction() as session:
        owner = catalogue.put_party(session, "Zed Records", kind="organisation", by="t", reason="t", clock=clock).id
        everything = (StatedShare(party_id=owner, role="label", share=Fraction(1)),)
        wanted = [
            Announcement(
                title=f"Song {place:03}",
                artist=("Émile", "ÄRZTE", "ada", "Zoë")[place % 4],
                album=f"Album {place % 7}" if place % 7 else None,
                label="Zed 100%" if place % 2 else "Sub_Zed",
                reference=f"t:{place}",
                master=everything,
                work=everything,
            )
            for place in range(COUNT)
        ]
        announce_many(session, wanted, by="t", reason="t", clock=clock)
    yield database
    database.close()


@contextmanager
def queries(database: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(*said: Any) -> None:
        sent.append(said[2])

    engine = database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_the_catalogue_comes_a_page_at_a_time_in_order_and_whole(label: Database) -> None:
    found: list[tuple[str, str, str]] = []
    start: int | None = 0
    with label.reading() as session:
        while start is not None:
            page = catalogue_page(session, "", start)
            assert page.total == COUNT
            found += [(song.artist, song.album or "", song.title) for song in page.songs]
            start = page.next
    assert len(set(found)) == COUNT
    assert found == sorted(found, key=lambda song: tuple(part.casefold() for part in song))


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("ärzte", 125),
        ("ÉMILE song", 125),
        ("ADA sub_zed album", 107),
        ("100%", 250),
        ("song 007", 1),
        ("%", 250),
        ("  ", 500),
        ("no such", 0),
    ],
)
def test_words_are_found_in_any_case_and_mean_themselves(label: Database, words: str, count: int) -> None:
    with label.reading() as session:
        assert catalogue_page(session, words, 0).total == count


def test_a_page_takes_as_many_queries_as_one_song(label: Database, clock: FixedClock) -> None:
    with label.transaction() as session:
        for song in finding.songs_found(session, most=60):
            subject = permissions(session, song).subject
            terms = Terms(operations=(Allowed(operation="style"),), attribution=song.title)
            rights.grant_by_all(session, terms, subject, by="t", clock=clock)
    with label.reading() as session, queries(label) as sent:
        page = catalogue_page(session, "", 0)
    assert len(page.songs) == PAGE
    assert all(song.granted == ("style",) and song.announced and song.cover_url is None for song in page.songs)
    assert len(sent) < 12, "not so many for each song"
    with label.reading() as session:
        songs = finding.songs_found(session, most=3)
        assert permissions_of(session, songs) == {song.id: permissions(session, song) for song in songs}


def test_names_for_choosing_many_are_found_by_words(label: Database) -> None:
    with label.reading() as session:
        assert names(session, "artist", "").names == ("ada", "Zoë", "ÄRZTE", "Émile")
        assert names(session, "label", "ZED").names == ("Sub_Zed", "Zed 100%")
        assert names(session, "album", "3").names == ("Album 3",)
        assert not names(session, "artist", "").more
        assert len(finding.names_found(session, "album", "", 2)) == 2 < NAMES_AT_MOST


def test_songs_are_selected_for_a_change_by_what_is_said_of_them(
    label: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with label.reading() as session:
        both = bulk.selected(session, bulk.Selection(label="sub_zed", artist="ADA"))
        assert {(song.label, song.artist) for song in both} == {("Sub_Zed", "ada")}
        assert len(both) == 125
        assert len(bulk.selected(session, bulk.Selection(song_ids=(both[0].id,)))) == 1
        assert bulk.selected(session, bulk.Selection(album=""))[0].album is None
        with pytest.raises(NotFound, match="rec_none"):
            bulk.selected(session, bulk.Selection(song_ids=(both[0].id, "rec_none")))
        with pytest.raises(NotFound, match="no song"):
            bulk.selected(session, bulk.Selection(label="Sub"))
        monkeypatch.setattr(bulk, "MOST_SONGS", 100)
        with pytest.raises(WrongCall, match="125 songs fit"):
            bulk.selected(session, bulk.Selection(artist="ada"))
        with pytest.raises(NoSuchSong):
            finding.song(session, "rec_none")
        assert finding.count_songs(session, Wanted(ids=())) == 0
