"""Who plays: soundfonts, kits and synthesizers, opened once for each process, and how notes become sound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.drums.kits import Sources, make_kit
from benchmarks.drums.one_shots import Piece
from benchmarks.truth.band import Role, Strike
from benchmarks.truth.settings import Font
from benchmarks.truth.sounds import BANK_OF, SongSounds, open_sounds
from contrafact.assets import AssetStore
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from contrafact.engine.rendering.kits import KIT_NAMES, load_kit
from contrafact.engine.rendering.sounds import Sounds
from training.data.chance import Chance, between, happens, one_of, weighed
from training.data.score import Line
from training.data.synths import play_synth, power_chords

FONTS: Final[tuple[Font, ...]] = ("general-midi-soundfont", "fluid-mono-soundfont")
"""The third soundfont plays reported songs: nothing learns from it."""
RESERVED_PROGRAMS: Final = frozenset(
    {1, 2, 5, 7, 11, 18, 22, 25, 26, 28, 30, 32, 34, 35, 36, 39, 40, 46, 49, 50, 51, 56, 66, 71, 81, 90, 92}
)
"""What the bands of reported songs play."""
RESERVED_KITS: Final = frozenset({8, 16, 25, 32})
_CHOIRS: Final = frozenset({52, 53, 54, 85, 91})
"""Whether they are voices is a matter of taste: they play nothing."""
FAMILIES: Final[Mapping[Role, tuple[int, ...]]] = {
    "comp": (
        *(0, 3, 4, 6, 9, 10, 12, 13, 15, 16, 17, 19, 20, 21, 23, 24, 27, 29, 31, 45, 61, 62, 63, 88, 95),
        *(104, 105, 106, 107, 108, 114),
    ),
    "pad": (19, 20, 48, 61, 88, 89, 93, 94, 95),
    "bass": (33, 33, 33, 37, 38, 43, 58, 87),
    "solo": (12, 21, 41, 42, 57, 59, 60, 64, 65, 67, 68, 69, 70, 72, 73, 74, 75, 78, 79, 80, 82, 83, 84, 86, 104, 110),
    "drums": (0, 24, 40, 48),
}
"""General MIDI programs from 0."""
_SYNTHS: Final[Mapping[Role, Mapping[str, float]]] = {
    "bass": {"bass": 1.0},
    "comp": {"keys": 0.35, "pluck": 0.25, "drive": 0.25, "pad": 0.15},
    "pad": {"pad": 0.9, "keys": 0.1},
    "solo": {"lead": 0.7, "pluck": 0.15, "keys": 0.15},
}
_SYNTH_SHARE: Final[Mapping[Role, float]] = {"bass": 0.5, "comp": 0.4, "pad": 0.4, "solo": 0.4}
PIECES: Final[Mapping[int, Piece]] = {
    **dict.fromkeys((35, 36), "kick"),
    **dict.fromkeys((38, 40), "snare"),
    37: "rim",
    39: "clap",
    42: "closed",
    44: "pedal",
    46: "open",
    **dict.fromkeys((51, 53, 59), "ride"),
    **dict.fromkeys((49, 52, 55, 57), "crash"),
    **dict.fromkeys((41, 43, 45, 47, 48, 50, 86, 87), "tom"),
    **dict.fromkeys((54, 69, 70, 82), "shaker"),
    **dict.fromkeys((60, 61, 62, 63, 64, 65, 66, 78, 79), "hand"),
    **dict.fromkeys((56, 67, 68, 80, 81, 83, 84), "bell"),
    **dict.fromkeys((31, 73, 74, 75, 76, 77, 85), "stick"),
}
_PIECE_DB: Final[Mapping[Piece, float]] = {
    "closed": -11.0,
    "pedal": -13.0,
    "open": -11.0,
    "ride": -12.0,
    "crash": -7.0,
    "tom": -2.0,
    "rim": -5.0,
    "clap": -3.0,
    "shaker": -14.0,
    "hand": -7.0,
    "bell": -11.0,
    "stick": -9.0,
}
Heard = tuple[Samples, frozenset[str]]
"""A sound, float32 (2, frames), and the names of the manifest for what made it."""


@dataclass(frozen=True, slots=True, eq=False)
class Orchestra:
    """What is opened once."""

    sounds: SongSounds
    fonts: tuple[Font, ...]
    one_shots: Sources
    house: Sounds
    """The project's own player, for its own kits."""
    kits: tuple[str, ...]
    """Of those the ones that use nothing reserved."""


