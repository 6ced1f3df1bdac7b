"""What separating a recording costs: a cold process, as the operating system counts it."""

import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks._measure import run
from contrafact.assets import AssetStore
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.encoding import encode
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.separation.separate import separate
from tests.support.songs import make_song


def cost(minutes: float, separator: str) -> dict[str, object]:
    """CPU and wall seconds, peak memory in all and beside the samples of recording and stems, and how the stems sum."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.flac"
        encode(make_song(seed=5).audio, path)
        command = [sys.executable, "-m", "benchmarks.separation", "--child", str(path)]
        took, printed = run([*command, "--minutes", str(minutes), "--separator", separator], {})
    figures = json.loads(printed)
    beside = round(took.peak_mb - figures["samples_mb"])
    return {"separator": separator, "minutes": minutes, **asdict(took), **figures, "peak_beside_samples_mb": beside}


def child(path: Path, minutes: float, separator: str, store: AssetStore) -> None:
    """Separates a sound of this length in this process, the file's repeated, and prints what it took."""
    seed = decode(path).samples
    frames = round(minutes * 60 * SAMPLE_RATE)
    mix = np.empty((2, frames), dtype=np.float32)
    for first in range(0, frames, seed.shape[1]):
        mix[:, first : first + seed.shape[1]] = seed[:, : frames - first]
    begun = time.perf_counter()
    stems = separate(Audio(mix), store, separator=separator)
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
