"""How well, how fast and in how much memory a recording is separated.

    python -m benchmarks.separation [--split tuning] [--songs 12] [--long] [--json] [--only quality|cost]

Quality: excerpts of 30 s of generated songs, and real voices over their accompaniments, against Spleeter with median
filters and a low-pass, median filters alone, the mix itself as estimate, and htdemucs where the operator fetched it.
The figure is plain SDR over both channels and the whole excerpt, ``10 log10(|truth|^2 / |truth - estimate|^2)``, in dB;
a stem whose truth is silent is left out of it and counted by how loud its estimate is against the mix. Since SDR does
not tell whether strokes stay where they were, those that the drum network hears in the true and in the separated drums
are compared, too. The real voice
is that of the song in ``../shared/data`` as our own separation finds it: clean of its guitar only as far as that goes,
and easy for Spleeter's network, for the peers just as for us.

Cost: a cold process that separates 180 s (with ``--long`` also 6 and 60 minutes), as the operating system counts it.
Models come from ``$CONTRAFACT_HOME/assets`` (the checkout's ``.cache/home`` without it).
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks._measure import run
from benchmarks._separation_peers import Estimate, baseline, median_filters_alone, plain_spleeter
from contrafact.assets import AssetStore
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.listening.drum_model import load_model
from contrafact.engine.listening.strokes import find_strokes
from contrafact.engine.separation.separate import separate
from contrafact.engine.separation.vocals import VoiceModel

CHECKOUT = Path(__file__).resolve().parent.parent
VOICE = CHECKOUT.parent / "shared" / "data" / "karissa-hobbs-lets-go-fishin.ogg"
_EXCERPT_S, _FIRST_PART = 30, 0.3
_REAL_MIXES, _VOICE_FROM_S, _VOICE_LEVEL = 4, 16, 0.8
_STRIPPED = 3
_DEMUCS_EXCERPTS = 3
_SILENT_DB = -50.0
_STROKE, _NEAR_S = 0.5, 0.025
Seconds = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    name: str
    kind: str
    """``song``, ``real voice``, or ``without`` one or more of its stems."""
    truth: Estimate

    @property
    def mix(self) -> Samples:
        return np.asarray(np.sum([self.truth[name] for name in STEM_NAMES], axis=0), dtype=np.float32)


def sdr_db(truth: Samples, estimate: Samples) -> float:
    error = float(np.square(truth - estimate, dtype=np.float64).sum())
    return float(10 * np.log10(float(np.square(truth, dtype=np.float64).sum()) / max(error, 1e-20)))


def level_db(part: Samples, mix: Samples) -> float:
    """Power of a part against the mix."""
    return float(
        10 * np.log10(np.square(part, dtype=np.float64).sum() / np.square(mix, dtype=np.float64).sum() + 1e-12)
    )


def stroke_times(drums: Samples) -> Seconds:
    """When the drum network hears a stroke, in order; float64 (strokes,)."""
    model = load_model()
    times, impressions, odds = [], [], []
    for _, strokes in find_strokes(Audio(drums)):
        seen, first = model.glance(strokes.pictures)
        times.append(strokes.times_s)
        impressions.append(seen)
        odds.append(first)
    if not sum(map(len, times)):
        return np.zeros(0)
    chances = model.compare(np.concatenate(impressions), np.concatenate(odds)).max(axis=1)
    return np.sort(np.concatenate(times)[chances >= _STROKE])


def strokes_kept(truth: Seconds, estimate: Seconds) -> tuple[float, float]:
    """F-measure of strokes within 25 ms, each paired once, and the median distance of the pairs in ms."""
    pairs, at = [], 0
    for time_s in truth:
        while at < estimate.size and estimate[at] < time_s - _NEAR_S:
            at += 1
        if at < estimate.size and estimate[at] <= time_s + _NEAR_S:
            pairs.append(abs(float(estimate[at] - time_s)))
            at += 1
    if not pairs:
        return 0.0, float("nan")
    return 2 * len(pairs) / (truth.size + estimate.size), 1000 * float(np.median(pairs))


def excerpts(split: str, count: int, store: AssetStore, home: Path) -> Iterator[Excerpt]:
    from benchmarks.truth import load, settings_of

    if split not in ("tuning", "reported"):
        raise SystemExit(f"there is no split {split!r}: name tuning or reported")
    names = [settings.name for settings in settings_of(split)]  # type: ignore[arg-type]
    chosen = {names[int(at)] for at in np.linspace(0, len(names) - 1, min(count, len(names)))}
    length = _EXCERPT_S * SAMPLE_RATE
    voice = _real_voice(store) if VOICE.exists() else None
    songs = load(split, store, home / "truth", lambda settings: settings.name in chosen)  # type: ignore[arg-type]
    for number, song in enumerate(songs):
        first = int(_FIRST_PART * max(0, song.stems.vocals.frames - length))
        truth: Estimate = {name: song.stems[name].samples[:, first : first + length] for name in STEM_NAMES}
        yield Excerpt(song.name, "song", truth)
        if number % 3 == 1 and number // 3 < _STRIPPED:
            for name in ("vocals", "drums", "bass"):
                yield Excerpt(f"{song.name} without {name}", "without", {**truth, name: np.zeros_like(truth[name])})
            for name in ("vocals", "drums", "other"):
                alone = {each: part if each == name else np.zeros_like(part) for each, part in truth.items()}
                if alone[name].any():
                    yield Excerpt(f"{song.name} only {name}", "without", alone)
        if voice is not None and number % 3 == 0 and number // 3 < _REAL_MIXES:
            yield Excerpt(f"{song.name} real voice", "real voice", _sung_over(truth, voice, number // 3))


def _real_voice(store: AssetStore) -> Samples:
    sung = separate(decode(VOICE), store).vocals.samples
    power = np.square(sung).mean(axis=0)
    loud = np.sqrt(np.convolve(power, np.ones(8820, np.float32) / 8820, "same"))
    gate = np.convolve(loud > 0.02 * loud.max(), np.ones(2205) / 2205, "same")
    return np.asarray(sung * gate, dtype=np.float32)


def _sung_over(truth: Estimate, voice: Samples, number: int) -> Estimate:
    frames = truth["drums"].shape[1]
    first = (_VOICE_FROM_S + number * _EXCERPT_S) * SAMPLE_RATE
    sung = np.zeros_like(truth["drums"])
    part = voice[:, first : first + frames]
    sung[:, : part.shape[1]] = part
    band = truth["drums"] + truth["bass"] + truth["other"]
    sung *= _VOICE_LEVEL * np.sqrt(np.square(band).mean() / max(float(np.square(sung).mean()), 1e-12))
    return {**truth, "vocals": sung}


def estimates(excerpt: Excerpt, store: AssetStore, model: VoiceModel, demucs: bool) -> dict[str, Estimate]:
    mix = excerpt.mix
    ours = separate(Audio(mix), store)
    found: dict[str, Estimate] = {"contrafact": {name: ours[name].samples for name in STEM_NAMES}}
    found["spleeter+hpss+low-pass"] = baseline(mix, plain_spleeter(mix, model))
    if excerpt.kind != "without":
        found["hpss+low-pass"] = median_filters_alone(mix)
        every: tuple[str, ...] = STEM_NAMES
        found["the mix itself"] = dict.fromkeys(every, mix)
    if demucs:
        theirs = separate(Audio(mix), store, separator="demucs")
        found["demucs (research only)"] = {name: theirs[name].samples for name in STEM_NAMES}
    return found


Rows = dict[str, dict[str, dict[str, list[float]]]]


def quality(split: str, count: int, store: AssetStore, home: Path, demucs_excerpts: int) -> dict[str, object]:
    sdr: Rows = {}
    leaks: Rows = {}
    timing: dict[str, list[tuple[float, float]]] = {}
    model = VoiceModel(store)
    left = demucs_excerpts if store.has("demucs") else 0
    each = []
    for excerpt in excerpts(split, count, store, home):
        mix = excerpt.mix
        use = left > 0 and excerpt.kind != "without"
        left -= use
        for who, parts in estimates(excerpt, store, model, use).items():
            for stem, estimate in parts.items():
                truth = excerpt.truth[stem]
                if level_db(truth, mix) < _SILENT_DB:
                    if who != "the mix itself":
                        leaks.setdefault("silent", {}).setdefault(who, {}).setdefault(stem, []).append(
                            level_db(estimate, mix)
                        )
                elif excerpt.kind != "without":
                    if stem == "drums":
                        pair = strokes_kept(stroke_times(truth), stroke_times(estimate))
                        timing.setdefault(who, []).append(pair)
                    value = sdr_db(truth, estimate)
                    sdr.setdefault(excerpt.kind, {}).setdefault(who, {}).setdefault(stem, []).append(value)
                    if use:
                        same = sdr.setdefault("those that demucs had", {})
                        same.setdefault(who, {}).setdefault(stem, []).append(value)
                    each.append((excerpt.name, who, stem, round(value, 2)))
        heard = [f"{who}: {stem} {value}" for name, who, stem, value in each if name == excerpt.name]
        print(f"  {excerpt.name}  " + "; ".join(heard), file=sys.stderr, flush=True)
    strokes = {
        who: {"f": round(float(np.mean(fs)), 3), "off_ms": round(float(np.nanmedian(offs)), 1), "count": len(fs)}
        for who, (fs, offs) in ((who, tuple(zip(*pairs, strict=True))) for who, pairs in timing.items())
    }
    return {
        "split": split,
        "sdr_db": _summed(sdr),
        "silent_stems_db": _summed(leaks),
        "drum_strokes": strokes,
        "each": each,
    }


def _summed(rows: Rows) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    return {
        kind: {
            who: {
                stem: {
                    "mean": round(float(np.mean(values)), 2),
                    "median": round(float(np.median(values)), 2),
                    "worst_decile": round(float(np.percentile(values, 10 if kind != "silent" else 90)), 2),
                    "count": len(values),
                }
                for stem, values in stems.items()
            }
            for who, stems in table.items()
        }
        for kind, table in rows.items()
    }


def child(path: Path, minutes: float) -> None:
    """Separates a sound of this length in this process; the sound is the file's, repeated."""
    seed = decode(path).samples
    frames = round(minutes * 60 * SAMPLE_RATE)
    mix = np.empty((2, frames), dtype=np.float32)
    for first in range(0, frames, seed.shape[1]):
        mix[:, first : first + seed.shape[1]] = seed[:, : frames - first]
    begun = time.perf_counter()
    stems = separate(Audio(mix), _store())
    wall_s = time.perf_counter() - begun
    error = power = 0.0
    for first in range(0, frames, SAMPLE_RATE):
        span = slice(first, first + SAMPLE_RATE)
        total = np.sum([stems[name].samples[:, span] for name in STEM_NAMES], axis=0, dtype=np.float64)
        error += float(np.square(total - mix[:, span]).sum())
        power += float(np.square(mix[:, span], dtype=np.float64).sum())
    samples_mb = 5 * mix.nbytes / 2**20
    sums = round(10 * np.log10(error / power + 1e-30), 1)
    print(json.dumps({"separate_wall_s": round(wall_s, 2), "sum_error_db": sums, "samples_mb": round(samples_mb)}))


