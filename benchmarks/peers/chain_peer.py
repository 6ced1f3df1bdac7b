"""The chain of scripts that a user writes today: beats and key by librosa, Rubber Band and effects by pedalboard.

Stems are given (what separating them costs is measured apart). ``ratio`` and ``semitones`` say what to do with them;
``out`` is where the take goes. ``plain`` asks for the popular edits instead: ``sped-up`` or ``slowed``.
"""

from pathlib import Path
from typing import Any

import librosa  # type: ignore[import-not-found]
import numpy as np
import pyloudnorm  # type: ignore[import-not-found]
import soundfile
from pedalboard import (  # type: ignore[attr-defined]
    Compressor,
    HighpassFilter,
    Limiter,
    Pedalboard,
    Reverb,
    time_stretch,
)
from protocol import Costs, serve  # type: ignore[import-not-found]

RATE = 44_100
STEMS = ("vocals", "drums", "bass", "other")
BUSES = {
    "vocals": Pedalboard([HighpassFilter(100.0), Compressor(-20.0, 2.5), Reverb(room_size=0.4, wet_level=0.15)]),
    "drums": Pedalboard([Compressor(-16.0, 3.0)]),
    "bass": Pedalboard([Compressor(-18.0, 3.0)]),
    "other": Pedalboard([HighpassFilter(120.0), Reverb(room_size=0.5, wet_level=0.2)]),
}


def make(job: dict[str, str], costs: Costs) -> dict[str, Any]:
    take = _plain(job, costs) if job["plain"] else _chain(job, costs)
    with costs.of("master"):
        loudness = pyloudnorm.Meter(RATE).integrated_loudness(take.T)
        louder = take * 10.0 ** ((-14.0 - loudness) / 20.0)
        take = Pedalboard([Limiter(threshold_db=-1.0)])(louder.astype(np.float32), RATE)
    with costs.of("write"):
        soundfile.write(job["out"], take.T, RATE, subtype="FLOAT", format="WAV")
    return {}


def _chain(job: dict[str, str], costs: Costs) -> Any:
    stems = {name: _read(Path(job[name])) for name in STEMS}
    with costs.of("beats"):
        mono = librosa.resample(sum(stems.values()).mean(axis=0), orig_sr=RATE, target_sr=22_050)
        librosa.beat.beat_track(y=mono, sr=22_050)
    with costs.of("key"):
        librosa.feature.chroma_cqt(y=mono, sr=22_050).mean(axis=1)
    with costs.of("stretch"):
        ratio, semitones = float(job["ratio"]), float(job["semitones"])
        moved = {
            name: time_stretch(
                sound,
                RATE,
                stretch_factor=ratio,
                pitch_shift_in_semitones=0.0 if name == "drums" else semitones,
                high_quality=True,
                use_time_domain_smoothing=name == "drums",
                preserve_formants=name == "vocals",
            )
            for name, sound in stems.items()
        }
    with costs.of("effects"):
        return sum(BUSES[name](sound, RATE) for name, sound in moved.items())


def _plain(job: dict[str, str], costs: Costs) -> Any:
    mix = sum(_read(Path(job[name])) for name in STEMS)
    speed = {"sped-up": 1.25, "slowed": 0.85}[job["plain"]]
    with costs.of("stretch"):
        played = librosa.resample(mix, orig_sr=RATE * speed, target_sr=RATE)
    with costs.of("effects"):
        room = Reverb(room_size=0.75, wet_level=0.35 if job["plain"] == "slowed" else 0.0)
        return Pedalboard([room])(np.asarray(played, np.float32), RATE)


def _read(path: Path) -> Any:
    samples, _ = soundfile.read(path, dtype="float32", always_2d=True)
    return samples.T


serve(make)
