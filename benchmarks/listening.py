"""How well and how fast the ear hears: generated songs with known truth, and real recordings with known tempo.

    python -m benchmarks.listening [--json] [--quick] [--real FILE=BPM ...]

Prints one row per generated song (mir_eval's measures), the means, the real recordings' tempi, and the time and memory
of hearing a song of 180 seconds in a fresh process. The generated songs here use other seeds, tempi, keys and forms
than those that the numbers in the code were chosen on, but the same synthesis.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import mir_eval
import numpy as np

from contrafact.assets import AssetStore
from contrafact.engine.audio.value import Audio
from contrafact.engine.listening.chart import Chart
from contrafact.engine.listening.listen import listen
from tests.support.songs import GeneratedSong, make_song

FORMS = (
    (("intro", 8), ("verse", 8), ("chorus", 8), ("verse", 8), ("chorus", 8), ("outro", 4)),
    (("verse", 16), ("chorus", 8), ("verse", 16), ("chorus", 8), ("bridge", 8), ("chorus", 8)),
    (("intro", 4), ("verse", 12), ("chorus", 8), ("break", 4), ("verse", 12), ("chorus", 16), ("outro", 8)),
)
SONGS: tuple[dict[str, Any], ...] = (
    {"bpm": 57.0, "key": "G minor"},
    {"bpm": 66.6, "key": "D# major", "sevenths": True},
    {"bpm": 72.0, "key": "B major", "beats_per_bar": 3},
    {"bpm": 83.3, "key": "C minor", "swing": 0.66},
    {"bpm": 89.0, "key": "F# major", "drift": 0.025},
    {"bpm": 97.0, "key": "E minor", "drums": False},
    {"bpm": 104.5, "key": "A major", "tuning_cents": -35.0},
    {"bpm": 112.0, "key": "D minor", "drift": 0.04},
    {"bpm": 116.0, "key": "F major", "beats_per_bar": 5},
    {"bpm": 125.0, "key": "C# minor", "vocals": False},
    {"bpm": 131.7, "key": "G# major", "sevenths": True},
    {"bpm": 144.0, "key": "A# minor", "beats_per_bar": 6},
    {"bpm": 152.0, "key": "C major", "beats_per_bar": 3},
    {"bpm": 165.0, "key": "G major", "peak": 0.02},
    {"bpm": 174.0, "key": "F minor"},
    {"bpm": 188.0, "key": "D major"},
)


def score(song: GeneratedSong, chart: Chart) -> dict[str, float]:
    """mir_eval's measures of one chart."""
    heard = np.array([beat.time_s for beat in chart.beats])
    downbeats = np.array([beat.time_s for beat in chart.beats if beat.position == 1])
    true_chords = np.array([(chord.start_s, chord.end_s) for chord in song.chords])
    chords = np.array([(chord.start_s, chord.end_s) for chord in chart.chords])
    by_chord = mir_eval.chord.evaluate(
        true_chords, [chord.label for chord in song.chords], chords, [chord.label for chord in chart.chords]
    )
    true_sections = np.array([(section.start_s, section.end_s) for section in song.sections])
    sections = np.array([(section.start_s, section.end_s) for section in chart.sections])
    true_sections[0, 0] = sections[0, 0] = 0.0
    true_sections[-1, 1] = sections[-1, 1] = max(true_sections[-1, 1], sections[-1, 1])
    detect = mir_eval.segment.detection
    moments = np.arange(song.sections[0].start_s + 0.25, song.sections[-1].end_s, 0.5)
    same = [_label_at(song.sections, moment) == _label_at(chart.sections, moment) for moment in moments]
    return {
        "beat_f": mir_eval.beat.f_measure(song.beats_s, heard),
        "downbeat_f": mir_eval.beat.f_measure(song.downbeats_s, downbeats),
        "metre": float(chart.metre.beats_per_bar == song.beats_per_bar),
        "tempo": float(abs(chart.tempo.bpm / song.bpm - 1.0) < 0.005),
        "key": mir_eval.key.weighted_score(song.key, chart.key.label),
        "majmin": by_chord["majmin"],
        "sevenths": by_chord["sevenths"],
        "boundary_3s": detect(true_sections, sections, window=3.0, trim=True)[2],
        "boundary_0.5s": detect(true_sections, sections, window=0.5, trim=True)[2],
        "letters": mir_eval.segment.pairwise(
            true_sections,
            [section.label for section in song.sections],
            sections,
            [section.letter for section in chart.sections],
        )[2],
        "labels": float(np.mean(same)),
    }


def _label_at(sections: Any, moment_s: float) -> str | None:
    return next((section.label for section in sections if section.start_s <= moment_s < section.end_s), None)


