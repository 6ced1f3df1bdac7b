"""How well and how fast the voice is resung: pitch, throat and level on generated vowels; CPU seconds for a song.

    python benchmarks/singing.py [--seconds 180]

The truth of a vowel moved by some semitones is the same throat singing the other notes. Beside our own engine the
stretcher with restored formants is measured, which moves whole clips of the take. The song's voice sings half of the
time; two harmonies and a double are read in spans of a quantum, all layers one after another as a mixer does.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np

from contrafact.engine.arranging.arrange import arrange
from contrafact.engine.audio.stretching import stretch
from contrafact.engine.audio.value import Audio, Samples
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.recipe.wishes import VoiceUse
from contrafact.engine.rendering.grid import QUANTUM
from contrafact.engine.rendering.singing.grains import Singing, resing
from contrafact.engine.rendering.singing.hearing import AROUND, hear
from contrafact.engine.rendering.singing.layers import open_layers
from tests.engine.rendering.singing.measures import level_db, throat_ratio
from tests.support.singing import Manner
from tests.support.sung_songs import glide, reader, sung_song, voice_of

_SHIFTS = (-12.0, -7.0, -4.0, 4.0, 7.0, 12.0)


def grains(voice: Samples, semitones: float) -> Samples:
    phrase = hear(np.pad(voice, ((0, 0), (AROUND, AROUND))), 0, ())
    count = phrase.pitch.midi.size
    return resing(phrase, Singing(np.full(count, semitones), np.zeros(count)), False)[0, AROUND:-AROUND]


def stretcher(voice: Samples, semitones: float) -> Samples:
    return np.asarray(stretch(Audio(voice), 1.0, semitones, "vocals").samples[0])


def quality(name: str, engine: Callable[[Samples, float], Samples]) -> None:
    print(f"\n{name}: throat off by % / level by dB, worst over three registers")
    print("vowel " + "".join(f"{shift:>+15.0f}" for shift in _SHIFTS))
    for vowel in "aeiou":
        row = []
        for shift in _SHIFTS:
            throat, level = 0.0, 0.0
            for low in (45.0, 52.0, 60.0):
                voice = glide(low, low + 5.0, vowel)
                made = engine(voice, shift)
                wanted = glide(low + shift, low + 5.0 + shift, vowel)[0]
                throat = max(throat, abs(100.0 * (throat_ratio(wanted, made) - 1.0)))
                level = max(level, abs(level_db(made) - level_db(voice)))
            row.append(f"{throat:8.1f} /{level:5.1f}")
        print(f"{vowel:5} " + "".join(row))


def speed(seconds: float) -> None:
    bars = round(seconds / 2.0)
    song = sung_song(form=(("verse", "A", bars - bars // 2, 0.5), ("chorus", "B", bars // 2, 0.9)))
    voice = voice_of(song, Manner())
    asked = Recipe(sources=("a" * 64,), voice=VoiceUse(harmonies=(2, -5), double=1.0))
    begin = time.process_time()
    timeline = arrange(song.chart, asked, None)
    arranged_s = time.process_time() - begin
    sung_s = sum(piece.source_end_s - piece.source_start_s for piece in timeline.voices[0].pieces)
    tracks = open_layers(timeline, reader(voice))
    begin, first_s = time.process_time(), 0.0
    for start in range(0, voice.shape[1], QUANTUM):
        for track in tracks:
            track.read(start, start + QUANTUM)
        if not first_s and start > round(timeline.voices[0].pieces[0].target_start_s * 44_100):
            first_s = time.process_time() - begin
    print(
        f"\n{voice.shape[1] / 44_100:.0f} s, {sung_s:.0f} s of them sung, two harmonies and a double: "
        f"{time.process_time() - begin:.2f} CPU s, the first phrase {first_s:.2f}; arranged in {arranged_s:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=180.0)
    arguments = parser.parse_args()
    speed(arguments.seconds)
    quality("Grains", grains)
    quality("Stretcher with formants restored", stretcher)


if __name__ == "__main__":
    main()
