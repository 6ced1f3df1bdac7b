"""librosa: beats, tempo and boundaries (agglomerative, one section per ten seconds, as its gallery shows)."""

from itertools import pairwise
from typing import Any

import librosa  # type: ignore[import-not-found]
import numpy as np
import soundfile
from protocol import Costs, serve  # type: ignore[import-not-found]

RATE = 22_050


def listen(job: dict[str, str], costs: Costs) -> dict[str, Any]:
    samples, rate = soundfile.read(job["audio"], dtype="float32")
    with costs.of("beats"):
        mono = librosa.resample(samples.mean(axis=1), orig_sr=rate, target_sr=RATE)
        tempo, beats = librosa.beat.beat_track(y=mono, sr=RATE, units="frames")
    with costs.of("sections"):
        chroma = librosa.feature.chroma_cqt(y=mono, sr=RATE)
        timbre = librosa.util.normalize(librosa.feature.mfcc(y=mono, sr=RATE), axis=1)
        frames = min(chroma.shape[1], timbre.shape[1])
        features = np.vstack([chroma[:, :frames], timbre[:, :frames]])
        steps = librosa.util.fix_frames(beats, x_max=frames)
        synced = librosa.util.sync(features, steps)
        duration_s = mono.size / RATE
        count = max(2, min(synced.shape[1], round(duration_s / 10.0)))
        marks = np.concatenate(([0], steps))[librosa.segment.agglomerative(synced, count)]
        # A mark may fall on the first beat, and that on the first frame: there is nothing between the two.
        inner = librosa.frames_to_time(marks[1:], sr=RATE)
        bounds = [0.0, *np.unique(inner[(inner > 0.0) & (inner < duration_s)]).tolist(), duration_s]
    return {
        "beats": librosa.frames_to_time(beats, sr=RATE).tolist(),
        "tempo": float(np.atleast_1d(tempo)[0]),
        "sections": [[start, stop, ""] for start, stop in pairwise(bounds)],
    }


serve(listen)
