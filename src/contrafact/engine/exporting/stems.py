"""Every bus of a take alone, as a producer's program takes it in."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from contrafact.engine.arranging.timeline import Part, StemBus, Timeline
from contrafact.engine.audio.stem_files import write_stem
from contrafact.engine.audio.stems import StemReader
from contrafact.engine.audio.value import Audio, Samples
from contrafact.engine.exporting.dawproject import BusSound
from contrafact.engine.rendering import Desk, Sounds

Bus = TypeVar("Bus", StemBus, Part)

_SILENT_DB = -60.0
_HEADROOM = 10.0 ** (-1.0 / 20.0)


def bus_names(timeline: Timeline) -> tuple[str, ...]:
    """The buses that :func:`alone` can tell apart: kept stems (with the layers of their voice), then parts."""
    kept = [_stem_name(bus) for bus in timeline.buses]
    return (*kept, *(part.name for part in timeline.parts if part.notes))


def alone(timeline: Timeline, name: str) -> Timeline:
    """The timeline with all other buses' faders down. The sound check looks past faders, so levels stay."""
    return replace(
        timeline,
        buses=tuple(bus if _stem_name(bus) == name else _down(bus) for bus in timeline.buses),
        parts=tuple(part if part.name == name else _down(part) for part in timeline.parts),
        # What all buses go through together is not one bus's.
        master=replace(timeline.master, effects=()),
    )


def _stem_name(bus: StemBus) -> str:
    return f"recording-{bus.stem}" if bus.source == 0 else f"guest-{bus.stem}"


def _down(bus: Bus) -> Bus:
    return replace(bus, gain_db=_SILENT_DB, fader_db=bus.fader_db + _SILENT_DB - bus.gain_db)


def write_buses(
    folder: Path, timeline: Timeline, stems: StemReader | Sequence[StemReader], sounds: Sounds
) -> Iterator[BusSound]:
    """Render every bus and write those that are not silent as 24-bit FLAC, one at a time.

    All are turned down alike, by as much as the loudest needs to stay below full scale: together they are the mix
    before the master, as far as no bus listens to another.

    Yields
    ------
    BusSound
        As each file is written, in the order of :func:`bus_names`. Two passes are made: the first finds the peak.
    """
    folder.mkdir(parents=True, exist_ok=True)
    raw: list[tuple[str, Path]] = []
    loudest = 0.0
    for number, name in enumerate(bus_names(timeline)):
        sound = _sound(alone(timeline, name), stems, sounds)
        peak = float(np.abs(sound).max(initial=0.0))
        if peak < 1e-5:
            continue
        loudest = max(loudest, peak)
        place = folder / f".{number:02d}.npy"
        np.save(place, sound)
        raw.append((name, place))
    gain = np.float32(min(1.0, _HEADROOM / max(loudest, 1e-9)))
    for name, place in raw:
        target = folder / f"{name}.flac"
        write_stem(target, Audio(np.load(place) * gain))
        place.unlink()
        yield BusSound(name, target)


def _sound(timeline: Timeline, stems: StemReader | Sequence[StemReader], sounds: Sounds) -> Samples:
    return np.concatenate([block.samples for block in Desk(timeline, stems, sounds).blocks()], axis=1)
