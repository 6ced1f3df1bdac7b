"""The band plays: notes on beats become sound, with a little of what hands do."""

from collections.abc import Callable
from typing import Final

import numpy as np

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.kits import Kit, KitData, Layer, Piece
from contrafact.engine.rendering.sounds import SAMPLES_ASSET, Sounds
from song.arrangement import Part
from song.score import BEAT_S, duration_s, seconds

_ROOM_KIT: Final = 8


def frames() -> int:
    return round(duration_s() * SAMPLE_RATE)


def _piece(key: int, level_db: float, pan: float = 0.0, files: tuple[str, ...] = (), decay_s: float = 0.0) -> Piece:
    limits = (127,) if len(files) == 1 else (74, 127)
    layers = tuple(Layer(file, limit) for file, limit in zip(files, limits, strict=False))
    return Piece(layers, _ROOM_KIT, key, level_db, pan, 0.0, decay_s, 0.0, 0.0)


_KIT: Final = KitData(
    "song",
    _ROOM_KIT,
    {
        piece.font_key: piece
        for piece in (
            _piece(36, 1.0, files=("drum_heavy_kick.flac",)),
            _piece(38, -1.5, files=("drum_snare_soft.flac", "drum_snare_hard.flac")),
            _piece(37, -8.0, 0.1),
            _piece(39, -8.0),
            _piece(42, -13.0, 0.3, ("drum_cymbal_closed.flac",), 0.1),
            _piece(44, -14.0, 0.3, ("drum_cymbal_pedal.flac",)),
            _piece(46, -12.0, 0.3, ("drum_cymbal_open.flac",), 0.35),
            _piece(49, -9.0, -0.4, ("drum_cymbal_soft.flac", "drum_cymbal_hard.flac"), 2.2),
            _piece(45, -4.0, -0.35, ("drum_tom_lo_soft.flac", "drum_tom_lo_hard.flac")),
            _piece(47, -4.0, 0.0, ("drum_tom_mid_soft.flac", "drum_tom_mid_hard.flac")),
            _piece(50, -4.0, 0.35, ("drum_tom_hi_soft.flac", "drum_tom_hi_hard.flac")),
            _piece(54, -15.0, -0.45),
            _piece(82, -16.0, 0.5),
        )
    },
)


class Band:
    """The players; each has a way of being early and late that is the same in every take."""

    def __init__(self, store: AssetStore) -> None:
        self._sounds = Sounds.open(store)
        self._kit = Kit(_KIT, lambda file: store.path(SAMPLES_ASSET, file), self._sounds.notes)

    def drums(self, part: Part, seed: int) -> Samples:
        """All strokes on one kit, float32 (2, frames)."""
        chance = np.random.default_rng(seed)
        out = np.zeros((2, frames()), np.float32)
        for stroke in sorted(part, key=lambda item: item.beat):
            at = round((seconds(stroke.beat) + 0.003 * chance.standard_normal()) * SAMPLE_RATE)
            velocity = int(np.clip(stroke.velocity + 3.0 * chance.standard_normal(), 1, 127))
            _add(out, self._kit.hit(stroke.key, velocity), at)
        return out

    def play(self, part: Part, program: int, seed: int, pan: float = 0.0, loose_s: float = 0.006) -> Samples:
        """One instrument of the soundfont, float32 (2, frames); ``pan`` from -1 to 1."""

        def sound(key: int, velocity: int, held_s: float) -> Samples:
            return self._sounds.note(program, key, velocity, held_s)

        return _played(part, sound, seed, pan, loose_s)


def _played(part: Part, sound: Callable[[int, int, float], Samples], seed: int, pan: float, loose_s: float) -> Samples:
    chance = np.random.default_rng(seed)
    out = np.zeros((2, frames()), np.float32)
    # a chord's notes are pressed by one hand: they share its timing
    late: dict[float, float] = {}
    for stroke in sorted(part, key=lambda item: (item.beat, item.key)):
        shared = late.setdefault(stroke.beat, loose_s * float(np.clip(chance.standard_normal(), -2.0, 2.0)))
        at = round((seconds(stroke.beat) + shared + 0.002 * chance.random()) * SAMPLE_RATE)
        velocity = int(np.clip(stroke.velocity + 4.0 * chance.standard_normal(), 1, 127))
        _add(out, sound(stroke.key, velocity, stroke.beats * BEAT_S), at)
    angle = (pan + 1.0) * np.pi / 4.0
    gains = np.sqrt(2.0) * np.array([[np.cos(angle)], [np.sin(angle)]])
    return np.asarray(out * gains, dtype=np.float32)


def _add(out: Samples, sound: Samples, at: int) -> None:
    at = max(0, at)
    taken = min(sound.shape[1], out.shape[1] - at)
    if taken > 0:
        out[:, at : at + taken] += sound[:, :taken]
