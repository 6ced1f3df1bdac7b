"""One mix: drawn from its seed and number alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.truth.band import Role, Strike
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.audio.value import SAMPLE_RATE
from training.data.arranged import arranged_score
from training.data.chance import Chance, between, chance_of, happens, one_of
from training.data.modules import OpenModule, cut_out
from training.data.orchestra import Heard, Orchestra, play_drums, play_line
from training.data.sampled import play_bass, textures
from training.data.score import Line, Score, drawn_score
from training.data.singers import SungLines, sung
from training.data.studio import ducked, levelled, mastered, treated

GENERATOR: Final = 3
"""Raised whenever the same seed and number would give another mix."""
_STEM_DB: Final[Mapping[StemName, float]] = {"vocals": -16.5, "drums": -18.0, "bass": -20.5, "other": -19.0}
_ROLE_DB: Final[Mapping[Role, float]] = {"comp": -22.0, "pad": -26.0, "solo": -21.5}
_BALANCE_DB, _MOST_DB = 3.5, 8.0
_ABSENT: Final[Mapping[StemName, float]] = {"vocals": 0.32, "drums": 0.11, "bass": 0.11, "other": 0.03}
_ALONE: Final = 0.04
_ARRANGED: Final = 0.55
_SWAPPED: Final = 0.25
_DUCKED: Final = 0.12
_MODULE: Final = 0.07
_SAMPLED_BASS, _TEXTURED = 0.12, 0.15
_MOST_PLAYERS: Final = 5
_PEAK: Final = (0.5, 0.98)


@dataclass(frozen=True, slots=True, eq=False)
class Players:
    """Everybody who can be heard, ready for one process."""

    orchestra: Orchestra
    lines: SungLines
    modules: tuple[OpenModule, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """Four stems in the order of ``STEM_NAMES``, float32 (4, 2, frames), and what is known about them."""

    truth: NDArray[np.float32]
    about: dict[str, Any]


def make_mix(players: Players, seed: int, number: int, length_s: tuple[float, float] = (32.0, 58.0)) -> Mix:
    """Everything but the first guesses."""
    chance = chance_of(seed, number, "song")
    seconds = between(chance, *length_s)
    scores = dict.fromkeys(STEM_NAMES, _score(chance, seconds))
    if happens(chance, _SWAPPED):
        # somebody plays another song: what fits together must not be what tells stems apart
        scores[one_of(chance, STEM_NAMES)] = _score(chance, seconds)
    frames = int(min(seconds, max(score.seconds for score in scores.values())) * SAMPLE_RATE)
    module = one_of(chance, players.modules) if happens(chance, _MODULE) else None
    cut = cut_out(module, frames, chance) if module else {}
    cents = float(chance.normal(0.0, 15.0)) if happens(chance, 0.4) else 0.0
    present = _present(chance)
    sources: set[str] = set()
    effects: dict[str, list[str]] = {}
    truth = np.zeros((len(STEM_NAMES), 2, frames), np.float32)
    for place, stem in enumerate(STEM_NAMES):
        own = chance_of(seed, number, stem)
        if stem not in present:
            continue
        if module and stem in cut:
            dry, used = cut[stem], frozenset({module.name})
        else:
            dry, used = _played(players, stem, scores[stem], frames, cents, own)
            used |= scores[stem].sources
        wet, effects[stem] = treated(dry, stem, own)
        balance = float(np.clip(own.normal(0.0, _BALANCE_DB), -_MOST_DB, _MOST_DB))
        truth[place] = levelled(wet, _STEM_DB[stem] + balance)
        sources |= used
    sounding = [stem for place, stem in enumerate(STEM_NAMES) if truth[place].any()]
    master = chance_of(seed, number, "master")
    if "drums" in present and happens(master, _DUCKED):
        truth = ducked(truth, master)
        effects["ducked"] = ["bass", "other"]
    truth, effects["master"] = mastered(truth, master)
    truth *= np.float32(between(master, *_PEAK) / max(1e-6, _highest(truth)))
    about = {
        "generator": GENERATOR,
        "seed": seed,
        "number": number,
        "split": "validate" if number % 17 == 16 else "train",
        "seconds": round(truth.shape[-1] / SAMPLE_RATE, 3),
        "present": sounding,
        "songs": {
            stem: {"module": module.name} if module and stem in cut else dict(scores[stem].facts) for stem in sounding
        },
        "effects": effects,
        "sources": sorted(sources),
    }
    return Mix(truth, about)


def _score(chance: Chance, seconds: float) -> Score:
    return arranged_score(chance, seconds) if happens(chance, _ARRANGED) else drawn_score(chance, seconds)


def _highest(truth: NDArray[np.float32]) -> float:
    return max(float(np.abs(truth).max()), float(np.abs(truth.sum(axis=0)).max()))


def _present(chance: Chance) -> list[StemName]:
    if happens(chance, _ALONE):
        return [one_of(chance, STEM_NAMES)]
    found = [stem for stem in STEM_NAMES if not happens(chance, _ABSENT[stem])]
    return found or ["other"]


def _played(players: Players, stem: StemName, score: Score, frames: int, cents: float, chance: Chance) -> Heard:
    """One stem before any effects."""
    if stem == "vocals":
        return sung(players.lines, score, frames, cents, chance)
    if stem == "drums":
        return play_drums(players.orchestra, score.of("drums"), frames, chance)
    out, sources = np.zeros((2, frames), np.float32), frozenset[str]()
    if stem == "bass":
        for line in score.of("bass"):
            if happens(chance, _SAMPLED_BASS):
                out = out + play_bass(players.orchestra.one_shots.samples, line.strikes, frames, chance)
                sources |= {"sonic-pi-samples"}
                continue
            sound, used = play_line(players.orchestra, _octaved(line, chance), frames, cents, chance)
            out, sources = out + sound, sources | used
        return out, sources
    for number, line in enumerate(score.of("comp", "pad", "solo")):
        if number and (number >= _MOST_PLAYERS or happens(chance, 0.25)):
            continue
        sound, used = play_line(players.orchestra, line, frames, cents, chance)
        sound, _ = treated(sound, "other", chance)
        out += levelled(sound, _ROLE_DB[line.role] + float(chance.normal(0.0, 3.0)))
        sources |= used
    if happens(chance, _TEXTURED):
        sound = textures(players.orchestra.one_shots.samples, frames, chance)
        out += levelled(sound, between(chance, -36.0, -24.0))
        sources |= {"sonic-pi-samples"}
    return out, sources


def _octaved(line: Line, chance: Chance) -> Line:
    """A bass now and then plays an octave higher."""
    if not happens(chance, 0.12):
        return line
    strikes = [Strike(one.role, one.key + 12, one.velocity, one.start_s, one.end_s) for one in line.strikes]
    return Line(line.role, strikes, line.program, line.kit)
