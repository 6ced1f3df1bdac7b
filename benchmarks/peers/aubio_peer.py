"""aubio: beats, tempo, and the notes of a single voice."""

from typing import Any

import aubio  # type: ignore[import-not-found]
import numpy as np
import soundfile
from protocol import Costs, serve  # type: ignore[import-not-found]

HOP = 512


def blocks(path: str) -> tuple[list[Any], int]:
    samples, rate = soundfile.read(path, dtype="float32")
    mono = np.ascontiguousarray(samples.mean(axis=1), dtype=np.float32)
    return [mono[first : first + HOP] for first in range(0, mono.size - HOP + 1, HOP)], rate


def listen(job: dict[str, str], costs: Costs) -> dict[str, Any]:
    sound, rate = blocks(job["audio"])
    with costs.of("beats"):
        tracker = aubio.tempo("default", 1024, HOP, rate)
        beats = [float(tracker.get_last_s()) for block in sound if tracker(block)[0]]
        tempo = float(tracker.get_bpm())
    voice, rate = blocks(job["vocals"])
    melody: list[list[float]] = []
    with costs.of("melody"):
        finder = aubio.notes("default", 2048, HOP, rate)
        for number, block in enumerate(voice):
            pitch, _, ended = (float(value) for value in finder(block))
            now_s = number * HOP / rate
            if ended > 0 and melody and melody[-1][1] < 0:
                melody[-1][1] = now_s
            if pitch > 0:
                if melody and melody[-1][1] < 0:
                    melody[-1][1] = now_s
                melody.append([now_s, -1.0, pitch])
        if melody and melody[-1][1] < 0:
            melody[-1][1] = len(voice) * HOP / rate
    answer: dict[str, Any] = {"beats": beats, "melody": [note for note in melody if note[1] > note[0]]}
    return {**answer, **({"tempo": tempo} if tempo > 0 else {})}


serve(listen)
