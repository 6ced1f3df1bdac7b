"""The plain BeatNet decoder: our activations, its mean over three weight sets, and madmom-infer's bar pointer model.

Runs in the project's own environment.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from madmom_infer.features.downbeats import DBNDownBeatTrackingProcessor

from benchmarks.peers.protocol import Costs, serve, tempo_of
from contrafact.assets import AssetStore
from contrafact.engine.listening import beatnet


def listen(job: dict[str, str], costs: Costs) -> dict[str, Any]:
    store = AssetStore(Path(os.environ["CONTRAFACT_HOME"]) / "assets")
    samples, rate = soundfile.read(job["audio"], dtype="float32")
    with costs.of("beats"):
        mono = soxr.resample(samples.mean(axis=1), rate, beatnet.FEATURE_RATE).astype(np.float32)
        heard = beatnet.activations(mono, beatnet.load_weights(store)).mean(axis=0).astype(np.float64)
        decoder = DBNDownBeatTrackingProcessor(beats_per_bar=[2, 3, 4], fps=50)
        found = decoder(heard)
    answer: dict[str, Any] = {
        "beats": found[:, 0].tolist(),
        "downbeats": found[found[:, 1] == 1, 0].tolist(),
    }
    if len(found) > 1:
        answer["tempo"] = tempo_of(answer["beats"])
        answer["metre"] = [int(found[:, 1].max()), None]
    return answer


if __name__ == "__main__":
    serve(listen)
