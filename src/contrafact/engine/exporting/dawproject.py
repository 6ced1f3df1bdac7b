"""A take as a DAWproject, the open exchange format of audio workstations (version 1.0; bitwig/dawproject on GitHub).

The container is a ZIP of ``project.xml``, ``metadata.xml`` and the sound of every bus. Sound is placed in seconds and
not warped; notes lie in beats of the take's own tempo map. Attribute and element order follow the published schema.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as Xml

from contrafact.engine import ENGINE_VERSION
from contrafact.engine.arranging.timeline import Note, Part, Timeline
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.engine.exporting.archive import add_bytes, add_file
from contrafact.engine.exporting.tempo_map import TempoMap, tempo_map
from contrafact.engine.placing import placing

_DRUM_CHANNEL = 9
_STRUCK = frozenset({"drums", "percussion"})


@dataclass(frozen=True, slots=True)
class BusSound:
    """The sound of one bus: a file of stereo sound at 44.1 kHz as long as the take."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class About:
    """What ``metadata.xml`` says."""

    title: str
    artist: str
    original_artist: str = ""
    songwriter: str = ""
    copyright: str = ""
    comment: str = ""


def write_dawproject(target: Path, timeline: Timeline, sounds: Sequence[BusSound], about: About) -> None:
    """Write the project; the file appears when it is whole.

    Parameters
    ----------
    target : Path
        Ends in ``.dawproject``.
    timeline : Timeline
    sounds : sequence of BusSound
        In the order of the tracks; may be empty, then the project holds notes only.
    about : About
    """
    with placing(target) as scratch, zipfile.ZipFile(scratch, "w") as container:
        add_bytes(container, "project.xml", project_xml(timeline, sounds), packed=True)
        add_bytes(container, "metadata.xml", metadata_xml(about), packed=True)
        for number, sound in enumerate(sounds):
            add_file(container, _place(number, sound), sound.path)


def _place(number: int, sound: BusSound) -> str:
    return f"audio/{number + 1:02d}-{sound.name}{sound.path.suffix}"


def metadata_xml(about: About) -> bytes:
    """``metadata.xml``."""
    root = Xml.Element("MetaData")
    said = (
        ("Title", about.title),
        ("Artist", about.artist),
        ("OriginalArtist", about.original_artist),
        ("Songwriter", about.songwriter),
        ("Copyright", about.copyright),
        ("Comment", about.comment),
    )
    for name, text in said:
        if text:
            Xml.SubElement(root, name).text = _clean(text)
    return _bytes(root)


def project_xml(timeline: Timeline, sounds: Sequence[BusSound]) -> bytes:
    """``project.xml``."""
    time = tempo_map(timeline)
    parts = [part for part in timeline.parts if part.notes and part.role != "effects"]
    root = Xml.Element("Project", version="1.0")
    Xml.SubElement(root, "Application", name="Contrafact", version=str(ENGINE_VERSION))
    _transport(root, time)
    structure = Xml.SubElement(root, "Structure")
    for number, sound in enumerate(sounds):
        _track(structure, f"sound-{number}", sound.name, "audio")
    for number, part in enumerate(parts):
        # Notes come without an instrument: who opens the project chooses one. Their sound is there as audio.
        _track(structure, f"notes-{number}", f"{part.name} (notes)", "notes")
    _master(structure)
    arrangement = Xml.SubElement(root, "Arrangement", id="arrangement")
    lanes = Xml.SubElement(arrangement, "Lanes", timeUnit="beats", id="lanes")
    for number, sound in enumerate(sounds):
        _audio_lane(lanes, number, sound, timeline.duration_s, time)
    for number, part in enumerate(parts):
        _note_lane(lanes, number, part, timeline.duration_s, time)
    markers = Xml.SubElement(arrangement, "Markers", id="markers", timeUnit="beats") if time.markers else None
    for mark in time.markers:
        assert markers is not None
        Xml.SubElement(markers, "Marker", name=_clean(mark.name), time=_number(mark.beat))
    tempi = Xml.SubElement(arrangement, "TempoAutomation", id="tempo-automation", timeUnit="beats", unit="bpm")
    Xml.SubElement(tempi, "Target", parameter="tempo")
    for step in time.tempi:
        Xml.SubElement(tempi, "RealPoint", time=_number(step.beat), value=_number(step.bpm), interpolation="hold")
    metres = Xml.SubElement(arrangement, "TimeSignatureAutomation", id="metre-automation", timeUnit="beats")
    Xml.SubElement(metres, "Target", parameter="metre")
    for sign in time.signatures:
        beats = str(sign.beats_per_bar)
        Xml.SubElement(metres, "TimeSignaturePoint", time=_number(sign.beat), numerator=beats, denominator="4")
    return _bytes(root)


