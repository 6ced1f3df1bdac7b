"""``export``: what leaves for a workstation, and that nothing leaves without the right."""

import io
import json
import zipfile
from pathlib import Path

import mido
import numpy as np
import pytest

from contrafact.catalogue import service as catalogue
from contrafact.engine.audio.stem_files import read_stem
from contrafact.kit.home import Home as Place
from contrafact.remixes.installation import Installation
from contrafact.remixes.songs.library import give_preset
from tests.support.commands import Command, Home

pytestmark = pytest.mark.assets


@pytest.fixture(scope="module")
def remix_id(home: Home, song_file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    with pytest.MonkeyPatch.context() as monkeypatch:
        target = tmp_path_factory.mktemp("takes") / "house.flac"
        done = Command(monkeypatch)(home, "remix", song_file, "house", "-o", target, "--json")
    assert done.code == 0, done.err
    return str(done.document["id"])


def test_stems_and_notes_leave_together(command: Command, home: Home, remix_id: str, tmp_path: Path) -> None:
    target = tmp_path / "stems.zip"
    assert command(home, "export", remix_id, "-o", target).code == 0
    with zipfile.ZipFile(target) as container:
        names = container.namelist()
        assert "Ada" in container.read("README.txt").decode()
        notes = mido.MidiFile(file=io.BytesIO(container.read("notes.mid")))
        container.extractall(tmp_path / "out")
    stems = [read_stem(tmp_path / "out" / name) for name in names if name.endswith(".flac")]
    assert {stem.frames for stem in stems} == {stems[0].frames}
    assert any("recording-vocals" in name for name in names)
    assert any("drums" in name for name in names)
    together = np.sum([stem.samples for stem in stems], axis=0)
    assert np.abs(together).max() > 0.05
    assert max(float(np.abs(stem.samples).max()) for stem in stems) <= 1.0
    assert len(notes.tracks) > 2
    assert not home.state().scratch


def test_a_project_is_the_same_bytes_again(command: Command, home: Home, remix_id: str, tmp_path: Path) -> None:
    one, two = tmp_path / "one.dawproject", tmp_path / "two.dawproject"
    for target in (one, two):
        assert command(home, "export", remix_id, "-o", target, "--json").document["output"] == str(target)
    assert one.read_bytes() == two.read_bytes()


def test_every_export_is_a_decision_that_is_kept(command: Command, home: Home, remix_id: str, tmp_path: Path) -> None:
    before = home.query("SELECT COUNT(*) FROM decisions")
    assert command(home, "export", remix_id, "-o", tmp_path / "notes.mid").code == 0
    ((snapshot,),) = home.query("SELECT snapshot FROM decisions ORDER BY rowid DESC LIMIT 1")
    asked = [use["operation"] for use in json.loads(snapshot)["request"]["operations"]]
    assert "export" in asked
    assert home.query("SELECT COUNT(*) FROM decisions")[0][0] == before[0][0] + 1


def test_nothing_leaves_once_the_owner_says_no(command: Command, home: Home, remix_id: str, tmp_path: Path) -> None:
    other = home.copy(tmp_path / "home")
    with Installation(Place(other.root)) as opened, opened.database.transaction() as session:
        (recording,) = catalogue.list_recordings(session)
        give_preset(opened, session, recording, "none")
    target = tmp_path / "stems.zip"
    refused = command(other, "export", remix_id, "-o", target)
    assert refused.code == 3
    assert not target.exists()
    assert list(tmp_path.glob(".stems*")) == []


@pytest.mark.parametrize("name", ["song.wav", "song", "nowhere/song.mid"])
def test_a_name_that_tells_no_format_or_place_is_refused(
    command: Command, home: Home, remix_id: str, tmp_path: Path, name: str
) -> None:
    assert command(home, "export", remix_id, "-o", tmp_path / name).code == 4


def test_another_persons_remix_is_not_there(command: Command, home: Home, tmp_path: Path) -> None:
    assert command(home, "export", "rmx_nobody", "-o", tmp_path / "song.mid").code in (1, 2)
