"""What can be told of the stems of a real recording, whose truth nobody has.

- *onsets*: moments where the drum stem's amplitude leaps, against those where that of the mix's percussive part does,
  as plain median filters find it: F within 50 ms (of the baseline, whose drums are just that, it says nothing).
- *voice in drums*, *in bass*: a real singer is laid over a recording without voices at -2 dB, and what of the singer
  the stems then hold is measured (:func:`benchmarks.stems.measures.leak_db`).
- *low*, below 150 Hz in tiles of 12 Hz by a twelfth of a second: *owned* is the part of the energy that drums and
  bass hold together; *both* is how much they hold twice, the smaller of the two in each tile against their sum, in
  dB; *inflated* is how much more energy the four stems have than the mix, in dB: stems that cancel each other have
  more.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import find_peaks

from benchmarks.stems.estimating import Everybody
from benchmarks.stems.excerpts import EXCERPT_S, FIRST_PART, VOICE, Parts, real_voice, sung_over
from benchmarks.stems.measures import Seconds, leak_db, paired
from benchmarks.stems.peers import struck_and_held
from benchmarks.stems.sheets import draw_sheet
from contrafact.assets import AssetStore
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.separation.spectra import Grid

_DEMO = (
    ("ambick-happy", ("happy.ogg",)),
    ("maxstack-awakening", ("awakening.ogg",)),
    ("sectoid-metal-madness", ("guitar.ogg", "song.ogg")),
    ("paniq-contemplation", ("contemplation.ogg",)),
    ("sinq-tryout-desperate", ("tryout-desperate.ogg",)),
    ("sectoid-feelings", ("guitar.ogg", "song.ogg")),
    ("maxstack-through-space", ("through-space.ogg",)),
)
"""Demo songs by people, without voices as far as we know, and the files whose sum they are."""
_SUM_GAIN = 0.45
_ONSET_GRID = Grid(1024)
_ONSET_NEAR_S = 0.05
_LOW_GRID = Grid(4096)
_LOW_HZ = 150.0
_TILE_FRAMES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Half a minute of a real recording."""

    name: str
    mix: Samples
    sung: bool
    """Somebody sings in it already."""


def real(
    everybody: Everybody, store: AssetStore, count: int, sheets: Path | None
) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """By recording and by who, the measures; what each of ours finds is drawn into the folder ``sheets``."""
    if sheets is not None:
        sheets.mkdir(parents=True, exist_ok=True)
    voice = real_voice(store) if VOICE.exists() else None
    found: dict[str, dict[str, dict[str, float]]] = {}
    for number, recording in enumerate(_recordings(store, count)):
        table = found.setdefault(recording.name, {})
        struck = onsets(struck_and_held(recording.mix)[0])
        for who, parts in everybody.estimates(recording.mix, rivals=False, ceiling=False):
            table[who] = _measures(recording, parts, struck)
            if sheets is not None and who in everybody.ours():
                draw_sheet(sheets / f"{recording.name}-{who}.png", f"{recording.name}: {who}", parts)
        if voice is not None and not recording.sung:
            _sing_over(recording, voice, number, everybody, table)
        told = "; ".join(
            f"{who}: " + " ".join(f"{name} {value:.2f}" for name, value in figures.items())
            for who, figures in table.items()
        )
        print(f"  {recording.name}  {told}", file=sys.stderr, flush=True)
    return found


def _recordings(store: AssetStore, count: int) -> Iterator[Recording]:
    left = count
    if VOICE.exists() and left > 0:
        left -= 1
        yield Recording("lets-go-fishin", _middle(decode(VOICE).samples), sung=True)
    for asset, files in _DEMO:
        if left <= 0:
            return
        if not store.has(asset):
            print(f"  {asset}: left out, it was not fetched", file=sys.stderr)
            continue
        left -= 1
        sounds = [decode(store.path(asset, file)).samples for file in files]
        frames = min(sound.shape[1] for sound in sounds)
        mix = sum((sound[:, :frames] for sound in sounds), start=np.zeros((2, frames), np.float32))
        yield Recording(asset, _middle(mix * np.float32(_SUM_GAIN if len(files) > 1 else 1.0)), sung=False)


def _middle(samples: Samples) -> Samples:
    length = EXCERPT_S * SAMPLE_RATE
    first = int(FIRST_PART * max(0, samples.shape[1] - length))
    return np.ascontiguousarray(samples[:, first : first + length])


def _measures(recording: Recording, parts: Parts, struck: Seconds) -> dict[str, float]:
    measures = dict(low_measures(recording.mix, parts))
    if struck.size:
        measures["onsets"] = paired(struck, onsets(parts["drums"]), _ONSET_NEAR_S)[0]
    return measures


def _sing_over(
    recording: Recording, voice: Samples, number: int, everybody: Everybody, table: Mapping[str, dict[str, float]]
) -> None:
    silence = np.zeros_like(recording.mix)
    sung = sung_over({"vocals": silence, "drums": recording.mix, "bass": silence, "other": silence}, voice, number % 3)
    for who, parts in everybody.estimates(recording.mix + sung["vocals"], rivals=False, ceiling=False):
        for stem in ("drums", "bass"):
            table[who][f"voice in {stem}"] = leak_db(sung["vocals"], parts[stem])


def onsets(sound: Samples) -> Seconds:
    """Where the amplitude leaps, over all bins; in seconds, in order."""
    # frames that lie wholly inside: an end that is cut off is no stroke
    first, last = 3, (sound.shape[1] - _ONSET_GRID.size) // _ONSET_GRID.hop + 4
    if last - first < 3:
        return np.zeros(0)
    spectra = _ONSET_GRID.analyse(sound, first, last)
    amplitude = np.sqrt(np.sqrt(np.square(np.abs(spectra)).sum(axis=0)))
    leap = np.maximum(0.0, amplitude[2:] - amplitude[:-2]).sum(axis=1)
    if float(leap.max()) <= 0.0:
        return np.zeros(0)
    high = float(np.percentile(leap, 98))
    peaks, _ = find_peaks(leap, height=0.25 * high, distance=8, prominence=0.15 * high)
    return np.asarray((peaks + 1 + 2) * _ONSET_GRID.hop / SAMPLE_RATE, dtype=np.float64)


def low_measures(mix: Samples, parts: Parts) -> Mapping[str, float]:
    """Whose what lies below 150 Hz is."""
    bins = round(_LOW_HZ / SAMPLE_RATE * _LOW_GRID.size)

    def tiles(sound: Samples) -> np.ndarray:
        spectra = _LOW_GRID.analyse(sound, 0, _LOW_GRID.frames(sound.shape[1]))[:, :, 1:bins]
        power = np.square(np.abs(spectra)).sum(axis=0)
        whole = power.shape[0] // _TILE_FRAMES * _TILE_FRAMES
        return np.asarray(power[:whole].reshape(-1, _TILE_FRAMES, power.shape[1]).sum(axis=1), dtype=np.float64)

    heard = {name: tiles(part) for name, part in parts.items()}
    both = heard["drums"] + heard["bass"]
    whole = sum(float(part.sum()) for part in heard.values())
    twice = float(np.minimum(heard["drums"], heard["bass"]).sum())
    return {
        "low owned": float(both.sum()) / max(whole, 1e-20),
        "low both": float(10 * np.log10(twice / max(float(both.sum()), 1e-20) + 1e-12)),
        "low inflated": float(10 * np.log10(whole / max(float(tiles(mix).sum()), 1e-20) + 1e-12)),
    }
