"""Taking songs in: once, whole, findable, and never leaving traces of a failure."""

import json
import multiprocessing
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sqlalchemy.orm import Session

from contrafact.assets.store import AssetStore
from contrafact.catalogue import admission, service
from contrafact.catalogue.errors import BadSong, NoSuchSong
from contrafact.catalogue.ingest import Ears
from contrafact.catalogue.values import Credit, IngestOptions
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.errors import BadInput
from contrafact.kit.blobs import sha256_of_file
from contrafact.kit.errors import BadInputError, StorageFull
from tests.support.library import Library, open_library, sound, write


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write(tmp_path / "a_song.flac", sound())


def test_a_song_is_taken_in_whole(library: Library, song: Path) -> None:
    admission = library.ingest(song, IngestOptions(title="Song", artist="Band", album="Disc", isrc="SE-ABC-26-00001"))
    recording = admission.recording
    assert admission.created
    assert (recording.title, recording.artist, recording.album) == ("Song", "Band", "Disc")
    assert recording.isrc == "SEABC2600001"
    assert recording.sha256 == sha256_of_file(song)
    assert recording.duration_s == pytest.approx(2.0)
    assert (recording.key, recording.tempo_bpm, recording.metre) == ("A minor", 120.0, 4)
    assert service.chart_of(recording, library.blobs).duration_s == pytest.approx(2.0)
    assert service.audio_path(recording, library.blobs).read_bytes() == song.read_bytes()
    playback = decode(library.blobs.path(recording.playback_blob))
    assert playback.duration_s == pytest.approx(2.0, abs=0.01)
    waveform = json.loads(library.blobs.get(recording.waveform_blob))
    assert len(waveform["peaks"]) == 800
    assert max(waveform["peaks"]) == pytest.approx(float(np.abs(decode(song).samples).max()), abs=0.01)
    assert recording.cover_type == "image/svg+xml"
    assert library.blobs.get(recording.cover_blob).startswith(b"<svg")
    assert library.contents()[2] == []


def test_the_kept_stems_sum_to_the_recording(library: Library, song: Path) -> None:
    recording = library.ingest(song).recording
    with service.stem_reader(recording, library.blobs) as stems:
        total = sum((stems.read(name, 0, stems.frames) for name in STEM_NAMES), np.zeros((2, stems.frames), np.float32))
    whole = decode(song).samples
    assert 20 * np.log10(np.std(total - whole) / np.std(whole)) < -60


def test_the_artist_holds_everything_until_somebody_says_otherwise(library: Library, song: Path) -> None:
    recording = library.ingest(song, IngestOptions(artist="Band")).recording
    with library.database.transaction() as session:
        holders = service.holders(session, recording.id)
    assert [(item.name, item.share) for item in holders.master] == [("Band", Fraction(1))]
    assert [(item.name, item.share) for item in holders.work] == [("Band", Fraction(1))]
    assert holders.master[0].party_id == holders.work[0].party_id
    assert [item.role for item in holders.contributions] == ["featured artist", "writer"]
    assert holders.performers == (holders.master[0].party_id,)


def test_credits_with_shares_and_a_voice(library: Library, song: Path) -> None:
    credits = (
        Credit("Label", "label", "organisation", master=Fraction(2, 3)),
        Credit("Singer", "featured artist", master=Fraction(1, 3), work=Fraction(1, 7), voice=True),
        Credit("Writer", "writer", work=Fraction(6, 7)),
    )
    recording = library.ingest(song, IngestOptions(credits=credits)).recording
    with library.database.transaction() as session:
        holders = service.holders(session, recording.id)
        names = {party.id: party.name for party in service.parties(session)}
    assert {item.name: item.share for item in holders.master} == {"Label": Fraction(2, 3), "Singer": Fraction(1, 3)}
    assert {item.name: item.share for item in holders.work} == {"Singer": Fraction(1, 7), "Writer": Fraction(6, 7)}
    assert [names[party] for party in holders.performers] == ["Singer"]


def test_shares_that_do_not_sum_to_one_are_refused(library: Library, song: Path) -> None:
    credits = (Credit("A", "writer", master=Fraction(1), work=Fraction(99, 100)),)
    with pytest.raises(BadSong, match="sum to 99/100"):
        library.ingest(song, IngestOptions(credits=credits))
    assert library.contents() == (0, 0, [])


