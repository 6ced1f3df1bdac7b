"""How well kick, snare and hi-hat are heard on generated songs.

    python -m benchmarks.drums.measure [--split tuning] [--songs 12] [--separated]

Prints for each song and drum precision, recall and F within 50 ms (mir_eval's matching), the median distance in time of
matched hits, and over all songs how often hits of a confidence are there. ``--separated`` takes the drums out of the
song without its voice by the project's own accompaniment split instead of the true stem. The truth names hi-hats only:
songs whose drummer rides a cymbal lose precision, because the listener counts rides as hi-hats.
"""

import argparse
import itertools
import os
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import numpy as np
from mir_eval.util import match_events
from numpy.typing import NDArray

from benchmarks.truth import TrueSong, load, settings_of
from contrafact.assets.store import AssetStore
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.value import Audio
from contrafact.engine.listening.chart import Bar, Chart, Drum, Key, Metre, Tempo
from contrafact.engine.listening.drums import hear_drums
from contrafact.engine.progress import silent
from contrafact.engine.separation.accompaniment import split_accompaniment

Doubles = NDArray[np.float64]

_WINDOW_S = 0.05
_BINS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1.01)


def true_chart(song: TrueSong, heard: Audio) -> Chart:
    """The song's bars and loudness as a perfect listener would chart them."""
    downs = np.flatnonzero(song.positions == 1)
    ends = np.append(song.beats_s[1:], 2 * song.beats_s[-1] - song.beats_s[-2])
    bars = []
    for index, (first, stop) in enumerate(zip(downs, [*downs[1:], song.beats_s.size], strict=True)):
        beats = tuple(song.beats_s[first:stop].tolist())
        bars.append(Bar(index=index, start_s=beats[0], end_s=float(ends[stop - 1]), beats_s=beats))
    metre = song.metres[0]
    return Chart(
        duration_s=heard.duration_s,
        content="music",
        content_confidence=1.0,
        tempo=Tempo(bpm=song.tempo_bpm, confidence=1.0, steady=song.steady),
        tempo_curve=(),
        metre=Metre(beats_per_bar=metre.beats_per_bar, confidence=1.0, division=metre.division),
        beats=(),
        bars=tuple(bars),
        key=Key(tonic="C", mode="major", confidence=0.0),
        chords=(),
        sections=(),
        vocal_regions=(),
        loudness=measure_loudness(heard),
    )


def measure(songs: Iterable[TrueSong], separated: bool) -> None:
    """Print the table of these songs."""
    sure: dict[Drum, list[tuple[float, bool]]] = {drum: [] for drum in get_args(Drum)}
    scores: dict[Drum, list[float]] = {drum: [] for drum in get_args(Drum)}
    for song in songs:
        stems = song.stems
        rest = stems.drums.samples + stems.bass.samples + stems.other.samples
        stem = Audio(split_accompaniment(rest, silent)[0]) if separated else stems.drums
        found = hear_drums(stem, true_chart(song, song.mix))
        cells = []
        for drum in get_args(Drum):
            truth = np.array([hit.time_s for hit in song.drum_hits if hit.drum == drum])
            hits = [hit for hit in found.hits if hit.drum == drum]
            times = np.array([hit.time_s for hit in hits])
            pairs = match_events(truth, times, _WINDOW_S) if truth.size and times.size else []
            right = {at for _, at in pairs}
            sure[drum] += [(hit.confidence, at in right) for at, hit in enumerate(hits)]
            if truth.size < 4:
                cells.append(f"{drum} {len(hits)} of {truth.size}")
                continue
            f = 2 * len(pairs) / (truth.size + times.size)
            scores[drum].append(f)
            late = np.median([abs(times[b] - truth[a]) for a, b in pairs]) * 1000 if pairs else np.nan
            cells.append(f"{drum} P {len(pairs) / max(1, times.size):.2f} R {len(pairs) / truth.size:.2f} "
                         f"F {f:.2f} {late:.1f} ms")  # fmt: skip
        print(f"{song.name}: " + "; ".join(cells), flush=True)
    for drum in get_args(Drum):
        if scores[drum]:
            print(f"{drum}: mean F {np.mean(scores[drum]):.3f} over {len(scores[drum])} songs")
        rows = np.array(sure[drum], dtype=float).reshape(-1, 2)
        for low, high in itertools.pairwise(_BINS):
            inside = rows[(rows[:, 0] >= low) & (rows[:, 0] < high)]
            if len(inside):
                print(f"  sure {low:.2f} to {min(1.0, high):.2f}: {inside[:, 1].mean():.2f} right of {len(inside)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("tuning", "reported"), default="tuning")
    parser.add_argument("--songs", type=int, default=1000, help="so many, spread over the split")
    parser.add_argument("--separated", action="store_true")
    options = parser.parse_args()
    home = Path(os.environ.get("CONTRAFACT_HOME", ".cache/home"))
    names = [settings.name for settings in settings_of(options.split)]
    step = max(1, len(names) // options.songs)
    chosen = set(names[::step][: options.songs])
    songs = load(options.split, AssetStore(home / "assets"), home / "truth", lambda settings: settings.name in chosen)
    measure(songs, options.separated)


if __name__ == "__main__":
    main()
