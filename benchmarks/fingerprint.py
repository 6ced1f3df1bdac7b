"""How surely a sound is known again whatever was done to it, how seldom another is taken for it, and how quickly.

    python -m benchmarks.fingerprint [--json] [--entries 10000] [--songs 4]

Every song of the demo catalogue that lies in the asset store is a reference; 60 s of the first ``--songs`` of them are
spoilt in the ways of a table and looked for among all. Every song is looked for among all others, too: whatever is
found then would be a mistake, and how near the nearest comes is told. With ``--entries`` the registry holds that many
sounds of three minutes, put together from pieces of the other songs, and every spoilt piece of the first song and a
stranger are looked for in it.
"""

import argparse
import io
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pedalboard
import soxr
from pedalboard._pedalboard import Pedalboard
from scipy import signal
from sqlalchemy.orm import Session

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.stretching import stretch
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.fingerprint import Index, Landmarks, Rows, find, landmarks, reference_keys
from contrafact.engine.fingerprint.finding import OWN_PLACES
from contrafact.engine.fingerprint.keys import SPEEDS, query_keys
from contrafact.engine.fingerprint.matching import STRONG, verify
from contrafact.engine.fingerprint.voting import suspects
from contrafact.kit.clock import SystemClock
from contrafact.kit.db import Database
from contrafact.kit.home import Home
from contrafact.kit.migrate import upgrade
from contrafact.provenance import staydown
from contrafact.provenance.staydown_index import index_of

Spoil = Callable[[Audio], Audio]
_PIECE = (20.0, 80.0)
_INVENTED_S = 180.0


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
        self._rows = [Rows.of_entry(number, reference_keys(each)) for number, each in enumerate(marks)]

    def but(self, left_out: int | None) -> Index:
        """All of them; or without one."""
        return Index.of(Rows.together(rows for number, rows in enumerate(self._rows) if number != left_out))


def _songs() -> dict[str, Path]:
    folder = AssetStore(Home.from_environment().assets).root
    found = sorted(path for path in folder.glob("*/*.ogg") if path.name != "guitar.ogg")
    return {path.parent.name: path for path in found}


def _nearest(shelf: _Shelf, number: int) -> float:
    """The strength of the best match of a song among all others."""
    best, others = -9.0, shelf.but(number)
    for speed in SPEEDS:
        for item in suspects(query_keys(shelf.marks[number], speed), others, OWN_PLACES):
            match = verify(shelf.marks[number], shelf.marks[item.entry], speed, item.semitones, item.offset_s)
            best = max(best, match.strength if match is not None else best)
    return best


def _invented(seed: int, pool: list[Landmarks]) -> Landmarks:
    """Three minutes of a song that nobody made.

    Pieces of real ones at other speeds and pitches, with a quarter of their landmarks exchanged and all displaced.
    """
    chance = np.random.default_rng(seed)
    times, pitches, at = [], [], 0.0
    while at < _INVENTED_S:
        song = pool[chance.integers(len(pool))]
        length, speed = chance.uniform(8, 20), np.exp(chance.uniform(-0.25, 0.25))
        begin = chance.uniform(0, max(1.0, song.duration_s - length))
        inside = (song.times_s >= begin) & (song.times_s < begin + length) & (chance.random(len(song)) < 0.75)
        own = song.pitches[inside].astype(np.float64)
        some = len(own) // 3
        others = chance.choice(own, some) + chance.normal(0, 3, some) if some else own[:0]
        moments = np.concatenate([song.times_s[inside] - begin, chance.uniform(0, length, some)]) / speed
        times.append(moments + at + chance.normal(0, 0.015, len(moments)))
        pitches.append(np.concatenate([own, others]) + chance.uniform(-4, 4) + chance.normal(0, 0.1, len(moments)))
        at += length / speed
    every = np.maximum(np.concatenate(times), 0.0)
    order = np.argsort(every, kind="stable")
    heights = np.clip(np.concatenate(pitches)[order], 0, 48)
    return Landmarks(every[order].astype(np.float32), heights.astype(np.float32), _INVENTED_S)


def _fill(session: Session, known: list[Landmarks], pool: list[Landmarks], entries: int) -> None:
    clock = SystemClock()
    for number in range(entries):
        marks = known[number] if number < len(known) else _invented(number, pool)
        staydown.register(
            session, marks, kind="recording", subject_id=f"rec_{number}", notice_id=f"ntc_{number}", clock=clock
        )
        session.expunge_all()


def _index(marks: list[Landmarks], queries: dict[str, Landmarks], entries: int) -> dict[str, Any]:
    """Looks among very many: of the first song a piece is asked for, the last is the stranger, the others the pool."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.at(Path(folder) / "index.db")
        upgrade(database)
        begun = time.process_time()
        with database.transaction() as session:
            _fill(session, marks[:1], marks[1:-1], entries)
        filled_s = time.process_time() - begun
        files = Path(folder) / "staydown"
        begun = time.process_time()
        with database.reading() as session:
            index_of(session, files)
        made_s = time.process_time() - begun
        size = sum(path.stat().st_size for path in files.rglob("*"))
        took = {}
        for name, query in {**queries, "a stranger": marks[-1]}.items():
            with database.reading() as session:
                staydown.check(session, query, folder=files)  # pages in memory, as in a service that runs
                begun = time.process_time()
                hit = staydown.check(session, query, folder=files)
                took[name] = {"cpu_s": round(time.process_time() - begun, 3), "found": hit is not None}
        database.close()
    return {
        "entries": entries,
        "filled_cpu_s": round(filled_s, 1),
        "index_made_cpu_s": round(made_s, 1),
        "index_megabytes": round(size / 2**20),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "looks": took,
    }


def measure(songs: int, entries: int) -> dict[str, Any]:
    """All of it."""
    paths = _songs()
    sounds = {name: decode(path) for name, path in paths.items()}
    begun = time.process_time()
    marks = [landmarks(sound) for sound in sounds.values()]
    cpu_per_minute = (time.process_time() - begun) / sum(sound.duration_s / 60 for sound in sounds.values())
    shelf = _Shelf(marks)
    everything = shelf.but(None)
    names = list(sounds)
    pieces = [
        Audio(sound.samples[:, round(_PIECE[0] * SAMPLE_RATE) : round(_PIECE[1] * SAMPLE_RATE)])
        for sound in sounds.values()
    ]
    table: dict[str, dict[str, Any]] = {}
    for number in range(min(songs, len(names))):
        for how, spoil in _spoils(pieces[(number + 1) % len(pieces)]).items():
            query = landmarks(spoil(pieces[number]))
            found = {item.entry: item.match for item in find(query, everything, lambda one: marks[one])}
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
        asked = {how: landmarks(spoil(pieces[0])) for how, spoil in _spoils(pieces[1]).items()}
        result["index"] = _index(marks, asked, entries)
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
        index = found["index"]
        print(
            f"among {index['entries']}: index made in {index['index_made_cpu_s']} CPU s, {index['index_megabytes']} MB"
        )
        for how, look in index["looks"].items():
            print(f"  {how:26} {'found' if look['found'] else '-':5} {look['cpu_s']:.2f} CPU s")


if __name__ == "__main__":
    main()
