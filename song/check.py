"""Look at what was made, with other ears than those that made it: ``uv run --group song python -m song.check``.

Prints the figures that ``docs/decisions/0012-the-projects-own-song.md`` quotes.
"""

import os
from pathlib import Path
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray
from swift_f0 import SwiftF0

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.loudness import integrated_lufs, true_peak_dbtp
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import SAMPLE_RATE, Audio
from contrafact.engine.listening.listen import listen
from contrafact.engine.listening.voice import EVENTS_PER_SECOND, VOICE_RATE, hear_events
from song.choir import lead_lines
from song.make import FOLDER, SUFFIX
from song.score import seconds
from song.singing import SungLine
from song.voice_model import VOICE_RATE as SUNG_RATE
from song.voice_model import VoiceModel

_BODY_IN_S: Final = 0.12
_BODY_OUT_S: Final = 0.08
"""A note's body: without the slide into it and the letting go."""


def pitch_errors_cents() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lead against the score, as SwiftF0 hears it: every 16 ms of the notes' bodies, and the mean of each note."""
    ear = SwiftF0()
    every: list[NDArray[np.float64]] = []
    means: list[float] = []
    for line, sung in lead_lines(VoiceModel()):
        heard = ear.detect(soxr.resample(sung.sound, SUNG_RATE, VOICE_RATE), VOICE_RATE, 80.0, 800.0)
        times = np.asarray(heard.timestamps) + sung.start_s
        hertz, sure = np.asarray(heard.pitch_hz), np.asarray(heard.confidence) > 0.8
        for number, note in enumerate(line.notes):
            start, stop = seconds(note.beat) + _BODY_IN_S, _vowel_end(sung, number) - _BODY_OUT_S
            body = (times > start) & (times < stop) & sure
            if not body.any():
                continue
            target = 440.0 * 2.0 ** ((note.pitch - 69) / 12.0)
            error = 1200.0 * np.log2(hertz[body] / target)
            every.append(error)
            means.append(float(np.mean(error)))
    return np.concatenate(every), np.array(means)


def _vowel_end(sung: SungLine, number: int) -> float:
    """Consonants take up to half of the time before the next note; only what is surely vowel is measured."""
    start, stop = sung.vowels_s[number]
    return start + 0.75 * (stop - start)


def main() -> None:
    store = AssetStore(Path(os.environ.get("CONTRAFACT_HOME", Path.home() / ".local/share/contrafact")) / "assets")
    every, means = pitch_errors_cents()
    inside = np.abs(every) < 100.0
    print(f"pitch, notes' bodies: {np.sqrt((every[inside] ** 2).mean()):.1f} cents RMS over {every.size} frames")
    print(f"  beyond 100 cents: {100 * (1 - inside.mean()):.2f} %; notes' means: {np.sqrt((means**2).mean()):.1f} RMS")
    stems = {name: decode(FOLDER / f"{name}{SUFFIX}") for name in STEM_NAMES}
    for name, stem in stems.items():
        print(f"{name}: {stem.duration_s:.3f} s, {integrated_lufs(stem):.1f} LUFS, {true_peak_dbtp(stem):.1f} dBTP")
    mix = Audio(np.asarray(sum(stem.samples for stem in stems.values()), dtype=np.float32))
    print(f"mix: {integrated_lufs(mix):.2f} LUFS, {true_peak_dbtp(mix):.2f} dBTP")
    mono = soxr.resample(stems["vocals"].samples.mean(axis=0), SAMPLE_RATE, VOICE_RATE).astype(np.float32)
    events = hear_events(mono, store)
    sung = np.zeros(events.singing.size, dtype=bool)
    for _, line in lead_lines(VoiceModel()):
        first, last = line.vowels_s[0][0], line.vowels_s[-1][1]
        sung[int(first * EVENTS_PER_SECOND) : int(last * EVENTS_PER_SECOND)] = True
    print(f"singing in {100 * (events.singing[sung] > 0.5).mean():.1f} % of the sung time")
    print(f"speech in {100 * (events.speech[sung] > 0.5).mean():.1f} %")
    chart = listen(mix, store)
    print(f"heard: {chart.tempo.bpm:.2f} BPM, {chart.key.tonic} {chart.key.mode}, {chart.metre.beats_per_bar}/4")
    print("sections:", ", ".join(f"{part.label} {part.start_s:.1f}" for part in chart.sections))


if __name__ == "__main__":
    main()
