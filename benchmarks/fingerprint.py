"""How surely a sound is known again whatever was done to it, how seldom another is taken for it, and how quickly.

    python -m benchmarks.fingerprint [--json] [--entries 10000] [--songs 4]

Every song of the demo catalogue that lies in the asset store is a reference; 60 s of the first ``--songs`` of them are
spoilt in the ways of a table and looked for among all. Every song is looked for among all others, too: whatever is
found then would be a mistake, and how near the nearest comes is told. With ``--entries`` the index in the database
holds that many sounds of three minutes besides, invented ones, and a look is timed.
"""

import argparse
import io
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pedalboard
import soxr
from numpy.typing import NDArray
from pedalboard._pedalboard import Pedalboard
from scipy import signal
from sqlalchemy.orm import Session

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.stretching import stretch
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.fingerprint import Landmarks, Postings, find, landmarks, reference_keys
from contrafact.engine.fingerprint.finding import suspects
from contrafact.engine.fingerprint.keys import SPEEDS, query_keys
from contrafact.engine.fingerprint.matching import STRONG, verify
from contrafact.kit.clock import SystemClock
from contrafact.kit.db import Database
from contrafact.kit.home import Home
from contrafact.kit.migrate import upgrade
from contrafact.provenance import staydown

Spoil = Callable[[Audio], Audio]
_PIECE = (20.0, 80.0)


def _coded(container: str, codec: str, bits: int, rate: int = SAMPLE_RATE) -> Spoil:
    def code(sound: Audio) -> Audio:
        samples = sound.samples if rate == SAMPLE_RATE else soxr.resample(sound.samples.T, SAMPLE_RATE, rate).T
        file = io.BytesIO()
        with av.open(file, "w", format=container) as target:
            stream: Any = target.add_stream(codec, rate=rate)
            stream.bit_rate, stream.layout = bits, "stereo"
            stream.codec_context.open()
            resampler = av.AudioResampler(stream.format, stream.layout, rate, stream.codec_context.frame_size)
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples, np.float32), format="fltp", layout="stereo"
            )
            frame.sample_rate = rate
            for part in (*resampler.resample(frame), *resampler.resample(None)):
                target.mux(stream.encode(part))
            target.mux(stream.encode(None))
        file.seek(0)
        with av.open(file, "r") as source:
            back = av.AudioResampler("fltp", "stereo", SAMPLE_RATE)
            parts = [part.to_ndarray() for frame in source.decode(audio=0) for part in back.resample(frame)]
        return Audio(np.concatenate(parts, axis=1).astype(np.float32))

    return code


def _board(*plugins: pedalboard.Plugin) -> Spoil:
    return lambda sound: Audio(Pedalboard(list(plugins))(sound.samples, SAMPLE_RATE).astype(np.float32))


def _passed(hertz: float) -> Spoil:
    sos = signal.butter(6, hertz, "low", fs=SAMPLE_RATE, output="sos")
    return lambda sound: Audio(signal.sosfilt(sos, sound.samples).astype(np.float32))


def _noise(below_db: float) -> Spoil:
    def add(sound: Audio) -> Audio:
        level = float(np.sqrt(np.mean(sound.samples**2))) * 10 ** (-below_db / 20)
        noise = np.random.default_rng(1).standard_normal(sound.samples.shape) * level
        return Audio((sound.samples + noise).astype(np.float32))

    return add


def _cut(seconds: float) -> Spoil:
    first = round(25.013 * SAMPLE_RATE)
    return lambda sound: Audio(sound.samples[:, first : first + round(seconds * SAMPLE_RATE)])


def _sped(ratio: float) -> Spoil:
    return lambda sound: Audio(soxr.resample(sound.samples.T, SAMPLE_RATE * ratio, SAMPLE_RATE).T.astype(np.float32))


def _stretched(ratio: float, semitones: float) -> Spoil:
    return lambda sound: stretch(sound, ratio, semitones, "other")


_ROOM = _board(pedalboard.Reverb(room_size=0.8, wet_level=0.5, dry_level=0.5))
_EQ = _board(
    pedalboard.PeakFilter(400, -9, 1.0),
    pedalboard.PeakFilter(1500, 9, 1.0),
    pedalboard.HighShelfFilter(5000, -6),
    pedalboard.LowShelfFilter(250, 9),
)
_LOUD = _board(pedalboard.Compressor(-30, 8, 1, 50), pedalboard.Gain(12), pedalboard.Clipping(-1))