def cold_run(sound: Path) -> dict[str, float]:
    """Hear the samples in ``sound`` (npy) in this process; called in a fresh one."""
    audio = Audio(np.load(sound, allow_pickle=False))
    loaded = _peak_mb()
    before_wall, before_cpu = time.perf_counter(), time.process_time()
    listen(audio, _store())
    return {
        "audio_s": audio.duration_s,
        "wall_s": time.perf_counter() - before_wall,
        "cpu_s": time.process_time() - before_cpu,
        "loaded_mb": loaded,
        "peak_mb": _peak_mb(),
    }


def _peak_mb() -> float:
    """Peak resident memory of this process; ``ru_maxrss`` would include the parent's from before ``exec``."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024.0


def cold() -> dict[str, float]:
    """:func:`cold_run` of three minutes of music in a fresh process."""
    song = make_song(bpm=120.0, sections=(("intro", 8), *((("verse", 8), ("chorus", 8)) * 5), ("outro", 2)))
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "song.npy"
        np.save(sound, song.audio.samples)
        command = [sys.executable, "-m", "benchmarks.listening", "--cold", str(sound)]
        root = Path(__file__).resolve().parent.parent
        answer = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root).stdout
    result: dict[str, float] = json.loads(answer)
    return result


def _store() -> AssetStore:
    home = os.environ.get("CONTRAFACT_HOME") or Path(__file__).resolve().parent.parent / ".cache" / "home"
    return AssetStore(Path(home) / "assets")


def _read(path: Path) -> Audio:
    import soundfile

    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return Audio(np.ascontiguousarray(samples.T), rate)


def _sectoid(store: AssetStore) -> list[tuple[str, Audio, float]]:
    """The four demo songs whose tempo their own score states, mixed as the catalogue mixes them."""
    found = []
    for name, bpm in (
        ("escape-from-chaosland", 135),
        ("feelings", 95),
        ("metal-madness", 150),
        ("war-of-freedom", 140),
    ):
        asset = f"sectoid-{name}"
        if not store.has(asset):
            continue
        files = [store.path(asset, file) for file in store.info(asset).outputs if file.endswith(".ogg")]
        parts = [_read(file) for file in files]
        frames = min(part.frames for part in parts)
        mix = 0.45 * sum((part.samples[:, :frames] for part in parts), np.zeros((2, frames), np.float32))
        found.append((asset, Audio(mix, parts[0].sample_rate), float(bpm)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.add_argument("--quick", action="store_true", help="every fourth generated song only")
    parser.add_argument("--real", action="append", default=[], metavar="FILE=BPM", help="a recording of known tempo")
    parser.add_argument("--cold", metavar="NPY", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cold:
        print(json.dumps(cold_run(options.cold)))
        return
    store = _store()
    rows: list[dict[str, Any]] = []
    for index, settings in enumerate(SONGS[:: 4 if options.quick else 1]):
        song = make_song(seed=1000 + index, sections=FORMS[index % len(FORMS)], **settings)
        chart = listen(song.audio, store)
        row = {"song": f"{settings}", "bpm": round(chart.tempo.bpm, 3), "heard_key": chart.key.label}
        rows.append({**row, **score(song, chart)})
        if not options.json:
            figures = " ".join(f"{name}={rows[-1][name]:.2f}" for name in list(rows[-1])[3:])
            print(f"{settings} -> {chart.tempo.bpm:.2f} BPM, {chart.key.label}\n    {figures}", flush=True)
    means = {name: float(np.mean([row[name] for row in rows])) for name in list(rows[0])[3:]}
    named = [(str(Path(item.rpartition("=")[0])), float(item.rpartition("=")[2])) for item in options.real]
    real = []
    for name, audio, bpm in [*_sectoid(store), *((Path(path).name, _read(Path(path)), bpm) for path, bpm in named)]:
        chart = listen(audio, store)
        real.append(
            {
                "song": name,
                "true_bpm": bpm,
                "bpm": chart.tempo.bpm,
                "steady": chart.tempo.steady,
                "metre": chart.metre.beats_per_bar,
                "key": chart.key.label,
                "sung_s": sum(region.end_s - region.start_s for region in chart.vocal_regions),
            }
        )
    cost = cold()
    if options.json:
        print(json.dumps({"songs": rows, "means": means, "real": real, "cold": cost}))
        return
    print("means  " + " ".join(f"{name}={value:.3f}" for name, value in means.items()))
    for row in real:
        print(
            f"{row['song']}: {row['bpm']:.3f} BPM (true {row['true_bpm']:g}), steady={row['steady']}, "
            f"{row['metre']}/4, {row['key']}, sung {row['sung_s']:.0f} s"
        )
    print(
        f"cold process, {cost['audio_s']:.0f} s of stereo: wall {cost['wall_s']:.1f} s, CPU {cost['cpu_s']:.1f} s, "
        f"peak {cost['peak_mb']:.0f} MB ({cost['loaded_mb']:.0f} MB of it before it begins)"
    )


if __name__ == "__main__":
    main()
