"""Corrections in the catalogue: versions beside what was heard, the latest holds, nothing is lost or changed."""

import multiprocessing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from contrafact.catalogue import service
from contrafact.catalogue.errors import NoSuchSong
from contrafact.catalogue.values import CorrectionView, RecordingView
from contrafact.engine.listening.correcting import apply
from contrafact.engine.listening.corrections import BadCorrections, Corrections, parse_key, parse_tempo
from contrafact.kit.errors import Conflict
from tests.support.library import Library, open_library, sound, write

KEY = Corrections(key=parse_key("E minor"))
TEMPO = Corrections(tempo=parse_tempo("100"), downbeat_s=0.1)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return open_library(tmp_path / "home")


@pytest.fixture
def song(library: Library, tmp_path: Path) -> str:
    return library.ingest(write(tmp_path / "song.flac", sound(8.0))).recording.id


def correct(library: Library, song: str, said: Corrections, based_on: int | None = None) -> tuple[CorrectionView, ...]:
    return service.correct(
        song,
        said,
        database=library.database,
        blobs=library.blobs,
        clock=library.clock,
        by="Ada",
        reason="I wrote it",
        based_on=based_on,
    )


def recording(library: Library, song: str) -> RecordingView:
    with library.database.reading() as session:
        return service.get(session, song)


def test_a_song_that_nobody_corrected_is_as_it_was_heard(library: Library, song: str) -> None:
    found = recording(library, song)
    assert (found.chart_blob, found.chart_version) == (found.heard_chart_blob, 0)
    with library.database.reading() as session:
        assert service.corrections_of(session, song) == ()


def test_a_correction_holds_and_what_was_heard_stays(library: Library, song: str) -> None:
    heard = service.chart_of(recording(library, song), library.blobs)
    (version,) = correct(library, song, KEY)
    assert (version.version, version.by, version.reason, version.corrections) == (1, "Ada", "I wrote it", KEY)
    assert version.at == library.clock.now()
    found = recording(library, song)
    assert (found.key, found.chart_version) == ("E minor", 1)
    assert service.chart_of(found, library.blobs) == apply(heard, KEY)
    assert library.blobs.get(found.heard_chart_blob) == heard.model_dump_json().encode()
    with library.database.reading() as session:
        assert service.list_recordings(session) == (found,)


def test_the_latest_version_holds_and_the_others_are_kept(library: Library, song: str) -> None:
    correct(library, song, KEY)
    versions = correct(library, song, TEMPO)
    assert [item.corrections for item in versions] == [KEY, TEMPO]
    found = recording(library, song)
    assert (found.tempo_bpm, found.key, found.chart_version) == (100.0, "A minor", 2)


def test_withdrawing_is_a_version_that_says_nothing(library: Library, song: str) -> None:
    before = recording(library, song)
    correct(library, song, KEY)
    versions = correct(library, song, Corrections())
    assert [item.version for item in versions] == [1, 2]
    found = recording(library, song)
    assert (found.chart_blob, found.key, found.chart_version) == (before.chart_blob, before.key, 2)
    assert correct(library, song, Corrections()) == versions


def test_the_same_again_is_no_new_version(library: Library, song: str) -> None:
    assert correct(library, song, KEY) == correct(library, song, KEY)
    assert correct(library, song, Corrections.model_validate_json(KEY.canonical()))[-1].version == 1


def test_a_refused_correction_changes_nothing(library: Library, song: str) -> None:
    before = (library.contents(), recording(library, song))
    with pytest.raises(BadCorrections, match="outside the recording"):
        correct(library, song, Corrections(downbeat_s=9.0))
    with pytest.raises(NoSuchSong):
        correct(library, "rec_nothing", KEY)
    assert (library.contents(), recording(library, song)) == before


def test_who_had_seen_another_version_is_told(library: Library, song: str) -> None:
    correct(library, song, KEY, based_on=0)
    before = library.contents()
    with pytest.raises(Conflict, match=r"version 1\); look at them"):
        correct(library, song, TEMPO, based_on=0)
    assert library.contents() == before
    assert correct(library, song, TEMPO, based_on=1)[-1].version == 2


def broken(_prefix: str) -> str:
    raise OSError("no ids today")


def test_a_chart_of_which_nothing_came_is_forgotten(
    library: Library, song: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = library.contents()
    monkeypatch.setattr("contrafact.catalogue.correcting.new_id", broken)
    with pytest.raises(OSError, match="no ids today"):
        correct(library, song, KEY)
    assert library.contents() == before


def test_a_chart_that_another_version_needs_is_not_forgotten(
    library: Library, song: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    correct(library, song, KEY)
    correct(library, song, Corrections())
    before = library.contents()
    monkeypatch.setattr("contrafact.catalogue.correcting.new_id", broken)
    with pytest.raises(OSError, match="no ids today"):
        correct(library, song, KEY)
    assert library.contents() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE corrections SET reason = 'another'",
        "DELETE FROM corrections",
        "INSERT OR REPLACE INTO corrections SELECT 'cor_new', recording_id, version, '{}', heard_blob, chart_blob, "
        "tempo_bpm, key, metre, reason, created_by, created_at FROM corrections",
    ],
)
def test_the_database_refuses_to_change_a_version(library: Library, song: str, statement: str) -> None:
    correct(library, song, KEY)
    with pytest.raises(IntegrityError, match="never changed"), library.database.transaction() as session:
        session.execute(text(statement))


def _correct(root: str, song: str, tonic: str) -> None:
    library = open_library(Path(root))
    correct(library, song, Corrections(key=parse_key(f"{tonic} minor")))
    library.database.close()


def test_two_at_once_are_two_versions_one_after_the_other(library: Library, song: str) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_correct, args=(str(library.root), song, tonic)) for tonic in "CD"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    with library.database.reading() as session:
        versions = service.corrections_of(session, song)
    assert [item.version for item in versions] == [1, 2]
    said = {item.corrections.key.tonic for item in versions if item.corrections.key}
    assert said == {"C", "D"}
