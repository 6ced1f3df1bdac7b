"""What hearing a recording costs a fresh process."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from contrafact.assets import AssetStore
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.listening.listen import listen

ROOT = Path(__file__).resolve().parents[2]


def cold(recording: Audio, seconds: float, home: Path) -> dict[str, float]:
    """Hear so many seconds (the recording, over and over) in a process that has done nothing before.

    Returns
    -------
    dict
        ``audio_s``, ``wall_s`` and ``cpu_s`` of hearing, ``start_s`` until the samples were there, ``samples_mb``,
        ``loaded_mb`` resident before hearing and ``peak_mb`` after.
    """
    frames = round(seconds * SAMPLE_RATE)
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "song.npy"
        file = np.lib.format.open_memmap(sound, mode="w+", dtype=np.float32, shape=(2, frames))
        for first in range(0, frames, recording.frames):
            stop = min(frames, first + recording.frames)
            file[:, first:stop] = recording.samples[:, : stop - first]
        file.flush()
        del file
        command = [sys.executable, "-m", "benchmarks.hearing.costs", str(sound)]
        environment = {**os.environ, "CONTRAFACT_HOME": str(home)}
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=environment)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def peak_mb() -> float:
    """Peak resident memory of this process; ``ru_maxrss`` would include the parent's from before ``exec``."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024.0


def summary(answers: Sequence[dict[str, Any]], wall_s: float) -> dict[str, Any]:
    """CPU seconds per song by stage, wall seconds of all songs in two processes, and the larger process's memory."""
    stages: dict[str, list[float]] = {}
    for answer in answers:
        for stage, (cpu_s, _) in answer.get("cost", {}).items():
            stages.setdefault(stage, []).append(cpu_s)
    by_stage = {stage: float(np.mean(values)) for stage, values in stages.items()}
    peaks = [answer["peak_mb"] for answer in answers if "peak_mb" in answer]
    return {
        "cpu_s_per_song": sum(by_stage.values()),
        "stages": by_stage,
        "wall_s": wall_s,
        "peak_mb": max(peaks, default=0.0),
    }


def main() -> None:
    samples = np.load(sys.argv[1], allow_pickle=False)
    audio = Audio(samples)
    loaded, start_s = peak_mb(), time.clock_gettime(time.CLOCK_BOOTTIME) - _began_s()
    wall, cpu = time.perf_counter(), time.process_time()
    listen(audio, AssetStore(Path(os.environ["CONTRAFACT_HOME"]) / "assets"))
    found = {
        "audio_s": audio.duration_s,
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu,
        "start_s": start_s,
        "samples_mb": samples.nbytes / 2**20,
        "loaded_mb": loaded,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(found))


def _began_s() -> float:
    """Seconds after boot when this process began."""
    stat = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(stat[19]) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
