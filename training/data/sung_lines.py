"""A store of sung lines, by the packaged voice that sings the project's own song.

    uv run --group song python -m training.data.sung_lines --count 160 --out .cache/training

Words and tunes are drawn; nothing of the project's song is in them. Each line lies in ``<out>/lines/0042.npz``:
``sound`` (int16, mono, 24 kHz), ``first_s`` (when its first vowel begins) and ``tonic`` (the pitch class of its key).
Mixes take lines from here, moved in pitch and formants together, so that one voice becomes many.
"""

import argparse
import os
from pathlib import Path
from typing import Final

import numpy as np

from song.score import BEAT_S, Line, SungNote
from song.singing import VOWELS, Manner, sing
from song.voice_model import VOICE_RATE, VoiceModel
from training.data.chance import Chance, between, chance_of, happens, one_of, spread

_WORDS: Final = (
    "a above after again all alone always and another around away baby back be because been before believe below "
    "better between blue body breathe bring broken burning call came can carry change city clear close cold colour "
    "come could crazy cry dance dark day deep do door down dream drive easy echo empty ever every eyes face fade "
    "fall far fast feel find fire fly follow for forever free from garden give go gold gone good green ground had "
    "hand happy have heart heaven hello here hey hide high hold home hope how if in inside is it just keep kiss know "
    "lady last leave let lie life light like line little live lonely long look lose lost love low made make maybe me "
    "mine moment money moon more morning move music my name near never new night no nobody nothing now ocean of oh "
    "old on once one only open our out over people place play please power pretty rain reach ready remember ride "
    "right river road roll room round run said same say sea see shadow shake she shine should show side silver sing "
    "sky sleep slow smile so somebody something song soul sound stand star stay still stone stop story stranger "
    "street strong summer sun sweet take talk tell that the there these they thing think this through time to "
    "together tomorrow tonight too touch train true try turn under until up wait walk wall want warm was water wave "
    "way we what when where who why wild will wind window winter wish with without woman wonder word world yellow yes "
    "you young your"
).split()
_MAJOR, _MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
_LOW, _HIGH = 55, 77
_LONGEST_SYLLABLES = 13


def drawn_line(voice: VoiceModel, chance: Chance) -> tuple[Line, int]:
    """Some words and a tune with as many notes as the voice reads syllables; and the pitch class of its key."""
    words = " ".join(one_of(chance, _WORDS) for _ in range(int(chance.integers(3, 8))))
    while _syllables(voice, words) > _LONGEST_SYLLABLES:
        words = words.rsplit(" ", 1)[0]
    count = _syllables(voice, words)
    tonic = int(chance.integers(12))
    scale = one_of(chance, (_MAJOR, _MINOR))
    keys = [key for key in range(_LOW, _HIGH + 1) if (key - tonic) % 12 in scale]
    place = int(chance.integers(len(keys) // 4, 3 * len(keys) // 4))
    unit_s = spread(chance, 0.17, 0.42)
    at_s, notes = 0.0, []
    for number in range(count):
        last = number == count - 1
        length_s = unit_s * float(one_of(chance, (1, 1, 1, 2, 2, 3)) if not last else one_of(chance, (3, 4, 6)))
        place = int(np.clip(place + one_of(chance, (-3, -2, -1, -1, 0, 0, 1, 1, 2, 3)), 0, len(keys) - 1))
        notes.append(SungNote("x", at_s / BEAT_S, length_s / BEAT_S, keys[place]))
        at_s += length_s
        if happens(chance, 0.08) and place > 0:
            notes.append(SungNote("_", at_s / BEAT_S, unit_s / BEAT_S, keys[place - 1]))
            at_s += unit_s
    return Line(words, "", tuple(notes), between(chance, 0.0, 1.0)), tonic


def _syllables(voice: VoiceModel, words: str) -> int:
    return sum(symbol in VOWELS for symbol in voice.read(voice.phonemes(words)).phonemes)


def _drawn_manner(chance: Chance) -> Manner:
    return Manner(
        seed=int(chance.integers(2**31)),
        vibrato_cents=between(chance, 4.0, 60.0),
        vibrato_hz=between(chance, 4.8, 6.2),
        scoop_semitones=between(chance, 0.3, 1.8),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.data.sung_lines", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=160)
    checkout = Path(__file__).resolve().parents[2]
    default = Path(os.environ.get("CONTRAFACT_TRAINING") or checkout / ".cache" / "training")
    parser.add_argument("--out", type=Path, default=default)
    options = parser.parse_args()
    folder: Path = options.out / "lines"
    folder.mkdir(parents=True, exist_ok=True)
    voice = VoiceModel()
    for number in range(options.count):
        path = folder / f"{number:04d}.npz"
        if path.exists():
            continue
        chance = chance_of(options.seed, number, "line")
        line, tonic = drawn_line(voice, chance)
        sung = sing(voice, line, _drawn_manner(chance))
        first_s = sung.vowels_s[0][0] - sung.start_s
        stop = round((sung.vowels_s[-1][1] - sung.start_s + 0.3) * VOICE_RATE)
        sound = np.array(sung.sound[:stop], dtype=np.float64)
        sound[: round(max(0.0, first_s - 0.33) * VOICE_RATE)] = 0.0
        fade = min(sound.size, VOICE_RATE // 10)
        sound[-fade:] *= np.linspace(1.0, 0.0, fade)
        sound *= 0.9 * 32_767.0 / max(1e-9, float(np.abs(sound).max()))
        with path.with_suffix(".part").open("wb") as file:
            np.savez(file, sound=np.round(sound).astype(np.int16), first_s=first_s, tonic=tonic)
        path.with_suffix(".part").rename(path)
        print(f"{number + 1} of {options.count}", end="\r", flush=True)


if __name__ == "__main__":
    main()
