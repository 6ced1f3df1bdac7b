"""A timeline as channels of a mixing desk: each a track, and what the faders do with it."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from contrafact.engine.arranging.timeline import Automation, Part, StemBus, Timeline
from contrafact.engine.arranging.voices import VoiceLayer
from contrafact.engine.audio.stems import StemReader
from contrafact.engine.audio.value import Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.rendering.clips import ClipSource
from contrafact.engine.rendering.grid import amplitude
from contrafact.engine.rendering.parts import PartSource
from contrafact.engine.rendering.shelf import Shelf
from contrafact.engine.rendering.sounds import Sounds
from contrafact.engine.rendering.tracks import Source, Track, Treatment

if TYPE_CHECKING:
    from contrafact.engine.rendering.singing.layers import LayerTrack

Place = Literal["voice", "kept", "rhythm", "bed", "tune"]
"""Where a channel goes: the voices that lead, other kept stems, drums and bass, and what makes way for the voice."""
_BED_ROLES: Final = frozenset({"chords", "pad", "arpeggio", "lead", "effects"})


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """A track with its fader. ``gain_db`` has the listener's ``fader_db`` in it."""

    place: Place
    track: Track
    gain_db: float
    fader_db: float
    pan: float
    reverb_send_db: float
    delay_send_db: float
    duck_db: float
    automation: tuple[Automation, ...]
    part: Part | None = None
    """What is played, where it is generated."""

    @property
    def generated(self) -> bool:
        return self.place in ("rhythm", "bed", "tune")

    @property
    def audible(self) -> bool:
        return amplitude(self.gain_db) > 0.0

    @property
    def mixed_db(self) -> float:
        """The gain without the listener's fader."""
        return self.gain_db - self.fader_db


def channels_of(timeline: Timeline, stems: Sequence[StemReader], sounds: Sounds, shelf: Shelf) -> tuple[Channel, ...]:
    """All channels of a take, in the timeline's order: kept stems with the layers of their voice, then parts.

    Nothing is played. Channels that the faders silence are among them: the sound check looks past faders.

    Raises
    ------
    BadInput
        When a bus needs a source that no reader was given for.
    """
    seed = (timeline.seed & 0xFFFF_FFFF) << 8
    channels: list[Channel] = []
    for number, bus in enumerate(timeline.buses):
        if amplitude(bus.gain_db - bus.fader_db) > 0.0:
            channels += _kept(timeline, bus, seed + number, stems, shelf)
    for number, part in enumerate(timeline.parts):
        if part.notes and amplitude(part.gain_db - part.fader_db) > 0.0:
            channels.append(_part(timeline, part, seed + 128 + number, sounds, shelf))
    return tuple(channels)


def _kept(timeline: Timeline, bus: StemBus, seed: int, stems: Sequence[StemReader], shelf: Shelf) -> list[Channel]:
    if bus.source >= min(len(stems), len(timeline.sources)):
        raise BadInput(f"the take uses source {bus.source}, but stems of {len(stems)} were given; give one for each")
    semitones = float(timeline.semitones) if bus.source == 0 else 0.0
    sha256 = timeline.sources[bus.source]
    clips = ClipSource(timeline.clips, bus.stem, stems[bus.source], semitones, bus.source, shelf, sha256)
    treatment = Treatment(bus.effects, seed, bus.automation)
    choir = _Choir(timeline, clips, bus.source) if _leads(timeline, bus) else None
    sung = choir.sung if choir else ()
    lead = next((one for one in sung if one.track.replaces), None)
    own = Channel(
        place="voice" if bus.stem == "vocals" else "kept",
        track=Track(lead.key if lead else clips.key, lead.read if lead else clips.read, treatment, shelf, clips.rough),
        gain_db=bus.gain_db,
        fader_db=bus.fader_db,
        pan=0.0,
        reverb_send_db=bus.reverb_send_db,
        delay_send_db=bus.delay_send_db,
        duck_db=bus.duck_db,
        automation=bus.automation,
    )
    others = [
        replace(
            own,
            track=Track(one.key, one.read, treatment, shelf, one.track.rough),
            gain_db=bus.gain_db + one.layer.gain_db if amplitude(one.layer.gain_db) > 0.0 else -60.0,
            fader_db=bus.fader_db,
            reverb_send_db=one.layer.reverb_send_db,
            delay_send_db=one.layer.delay_send_db,
        )
        for one in sung
        if one is not lead
    ]
    return [own, *others]


def _leads(timeline: Timeline, bus: StemBus) -> bool:
    """Whether layers are made of this bus's voice."""
    return bus.stem == "vocals" and any(layer.source == bus.source for layer in timeline.voices)


@dataclass(frozen=True, slots=True, eq=False)
class _Sung:
    layer: VoiceLayer
    track: "LayerTrack"
    key: tuple[object, ...]
    read: Source


class _Choir:
    """The layers of a take's voice. They share what they heard of it, so one sings at a time."""

    def __init__(self, timeline: Timeline, clips: ClipSource, source: int) -> None:
        # Most takes have no such layers, and need not wait for what makes them to be loaded.
        from contrafact.engine.rendering.singing.layers import open_layers

        # Faders are the mixer's: a layer that is silent now may be wanted in a moment.
        heard = tuple(layer for layer in timeline.voices if layer.pieces and layer.source == source)
        plain = tuple(replace(layer, gain_db=0.0, reverb_send_db=-60.0, delay_send_db=-60.0) for layer in heard)
        tracks = open_layers(replace(timeline, voices=plain), clips.read, clips.rough)
        self._lock = threading.Lock()
        self.sung = tuple(
            _Sung(layer, track, (*clips.key, track.layer, timeline.seed, timeline.tuning_cents), self._reader(track))
            for layer, track in zip(heard, tracks, strict=True)
        )

    def _reader(self, track: "LayerTrack") -> Source:
        def read(start: int, stop: int) -> Samples:
            with self._lock:
                return track.read(start, stop)

        return read


def _part(timeline: Timeline, part: Part, seed: int, sounds: Sounds, shelf: Shelf) -> Channel:
    tuning_cents = 0.0 if part.instrument.kind == "kit" else timeline.tuning_cents
    source = PartSource(part, sounds, tuning_cents)
    key = ("part", part.instrument, part.notes, tuning_cents)
    return Channel(
        place="tune" if part.role == "melody" else "bed" if part.role in _BED_ROLES else "rhythm",
        track=Track(key, source.read, Treatment(part.effects, seed, part.automation), shelf),
        gain_db=part.gain_db,
        fader_db=part.fader_db,
        pan=part.pan,
        reverb_send_db=part.reverb_send_db,
        delay_send_db=part.delay_send_db,
        duck_db=part.duck_db,
        automation=part.automation,
        part=part,
    )
