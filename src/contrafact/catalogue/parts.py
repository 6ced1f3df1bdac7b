"""Stems that the owner delivers: four files by name, or parts of the mix that are known alone.

Either way the four stems that are kept sum to the recording: what the deliveries leave over goes into ``other``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from contrafact.catalogue.errors import BadSong
from contrafact.catalogue.values import KnownPart
from contrafact.engine.audio.decoding import decode, probe
from contrafact.engine.audio.stem_files import read_stem
from contrafact.engine.audio.stems import STEM_NAMES, StemName, Stems
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples

TOLERANCE_S = 0.05
"""How much a delivered stem may differ in length (encoders pad); it is cut or padded with silence at its end."""
EXACT_DB = -60.0
WHOLE_LIMIT_DB = -12.0
"""All four stems given: more left over than this, relative to the recording, and they are not its stems."""
PARTIAL_LIMIT_DB = 0.0
"""Some given: taking them away must at least not make the rest louder than the recording was."""
_SUFFIXES = frozenset({".flac", ".wav", ".ogg", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff", ".wv", ".w64"})
_NAMES: Mapping[str, StemName] = {
    **{name: name for name in STEM_NAMES},
    "vocal": "vocals",
    "voice": "vocals",
    "drum": "drums",
    "percussion": "drums",
    "others": "other",
    "rest": "other",
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """Four stems that sum to the recording, and how far the delivery was from doing so itself."""

    stems: Stems
    residual_db: float
    """Level of what was left over, relative to the recording; -120 for nothing."""


def find_stems(folder: Path) -> dict[StemName, Path]:
    """The stems in a folder, by name.

    Raises
    ------
    BadSong
        No such folder, no stem in it, two files for one stem, or a sound file whose name says no stem.
    """
    if not folder.is_dir():
        raise BadSong(f"“{folder.name}” is not a folder; put vocals, drums, bass and other in one folder")
    found: dict[StemName, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _SUFFIXES or not path.is_file():
            continue
        name = _NAMES.get(path.stem.strip().casefold())
        if name is None:
            raise BadSong(f"“{path.name}” is none of vocals, drums, bass and other; rename it or take it out")
        if name in found:
            raise BadSong(f"“{path.name}” and “{found[name].name}” are both {name}; keep one")
        found[name] = path
    if not found:
        raise BadSong(f"there are no stems in “{folder.name}”; name them vocals, drums, bass and other")
    return found


def deliver(mix: Audio, folder: Path) -> Delivered:
    """The owner's stems, made to sum to the recording.

    Missing stems are silent, and what is left over goes into ``other``.

    Raises
    ------
    BadSong
        When the lengths differ, or the stems do not belong to the recording.
    """
    paths = find_stems(folder)
    samples: dict[StemName, Samples] = {
        name: _fitted(_read(paths[name]), mix.frames, paths[name].name) if name in paths else np.zeros_like(mix.samples)
        for name in STEM_NAMES
    }
    left = mix.samples - sum((samples[name] for name in STEM_NAMES), start=np.zeros_like(mix.samples))
    residual_db = _level_db(left, mix.samples)
    limit_db = WHOLE_LIMIT_DB if "other" in paths else PARTIAL_LIMIT_DB
    if residual_db > limit_db:
        raise BadSong(
            f"the stems do not sum to the recording ({residual_db:.0f} dB is left over); deliver the stems of this "
            "very mix, all starting at its beginning"
        )
    if residual_db > EXACT_DB or "other" not in paths:
        samples["other"] = samples["other"] + left
    return Delivered(_stems(samples), residual_db)


def separate_around(mix: Audio, parts: Sequence[KnownPart], separate: Callable[[Audio], Stems]) -> Delivered:
    """Separate only what is not known: the known parts are taken out of the mix first and put into their stems after.

    Raises
    ------
    BadSong
        When a part differs in length, or taking it out leaves more than there was.
    """
    known: dict[StemName, Samples] = {}
    for part in parts:
        sound = _fitted(_read(part.path), mix.frames, part.path.name) * np.float32(part.gain)
        known[part.stem] = known[part.stem] + sound if part.stem in known else sound
    rest = mix.samples - sum(known.values(), start=np.zeros_like(mix.samples))
    if _level_db(rest, mix.samples) > PARTIAL_LIMIT_DB:
        names = ", ".join(part.path.name for part in parts)
        raise BadSong(f"{names} is not part of this mix at the gain given; check both")
    separated = separate(Audio(rest))
    samples: dict[StemName, Samples] = {
        name: separated[name].samples + known[name] if name in known else separated[name].samples for name in STEM_NAMES
    }
    left = mix.samples - sum((samples[name] for name in STEM_NAMES), start=np.zeros_like(mix.samples))
    return Delivered(_stems(samples), _level_db(left, mix.samples))


def residual_db(mix: Audio, stems: Stems) -> float:
    """How far the stems are from summing to the recording, relative to its level."""
    left = mix.samples.copy()
    for name in STEM_NAMES:
        left -= stems[name].samples
    return _level_db(left, mix.samples)


def _read(path: Path) -> Samples:
    """A delivered file; the scale that our own FLAC stems carry for peaks above 1 is kept."""
    info = probe(path)
    if path.suffix.lower() == ".flac" and (info.sample_rate, info.channels) == (SAMPLE_RATE, 2):
        return read_stem(path).samples
    return decode(path).samples


def _fitted(samples: Samples, frames: int, name: str) -> Samples:
    difference = samples.shape[1] - frames
    if abs(difference) > TOLERANCE_S * SAMPLE_RATE:
        raise BadSong(
            f"“{name}” is {abs(difference) / SAMPLE_RATE:.2f} s {'longer' if difference > 0 else 'shorter'} than the "
            "recording; export all stems with the length of the mix"
        )
    fitted: Samples = samples[:, :frames] if difference >= 0 else np.pad(samples, ((0, 0), (0, -difference)))
    return fitted


def _stems(samples: Mapping[StemName, Samples]) -> Stems:
    return Stems(**{str(name): Audio(np.ascontiguousarray(samples[name], dtype=np.float32)) for name in STEM_NAMES})


def _level_db(left: Samples, whole: Samples) -> float:
    noise = float(np.sqrt(np.mean(np.square(left, dtype=np.float64))))
    signal = float(np.sqrt(np.mean(np.square(whole, dtype=np.float64))))
    if noise == 0.0:
        return -120.0
    return float(max(-120.0, 20 * np.log10(noise / max(signal, 1e-6))))
