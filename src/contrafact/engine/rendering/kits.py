"""Drum kits: one-shot recordings, pieces of the soundfont and made strokes, chosen, levelled and panned by a data file
per kit.

A kit file (``kits/<name>.toml``) gives for General MIDI percussion numbers where the sound comes from (``files``,
``font_key``, or ``synth``: see ``drum_synthesis``) and how it is shaped. Numbers that it leaves out are played by the
soundfont's own kit ``font_program``. All sounds are brought to one loudness first, so that ``level_db`` means the same
in every kit.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr

from contrafact.engine.audio.filtering import butterworth, filtered
from contrafact.engine.audio.loudness import hop_powers
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import EngineError
from contrafact.engine.rendering.drum_synthesis import Stroke, read_stroke, strike
from contrafact.engine.rendering.sampler import Cache, NoteBank

KIT_NAMES: Final = (
    "afro",
    "boombap",
    "bossa",
    "brushes",
    "chip",
    "disco",
    "dnb",
    "funk",
    "garage",
    "house",
    "jazz",
    "lofi",
    "metal",
    "orchestra",
    "reggae",
    "reggaeton",
    "rock",
    "samba",
    "soft",
    "studio",
    "synthwave",
    "techno",
    "trap",
)
DRUM_BANK: Final = 128
REFERENCE_LUFS: Final = -20.0
"""Loudness to which every piece (its loudest 100 ms) and every instrument (one note) is calibrated before its level
is applied."""

STROKE_BYTES: Final = 96 * 2**20
"""Of strokes that are remembered: those of all kits that a worker plays."""
_VELOCITY_STEP: Final = 8
_FULL_VELOCITY: Final = 112
_LONGEST_RUN_UP: Final = SAMPLE_RATE // 80
"""Frames cut at most between a sound's first stir and its stroke, so that a brush's swirl keeps its swell."""
_LEVEL_POWER: Final = 1.6
_CHOKES: Final = {42: "hat", 44: "hat", 46: "hat", 62: "conga", 63: "conga", 80: "triangle", 81: "triangle"}
_DEFAULT_LEVELS: Final = {
    **dict.fromkeys((35, 36), 0.0),
    **dict.fromkeys((38, 40), -1.0),
    **dict.fromkeys((41, 43, 45, 47, 48, 50), -3.0),
    37: -5.0,
    39: -4.0,
    42: -11.0,
    44: -13.0,
    46: -9.0,
    49: -6.0,
    51: -10.0,
    52: -7.0,
    53: -11.0,
    55: -7.0,
    57: -6.0,
    59: -10.0,
    54: -11.0,
    56: -10.0,
    69: -14.0,
    70: -14.0,
    75: -9.0,
    76: -9.0,
    77: -9.0,
    81: -13.0,
    82: -14.0,
    **dict.fromkeys((60, 61, 62, 63, 64, 65, 66), -8.0),
    **dict.fromkeys((67, 68, 73, 74, 78, 79), -12.0),
    83: -14.0,
    85: -11.0,
    86: -6.0,
    87: -3.0,
}
_DEFAULT_PANS: Final = {
    **dict.fromkeys((42, 44, 46), 0.2),
    49: -0.35,
    51: 0.35,
    53: 0.35,
    55: 0.3,
    57: 0.4,
    50: 0.3,
    48: 0.2,
    47: 0.0,
    45: -0.25,
    43: -0.3,
    41: -0.35,
    54: -0.35,
    56: 0.3,
    69: -0.4,
    70: -0.4,
    82: -0.4,
    75: 0.4,
    81: 0.45,
    60: 0.25,
    61: 0.15,
    62: -0.25,
    63: -0.2,
    64: -0.3,
    65: 0.3,
    66: 0.2,
    67: 0.35,
    68: 0.45,
    73: -0.35,
    74: -0.35,
    76: 0.35,
    77: 0.45,
    78: -0.3,
    79: -0.3,
    83: 0.3,
    85: 0.3,
}


@dataclass(frozen=True, slots=True)
class Layer:
    file: str
    up_to: int
    """Highest velocity that this recording plays."""


@dataclass(frozen=True, slots=True)
class Piece:
    """How one percussion number sounds. ``layers`` empty: played by the soundfont's ``font_program``, key
    ``font_key``."""

    layers: tuple[Layer, ...]
    font_program: int
    font_key: int
    level_db: float
    pan: float
    tune_semitones: float
    decay_s: float
    lowpass_hz: float
    highpass_hz: float
    synth: Stroke | None = None
    """Made by arithmetic instead."""


@dataclass(frozen=True, slots=True)
class KitData:
    name: str
    font_program: int
    pieces: Mapping[int, Piece]

    def piece(self, key: int) -> Piece:
        return self.pieces.get(key) or _piece({}, key, self.font_program)


def _piece(raw: Mapping[str, object], key: int, font_program: int) -> Piece:
    def number(name: str, default: float) -> float:
        value = raw.get(name, default)
        if not isinstance(value, int | float):
            raise EngineError(f"drum kit: {name} of piece {key} must be a number, not {value!r}")
        return float(value)

    files = raw.get("files", [])
    if not isinstance(files, list):
        raise EngineError(f"drum kit: files of piece {key} must be a list")
    limits = raw.get("up_to", [127])
    if not isinstance(limits, list) or (files and len(limits) != len(files)):
        raise EngineError(f"drum kit: piece {key} needs one up_to for each of its files")
    synth = raw.get("synth")
    if synth is not None and (files or not isinstance(synth, Mapping)):
        raise EngineError(f"drum kit: synth of piece {key} must be a table, and stands instead of files")
    return Piece(
        layers=tuple(Layer(str(file), int(limit)) for file, limit in zip(files, limits, strict=bool(files))),
        font_program=int(number("font_program", font_program)),
        font_key=int(number("font_key", key)),
        level_db=number("level_db", _DEFAULT_LEVELS.get(key, -10.0)),
        pan=number("pan", _DEFAULT_PANS.get(key, 0.0)),
        tune_semitones=number("tune_semitones", 0.0),
        decay_s=number("decay_s", 0.0),
        lowpass_hz=number("lowpass_hz", 0.0),
        highpass_hz=number("highpass_hz", 0.0),
        synth=read_stroke(synth, f"piece {key}") if isinstance(synth, Mapping) else None,
    )


def load_kit(name: str) -> KitData:
    """Read a kit's data file; raises :class:`EngineError` for a name that there is no kit for."""
    if name not in KIT_NAMES:
        raise EngineError(f"there is no drum kit called {name!r}; choose one of {', '.join(KIT_NAMES)}")
    raw = tomllib.loads(resources.files(__package__).joinpath(f"kits/{name}.toml").read_text("utf-8"))
    font_program = int(raw["font_program"])
    pieces = {int(key): _piece(value, int(key), font_program) for key, value in raw.get("pieces", {}).items()}
    return KitData(name, font_program, pieces)


