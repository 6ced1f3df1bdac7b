"""How fast a 180 s take is rendered: seven generated parts with effects over kept stems.

    python benchmarks/render.py [--json] [--seconds 180] [--ratio 1.0] [--stems vocals] [--threads 1,2,4]

For each number of threads: wall and CPU seconds until 10 s of sound are there (sound check and limiter included) and
until the whole take is mastered, with sounds just opened and then with sounds that a worker has kept; wall seconds
until two seconds of sound are there after a jump to the middle and after a fader was moved there; peak memory of the
process; and the SHA-256 of the take, which is to be the same for all. Sounds come from the asset store at
``$CONTRAFACT_HOME/assets`` (``contrafact assets fetch`` fills it).
"""

import argparse
import hashlib
import json
import os
import resource
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from contrafact.assets import AssetStore
from contrafact.engine.arranging.timeline import (
    Clip,
    Effect,
    Instrument,
    MasterTarget,
    Note,
    Part,
    Role,
    StemBus,
    TargetBar,
    Timeline,
)
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering import Desk, Shelf, Sounds

_CHORDS = ((48, (60, 64, 67, 71)), (45, (57, 60, 64, 67)), (41, (53, 57, 60, 64)), (43, (55, 59, 62, 65)))
_BPM = 118.0


@dataclass(frozen=True, slots=True)
class Figures:
    threads: int
    sounds: str
    ten_s_wall_s: float
    ten_s_cpu_s: float
    whole_wall_s: float
    whole_cpu_s: float
    jump_s: float
    fader_s: float
    peak_mb: float
    lufs: float
    true_peak_dbtp: float
    sha256: str


class _Voice:
    """A made-up voice that is computed once."""

    def __init__(self, seconds: float) -> None:
        t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        phase = 2 * np.pi * np.cumsum(220.0 * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * t))) / SAMPLE_RATE
        tone = sum(np.sin(n * phase) / n for n in range(1, 10)) * np.clip(np.sin(4 * np.pi * t) + 0.4, 0.0, 1.0)
        self._sound: Samples = np.repeat((0.1 * tone).astype(np.float32)[None], 2, axis=0)

    @property
    def frames(self) -> int:
        return int(self._sound.shape[1])

    def read(self, stem: StemName, start_frame: int, stop_frame: int) -> Samples:
        out = np.zeros((2, stop_frame - start_frame), np.float32)
        first, last = max(0, start_frame), min(self.frames, stop_frame)
        if first < last:
            out[:, first - start_frame : last - start_frame] = self._sound[:, first:last]
        return out


def _part(name: Role, program: int, notes: list[Note], gain_db: float, duck_db: float, *effects: Effect) -> Part:
    return Part(
        name,
        name,
        Instrument("soundfont", program),
        tuple(notes),
        gain_db,
        reverb_send_db=-14.0,
        delay_send_db=-20.0,
        duck_db=duck_db,
        effects=effects,
    )


