"""The instruments that generated songs are played on: the project's soundfont player over three soundfonts."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from benchmarks.truth.band import Role, Strike
from benchmarks.truth.settings import Font
from contrafact.assets import AssetMissing, AssetStore
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.sampler import NoteBank
from contrafact.engine.rendering.soundfont import SoundFont

_FILES: dict[Font, str] = {
    "general-midi-soundfont": "MuseScore_General_Lite.sf3",
    "fluid-mono-soundfont": "FluidR3Mono_GM.sf3",
    "timgm-soundfont": "TimGM6mb.sf2",
}
_MEMORY = 160 * 2**20
_ONSET_SHARE = 0.2
"""A sound is heard from where it first reaches this part of its greatest level within 60 ms."""


@dataclass(frozen=True, slots=True)
class SongSounds:
    """Opened soundfonts; one per process is enough."""

    banks: dict[Font, NoteBank]
    _latency: dict[tuple[Font, int, int, int], int] = field(default_factory=dict)

    def play(
        self, font: Font, bank: int, program: int, strikes: list[Strike], frames: int, tune_cents: float
    ) -> Samples:
        """Lay the notes of one instrument into silence; stereo, ``frames`` long.

        A sample that begins a few milliseconds into its recording is played so much earlier: the truth tells when
        notes are heard.
        """
        out = np.zeros((2, frames), np.float32)
        for strike in strikes:
            held = int((strike.end_s - strike.start_s) * SAMPLE_RATE)
            sound = self.banks[font].note(bank, program, strike.key, strike.velocity, held, tune_cents)
            first = round(strike.start_s * SAMPLE_RATE) - self._late(font, bank, program, strike.key)
            if first < 0:
                sound, first = sound[:, -first:], 0
            stop = min(frames, first + sound.shape[1])
            if stop > first:
                out[:, first:stop] += sound[:, : stop - first]
        return out

    def _late(self, font: Font, bank: int, program: int, key: int) -> int:
        """Frames until the sound is heard, 30 ms at most (a swelling sound is not moved further)."""
        name = (font, bank, program, key)
        if name not in self._latency:
            sound = self.banks[font].note(bank, program, key, 100, int(0.06 * SAMPLE_RATE))
            level = np.abs(sound[:, : int(0.06 * SAMPLE_RATE)]).max(axis=0)
            peak = float(level.max(initial=0.0))
            late = int(np.argmax(level >= _ONSET_SHARE * peak)) if peak > 0 else 0
            self._latency[name] = min(late, int(0.03 * SAMPLE_RATE))
        return self._latency[name]


def open_sounds(store: AssetStore, fonts: Collection[Font] = tuple(_FILES)) -> SongSounds:
    """Open soundfonts of the asset store; all that songs of the catalogue use, unless told which.

    Raises
    ------
    AssetMissing
        When one is not here; it names the command that fetches it.
    """
    missing = [name for name in fonts if not store.has(name)]
    if missing:
        raise AssetMissing(
            f"generated songs need the soundfonts {', '.join(missing)}; fetch them with "
            f"`contrafact assets fetch {' '.join(missing)}`"
        )
    return SongSounds({name: NoteBank(SoundFont(store.path(name, _FILES[name])), _MEMORY) for name in fonts})


BANK_OF: dict[Role, int] = {"comp": 0, "pad": 0, "bass": 0, "solo": 0, "drums": 128}
