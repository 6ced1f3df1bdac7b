"""Reading a General MIDI soundfont (SF2, or SF3 whose samples are Ogg Vorbis) without decoding more than is played.

The whole file is memory-mapped; a preset's zones are resolved, and a sample is decoded, when a note first needs them.
That makes opening take milliseconds where a player that decodes everything takes seconds and half a gigabyte.

Sources: SoundFont Technical Specification 2.04 (sections 7 to 9); the SF3 extension as MuseScore writes it: sample
headers hold byte offsets into ``smpl``, loops count frames from the start of the sample.
"""

import io
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from contrafact.engine.errors import EngineError
from contrafact.engine.rendering import modulators
from contrafact.engine.rendering.modulators import Modulator

_KEY_RANGE: Final = 43
_VELOCITY_RANGE: Final = 44
_INSTRUMENT: Final = 41
_SAMPLE: Final = 53
_ATTENUATION: Final = 48
_ATTENUATION_SCALE: Final = 0.4
"""Fonts are tuned by ear on players that, like the EMU hardware, apply 0.4 dB per written decibel."""
_VORBIS: Final = 0x10

DEFAULTS: Final[dict[int, float]] = {
    8: 13500.0,  # filter cutoff, absolute cents
    21: -12000.0,  # delays, attacks, holds, decays, releases: timecents
    23: -12000.0,
    25: -12000.0,
    26: -12000.0,
    27: -12000.0,
    28: -12000.0,
    30: -12000.0,
    33: -12000.0,
    34: -12000.0,
    35: -12000.0,
    36: -12000.0,
    38: -12000.0,
    56: 100.0,  # scale tuning, cents a key
    58: -1.0,  # overriding root key
    46: -1.0,  # forced key
    47: -1.0,  # forced velocity
}
_NOT_ADDED: Final = frozenset(range(5)) | {12, 41, 43, 44, 45, 46, 47, 50, 53, 54, 57, 58}
"""Generators that a preset zone may not add to (section 8.5)."""