def _spoils(other: Audio) -> dict[str, Spoil]:
    def under(louder_db: float) -> Spoil:
        def mix(sound: Audio) -> Audio:
            frames = min(sound.frames, other.frames)
            levels = [float(np.sqrt(np.mean(each.samples[:, :frames] ** 2))) for each in (sound, other)]
            gain = 10 ** (louder_db / 20)
            both = sound.samples[:, :frames] / levels[0] + other.samples[:, :frames] / levels[1] * gain
            return Audio((0.1 * both).astype(np.float32))

        return mix

    found: dict[str, Spoil] = {
        "MP3 64 kbit/s": _coded("mp3", "libmp3lame", 64_000),
        "AAC 64 kbit/s": _coded("adts", "aac", 64_000),
        "Opus 48 kbit/s": _coded("ogg", "libopus", 48_000, 48_000),
        "gain -20 dB": lambda sound: Audio(sound.samples * np.float32(0.1)),
        "low-pass 4 kHz": _passed(4_000.0),
        "low-pass 2 kHz": _passed(2_000.0),
        "equaliser": _EQ,
        "compressor, clipping": _LOUD,
        "noise 20 dB below": _noise(20.0),
        "noise 10 dB below": _noise(10.0),
        "reverb": _ROOM,
        "10 s of it": _cut(10.0),
        "5 s of it": _cut(5.0),
    }
    found |= {f"tempo {ratio}": _stretched(ratio, 0.0) for ratio in (1.01, 1.03, 1.10, 1.25, 0.8)}
    found |= {f"pitch {semitones:+}": _stretched(1.0, semitones) for semitones in (0.25, 1.0, 3.0, -4.0)}
    found |= {f"speed {ratio}": _sped(ratio) for ratio in (1.02, 1.2, 0.85)}
    found["slowed 0.85, reverb"] = lambda sound: _ROOM(_sped(0.85)(sound))
    found["tempo 0.9, pitch +2"] = _stretched(0.9, 2.0)
    found["mash-up, equally loud"] = under(0.0)
    found["mash-up, 6 dB below"] = under(6.0)
    return found


class _Shelf:
    def __init__(self, marks: list[Landmarks]) -> None:
        self.marks = marks
        keys = [reference_keys(each) for each in marks]
        order = np.argsort(np.concatenate([each.keys for each in keys]), kind="stable")
        self.keys = np.concatenate([each.keys for each in keys])[order]
        self.entries = np.concatenate([np.full(len(each), number) for number, each in enumerate(keys)])[order]
        self.times = np.concatenate([each.times_s for each in keys])[order]
        self.pitches = np.concatenate([each.pitches for each in keys])[order]

    def but(self, left_out: int | None) -> Callable[[NDArray[np.int64]], Postings]:
        def look(asked: NDArray[np.int64]) -> Postings:
            there = np.isin(self.keys, asked)
            if left_out is not None:
                there &= self.entries != left_out
            return Postings(self.keys[there], self.entries[there], self.times[there], self.pitches[there])

        return look


def _songs() -> dict[str, Path]:
    folder = AssetStore(Home.from_environment().assets).root
    found = sorted(path for path in folder.glob("*/*.ogg") if path.name != "guitar.ogg")
    return {path.parent.name: path for path in found}


def _nearest(shelf: _Shelf, number: int) -> float:
    """The strength of the best match of a song among all others."""
    best = -9.0
    for speed in SPEEDS:
        for item in suspects(query_keys(shelf.marks[number], speed), shelf.but(number)):
            match = verify(shelf.marks[number], shelf.marks[item.entry], speed, item.semitones, item.offset_s)
            best = max(best, match.strength if match is not None else best)
    return best


def _invented(seed: int, pitches: NDArray[np.float32]) -> Landmarks:
    chance = np.random.default_rng(seed)
    times = np.sort(chance.uniform(0, 180, 2_400)).astype(np.float32)
    drawn = chance.choice(pitches, 2_400) + chance.normal(0, 2, 2_400)
    return Landmarks(times, np.clip(drawn, 0, 48).astype(np.float32), 180.0)


