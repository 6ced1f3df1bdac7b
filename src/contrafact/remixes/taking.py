"""Making the take: recipe and chart in, a mastered file out. Runs in a worker process and knows only the engine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from contrafact.assets.store import AssetStore
from contrafact.engine.arranging import StylePack, Timeline, arrange, load_styles
from contrafact.engine.audio.encoding import StreamEncoder, encode
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.mastering import master
from contrafact.engine.audio.stem_files import StemFiles
from contrafact.engine.audio.value import Audio
from contrafact.engine.audio.waveform import peaks
from contrafact.engine.listening.chart import Chart
from contrafact.engine.progress import Progress
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.rendering import Sounds, render_blocks, sound_check

TAKE_FILE = "take.flac"
LIVE_FILE = "live.mp3"


@dataclass(frozen=True, slots=True)
class Bench:
    """What a worker has at hand before the first request: style packs and opened sounds."""

    sounds: Sounds
    styles: Mapping[str, StylePack]


def warm_up(settings: Mapping[str, str]) -> Bench:
    """Open the sounds and read the style packs of the asset store at ``settings["assets"]``."""
    return Bench(Sounds.open(AssetStore(Path(settings["assets"]))), load_styles())


def render_take(bench: Bench, arguments: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Render one take.

    Parameters
    ----------
    bench : Bench
        From :func:`warm_up`.
    arguments : mapping
        ``recipe`` and ``chart`` (JSON), ``stems`` (stem name to path), ``folder`` (where to write), ``live`` (whether
        to write the growing MP3 too).
    progress : Progress

    Returns
    -------
    dict
        ``path`` of the mastered FLAC, ``frames``, ``loudness_lufs``, ``true_peak_dbtp``, ``usage`` (source, stem,
        seconds, exact share as "a/b") and ``waveform`` (800 peaks, 0 to 1).
    """
    folder = Path(arguments["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    recipe = Recipe.model_validate_json(arguments["recipe"])
    chart = Chart.model_validate_json(arguments["chart"])
    timeline = arrange(chart, recipe, bench.styles[recipe.style] if recipe.style else None)
    live = folder / LIVE_FILE if arguments["live"] else None
    with StemFiles({name: Path(path) for name, path in arguments["stems"].items()}) as stems:
        mix = _mix(timeline, stems, bench.sounds, live, progress)
    progress(0.85, "mastering")
    audio = master(mix, timeline.master.integrated_lufs, timeline.master.ceiling_dbtp)
    progress(0.93, "writing")
    encode(audio, folder / TAKE_FILE)
    loudness = measure_loudness(audio)
    return {
        "path": str(folder / TAKE_FILE),
        "frames": audio.frames,
        "loudness_lufs": loudness.integrated_lufs,
        "true_peak_dbtp": loudness.true_peak_dbtp,
        "usage": [
            {"sha256": use.sha256, "stem": use.stem, "seconds": use.seconds, "share": str(use.share)}
            for use in timeline.usage()
        ],
        "waveform": peaks(audio, 800),
    }


def _mix(timeline: Timeline, stems: StemFiles, sounds: Sounds, live: Path | None, progress: Progress) -> Audio:
    balance = sound_check(timeline, stems, sounds)
    gain = 10 ** ((timeline.master.integrated_lufs - balance.mix_lufs) / 20)
    blocks: list[Audio] = []
    done_s = 0.0
    with _live(live) as growing:
        encoder = StreamEncoder() if growing else None
        for block in render_blocks(timeline, stems, sounds, balance):
            blocks.append(block)
            done_s += block.duration_s
            if growing and encoder:
                growing.write(encoder.encode(_limited(block, gain)))
                growing.flush()
            progress(0.85 * min(1.0, done_s / max(timeline.duration_s, 1e-9)), "mixing")
        if growing and encoder:
            growing.write(encoder.finish())
    return Audio(np.concatenate([block.samples for block in blocks], axis=1))


@contextmanager
def _live(path: Path | None) -> Iterator[BinaryIO | None]:
    if path is None:
        yield None
    else:
        with path.open("wb") as file:
            yield file


def _limited(block: Audio, gain: float) -> Audio:
    """The block at the preview's level, its peaks rounded off: the preview only has to sound like the take."""
    loud = block.samples * np.float32(gain)
    knee = np.float32(0.8)
    over = np.abs(loud) > knee
    rounded = np.sign(loud) * (knee + (1 - knee) * np.tanh((np.abs(loud) - knee) / (1 - knee)))
    return Audio(np.where(over, rounded, loud).astype(np.float32))