def cost(minutes: float) -> dict[str, object]:
    from contrafact.engine.audio.encoding import encode
    from tests.support.songs import make_song

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.flac"
        encode(make_song(seed=5).audio, path)
        command = [sys.executable, "-m", "benchmarks.separation", "--child", str(path), "--minutes", str(minutes)]
        took, printed = run(command, {})
    figures = json.loads(printed)
    beside = round(took.peak_mb - figures["samples_mb"])
    return {"minutes": minutes, **asdict(took), **figures, "peak_beside_samples_mb": beside}


def _home() -> Path:
    return Path(os.environ.get("CONTRAFACT_HOME") or CHECKOUT / ".cache" / "home")


def _store() -> AssetStore:
    return AssetStore(_home() / "assets")


def _show(report: dict[str, object]) -> None:
    for title, unit in (("sdr_db", "SDR, dB: mean / median / worst decile"), ("silent_stems_db", "dB against the mix")):
        for kind, table in dict(report.get(title, {})).items():  # type: ignore[call-overload]
            print(f"\n{kind} ({unit})\n{'':24}" + "".join(f"{stem:^26}" for stem in STEM_NAMES))
            for who, stems in table.items():
                cells = [stems.get(stem) for stem in STEM_NAMES]
                print(
                    f"{who:24}"
                    + "".join(
                        f"{cell['mean']:9.1f} /{cell['median']:6.1f} /{cell['worst_decile']:6.1f} "
                        if cell
                        else f"{'-':^26}"
                        for cell in cells
                    )
                )
    print("\nstrokes of the drum stem beside those of the true one (F within 25 ms, median distance)")
    for who, figures in dict(report.get("drum_strokes", {})).items():  # type: ignore[call-overload]
        print(f"{who:24}{figures['f']:9.3f}{figures['off_ms']:9.1f} ms  ({figures['count']})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="reported")
    parser.add_argument("--songs", type=int, default=12)
    parser.add_argument("--demucs-excerpts", type=int, default=_DEMUCS_EXCERPTS, help="It is slow: on this many only.")
    parser.add_argument("--only", choices=["quality", "cost"])
    parser.add_argument("--long", action="store_true", help="Memory for 6 and 60 minutes too (6 GB of samples).")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--minutes", type=float, default=3.0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.minutes)
        return
    report: dict[str, object] = {}
    if options.only != "quality":
        report["cost"] = [cost(minutes) for minutes in ((3.0, 6.0, 60.0) if options.long else (3.0,))]
    if options.only != "cost":
        report |= quality(options.split, options.songs, _store(), _home(), options.demucs_excerpts)
    if options.json:
        print(json.dumps(report))
        return
    for figures in report.get("cost", []):  # type: ignore[attr-defined]
        print("  ".join(f"{name} {value:.1f}" for name, value in figures.items()))
    _show(report)


if __name__ == "__main__":
    main()