def choke_group(key: int) -> str | None:
    """Pieces that silence one another: a closed hi-hat stops the open one."""
    return _CHOKES.get(key)


def pan_gains(pan: float) -> tuple[float, float]:
    """Left and right factors of a balance control: 1 and 1 in the middle, constant power on the way out."""
    angle = (max(-1.0, min(1.0, pan)) + 1.0) * np.pi / 4.0
    return float(np.sqrt(2.0) * np.cos(angle)), float(np.sqrt(2.0) * np.sin(angle))


class Kit:
    """A playable kit.

    Parameters
    ----------
    data : KitData
    sample_path : callable
        File name of a one-shot to its path.
    notes : callable
        Gives the note bank; called only when a piece needs the soundfont.
    strokes : Cache, optional
        Where strokes are kept; kits that share one share its bound.
    """

    def __init__(
        self,
        data: KitData,
        sample_path: Callable[[str], Path],
        notes: Callable[[], NoteBank],
        strokes: Cache[Samples] | None = None,
    ) -> None:
        self.data = data
        self._sample_path = sample_path
        self._notes = notes
        self._strokes: Cache[Samples] = Cache(STROKE_BYTES) if strokes is None else strokes

    def hit(self, key: int, velocity: int) -> Samples:
        """One stroke to its end, float32 (2, n), read only; velocity sets loudness and brightness."""
        velocity = max(1, min(127, velocity))
        struck = min(127, max(_VELOCITY_STEP, _VELOCITY_STEP * round(velocity / _VELOCITY_STEP)))
        name = (self.data.name, key, struck)
        sound = self._strokes.get(name)
        if sound is None:
            sound = self._make(self.data.piece(key), struck)
            self._strokes.put(name, sound, sound.nbytes)
        if velocity == struck:
            return sound
        return np.asarray(sound * np.float32((velocity / struck) ** _LEVEL_POWER), dtype=np.float32)

    def _make(self, piece: Piece, velocity: int) -> Samples:
        if piece.synth:
            sound = _soften(self._made(piece), velocity)
        elif piece.layers:
            layer = next((layer for layer in piece.layers if velocity <= layer.up_to), piece.layers[-1])
            sound = self._one_shot(layer.file, piece)
            sound = _soften(sound, velocity)
        else:
            # The font's response to velocity is kept for the timbre; loudness follows the same law as one-shots.
            sound = self._font_hit(piece, velocity)
            sound = sound * np.float32(_calibration(sound))
        left, right = pan_gains(piece.pan)
        level = 10.0 ** (piece.level_db / 20.0) * (velocity / _FULL_VELOCITY) ** _LEVEL_POWER
        return np.asarray(sound * (np.array([[left], [right]]) * level).astype(np.float32))

    def _font_hit(self, piece: Piece, velocity: int) -> Samples:
        seconds = piece.decay_s or 1.5
        notes = self._notes()
        key = max(0, min(127, piece.font_key))
        sound = notes.note(DRUM_BANK, piece.font_program, key, velocity, int(seconds * SAMPLE_RATE))
        return _shape(sound, piece)

    def _made(self, piece: Piece) -> Samples:
        sound = self._strokes.get(piece)
        if sound is None and piece.synth:
            sound = _shape(strike(piece.synth), piece)
            sound = sound * np.float32(_calibration(sound))
            self._strokes.put(piece, sound, sound.nbytes)
        assert sound is not None
        return sound

    def _one_shot(self, file: str, piece: Piece) -> Samples:
        name = (file, piece)
        sound = self._strokes.get(name)
        if sound is None:
            frames, rate = soundfile.read(self._sample_path(file), dtype="float32", always_2d=True)
            wanted = SAMPLE_RATE * 2.0 ** (-piece.tune_semitones / 12.0)
            if abs(wanted - rate) > 0.5:
                frames = soxr.resample(frames, rate, wanted)
            stereo = np.ascontiguousarray(np.broadcast_to(frames, (len(frames), 2)).T, dtype=np.float32)
            sound = _shape(stereo, piece)
            sound = sound * np.float32(_calibration(sound))
            self._strokes.put(name, sound, sound.nbytes)
        return sound


