"""How fast and how true the stretcher is, by kind of stem, beside Rubber Band (in pedalboard) as the peer.

    python benchmarks/stretch.py [--json] [--seconds 60]

For each: CPU seconds per audio minute, pitch error in cents of a 220 Hz tone, the largest displacement of a drum
stroke in ms, and for +3 semitones the error of a sung vowel's harmonics in dB (formants). All sound is generated.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable

import numpy as np
import pedalboard
from numpy.typing import NDArray

from contrafact.engine.audio.stretching import stretch
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples

Stretcher = Callable[[Samples, float, float], Samples]
_RATIOS = (0.8, 0.9, 1.1, 1.25)


def tone(seconds: float) -> Samples:
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.tile(0.3 * np.sin(2 * np.pi * 220 * t), (2, 1)).astype(np.float32)


def drums(seconds: float) -> tuple[Samples, NDArray[np.float64]]:
    rng = np.random.default_rng(0)
    out, onsets = np.zeros(round(seconds * SAMPLE_RATE)), np.arange(0.5, seconds - 1, 0.5)
    for number, onset in enumerate(onsets):
        start, t = round(onset * SAMPLE_RATE), np.arange(round(0.15 * SAMPLE_RATE)) / SAMPLE_RATE
        hit = np.diff(rng.normal(size=t.size + 1)) * np.exp(-t / 0.01) * 0.1
        body = np.sin(2 * np.pi * 55 * t) * np.exp(-t / 0.05) * 0.5
        snare = rng.normal(size=t.size) * np.exp(-t / 0.04) * 0.3
        out[start : start + t.size] += hit + (body if number % 2 == 0 else snare)
    return np.tile(out, (2, 1)).astype(np.float32), onsets


def vowel(pitch_hz: float, seconds: float) -> Samples:
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    turns = np.cumsum(pitch_hz * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * t))) / SAMPLE_RATE
    out = np.zeros_like(t)
    for harmonic in range(1, int(9_000 / pitch_hz)):
        f, gain = harmonic * pitch_hz, 1 / harmonic
        for centre, width in ((700, 80), (1_220, 90), (2_600, 120), (3_500, 150)):
            gain /= float(np.hypot(1 - (f / centre) ** 2, f * width / centre**2))
        out += gain * np.sin(2 * np.pi * harmonic * turns)
    return np.tile(out / np.abs(out).max() * 0.5, (2, 1)).astype(np.float32)


def harmonics_db(samples: Samples, pitch_hz: float) -> NDArray[np.float64]:
    wave = samples[0, 20_000:-20_000]
    power = np.abs(np.fft.rfft(wave * np.hanning(wave.size))) ** 2
    hertz = np.fft.rfftfreq(wave.size, 1 / SAMPLE_RATE)
    bands = [power[np.abs(hertz - n * pitch_hz) < pitch_hz / 3].sum() for n in range(1, int(5_000 / pitch_hz))]
    levels = 10 * np.log10(np.array(bands))
    return np.asarray(levels - levels.max(), dtype=np.float64)


def arrivals_ms(samples: Samples, expected_s: NDArray[np.float64]) -> NDArray[np.float64]:
    late = []
    for when in expected_s:
        centre = round(when * SAMPLE_RATE)
        low = max(0, centre - 1_500)
        piece = np.abs(samples[0, low : centre + 1_500])
        late.append((low + int(np.argmax(piece > 0.25 * piece.max())) - centre) / SAMPLE_RATE * 1000)
    return np.array(late)


def measure(run: Stretcher, drum_run: Stretcher, seconds: float) -> dict[str, float]:
    cents, moved, cpu_s = [], [], 0.0
    strokes, onsets = drums(20.0)
    at_rest = arrivals_ms(strokes, onsets)
    for ratio in _RATIOS:
        wave = run(tone(4.0), ratio, 0.0)[0, 20_000:-20_000]
        spectrum = np.abs(np.fft.rfft(wave * np.hanning(wave.size), 1 << 20))
        cents.append(abs(1200 * np.log2(int(np.argmax(spectrum)) * SAMPLE_RATE / (1 << 20) / 220)))
        moved.append(float(np.abs(arrivals_ms(drum_run(strokes, ratio, 0.0), onsets / ratio) - at_rest).max()))
    wanted = harmonics_db(vowel(160 * 2**0.25, 4.0), 160 * 2**0.25)
    heard = harmonics_db(run(vowel(160, 4.0), 1.0, 3.0), 160 * 2**0.25)
    long = np.tile(strokes + vowel(160, 20.0), (1, 1 + int(seconds // 20)))[:, : round(seconds * SAMPLE_RATE)]
    began = time.process_time()
    run(np.ascontiguousarray(long), 0.909, 0.0)
    cpu_s = time.process_time() - began
    return {
        "cpu_s_per_minute": round(cpu_s * 60 / seconds, 2),
        "times_real_time": round(seconds / cpu_s),
        "pitch_error_cents": round(float(max(cents)), 2),
        "stroke_moved_ms": round(max(moved), 2),
        "formant_error_db": round(float(np.sqrt(np.mean((heard - wanted)[wanted > -45] ** 2))), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()

    def ours(samples: Samples, ratio: float, semitones: float) -> Samples:
        return stretch(Audio(samples), ratio, semitones, "vocals").samples

    def our_drums(samples: Samples, ratio: float, semitones: float) -> Samples:
        return stretch(Audio(samples), ratio, semitones, "drums").samples

    def peer(high_quality: bool) -> Stretcher:
        def run(samples: Samples, ratio: float, semitones: float) -> Samples:
            return np.asarray(
                pedalboard.time_stretch(samples, float(SAMPLE_RATE), ratio, semitones, high_quality=high_quality),
                dtype=np.float32,
            )

        return run

    table = {
        "contrafact": measure(ours, our_drums, options.seconds),
        "rubber band, fine": measure(peer(True), peer(True), options.seconds),
        "rubber band, fast": measure(peer(False), peer(False), options.seconds),
    }
    peak_mb = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    if options.json:
        print(json.dumps({"peak_mb": peak_mb, **table}))
        return
    for name, figures in table.items():
        print(f"{name:20}", "  ".join(f"{key} {value}" for key, value in figures.items()))
    print(f"peak_mb {peak_mb}")


if __name__ == "__main__":
    main()