def open_orchestra(store: AssetStore, fonts: tuple[Font, ...] = FONTS) -> Orchestra:
    """Raises :class:`contrafact.assets.AssetMissing` where a soundfont or the one-shots were not fetched."""
    sounds = open_sounds(store, fonts)
    samples = store.path("sonic-pi-samples", "drum_snare_hard.flac").parent
    one_shots = Sources(sounds.banks["general-midi-soundfont"], samples)
    return Orchestra(sounds, fonts, one_shots, Sounds.open(store), free_kits())


def free_kits() -> tuple[str, ...]:
    """The project's drum kits in which nothing is played by a reserved kit of the soundfont."""
    found = []
    for name in KIT_NAMES:
        kit = load_kit(name)
        struck = [kit.piece(key) for key in PIECES]
        if not any(each.font_program in RESERVED_KITS for each in struck if not each.layers and each.synth is None):
            found.append(name)
    return tuple(found)


def play_line(orchestra: Orchestra, line: Line, frames: int, cents: float, chance: Chance) -> Heard:
    """A pitched line on an instrument of its kind."""
    if happens(chance, _SYNTH_SHARE[line.role]):
        kind = weighed(chance, _SYNTHS[line.role])
        strikes = power_chords(line.strikes) if kind == "drive" else line.strikes
        return play_synth(kind, strikes, frames, cents, chance), frozenset({"synthesizers"})
    font = one_of(chance, orchestra.fonts)
    program = line.program
    if program is None or program in RESERVED_PROGRAMS | _CHOIRS or happens(chance, 0.3):
        program = one_of(chance, FAMILIES[line.role])
    sound = orchestra.sounds.play(font, BANK_OF[line.role], program, list(line.strikes), frames, cents)
    return sound, frozenset({font})


def play_drums(orchestra: Orchestra, lines: Sequence[Line], frames: int, chance: Chance) -> Heard:
    """All that is struck: on a kit of one-shots, one of the project's kits, or one of a soundfont."""
    strikes = [strike for line in lines for strike in line.strikes]
    how = weighed(chance, {"one-shots": 0.45, "house": 0.3, "font": 0.25})
    if how == "one-shots":
        return _play_one_shots(orchestra, strikes, frames, chance)
    if how == "house":
        kit = one_of(chance, orchestra.kits)
        out = np.zeros((2, frames), np.float32)
        for strike in strikes:
            start = round(strike.start_s * SAMPLE_RATE)
            if 0 <= start < frames:
                sound = orchestra.house.kit(kit).hit(strike.key, strike.velocity)[:, : frames - start]
                out[:, start : start + sound.shape[1]] += sound
        return out, frozenset({"general-midi-soundfont", "sonic-pi-samples", "synthesised-drums"})
    font, program = one_of(chance, orchestra.fonts), one_of(chance, FAMILIES["drums"])
    return orchestra.sounds.play(font, 128, program, strikes, frames, 0.0), frozenset({font})


def _play_one_shots(orchestra: Orchestra, strikes: Sequence[Strike], frames: int, chance: Chance) -> Heard:
    """Sampled, synthesised and bent pieces, each at its place in the panorama."""
    kit = make_kit(orchestra.one_shots, chance)
    out = np.zeros((2, frames), np.float32)
    width = between(chance, 0.0, 0.8) if happens(chance, 0.6) else 0.0
    gain_db = {piece: _PIECE_DB.get(piece, 0.0) + float(chance.normal(0.0, 3.0)) for piece in kit.sounds}
    place = {piece: 0.0 if piece == "kick" else float(chance.uniform(-width, width)) for piece in kit.sounds}
    swapped = _swaps(chance)
    for strike in strikes:
        known = PIECES.get(strike.key, "tom")
        piece = swapped.get(known, known)
        start = round(strike.start_s * SAMPLE_RATE)
        if not 0 <= start < frames:
            continue
        velocity = strike.velocity / 127.0
        sound = kit.stroke(piece, velocity, chance)[: frames - start]
        level = 10.0 ** (gain_db[piece] / 20.0) * velocity**1.6
        for side, sign in enumerate((-1.0, 1.0)):
            out[side, start : start + sound.size] += (level * np.sqrt(0.5 * (1.0 + sign * place[piece]))) * sound
    return out, frozenset({"general-midi-soundfont", "sonic-pi-samples", "synthesised-drums"})


def _swaps(chance: Chance) -> dict[Piece, Piece]:
    """Now and then something else keeps time or strikes the backbeat."""
    found: dict[Piece, Piece] = {}
    if happens(chance, 0.2):
        found["snare"] = one_of(chance, ("clap", "rim", "hand"))
    if happens(chance, 0.2):
        found["closed"] = one_of(chance, ("shaker", "pedal", "bell", "stick"))
    if happens(chance, 0.15):
        found["tom"] = one_of(chance, ("hand", "bell"))
    return found