def _fill(session: Session, known: list[Landmarks], entries: int) -> None:
    """The known sounds, and rows of the index for so many others: their keys are drawn from those of invented sounds.

    Keys of real sounds are drawn twice as often as those of invented ones, so that common keys are common.
    """
    clock = SystemClock()
    for number, marks in enumerate(known):
        staydown.register(
            session, marks, kind="recording", subject_id=f"rec_{number}", notice_id=f"ntc_{number}", clock=clock
        )
    pitches = np.concatenate([each.pitches for each in known])
    pool = np.concatenate([reference_keys(each).keys for each in (*known, *known)])
    pool = np.concatenate([pool, *(reference_keys(_invented(seed, pitches)).keys for seed in range(20))])
    chance = np.random.default_rng(0)
    count = entries * 1_000
    keys = np.sort(chance.choice(pool, count) ^ np.where(chance.random(count) < 0.5, chance.integers(0, 64, count), 0))
    numbers = chance.integers(len(known) + 1, entries + 1, count)
    places = chance.integers(0, 36_000, count) * 4_096 + chance.integers(0, 2_400, count)
    connection = session.connection().connection.driver_connection
    assert connection is not None
    for first in range(0, count, 500_000):
        part = slice(first, first + 500_000)
        rows = zip(keys[part].tolist(), numbers[part].tolist(), places[part].tolist(), strict=True)
        connection.executemany("INSERT OR IGNORE INTO staydown_keys (key, number, place) VALUES (?, ?, ?)", rows)


def _index(known: list[Landmarks], query: Landmarks, stranger: Landmarks, entries: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database.at(Path(folder) / "index.db")
        upgrade(database)
        begun = time.process_time()
        with database.transaction() as session:
            _fill(session, known, entries)
        filled_s = time.process_time() - begun
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        took = {}
        for name, marks in (("a copy", query), ("a stranger", stranger)):
            with database.reading() as session:
                staydown.check(session, marks)  # pages in memory, as in a service that runs
                begun = time.process_time()
                hit = staydown.check(session, marks)
                took[name] = {"cpu_s": round(time.process_time() - begun, 3), "found": hit is not None}
        database.close()
    return {"entries": entries, "filled_cpu_s": round(filled_s, 1), "megabytes": round(size / 2**20), "looks": took}


def measure(songs: int, entries: int) -> dict[str, Any]:
    """All of it."""
    paths = _songs()
    sounds = {name: decode(path) for name, path in paths.items()}
    begun = time.process_time()
    marks = [landmarks(sound) for sound in sounds.values()]
    cpu_per_minute = (time.process_time() - begun) / sum(sound.duration_s / 60 for sound in sounds.values())
    shelf = _Shelf(marks)
    names = list(sounds)
    pieces = [
        Audio(sound.samples[:, round(_PIECE[0] * SAMPLE_RATE) : round(_PIECE[1] * SAMPLE_RATE)])
        for sound in sounds.values()
    ]
    table: dict[str, dict[str, Any]] = {}
    for number in range(min(songs, len(names))):
        for how, spoil in _spoils(pieces[(number + 1) % len(pieces)]).items():
            query = landmarks(spoil(pieces[number]))
            found = {item.entry: item.match for item in find(query, shelf.but(None), lambda one: marks[one])}
            row = table.setdefault(how, {"found": 0, "of": 0, "share": [], "strength": []})
            row["of"] += 1
            if number in found:
                row["found"] += 1
                row["share"].append(round(found[number].share, 3))
                row["strength"].append(round(found[number].strength, 1))
    nearest = {name: round(_nearest(shelf, number), 1) for number, name in enumerate(names)}
    result: dict[str, Any] = {
        "cpu_s_per_three_minutes": round(cpu_per_minute * 3, 3),
        "threshold": STRONG,
        "spoilt": table,
        "nearest_other_song": nearest,
    }
    if entries:
        result["index"] = _index(marks[:-1], landmarks(pieces[0]), marks[-1], entries)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--songs", type=int, default=4)
    parser.add_argument("--entries", type=int, default=10_000)
    arguments = parser.parse_args()
    found = measure(arguments.songs, arguments.entries)
    if arguments.json:
        print(json.dumps(found))
        return
    print(f"landmarks: {found['cpu_s_per_three_minutes']} CPU seconds for three minutes of sound")
    for how, row in found["spoilt"].items():
        share, strength = (min(row[name], default=0) for name in ("share", "strength"))
        print(f"{how:26} {row['found']}/{row['of']} found; least share {share:.2f}, strength {strength:.0f}")
    print(f"strongest match of a song with any other: {max(found['nearest_other_song'].values())} (of {STRONG} needed)")
    if "index" in found:
        print(found["index"])


if __name__ == "__main__":
    main()
