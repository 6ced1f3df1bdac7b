"""The project's XML against the rules of the published schema: which elements in which order, what must be said, and
that every reference is to something that is there.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as Xml

import numpy as np
import pytest

from contrafact.engine.arranging import arrange, load_styles
from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.audio.stem_files import read_stem, write_stem
from contrafact.engine.audio.value import Audio
from contrafact.engine.exporting.dawproject import About, BusSound, project_xml, write_dawproject
from contrafact.engine.exporting.tempo_map import tempo_map
from tests.support.charts import song_chart
from tests.support.recipes import recipe_for

ORDER: Mapping[str, tuple[str, ...]] = {
    "Project": ("Application", "Transport", "Structure", "Arrangement"),
    "Transport": ("Tempo", "TimeSignature"),
    "Structure": ("Track",),
    "Track": ("Channel",),
    "Channel": ("Mute", "Pan", "Volume"),
    "Arrangement": ("Lanes", "Markers", "TempoAutomation", "TimeSignatureAutomation"),
    "Lanes": ("Lanes", "Clips"),
    "Clips": ("Clip",),
    "Clip": ("Notes", "Audio"),
    "Audio": ("File",),
    "Notes": ("Note",),
    "Markers": ("Marker",),
    "TempoAutomation": ("Target", "RealPoint"),
    "TimeSignatureAutomation": ("Target", "TimeSignaturePoint"),
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "Project": ("version",),
    "Application": ("name", "version"),
    "Tempo": ("unit",),
    "TimeSignature": ("numerator", "denominator"),
    "Pan": ("unit",),
    "Volume": ("unit",),
    "Clip": ("time",),
    "Audio": ("duration", "channels", "sampleRate"),
    "File": ("path",),
    "Note": ("time", "duration", "channel", "key"),
    "Marker": ("time",),
    "RealPoint": ("time", "value"),
    "TimeSignaturePoint": ("time", "numerator", "denominator"),
}
REFERENCES = ("track", "destination", "parameter")


@pytest.fixture(scope="module")
def take() -> Timeline:
    pack = load_styles()["bossa-nova"]
    return arrange(song_chart(drift=0.02), recipe_for(pack), pack)


def sounds(folder: Path) -> list[BusSound]:
    rng = np.random.default_rng(1)
    found = []
    for name in ("vocals", "drums"):
        path = folder / f"{name}.flac"
        write_stem(path, Audio(rng.normal(0, 0.1, (2, 4410)).astype(np.float32)))
        found.append(BusSound(name, path))
    return found


def test_the_project_follows_the_schema(take: Timeline, tmp_path: Path) -> None:
    root = Xml.fromstring(project_xml(take, sounds(tmp_path)))
    identities = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(identities) == len(set(identities))
    for element in root.iter():
        children = [child.tag for child in element]
        allowed = ORDER.get(element.tag, ())
        assert set(children) <= set(allowed), element.tag
        assert children == sorted(children, key=allowed.index), element.tag
        for name in REQUIRED.get(element.tag, ()):
            assert element.get(name) is not None, (element.tag, name)
        for name in REFERENCES:
            assert element.get(name) in (None, *identities), (element.tag, name)
        for value in element.attrib.values():
            assert "e-" not in value or not value.replace("e-", "").replace(".", "").isdigit()


def test_notes_and_sound_lie_where_the_take_has_them(take: Timeline, tmp_path: Path) -> None:
    root = Xml.fromstring(project_xml(take, sounds(tmp_path)))
    time = tempo_map(take)
    part = next(part for part in take.parts if part.role == "bass")
    names = {track.get("id"): track.get("name") for track in root.iter("Track")}
    lane = next(lane for lane in root.iter("Lanes") if names.get(lane.get("track")) == "bass (notes)")
    written = [(float(n.get("time", "")), int(n.get("key", ""))) for n in lane.iter("Note")]
    assert [key for _, key in written] == [note.pitch for note in part.notes]
    assert [beat for beat, _ in written] == pytest.approx([time.beat(note.start_s) for note in part.notes], abs=1e-6)
    clip = next(clip for clip in root.iter("Clip") if clip.find("Audio") is not None)
    assert float(clip.get("time", "")) == pytest.approx(time.lead, abs=1e-6)


def test_the_container_is_whole_and_the_same_every_time(take: Timeline, tmp_path: Path) -> None:
    about = About("Song & Dance", "Ada <ada>", comment="tab\tand \x00 nothing")
    buses = sounds(tmp_path)
    one, two = tmp_path / "one.dawproject", tmp_path / "two.dawproject"
    write_dawproject(one, take, buses, about)
    write_dawproject(two, take, buses, about)
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as container:
        assert container.testzip() is None
        assert container.namelist() == ["project.xml", "metadata.xml", "audio/01-vocals.flac", "audio/02-drums.flac"]
        paths = [file.get("path") for file in Xml.fromstring(container.read("project.xml")).iter("File")]
        assert paths == container.namelist()[2:]
        container.extract("audio/01-vocals.flac", tmp_path / "out")
        title = Xml.fromstring(container.read("metadata.xml")).find("Title")
    assert title is not None
    assert title.text == "Song & Dance"
    assert read_stem(tmp_path / "out" / "audio" / "01-vocals.flac").frames == 4410


def test_a_missing_sound_leaves_nothing_behind(take: Timeline, tmp_path: Path) -> None:
    target = tmp_path / "song.dawproject"
    with pytest.raises(FileNotFoundError):
        write_dawproject(target, take, [BusSound("gone", tmp_path / "gone.flac")], About("Song", "Ada"))
    assert list(tmp_path.iterdir()) == []


def test_what_another_writer_of_the_same_name_is_writing_is_left_alone(take: Timeline, tmp_path: Path) -> None:
    before = {path: path.write_bytes(b"another's") for path in (tmp_path / ".a.dawproject.part", tmp_path / ".a.part")}
    write_dawproject(tmp_path / "a.dawproject", take, [], About("A", "B"))
    assert all(path.read_bytes() == b"another's" for path in before)
    assert {path.name for path in tmp_path.iterdir()} == {"a.dawproject", *(path.name for path in before)}