def take(seconds: float, ratio: float, stems: tuple[StemName, ...]) -> Timeline:
    """Busy on every bar: about 6000 notes in 180 s."""
    beat = 60.0 / _BPM
    bars = tuple(
        TargetBar(n, n * 4 * beat, (n + 1) * 4 * beat, tuple((4 * n + k) * beat for k in range(4)), "verse", 0.5, n)
        for n in range(int(seconds / (4 * beat)))
    )
    drums, shaker, bass, chords, pad, arpeggio = ([] for _ in range(6))
    for bar in bars:
        root, tones = _CHORDS[bar.index % 4]
        for k, at in enumerate(bar.beats_s):
            drums += [Note(at, 0.1, 36, 112), Note(at + beat / 2, 0.1, 46 if k == 3 else 42, 80 + 6 * k)]
            drums += [Note(at, 0.1, 38, 104)] if k % 2 else []
        shaker += [Note(bar.start_s + k * beat / 4, 0.1, 82, 60 + 20 * (k % 2)) for k in range(16)]
        bass += [Note(bar.start_s + k * beat / 2, 0.4 * beat, root - 12, 90 + k) for k in range(8)]
        chords += [
            Note(bar.start_s + k * beat, 0.8 * beat, tone, 78 + bar.index % 12) for k in (0, 1.5, 3) for tone in tones
        ]
        pad += [Note(bar.start_s, 4 * beat, tone - 12, 72) for tone in tones]
        arpeggio += [Note(bar.start_s + k * beat / 4, beat / 4, tones[k % 4] + 12, 60 + 5 * (k % 7)) for k in range(16)]
    drums.sort(key=lambda note: note.start_s)
    kit = Instrument("kit", kit="house")
    parts = (
        Part("drums", "drums", kit, tuple(drums), reverb_send_db=-26.0, effects=(Effect("compressor"),)),
        Part("shaker", "percussion", kit, tuple(shaker), gain_db=-4.0, effects=(Effect("highpass"),)),
        _part("bass", 38, bass, -4.0, 6.0, Effect("lowpass", (("cutoff_hz", 3000.0),)), Effect("compressor")),
        _part("chords", 4, chords, -7.0, 3.0, Effect("highpass"), Effect("chorus")),
        _part("pad", 89, pad, -12.0, 6.0, Effect("highpass")),
        _part("arpeggio", 81, arpeggio, -14.0, 4.0, Effect("lowpass", (("cutoff_hz", 5000.0),))),
        _part("lead", 0, arpeggio[::4], -12.0, 0.0, Effect("high_shelf", (("gain_db", -3.0),))),
    )
    return Timeline(
        "0" * 64,
        seconds,
        bars,
        tuple(Clip(stem, 0.0, seconds * ratio, 0.0, seconds) for stem in stems),
        tuple(
            StemBus(stem, reverb_send_db=-16.0, effects=(Effect("highpass"), Effect("compressor"))) for stem in stems
        ),
        parts,
        master=MasterTarget(effects=(Effect("compressor", (("threshold_db", -12.0), ("ratio", 1.5))),)),
    )


def measure(timeline: Timeline, voice: _Voice, sounds: Sounds, label: str, threads: int) -> Figures:
    wall, cpu = time.perf_counter(), time.process_time()
    heard_s = 0.0
    for block in Desk(timeline, voice, sounds, Shelf(), threads).live():
        heard_s += block.duration_s
        if heard_s >= 10.0:
            break
    first_wall, first_cpu = time.perf_counter() - wall, time.process_time() - cpu
    wall, cpu = time.perf_counter(), time.process_time()
    finished = Desk(timeline, voice, sounds, Shelf(), threads).take()
    whole_wall, whole_cpu = time.perf_counter() - wall, time.process_time() - cpu
    desk = Desk(timeline, voice, sounds, Shelf(), threads)
    assert desk.balance
    middle_s = timeline.duration_s / 2
    wall = time.perf_counter()
    desk.sound(middle_s, middle_s + 2.0)
    jump = time.perf_counter() - wall
    lead = timeline.parts[-1]
    moved = replace(lead, gain_db=lead.gain_db - 6.0, fader_db=-6.0)
    wall = time.perf_counter()
    desk.with_faders(replace(timeline, parts=(*timeline.parts[:-1], moved))).sound(middle_s, middle_s + 2.0)
    fader = time.perf_counter() - wall
    loudness = measure_loudness(finished)
    return Figures(
        threads,
        label,
        round(first_wall, 2),
        round(first_cpu, 2),
        round(whole_wall, 2),
        round(whole_cpu, 2),
        round(jump, 2),
        round(fader, 2),
        round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        round(loudness.integrated_lufs, 2),
        round(loudness.true_peak_dbtp, 2),
        hashlib.sha256(finished.samples.tobytes()).hexdigest()[:16],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--ratio", type=float, default=1.0, help="playing speed of the kept stems")
    parser.add_argument("--stems", default="vocals", help="which stems are kept, with commas between")
    parser.add_argument("--threads", default="1,2", help="numbers of threads to try, with commas between")
    options = parser.parse_args()
    home = Path(os.environ.get("CONTRAFACT_HOME") or Path(__file__).resolve().parent.parent / ".cache" / "home")
    store = AssetStore(home / "assets")
    stems = tuple(name for name in STEM_NAMES if name in options.stems.split(","))
    timeline, voice = take(options.seconds, options.ratio, stems), _Voice(options.seconds * options.ratio)
    results = []
    for threads in map(int, options.threads.split(",")):
        sounds = Sounds.open(store)
        results += [measure(timeline, voice, sounds, label, threads) for label in ("just opened", "kept")]
    if options.json:
        print(json.dumps([asdict(result) for result in results]))
        return
    for result in results:
        print("  ".join(f"{name} {value}" for name, value in asdict(result).items()))


if __name__ == "__main__":
    main()
