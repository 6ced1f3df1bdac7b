"""Random kits: each piece a recording, a piece of a soundfont or a synthesised sound, bent at random."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from benchmarks.drums.one_shots import RATE, Piece, Sound, bend, synthesise
from contrafact.engine.rendering.sampler import NoteBank

_FILES: Mapping[Piece, tuple[str, ...]] = {
    "kick": tuple(
        "bd_808 bd_ada bd_boom bd_fat bd_gas bd_haus bd_klub bd_pure bd_sone bd_tek bd_zome bd_zum drum_bass_hard "
        "drum_bass_soft drum_heavy_kick elec_hollow_kick elec_soft_kick".split()
    ),
    "snare": tuple(
        "drum_snare_hard drum_snare_soft sn_dolf sn_dub sn_zome elec_snare elec_lo_snare elec_mid_snare elec_hi_snare "
        "elec_filt_snare".split()
    ),
    "clap": ("perc_snap", "perc_snap2"),
    "closed": ("drum_cymbal_closed",),
    "pedal": ("drum_cymbal_pedal",),
    "open": ("drum_cymbal_open", "elec_cymbal"),
    "crash": ("drum_cymbal_hard", "drum_cymbal_soft", "drum_splash_hard", "drum_splash_soft"),
    "tom": (
        *(f"drum_tom_{pitch}_{touch}" for pitch in ("hi", "mid", "lo") for touch in ("hard", "soft")),
        "elec_fuzz_tom",
    ),
    "hand": tuple(f"tabla_{stroke}" for stroke in "dhec ghe1 ghe2 ghe5 ke1 na na_s tas1 te1 tun1".split()),
    "bell": tuple("drum_cowbell elec_bell elec_triangle perc_bell elec_ping elec_blip elec_plip elec_chime".split()),
    "stick": ("elec_tick", "elec_wood", "elec_pop"),
}
_KEYS: Mapping[Piece, tuple[int, ...]] = {
    "kick": (35, 36),
    "snare": (38, 40),
    "clap": (39,),
    "rim": (37,),
    "closed": (42,),
    "pedal": (44,),
    "open": (46,),
    "ride": (51, 53, 59),
    "crash": (49, 52, 55, 57),
    "tom": (41, 43, 45, 47, 48, 50, 86, 87),
    "shaker": (54, 69, 70, 82),
    "hand": (60, 61, 62, 63, 64, 65, 66),
    "bell": (56, 67, 68, 80, 81, 83, 84),
    "stick": (31, 75, 76, 77),
}
_PROGRAMS = (0, 1, 2, 3, 5, 24, 40, 48)
"""The room, power, 808 and jazz kits (8, 16, 25, 32) play the songs that figures are reported on: nothing learns from
them."""
_LAYERS = 3
"""Strokes of one piece that differ slightly, so that no two are the same."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where recorded sounds come from."""

    bank: NoteBank
    samples: Path
    """Folder of one-shots."""
    font_only: bool = False
    """Take no sound from elsewhere: with another font, kits that nothing was learnt from."""


@dataclass(frozen=True, slots=True)
class Kit:
    """``sounds[piece]`` are alternatives of one piece, soft first; each at peak 1."""

    sounds: Mapping[Piece, Sequence[Sound]]

    def stroke(self, piece: Piece, velocity: float, rng: np.random.Generator) -> Sound:
        layers = self.sounds[piece]
        near = min(len(layers) - 1, int(velocity * len(layers) + rng.uniform(-0.3, 0.3)))
        return layers[max(0, near)]


def make_kit(sources: Sources, rng: np.random.Generator) -> Kit:
    """A kit: most of its pieces of one origin, some not."""
    origin = "font" if sources.font_only else rng.choice(["font", "samples", "synthetic"])
    program = int(rng.choice(_PROGRAMS))
    pieces: dict[Piece, Sequence[Sound]] = {}
    for piece, keys in _KEYS.items():
        chosen = origin if sources.font_only or rng.random() < 0.8 else rng.choice(["font", "samples", "synthetic"])
        if chosen == "samples" and piece not in _FILES:
            chosen = "font"
        if chosen == "font":
            layers = _font(
                sources, program if rng.random() < 0.9 else int(rng.choice(_PROGRAMS)), int(rng.choice(keys))
            )
        elif chosen == "samples":
            layers = [_file(sources, str(rng.choice(_FILES[piece])))]
        else:
            layers = [synthesise(piece, rng)]
        if not all(np.abs(layer).max() > 1e-4 for layer in layers):
            layers = [synthesise(piece, rng)]
        bender = int(rng.integers(2**31))
        bent = [bend(layer, np.random.default_rng(bender)) for layer in layers]
        if not sources.font_only and rng.random() < 0.15 and piece in ("kick", "snare", "clap", "closed"):
            second = bend(synthesise(piece, rng), rng)
            bent = [_sum(layer, rng.uniform(0.3, 1.0) * second) for layer in bent]
        pieces[piece] = [layer / max(1e-9, float(np.abs(layer).max())) for layer in bent]
    return Kit(pieces)


def _sum(a: Sound, b: Sound) -> Sound:
    total = np.zeros(max(a.size, b.size))
    total[: a.size] += a
    total[: b.size] += b
    return total


def _font(sources: Sources, program: int, key: int) -> list[Sound]:
    """Strokes of three strengths, without the silence before them."""
    found = []
    for velocity in (48, 88, 120):
        sound = np.asarray(sources.bank.note(128, program, key, velocity, RATE // 2).mean(axis=0), np.float64)
        found.append(_trim(sound[: 2 * RATE]))
    return found


def _file(sources: Sources, name: str) -> Sound:
    frames, rate = soundfile.read(sources.samples / f"{name}.flac", dtype="float64", always_2d=True)
    return _trim(soxr.resample(frames.mean(axis=1), rate, RATE)[: 2 * RATE])


def _trim(sound: Sound) -> Sound:
    loud = np.flatnonzero(np.abs(sound) > 0.03 * np.abs(sound).max()) if sound.size else np.zeros(0, np.int64)
    return sound[max(0, int(loud[0]) - 20) :] if loud.size else np.zeros(16)