def test_the_same_bytes_are_one_recording(library: Library, song: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.wav"
    copy.write_bytes(song.read_bytes())
    first = library.ingest(song)
    before = library.contents()
    second = library.ingest(copy, IngestOptions(title="Another title"))
    assert (first.created, second.created) == (True, False)
    assert first.recording == second.recording
    assert library.contents() == before
    assert library.heard == ["listen", "separate", "hear_parts"]


def test_one_party_of_a_name(library: Library, tmp_path: Path) -> None:
    for number, artist in enumerate(["The Band", "the  band"]):
        library.ingest(write(tmp_path / f"{number}.flac", sound(seed=number)), IngestOptions(artist=artist))
    with library.database.transaction() as session:
        assert len(service.parties(session)) == 1


def test_songs_are_found_by_id_isrc_and_file(library: Library, song: Path, tmp_path: Path) -> None:
    recording = library.ingest(song, IngestOptions(isrc="SEABC2600001", reference="demo:a")).recording
    stranger = write(tmp_path / "stranger.flac", sound(seed=5))
    with library.database.transaction() as session:
        for name in (recording.id, "SE-ABC-26-00001", "seabc2600001", str(song)):
            assert service.find(session, name) == recording
        assert service.find_by_reference(session, "demo:a") == recording
        assert service.find_by_reference(session, "demo:b") is None
        assert service.list_recordings(session) == (recording,)
        for name, why in ((str(stranger), "contrafact ingest"), ("rec_nothing", "no song"), ("\x00", "no song")):
            with pytest.raises(NoSuchSong, match=why):
                service.find(session, name)


def test_an_isrc_belongs_to_one_recording(library: Library, song: Path, tmp_path: Path) -> None:
    library.ingest(song, IngestOptions(isrc="SEABC2600001", title="First"))
    before = library.contents()
    with pytest.raises(BadSong, match="belongs to “First”"):
        library.ingest(write(tmp_path / "b.flac", sound(seed=1)), IngestOptions(isrc="SEABC2600001"))
    assert library.contents() == before


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (IngestOptions(isrc="12345"), "not an ISRC"),
        (IngestOptions(iswc="T-034.524.680-2"), "check digit"),
        (IngestOptions(licence="all yours"), "not known"),
        (IngestOptions(stems_dir=Path("/nonexistent")), "not a folder"),
    ],
)
def test_wrong_words_about_a_song_are_refused(library: Library, song: Path, options: IngestOptions, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        library.ingest(song, options)
    assert library.contents() == (0, 0, [])


def _text(path: Path) -> None:
    path.write_text("this is not music\n" * 100)


def _truncated(path: Path) -> None:
    whole = path.with_name("whole.flac")
    write(whole, sound(3))
    path.write_bytes(whole.read_bytes()[:40_000])


def _not_numbers(path: Path) -> None:
    samples = sound()
    samples[0, 100] = np.nan
    soundfile.write(path.with_suffix(".wav"), samples.T, 44_100, subtype="FLOAT")
    path.with_suffix(".wav").rename(path)


@pytest.mark.parametrize(
    "spoil",
    [_text, _truncated, _not_numbers, lambda path: path.touch(), lambda path: path.mkdir(), lambda path: None],
    ids=["text", "truncated", "nan", "empty", "folder", "missing"],
)
def test_what_is_not_a_sound_file_is_refused_and_leaves_no_trace(
    library: Library, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    path = tmp_path / "input.flac"
    spoil(path)
    with pytest.raises((BadInput, BadInputError)) as refusal:
        library.ingest(path)
    assert "\n" not in str(refusal.value)
    assert library.contents() == (0, 0, [])


def test_mono_at_a_low_rate_and_a_wrong_suffix_are_fine(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "wrong.mp3"
    soundfile.write(tmp_path / "mono.wav", sound(1.0)[0][::5], 8_820)
    (tmp_path / "mono.wav").rename(path)
    assert library.ingest(path).recording.channels == 1


def test_an_error_in_the_middle_leaves_no_trace(library: Library, song: Path) -> None:
    def refuse(_session: Session, _admission: service.Admission) -> None:
        raise RuntimeError("the grant was refused")

    with pytest.raises(RuntimeError):
        service.ingest(
            song,
            IngestOptions(),
            database=library.database,
            blobs=library.blobs,
            assets=library.assets,
            scratch=library.scratch,
            clock=library.clock,
            also=refuse,
            ears=library.ears,
        )
    assert library.contents() == (0, 0, [])
    assert library.ingest(song).created


def test_a_disk_that_fills_up_leaves_no_trace(library: Library, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_file = library.blobs.put_file
    kept: list[Path] = []

    def full(path: Path) -> object:
        if len(kept) == 3:
            raise StorageFull("the disk is full; free some space and try again. Nothing was kept")
        kept.append(path)
        return put_file(path)

    monkeypatch.setattr(library.blobs, "put_file", full)
    with pytest.raises(StorageFull):
        library.ingest(song)
    assert len(kept) == 3
    assert library.contents() == (0, 0, [])


def test_stems_that_the_owner_delivers_are_never_separated(library: Library, song: Path, tmp_path: Path) -> None:
    stems = tmp_path / "stems"
    stems.mkdir()
    write(stems / "vocals.flac", decode(song).samples)
    recording = library.ingest(song, IngestOptions(stems_dir=stems)).recording
    assert recording.stems_origin == "owner"
    assert recording.separator is None
    assert "separate" not in library.heard


def test_a_song_keeps_who_took_it_apart(library: Library, song: Path) -> None:
    recording = library.ingest(song).recording
    assert (recording.stems_origin, recording.separator) == ("separated", library.ears.separator)


def test_the_engines_ears_are_called_as_the_operator_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRAFACT_SEPARATOR", "demucs")
    assert Ears.of_engine().separator == "demucs"
    assert Ears.of_engine("spleeter").separator == "spleeter"


def test_a_failure_spares_what_other_recordings_need(
    library: Library, song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Songs of equal length with a silent stem share its blob."""
    stems = tmp_path / "stems"
    stems.mkdir()
    write(stems / "vocals.flac", decode(song).samples)
    first = library.ingest(song, IngestOptions(stems_dir=stems)).recording
    other = write(tmp_path / "other.flac", sound(seed=3))
    write(stems / "vocals.flac", decode(other).samples)
    before = library.contents()
    monkeypatch.setattr(admission, "admit", lambda *_: (_ for _ in ()).throw(RuntimeError))
    with pytest.raises(RuntimeError):
        library.ingest(other, IngestOptions(stems_dir=stems))
    assert library.contents() == before
    with service.stem_reader(first, library.blobs) as reader:
        assert reader.read("drums", 0, 100).shape == (2, 100)


def _ingest_in_process(root: str, path: str, results: "multiprocessing.Queue[tuple[str, bool, int]]") -> None:
    library = open_library(Path(root))
    admission = library.ingest(Path(path))
    results.put((admission.recording.id, admission.created, len(library.heard)))
    library.database.close()


def test_two_processes_with_one_file_make_one_recording(library: Library, song: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[tuple[str, bool, int]] = context.Queue()
    arguments = (str(library.root), str(song), results)
    workers = [context.Process(target=_ingest_in_process, args=arguments) for _ in range(2)]
    for worker in workers:
        worker.start()
    first, second = results.get(timeout=120), results.get(timeout=120)
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert first[0] == second[0]
    assert {first[1], second[1]} == {True, False}
    assert first[2] + second[2] == 3  # the slow work was done once
    assert library.contents()[0] == 1


@pytest.mark.assets
def test_silence_is_taken_in_as_what_it_is(library: Library, asset_store: AssetStore, tmp_path: Path) -> None:
    """With the real ears and the real separation; remixing it is refused elsewhere, by its chart."""
    admission = service.ingest(
        write(tmp_path / "silence.flac", np.zeros((2, 5 * 44_100), np.float32)),
        IngestOptions(),
        database=library.database,
        blobs=library.blobs,
        assets=asset_store,
        scratch=library.scratch,
        clock=library.clock,
    )
    assert admission.recording.content == "silence"
    assert not admission.recording.has_vocals
    assert service.chart_of(admission.recording, library.blobs).content == "silence"
