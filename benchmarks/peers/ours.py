"""Contrafact: the whole chart, and with the true stems the lead melody and the drums."""

import os
from pathlib import Path
from typing import Any

from benchmarks._sounds import read_sound
from benchmarks.peers.protocol import Costs, serve
from contrafact.assets import AssetStore
from contrafact.engine.listening.drums import hear_drums
from contrafact.engine.listening.listen import listen as hear
from contrafact.engine.listening.melody import hear_melody


def listen(job: dict[str, str], costs: Costs) -> dict[str, Any]:
    store = AssetStore(Path(os.environ["CONTRAFACT_HOME"]) / "assets")
    with costs.of("chart"):
        chart = hear(read_sound(job["audio"]), store)
    with costs.of("melody"):
        melody = hear_melody(read_sound(job["vocals"]), store)
    with costs.of("drums"):
        drums = hear_drums(read_sound(job["drums"]), chart)
    return {
        "beats": [beat.time_s for beat in chart.beats],
        "downbeats": [beat.time_s for beat in chart.beats if beat.position == 1],
        "tempo": chart.tempo.bpm,
        "metre": [chart.metre.beats_per_bar, chart.metre.division],
        "metres": [[span.start_s, span.end_s, span.beats_per_bar, span.division] for span in chart.metres],
        "key": chart.key.label,
        "keys": [[span.start_s, span.end_s, span.label] for span in chart.keys],
        "chords": [[span.start_s, span.end_s, span.label, span.confidence] for span in chart.chords],
        "sections": [[span.start_s, span.end_s, span.label, span.confidence] for span in chart.sections],
        "letters": [span.letter for span in chart.sections],
        "vocal_regions": [[span.start_s, span.end_s] for span in chart.vocal_regions],
        "swing": chart.swing.ratio if chart.swing else None,
        "melody": [[note.start_s, note.end_s, note.pitch_midi, note.confidence] for note in melody.notes],
        "drums": [[hit.time_s, hit.drum, hit.confidence] for hit in drums.hits],
        "confidence": {
            "tempo": chart.tempo.confidence,
            "metre": chart.metre.confidence,
            "key": chart.key.confidence,
        },
    }


if __name__ == "__main__":
    serve(listen)