_LAYOUTS: Final[dict[str, Any]] = {
    "phdr": [
        ("name", "S20"),
        ("preset", "<u2"),
        ("bank", "<u2"),
        ("bag", "<u2"),
        ("a", "<u4"),
        ("b", "<u4"),
        ("c", "<u4"),
    ],
    "pbag": [("generator", "<u2"), ("modulator", "<u2")],
    "pmod": [("source", "<u2"), ("target", "<u2"), ("amount", "<i2"), ("amount_source", "<u2"), ("transform", "<u2")],
    "pgen": [("operator", "<u2"), ("amount", "<i2")],
    "inst": [("name", "S20"), ("bag", "<u2")],
    "shdr": [
        ("name", "S20"),
        ("start", "<u4"),
        ("end", "<u4"),
        ("loop_start", "<u4"),
        ("loop_end", "<u4"),
        ("rate", "<u4"),
        ("pitch", "u1"),
        ("correction", "i1"),
        ("link", "<u2"),
        ("type", "<u2"),
    ],
}
for _preset_list, _instrument_list in (("pbag", "ibag"), ("pmod", "imod"), ("pgen", "igen")):
    _LAYOUTS[_instrument_list] = _LAYOUTS[_preset_list]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Decoded mono sound; ``loop_end`` is exclusive."""

    frames: NDArray[np.float32]
    loop_start: int
    loop_end: int
    sample_rate: int
    root_key: int
    correction_cents: int


@dataclass(frozen=True, slots=True)
class Zone:
    """One sample with the parameters that hold for one note: generator number to value, everything already added up."""

    sample: int
    values: tuple[tuple[int, float], ...]

    def parameters(self) -> dict[int, float]:
        return {**DEFAULTS, **dict(self.values)}


@dataclass(frozen=True, slots=True)
class _RawZone:
    generators: dict[int, int]
    modulators: tuple[Modulator, ...]

    def accepts(self, key: int, velocity: int) -> bool:
        for operator, value in ((_KEY_RANGE, key), (_VELOCITY_RANGE, velocity)):
            if operator in self.generators:
                packed = self.generators[operator] & 0xFFFF
                if not packed & 0xFF <= value <= packed >> 8:
                    return False
        return True


class SoundFont:
    """An open soundfont.

    Parameters
    ----------
    path : Path
        SF2 or SF3 file.

    Raises
    ------
    EngineError
        When the file is not a soundfont.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        chunks: dict[str, tuple[int, int]] = {}
        if self._data[:4] != b"RIFF" or self._data[8:12] != b"sfbk":
            raise EngineError(f"{path.name} is not a soundfont; fetch the sounds again with: contrafact assets fetch")
        self._walk(12, len(self._data), chunks)
        missing = sorted(({*_LAYOUTS, "smpl"}) - chunks.keys())
        if missing:
            raise EngineError(f"the soundfont {path.name} lacks {', '.join(missing)}; fetch the sounds again")
        self._tables = {
            name: np.frombuffer(
                self._data, np.dtype(layout), chunks[name][1] // np.dtype(layout).itemsize, chunks[name][0]
            )
            for name, layout in _LAYOUTS.items()
        }
        self._sample_data = chunks["smpl"]
        headers = self._tables["phdr"]
        self._zone_lists: dict[tuple[str, int], tuple[_RawZone, list[_RawZone]]] = {}
        self._presets_merged: dict[int, list[tuple[_RawZone, list[_RawZone]]]] = {}
        self._presets = {(int(row["bank"]), int(row["preset"])): index for index, row in enumerate(headers[:-1])}

    def _walk(self, start: int, stop: int, chunks: dict[str, tuple[int, int]]) -> None:
        """Chunks are not padded to even length in SF3 files, so follow the sizes as written."""
        while start + 8 <= stop:
            name, size = struct.unpack_from("<4sI", self._data, start)
            if name == b"LIST":
                self._walk(start + 12, min(stop, start + 8 + size), chunks)
            else:
                chunks[name.decode("latin-1")] = (start + 8, size)
            start += 8 + size

    def has(self, bank: int, program: int) -> bool:
        return (bank, program) in self._presets

    def name(self, bank: int, program: int) -> str:
        raw: bytes = self._tables["phdr"][self._presets[(bank, program)]]["name"]
        return raw.decode("latin-1").strip("\0 ")

    def _raw_zone(self, level: str, index: int) -> _RawZone:
        bag, generators, mods = (self._tables[level + suffix] for suffix in ("bag", "gen", "mod"))
        first, last = bag[index], bag[index + 1]
        return _RawZone(
            {
                int(g["operator"]): int(g["amount"])
                for g in generators[int(first["generator"]) : int(last["generator"])]
            },
            tuple(
                Modulator(int(m["source"]), int(m["target"]), int(m["amount"]), int(m["amount_source"]))
                for m in mods[int(first["modulator"]) : int(last["modulator"])]
            ),
        )

    def _zones_of(self, level: str, table: str, index: int, link: int) -> tuple[_RawZone, list[_RawZone]]:
        """The global zone (perhaps empty) and the zones that lead on to an instrument or a sample."""
        known = self._zone_lists.get((table, index))
        if known is not None:
            return known
        rows = self._tables[table]
        raw = [self._raw_zone(level, i) for i in range(int(rows[index]["bag"]), int(rows[index + 1]["bag"]))]
        glob = raw[0] if raw and link not in raw[0].generators else _RawZone({}, ())
        found = (glob, [zone for zone in raw if link in zone.generators])
        self._zone_lists[(table, index)] = found
        return found

    def zones(self, bank: int, program: int, key: int, velocity: int) -> tuple[Zone, ...]:
        """Everything that sounds when this key (0..127) is struck with this velocity (1..127)."""
        preset = self._presets.get((bank, program))
        if preset is None:
            raise EngineError(f"the soundfont has no sound for bank {bank}, program {program}; choose 0..127 in bank 0")
        return tuple(
            _resolve(outer, inner, key, velocity)
            for outer, inners in self._merged(preset)
            if outer.accepts(key, velocity)
            for inner in inners
            if inner.accepts(key, velocity)
        )

    def _merged(self, preset: int) -> list[tuple[_RawZone, list[_RawZone]]]:
        """The zones of a preset, each with the zones of its instrument; global zones are in them already."""
        known = self._presets_merged.get(preset)
        if known is None:
            known = []
            preset_global, preset_zones = self._zones_of("p", "phdr", preset, _INSTRUMENT)
            for outer in preset_zones:
                merged = _RawZone(
                    {**preset_global.generators, **outer.generators},
                    _merge((), preset_global.modulators, outer.modulators),
                )
                instrument_global, inners = self._zones_of("i", "inst", outer.generators[_INSTRUMENT], _SAMPLE)
                inside = [
                    _RawZone(
                        {**instrument_global.generators, **inner.generators},
                        _merge(modulators.DEFAULTS, instrument_global.modulators, inner.modulators),
                    )
                    for inner in inners
                ]
                known.append((merged, inside))
            self._presets_merged[preset] = known
        return known

    def sample(self, index: int) -> Sample:
        """Decode one sample (not cached here: see the note bank)."""
        row = self._tables["shdr"][index]
        start, end = int(row["start"]), int(row["end"])
        offset = self._sample_data[0]
        if int(row["type"]) & _VORBIS:
            frames, _ = soundfile.read(io.BytesIO(self._data[offset + start : offset + end]), dtype="float32")
            loop_start, loop_end = int(row["loop_start"]), int(row["loop_end"])
        else:
            pcm = np.frombuffer(self._data, "<i2", end - start, offset + 2 * start)
            frames = pcm.astype(np.float32) / np.float32(32768.0)
            loop_start, loop_end = int(row["loop_start"]) - start, int(row["loop_end"]) - start
        if frames.ndim > 1:
            frames = frames[:, 0]
        return Sample(
            np.ascontiguousarray(frames),
            max(0, min(loop_start, len(frames) - 1)),
            max(0, min(loop_end, len(frames))),
            int(row["rate"]),
            int(row["pitch"]) if int(row["pitch"]) <= 127 else 60,
            int(row["correction"]),
        )