def _transport(root: Xml.Element, time: TempoMap) -> None:
    transport = Xml.SubElement(root, "Transport")
    bpm = _number(time.tempi[0].bpm)
    Xml.SubElement(transport, "Tempo", id="tempo", name="Tempo", unit="bpm", value=bpm, min="20", max="666")
    beats = str(time.signatures[0].beats_per_bar)
    Xml.SubElement(transport, "TimeSignature", id="metre", numerator=beats, denominator="4")


def _track(structure: Xml.Element, name: str, shown: str, content: str) -> None:
    track = Xml.SubElement(structure, "Track", id=name, name=_clean(shown), contentType=content, loaded="true")
    channel = Xml.SubElement(
        track, "Channel", id=f"{name}-channel", role="regular", audioChannels="2", destination="master-channel"
    )
    Xml.SubElement(channel, "Mute", id=f"{name}-mute", name="Mute", value="false")
    _knob(channel, "Pan", f"{name}-pan", "normalized", "0.5", "1")
    _knob(channel, "Volume", f"{name}-volume", "linear", "1", "2")


def _master(structure: Xml.Element) -> None:
    track = Xml.SubElement(structure, "Track", id="master", name="Master", contentType="audio", loaded="true")
    channel = Xml.SubElement(track, "Channel", id="master-channel", role="master", audioChannels="2")
    _knob(channel, "Pan", "master-pan", "normalized", "0.5", "1")
    _knob(channel, "Volume", "master-volume", "linear", "1", "2")


def _knob(channel: Xml.Element, name: str, identity: str, unit: str, value: str, most: str) -> None:
    Xml.SubElement(channel, name, id=identity, name=name, unit=unit, value=value, min="0", max=most)


def _audio_lane(lanes: Xml.Element, number: int, sound: BusSound, duration_s: float, time: TempoMap) -> None:
    lane = Xml.SubElement(lanes, "Lanes", id=f"sound-{number}-lane", track=f"sound-{number}")
    clips = Xml.SubElement(lane, "Clips", id=f"sound-{number}-clips")
    clip = Xml.SubElement(
        clips,
        "Clip",
        name=_clean(sound.name),
        time=_number(time.lead),
        duration=_number(time.beat(duration_s) - time.lead),
        contentTimeUnit="seconds",
        playStart="0",
    )
    audio = Xml.SubElement(
        clip,
        "Audio",
        id=f"sound-{number}-audio",
        duration=_number(duration_s),
        channels="2",
        sampleRate=str(SAMPLE_RATE),
        timeUnit="seconds",
    )
    Xml.SubElement(audio, "File", path=_place(number, sound))


def _note_lane(lanes: Xml.Element, number: int, part: Part, duration_s: float, time: TempoMap) -> None:
    lane = Xml.SubElement(lanes, "Lanes", id=f"notes-{number}-lane", track=f"notes-{number}")
    clips = Xml.SubElement(lane, "Clips", id=f"notes-{number}-clips")
    length = _number(time.beat(duration_s))
    clip = Xml.SubElement(clips, "Clip", name=_clean(part.name), time="0", duration=length, playStart="0")
    notes = Xml.SubElement(clip, "Notes", id=f"notes-{number}-notes")
    channel = str(_DRUM_CHANNEL if part.role in _STRUCK else 0)
    for note in part.notes:
        _note(notes, note, channel, time)


def _note(notes: Xml.Element, note: Note, channel: str, time: TempoMap) -> None:
    start = time.beat(note.start_s)
    Xml.SubElement(
        notes,
        "Note",
        time=_number(start),
        duration=_number(time.beat(note.start_s + note.duration_s) - start),
        channel=channel,
        key=str(note.pitch),
        vel=_number(note.velocity / 127.0),
    )


def _number(value: float) -> str:
    """A decimal without exponent."""
    text = f"{value:.9f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _clean(text: str) -> str:
    """Without the control characters that XML 1.0 cannot hold."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n")


def _bytes(root: Xml.Element) -> bytes:
    Xml.indent(root)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
