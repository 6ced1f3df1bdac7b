"""The studio of generated songs: levels, rooms, the four stems, and the finished recording."""

import tempfile
from pathlib import Path
from typing import Any

import av
import numpy as np
import pedalboard
from pedalboard._pedalboard import Pedalboard as Board

from benchmarks.truth.band import Role
from benchmarks.truth.settings import SongSettings
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.mastering import master
from contrafact.engine.audio.stems import StemName, Stems
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples

_STEM_PEAK = 0.9
_MP3_BITS = 128_000


def levelled(samples: Samples, wanted_db: float) -> Samples:
    """Brought to a root mean square over the half-seconds that are within 20 dB of the loudest."""
    block = SAMPLE_RATE // 2
    power = (samples[:, : samples.shape[1] // block * block].reshape(2, -1, block) ** 2).mean(axis=(0, 2))
    if power.size == 0 or power.max() <= 1e-12:
        return samples
    heard = power[power > 0.01 * power.max()].mean()
    return np.asarray(samples * np.float32(10 ** (wanted_db / 20) / np.sqrt(heard)), dtype=np.float32)


def mixed(settings: SongSettings, voice: Samples, parts: dict[Role, Samples]) -> dict[StemName, Audio]:
    """The four stems with their effects, in whole 16-bit steps so that keeping them loses nothing."""
    chance = np.random.default_rng([settings.seed, 7])
    room = float(chance.uniform(0.15, 0.7))
    wet = float(chance.uniform(0.05, 0.22))
    hall = pedalboard.Reverb(room_size=room, damping=0.5, wet_level=wet, dry_level=1.0 - 0.4 * wet, width=1.0)
    small = pedalboard.Reverb(room_size=0.2, damping=0.6, wet_level=0.4 * wet, dry_level=1.0, width=0.8)
    boards: dict[str, Any] = {
        "voice": Board(
            [
                pedalboard.HighpassFilter(90.0),
                pedalboard.Compressor(threshold_db=-22.0, ratio=float(chance.uniform(1.5, 4.0)), attack_ms=5.0),
                pedalboard.HighShelfFilter(7000.0, gain_db=float(chance.uniform(-2.0, 3.0))),
                hall,
            ]
        ),
        "drums": Board(
            [
                pedalboard.Compressor(threshold_db=-16.0, ratio=float(chance.uniform(1.2, 4.0)), attack_ms=8.0),
                pedalboard.HighShelfFilter(6000.0, gain_db=float(chance.uniform(-3.0, 3.0))),
                small,
            ]
        ),
        "bass": Board([pedalboard.Compressor(threshold_db=-20.0, ratio=3.0, attack_ms=10.0)]),
        "comp": Board(
            [
                pedalboard.HighpassFilter(float(chance.uniform(70.0, 160.0))),
                *([pedalboard.Chorus(rate_hz=0.7, depth=0.2, mix=0.35)] if chance.random() < 0.3 else []),
                hall,
            ]
        ),
    }
    gains = {name: float(10 ** (chance.uniform(-2.0, 2.0) / 20)) for name in ("voice", "drums", "bass", "comp")}

    def through(name: str, samples: Samples) -> Samples:
        if not samples.any():
            return samples
        done = boards[name](samples, SAMPLE_RATE, reset=True)
        return np.asarray(done[:, : samples.shape[1]] * np.float32(gains[name]), dtype=np.float32)

    other = parts["comp"] + parts["pad"] + parts["solo"]
    stems: dict[StemName, Samples] = {
        "vocals": through("voice", voice),
        "drums": through("drums", parts["drums"]),
        "bass": through("bass", parts["bass"]),
        "other": through("comp", other),
    }
    total = sum(stems.values(), np.zeros_like(voice))
    highest = max(float(np.abs(total).max()), *(float(np.abs(stem).max()) for stem in stems.values()), 1e-9)
    gain = np.float32(_STEM_PEAK / highest)
    return {name: Audio(_whole(stem * gain)) for name, stem in stems.items()}


def _whole(samples: Samples) -> Samples:
    return np.asarray(np.round(samples * 32768.0) / 32768.0, dtype=np.float32)


def finished(settings: SongSettings, stems: Stems) -> Audio:
    """What a listener is given: mastered or turned down, and through an MP3 where asked."""
    total = stems.vocals.samples + stems.drums.samples + stems.bass.samples + stems.other.samples
    if settings.loud_lufs is not None:
        song = master(Audio(total), settings.loud_lufs, -0.8)
    else:
        song = Audio(total * np.float32(10 ** (settings.peak_db / 20) / float(np.abs(total).max())))
    if settings.mp3:
        song = through_mp3(song)
    return Audio(np.asarray(np.round(song.samples * 2.0**23) / 2.0**23, dtype=np.float32))


def through_mp3(audio: Audio) -> Audio:
    """Encoded at 128 kbit/s and decoded; as long as before, and as early (the encoder's delay is cut)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.mp3"
        with av.open(str(path), "w", format="mp3") as container:
            stream = container.add_stream("libmp3lame", rate=SAMPLE_RATE, layout="stereo", bit_rate=_MP3_BITS)
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(np.clip(audio.samples, -1.0, 1.0)), format="fltp", layout="stereo"
            )
            frame.sample_rate = SAMPLE_RATE
            frame.pts = 0
            for packet in [*stream.encode(frame), *stream.encode(None)]:
                container.mux(packet)
        samples = decode(path).samples
    if samples.shape[1] < audio.frames:
        samples = np.pad(samples, ((0, 0), (0, audio.frames - samples.shape[1])))
    return Audio(np.ascontiguousarray(samples[:, : audio.frames]))