def _merge(
    base: tuple[Modulator, ...], glob: tuple[Modulator, ...], local: tuple[Modulator, ...]
) -> tuple[Modulator, ...]:
    merged = {modulator.identity: modulator for modulator in base}
    modulators.replace_into(merged, glob)
    modulators.replace_into(merged, local)
    return tuple(merged.values())


def _resolve(outer: _RawZone, inner: _RawZone, key: int, velocity: int) -> Zone:
    values: dict[int, float] = {}
    for operator, amount in inner.generators.items():
        if operator not in (_KEY_RANGE, _VELOCITY_RANGE, _SAMPLE):
            values[operator] = float(amount)
    for operator, amount in outer.generators.items():
        if operator not in _NOT_ADDED:
            values[operator] = values.get(operator, DEFAULTS.get(operator, 0.0)) + amount
    if _ATTENUATION in values:
        values[_ATTENUATION] *= _ATTENUATION_SCALE
    forced = values.get(47, -1.0)
    struck = int(forced) if 0 < forced < 128 else velocity
    for modulator in (*inner.modulators, *outer.modulators):
        added = _evaluate_direct(modulator, key, struck)
        if added:
            values[modulator.target] = values.get(modulator.target, DEFAULTS.get(modulator.target, 0.0)) + added
    return Zone(inner.generators[_SAMPLE], tuple(sorted(values.items())))


def _evaluate_direct(modulator: Modulator, key: int, velocity: int) -> float:
    """Modulators that target other modulators (linked) are not played."""
    return 0.0 if modulator.target & 0x8000 else modulators.evaluate(modulator, key, velocity)
