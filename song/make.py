"""Make the song: ``uv run --group song python -m song.make [FOLDER]``.

Writes four stems (Opus in Ogg) and ``song.toml``; the same inputs give the same bytes. The sounds come from the asset
store (``CONTRAFACT_HOME``), which needs ``general-midi-soundfont`` and ``sonic-pi-samples``.
"""

import os
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
import soxr
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.codec.context import Flags

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.stems import StemName
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.processors import highpass, peak, shelf
from song import arrangement as score_for
from song.choir import lead_lines, vocals
from song.metadata import metadata
from song.mixing import around_voice, balanced, bass_chain, drum_chain, equalise, gain, room
from song.playing import Band
from song.score import ARTIST, TITLE
from song.voice_model import VoiceModel

FOLDER: Final = Path(__file__).resolve().parent.parent / "src/contrafact/catalogue/demo/song"
SUFFIX: Final = ".opus"
BIT_RATES: Final[Mapping[StemName, int]] = {"vocals": 76_000, "drums": 80_000, "bass": 36_000, "other": 70_000}
_OPUS_RATE: Final = 48_000
_PIANO, _STEEL_GUITAR, _FINGER_BASS, _STRINGS, _WARM_PAD, _ORGAN, _BELLS = 0, 25, 33, 49, 89, 16, 9


def stems(store: AssetStore) -> dict[StemName, Samples]:
    """The four stems as they are encoded, float32 (2, frames) at 44.1 kHz."""
    voice = VoiceModel()
    sung = vocals(voice, lead_lines(voice))
    band = Band(store)
    drums = drum_chain(band.drums(score_for.drums(), 11))
    bass = bass_chain(band.play(score_for.bass(), _FINGER_BASS, 12, loose_s=0.004))
    other = around_voice(_harmony(band), sung, 3.0)
    return balanced({"vocals": sung, "drums": drums, "bass": bass, "other": other})


def _harmony(band: Band) -> Samples:
    """Piano, guitar, strings, organ and bells together in one room."""
    strings = score_for.strings()
    players = (
        (band.play(score_for.piano(), _PIANO, 21, -0.15), 0.0, 110.0),
        (band.play(score_for.guitar(), _STEEL_GUITAR, 22, 0.45), -6.5, 180.0),
        (band.play(strings, _STRINGS, 23, -0.1, 0.015), -13.0, 220.0),
        (band.play(strings, _WARM_PAD, 24, 0.1, 0.015), -17.0, 200.0),
        (band.play(score_for.organ(), _ORGAN, 25, -0.4), -19.0, 200.0),
        (band.play(score_for.bells(), _BELLS, 26, 0.25), -5.0, 300.0),
    )
    total = np.zeros_like(players[0][0])
    for sound, level_db, low_hz in players:
        total = total + equalise(sound, highpass(low_hz)) * gain(level_db)
    clear = equalise(total, peak(330.0, -2.5, 0.8), shelf(2_500.0, 4.5, high=True))
    return room(clear, 0.42, 0.45, -17.0)


def encode(samples: Samples, path: Path, bit_rate: int) -> None:
    """Opus at 48 kHz, without clocks or random numbers, its exact length declared."""
    sound = soxr.resample(samples.T, SAMPLE_RATE, _OPUS_RATE, quality="VHQ").T.astype(np.float32)
    with av.open(str(path), "w", format="ogg", container_options={"fflags": "+bitexact"}) as container:
        container.metadata.update({"title": f"{TITLE} ({path.stem})", "artist": ARTIST, "license": "CC0-1.0"})
        stream = container.add_stream("libopus", rate=_OPUS_RATE, options={"vbr": "on", "application": "audio"})
        context = stream.codec_context
        assert isinstance(context, AudioCodecContext)
        context.flags |= Flags.bitexact
        context.layout, context.format, context.bit_rate = "stereo", "flt", bit_rate
        context.time_base = Fraction(1, _OPUS_RATE)
        context.open(strict=False)
        size = context.frame_size
        for at in range(0, sound.shape[1], size):
            block = np.ascontiguousarray(sound[:, at : at + size].T.reshape(1, -1))
            frame = AudioFrame.from_ndarray(block, format="flt", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = _OPUS_RATE, at, Fraction(1, _OPUS_RATE)
            container.mux(context.encode(frame))
        container.mux(context.encode(None))


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    store = AssetStore(Path(os.environ.get("CONTRAFACT_HOME", Path.home() / ".local/share/contrafact")) / "assets")
    for name, samples in stems(store).items():
        encode(samples, folder / f"{name}{SUFFIX}", BIT_RATES[name])
    (folder / "song.toml").write_text(metadata(), encoding="utf-8")
    print(f"{TITLE} lies in {folder}")


if __name__ == "__main__":
    main()
