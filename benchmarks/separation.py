"""How fast and how well a recording is separated.

    python benchmarks/separation.py [--json] [--seconds 180] [--song FILE] [--quality]

Prints wall and CPU seconds and peak memory for a recording of the given length (the song repeated; noise and tones
where no song is given), and with ``--quality`` the SDR of drums, bass and other on five short songs played with the
default soundfont, whose stems are known exactly (no voice; by their levels, the mix itself as an estimate of drums or
bass has -4 dB). Models and sounds come from the asset store at ``$CONTRAFACT_HOME/assets``.
"""

import argparse
import json
import os
import resource
import time
from pathlib import Path

import numpy as np
import tinysoundfont

from contrafact.assets import AssetStore
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.progress import silent
from contrafact.engine.separation.accompaniment import split_accompaniment
from contrafact.engine.separation.separate import separate

Event = tuple[float, float, int, int]
"""start_s, duration_s, pitch, velocity"""

# name, bpm, programs of bass, chords and lead, drum pattern as (beat, pitch, velocity)
_EIGHTHS = [(number / 2, 42, 80) for number in range(8)]
_ROCK = [(0, 36, 110), (2, 36, 110), (2.5, 36, 90), (1, 38, 110), (3, 38, 110), *_EIGHTHS]
_HOUSE = [(float(b), 36, 115) for b in range(4)] + [(b + 0.5, 46, 80) for b in range(4)] + [(1, 39, 100), (3, 39, 100)]
_BOSSA = [(0, 36, 100), (1.75, 36, 100), (2.5, 36, 100), (1, 37, 100), (3, 37, 100)] + [
    (number / 4, 42, 50 + 20 * (number % 2)) for number in range(16)
]
_SONGS: tuple[tuple[str, float, tuple[int, int, int], list[tuple[float, int, int]]], ...] = (
    ("piano rock", 120.0, (33, 0, 73), _ROCK),
    ("house", 124.0, (38, 89, 81), _HOUSE),
    ("bossa", 92.0, (32, 24, 65), _BOSSA),
    ("fast guitars", 150.0, (34, 29, 30), _ROCK),
    ("slow keys", 80.0, (33, 4, 11), _ROCK),
)


def play(soundfont: Path, events: list[Event], seconds: float, program: int, drums: bool = False) -> Samples:
    synth = tinysoundfont.Synth(samplerate=SAMPLE_RATE, gain=-6)
    synth.program_select(0, synth.sfload(str(soundfont)), 128 if drums else 0, program, drums)
    moments = sorted([(s, 1, p, v) for s, _, p, v in events] + [(s + d, 0, p, 0) for s, d, p, _ in events])
    pieces, done = [], 0
    for start, on, pitch, velocity in [*moments, (seconds, 0, 0, 0)]:
        frames = round(start * SAMPLE_RATE) - done
        if frames > 0:
            pieces.append(np.frombuffer(synth.generate(frames), dtype=np.float32).reshape(-1, 2).copy())
            done += frames
        if on:
            synth.noteon(0, pitch, velocity)
        else:
            synth.noteoff(0, pitch)
    whole = np.concatenate(pieces).T[:, : round(seconds * SAMPLE_RATE)]
    return np.asarray(whole / np.sqrt((whole**2).mean()) * 0.07, dtype=np.float32)


def true_stems(soundfont: Path, number: int) -> tuple[Samples, Samples, Samples]:
    """Drums, bass and other of one of the songs."""
    _, bpm, (bass_program, chord_program, lead_program), pattern = _SONGS[number]
    rng = np.random.default_rng(number)
    beat, bars = 60 / bpm, 8
    drums: list[Event] = []
    bass: list[Event] = []
    chords: list[Event] = []
    lead: list[Event] = []
    for bar in range(bars):
        at = bar * 4 * beat
        root, third = ((45, 3), (41, 4), (48, 4), (43, 4))[bar % 4]
        drums += [(at + b * beat, 0.1, pitch, velocity) for b, pitch, velocity in pattern]
        bass += [(at + n * beat / 2, beat * 0.45, root - 12 + 7 * (n in (3, 7)), 100) for n in range(8)]
        length = 4 * beat * 0.98 if chord_program in (89, 4) else beat
        for b in (0.0,) if length > beat else (0.0, 1.5, 2.5):
            chords += [(at + b * beat, length, root + 12 + n, 85) for n in (0, third, 7, 12)]
        steps = np.flatnonzero(rng.random(8) < 0.6)
        tones = rng.choice([0, third, 7, 10, 12], steps.size)
        lead += [(at + n * beat / 2, beat / 2, root + 24 + int(t), 80) for n, t in zip(steps, tones, strict=True)]
    seconds = bars * 4 * beat + 1
    other = play(soundfont, chords, seconds, chord_program) + 0.8 * play(soundfont, lead, seconds, lead_program)
    return play(soundfont, drums, seconds, 0, drums=True), play(soundfont, bass, seconds, bass_program), other


def sdr_db(truth: Samples, estimate: Samples) -> float:
    return round(float(10 * np.log10((truth**2).sum() / ((estimate - truth) ** 2).sum())), 1)


def quality(store: AssetStore) -> dict[str, dict[str, float]]:
    soundfont = store.path("general-midi-soundfont", "MuseScore_General_Lite.sf3")
    table = {}
    for number, (name, *_) in enumerate(_SONGS):
        drums, bass, other = true_stems(soundfont, number)
        mix = drums + bass + other
        found_drums, found_bass = split_accompaniment(mix, silent)
        rest = mix - found_drums - found_bass
        table[name] = {
            "drums_sdr_db": sdr_db(drums, found_drums),
            "bass_sdr_db": sdr_db(bass, found_bass),
            "other_sdr_db": sdr_db(other, rest),
        }
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--song", type=Path)
    parser.add_argument("--quality", action="store_true")
    options = parser.parse_args()
    home = Path(os.environ.get("CONTRAFACT_HOME") or Path(__file__).parents[1] / ".cache" / "home")
    store = AssetStore(home / "assets")
    frames = round(options.seconds * SAMPLE_RATE)
    if options.song:
        samples = decode(options.song).samples
    else:
        t = np.arange(20 * SAMPLE_RATE) / SAMPLE_RATE
        noise = np.random.default_rng(0).normal(size=(2, t.size)) * 0.05
        samples = (noise + 0.2 * np.sin(2 * np.pi * 220 * t)).astype(np.float32)
    mix = Audio(np.tile(samples, (1, -(-frames // samples.shape[1])))[:, :frames].copy())
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    stems = separate(mix, store)
    figures: dict[str, object] = {
        "seconds": options.seconds,
        "wall_s": round(time.perf_counter() - wall_s, 2),
        "cpu_s": round(time.process_time() - cpu_s, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    total = np.sum([stems[name].samples for name in STEM_NAMES], axis=0, dtype=np.float64)
    error = float(((total - mix.samples) ** 2).mean() / (mix.samples**2).mean())
    figures["sum_error_db"] = round(10 * np.log10(error + 1e-30), 1)
    if options.quality:
        figures["quality"] = quality(store)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:14} {value}")


if __name__ == "__main__":
    main()
