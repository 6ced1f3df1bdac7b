"""Songs as the rhythm's ear is given them, with what is true of each: computed once and kept."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.truth import TrueSong, prepare, read, settings_of
from benchmarks.truth.shelf import fingerprint
from contrafact.assets import AssetStore
from contrafact.engine.audio.value import Audio
from contrafact.engine.listening import beatnet, crema
from contrafact.engine.listening.cqt import CQT_RATE, constant_q
from contrafact.engine.listening.harmony import chord_changes, usual_chord_length_s
from contrafact.engine.listening.octave import Evidence
from contrafact.engine.listening.onsets import Onsets, find_onsets
from contrafact.engine.listening.sound import Mono, Resampled
from contrafact.engine.listening.tuning import find_tuning

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One song.

    ``beats_s`` float64 (beats,) and ``positions`` int64 (beats,) are true; both are empty where only ``bpm`` is known.
    ``weight`` is how much it counts.
    """

    name: str
    evidence: Evidence
    beats_s: Doubles
    positions: Ints
    bpm: float
    beats_per_bar: int
    division: int
    weight: float


def tuning_examples(home: Path) -> Iterator[Example]:
    """The songs of the tuning split, rendered and described where they are not yet kept under ``home``."""
    store = AssetStore(home / "assets")
    settings = list(settings_of("tuning"))
    prepare(settings, store, home / "truth")
    for one in settings:
        kept = home / "rhythm" / f"{fingerprint(one)}.npz"
        song: TrueSong = read(one, home / "truth")
        if not kept.exists():
            _keep(song.audio, store, kept)
        metres: dict[tuple[int, int], float] = {}
        for span in song.metres:
            key = (span.beats_per_bar, span.division)
            metres[key] = metres.get(key, 0.0) + (span.end_s - span.start_s) / span.beats_per_bar
        beats_per_bar, division = max(metres, key=lambda key: metres[key])
        yield Example(
            song.name,
            _evidence(kept, song.audio.duration_s),
            song.beats_s,
            song.positions,
            song.tempo_bpm,
            beats_per_bar,
            division,
            1.0,
        )


def other_examples(folder: Path, home: Path) -> Iterator[Example]:
    """Recordings beside their truth: ``NAME.flac`` (or any sound file) named by ``NAME.json``.

    The document has ``file``, ``bpm``, ``beats_per_bar``, and may have ``division``, ``beats_s``, ``positions`` and
    ``weight``.
    """
    store = AssetStore(home / "assets")
    for path in sorted(folder.glob("*.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        samples, rate = soundfile.read(folder / facts["file"], dtype="float32", always_2d=True)
        kept = home / "rhythm" / f"{folder.name}-{path.stem}.npz"
        if not kept.exists():
            _keep(Audio(np.ascontiguousarray(samples.T), rate), store, kept)
        yield Example(
            path.stem,
            _evidence(kept, samples.shape[0] / rate),
            np.array(facts.get("beats_s", []), dtype=np.float64),
            np.array(facts.get("positions", []), dtype=np.int64),
            float(facts["bpm"]),
            int(facts["beats_per_bar"]),
            int(facts.get("division", 2)),
            float(facts.get("weight", 1.0)),
        )


def _keep(audio: Audio, store: AssetStore, file: Path) -> None:
    mono = Mono.of(audio)
    pitched = Resampled(mono, mono.sample_rate, CQT_RATE)
    magnitudes = constant_q(pitched, find_tuning(pitched))
    chords = crema.chord_likelihoods(magnitudes, crema.load_weights(store))
    sound = Resampled(mono, mono.sample_rate, beatnet.FEATURE_RATE)
    onsets = find_onsets(sound)
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new.npz")
    np.savez_compressed(
        new,
        network=beatnet.activations(sound, beatnet.load_weights(store)).mean(axis=0),
        low=onsets.low,
        middle=onsets.middle,
        high=onsets.high,
        loudness=onsets.loudness,
        tags=chords.tags,
        bass=chords.bass,
        root=chords.root,
        pitch=chords.pitch,
    )
    new.rename(file)


def _evidence(file: Path, duration_s: float) -> Evidence:
    with np.load(file) as kept:
        onsets = Onsets(kept["low"], kept["middle"], kept["high"], kept["loudness"])
        chords = crema.ChordLikelihoods(kept["tags"], kept["bass"], kept["root"], kept["pitch"])
        network = kept["network"].astype(np.float64)
    return Evidence(
        network,
        beatnet.FRAMES_PER_SECOND,
        onsets,
        lambda times_s: chord_changes(chords, times_s),
        usual_chord_length_s(chords, duration_s),
    )
