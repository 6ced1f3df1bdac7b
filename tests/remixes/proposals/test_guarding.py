"""Words over a real catalogue: who takes part there, which titles there are, and topics that owners ban."""

import pytest

from contrafact.catalogue import service as catalogue
from contrafact.engine.audio.encoding import encode
from contrafact.engine.audio.stem_files import write_stems
from contrafact.engine.progress import silent
from contrafact.remixes.creations import making
from contrafact.remixes.permission.sources import sources_for
from contrafact.remixes.proposals.asking import plan
from contrafact.remixes.proposals.guarding import Guarded, WordsRefused, examined, guard, guarded_again
from contrafact.remixes.releases.releasing import release
from contrafact.remixes.songs.library import IngestCall, ingest_file
from contrafact.remixes.tables import store
from contrafact.rights.errors import RightsRefused
from contrafact.rights.presets import Preset
from contrafact.rights.store import snapshot_by_hash
from tests.support.home import SHORT
from tests.support.house import House
from tests.support.songs import make_song

pytestmark = [pytest.mark.assets]


def reads(house: House, words: str) -> Guarded:
    with house.installation.database.reading() as session:
        return guard(house.installation, session, sources_for(session, house.song, house.recipe()), words)


def test_r14_a_refusal_is_the_listeners_sentence_and_code(house: House) -> None:
    with pytest.raises(WordsRefused, match="never imitated") as refused:
        reads(house, "in the voice of Adele")
    assert (refused.value.code, refused.value.exit_code, refused.value.http_status) == ("voice_of_person", 3, 403)
    assert [finding.name for finding in refused.value.findings.findings] == ["Adele"]


def test_r14_nothing_is_kept_of_a_request_that_is_refused(house: House) -> None:
    house.allow()
    bea = house.listener("Bea")
    with pytest.raises(WordsRefused):
        house.ask(bea, words="like Coldplay")
    with house.installation.database.reading() as session:
        assert store.count_under_way(session, bea.id) == 0


def test_the_songs_own_artist_and_title_are_no_findings(house: House) -> None:
    assert reads(house, "Rain by Ada Lovelace, but faster, like Ada Lovelace alone") == Guarded()


def take_in(house: House, artist: str, title: str, seed: int, grant: Preset) -> None:
    """A song by another artist, with what its owners grant."""
    song = make_song(seed=seed, bpm=120.0, sections=SHORT)
    folder = house.folder / f"song-{seed}"
    folder.mkdir()
    encode(song.audio, folder / "song.flac")
    write_stems(folder / "stems", song.stems)
    call = IngestCall(grant=grant, artist=artist, title=title, stems_dir=folder / "stems")
    ingest_file(house.installation, folder / "song.flac", call, silent)


def test_r14_who_takes_part_is_told_by_the_grants_on_their_songs(house: House) -> None:
    unknown, famous = "in the style of Maria Lindqvist", "like beyonce knowles, please"
    for words in (unknown, famous):
        with pytest.raises(WordsRefused):
            reads(house, words)
    take_in(house, "Maria Lindqvist", "Moves Like Jagger", 5, "none")
    with pytest.raises(WordsRefused):
        reads(house, unknown)
    take_in(house, "Maria Lindqvist", "Snow", 6, "mine")
    take_in(house, "Beyoncé", "Halo", 7, "mine")
    for words in (unknown, famous, "a maria lindqvist remix"):
        assert reads(house, words) == Guarded()
    with pytest.raises(WordsRefused):
        reads(house, "in the voice of Maria Lindqvist")
    assert reads(house, "mash it with moves like jagger") == Guarded()
    with pytest.raises(WordsRefused):
        reads(house, "mash it with Moves Like Jagger, in the style of Jagger")


def test_r3_a_banned_topic_denies_and_is_kept_with_the_decision(house: House) -> None:
    house.allow(banned_topics=("political",))
    bea = house.listener("Bea")
    with pytest.raises(RightsRefused) as refused:
        house.ask(bea, 1.21, words="faster, for our election campaign")
    assert {reason.code for reason in refused.value.decision.reasons} == {"topic_banned"}
    with house.installation.database.reading() as session:
        assert snapshot_by_hash(session, refused.value.decision.snapshot_sha256) is not None
    assert house.ask(bea, 1.21, words="faster, about cocaine"), "what this owner did not ban"


def test_r4_topics_are_asked_about_again_at_release_and_download(house: House) -> None:
    house.allow()
    bea = house.listener("Bea")
    remix_id = house.ask(bea, 1.22, words="faster, for our election campaign")
    house.render(remix_id)
    house.allow(banned_topics=("political",))
    with pytest.raises(RightsRefused):
        release(house.installation, remix_id, bea)
    with pytest.raises(RightsRefused):
        making.download(house.installation, remix_id, bea)


def test_r6_a_remix_of_a_remix_is_about_what_that_one_is_about(house: House) -> None:
    house.allow()
    bea = house.listener("Bea")
    parent = house.ask(bea, 1.23, words="faster, for our election campaign")
    house.render(parent)
    release(house.installation, parent, bea)
    child = house.ask(bea, 1.24, parent=parent, words="a bit faster")
    with house.installation.database.reading() as session:
        row = store.remix(session, child)
        assert row is not None
        assert guarded_again(house.installation, session, row).topics == ("political",)
    house.allow(banned_topics=("political",))
    with pytest.raises(RightsRefused):
        house.ask(bea, 1.25, parent=parent, words="a bit slower")


def test_r7_the_own_singers_voice_is_an_operation_that_the_singer_grants(house: House) -> None:
    house.allow()
    bea = house.listener("Bea")
    with pytest.raises(RightsRefused) as refused:
        house.ask(bea, 1.26, words="faster, clone her voice")
    assert {reason.operation for reason in refused.value.decision.reasons} == {"voice_clone"}


def test_words_of_staff_tell_who_was_meant(house: House) -> None:
    with house.installation.database.reading() as session:
        sources = sources_for(session, house.song, house.recipe())
        found = examined(house.installation, session, sources, "Drake type beat")
    assert [(item.name, item.matched) for item in found.findings] == [("Drake", "Drake")]
    assert "Drake" in found.findings[0].detail
    assert "Drake" not in found.findings[0].sentence


def test_a_mash_up_may_name_the_artist_of_both_songs(house: House) -> None:
    """Its other song's voice is used as it was recorded; that is a mash-up and no imitation."""
    take_in(house, "Adele", "Hello", 8, "none")
    with house.installation.database.reading() as session:
        (other,) = (each for each in catalogue.list_recordings(session) if each.title == "Hello")
        with pytest.raises(WordsRefused):
            plan(house.installation, session, house.song, "house with Adele's voice", frozenset(), 0)
        planned, _ = plan(house.installation, session, house.song, "house with Adele's voice", frozenset(), 0, other.id)
    assert planned.recipe.style == "house"