REFERENCE_POWER: Final = 10.0 ** ((REFERENCE_LUFS + 0.691) / 10.0)


def _loudest(sound: Samples) -> float:
    padded = np.pad(sound, ((0, 0), (0, max(0, SAMPLE_RATE // 10 - sound.shape[1]))))
    powers = hop_powers(Audio(padded))
    return float(powers.max()) if powers.size else 0.0


def _calibration(sound: Samples) -> float:
    """Factor that brings the loudest 100 ms to the reference."""
    power = _loudest(sound)
    return float(np.sqrt(REFERENCE_POWER / power)) if power > 1e-12 else 1.0


def _trim(sound: Samples) -> Samples:
    """Let the stroke begin at once and end when it has died away (-70 dB)."""
    level = np.abs(sound).max(axis=0)
    peak = float(level.max(initial=0.0))
    if peak <= 0.0:
        return np.zeros((2, 1), np.float32)
    begins, strikes = (int(np.argmax(level > share * peak)) for share in (0.02, 0.1))
    start = max(0, min(strikes, begins + _LONGEST_RUN_UP) - 16)
    stop = int(np.nonzero(level > 10 ** (-70 / 20) * peak)[0][-1]) + 1
    trimmed = sound[:, start:stop].copy()
    edge = min(16, trimmed.shape[1])
    trimmed[:, :edge] *= np.linspace(0.0, 1.0, edge, dtype=np.float32)
    tail = min(256, trimmed.shape[1])
    trimmed[:, -tail:] *= np.linspace(1.0, 0.0, tail, dtype=np.float32)
    return trimmed


def _shape(sound: Samples, piece: Piece) -> Samples:
    if piece.highpass_hz:
        sound = filtered(butterworth(2, "highpass", piece.highpass_hz, SAMPLE_RATE), sound).astype(np.float32)
    if piece.lowpass_hz:
        sound = filtered(butterworth(2, "lowpass", piece.lowpass_hz, SAMPLE_RATE), sound).astype(np.float32)
    sound = _trim(sound)
    if piece.decay_s:
        seconds = np.arange(sound.shape[1]) / SAMPLE_RATE
        fall = 10.0 ** (-40.0 / 20.0 * seconds / piece.decay_s)
        sound = _trim((sound * fall).astype(np.float32))
    return sound


def _soften(sound: Samples, velocity: int) -> Samples:
    """A weak stroke is duller: from all open at full velocity down to about 3 kHz at the weakest."""
    if velocity >= _FULL_VELOCITY:
        return sound
    cutoff_hz = 3_000.0 * 2.0 ** (2.6 * velocity / _FULL_VELOCITY)
    return filtered(butterworth(1, "lowpass", cutoff_hz, SAMPLE_RATE), sound).astype(np.float32)
