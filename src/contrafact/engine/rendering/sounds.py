"""The sounds that generated parts are played with, opened once and kept by a worker."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

import numpy as np

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.loudness import hop_powers
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.rendering.kits import REFERENCE_POWER, STROKE_BYTES, Kit, load_kit
from contrafact.engine.rendering.risers import sweep
from contrafact.engine.rendering.sampler import Cache, Curve, NoteBank
from contrafact.engine.rendering.soundfont import SoundFont

FONT_ASSET: Final = "general-midi-soundfont"
FONT_FILE: Final = "MuseScore_General_Lite.sf3"
SAMPLES_ASSET: Final = "sonic-pi-samples"

_SWEEP_BYTES: Final = 16 * 2**20
_REFERENCE_VELOCITY: Final = 96
_REFERENCE_HELD_S: Final = 0.5


def _reference_key(program: int) -> int:
    """Where an instrument is calibrated: basses and other low ones in their own register."""
    low = {32, 33, 34, 35, 36, 37, 38, 39, 43, 47, 57, 58, 67, 70, 87}
    return 36 if program in low else 60


class Sounds:
    """Soundfont and drum kits, opened at first need; safe to share between threads.

    Opening costs milliseconds. What is decoded is remembered within bounds; what is remembered never changes what is
    heard.
    """

    def __init__(self, font_path: Callable[[], Path], sample_path: Callable[[str], Path]) -> None:
        self._font_path = font_path
        self._sample_path = sample_path
        self._bank: NoteBank | None = None
        self._kits: dict[str, Kit] = {}
        self._factors: dict[int, float] = {}
        self._strokes: Cache[Samples] = Cache(STROKE_BYTES)
        self._sweeps: Cache[Samples] = Cache(_SWEEP_BYTES)
        self._lock = threading.RLock()

    @classmethod
    def open(cls, store: AssetStore) -> Self:
        """The sounds in an asset store; missing files are reported when a part first needs them."""
        return cls(lambda: store.path(FONT_ASSET, FONT_FILE), lambda file: store.path(SAMPLES_ASSET, file))

    @classmethod
    def of(cls, source: "AssetStore | Sounds") -> "Sounds":
        return source if isinstance(source, Sounds) else cls.open(source)

    def notes(self) -> NoteBank:
        with self._lock:
            if self._bank is None:
                self._bank = NoteBank(SoundFont(self._font_path()))
            return self._bank

    def kit(self, name: str) -> Kit:
        """A drum kit by name; raises :class:`EngineError` for an unknown one."""
        with self._lock:
            if name not in self._kits:
                self._kits[name] = Kit(load_kit(name), self._sample_path, self.notes, self._strokes)
            return self._kits[name]

    def note(
        self,
        program: int,
        key: int,
        velocity: int,
        held_s: float,
        tune_cents: float = 0.0,
        bend: Curve = (),
        swell: Curve = (),
        rings: bool = True,
    ) -> Samples:
        """One note of a General MIDI program, calibrated: a middling note is equally loud on every instrument."""
        held = round(held_s * SAMPLE_RATE)
        sound = self.notes().note(0, program, key, velocity, held, tune_cents, bend, swell, rings)
        sound *= np.float32(self._factor(program))
        return sound

    def sweep(self, pitch: int, velocity: int, length_s: float) -> Samples:
        """A riser, a fall or an impact; see :func:`~contrafact.engine.rendering.risers.sweep`. Read only."""
        key = (pitch, velocity, round(length_s * SAMPLE_RATE))
        sound = self._sweeps.get(key)
        if sound is None:
            sound = sweep(pitch, velocity, length_s)
            self._sweeps.put(key, sound, sound.nbytes)
        return sound

    def _factor(self, program: int) -> float:
        with self._lock:
            known = self._factors.get(program)
            if known is None:
                held = int(_REFERENCE_HELD_S * SAMPLE_RATE)
                sound = self.notes().note(0, program, _reference_key(program), _REFERENCE_VELOCITY, held)
                power = float(np.max(hop_powers(Audio(sound)), initial=0.0))
                known = float(np.sqrt(REFERENCE_POWER / power)) if power > 1e-12 else 1.0
                self._factors[program] = known
            return known
