"""One mix: drawn from its seed and number alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.drums.one_shots import Piece
from benchmarks.truth.band import Role, Strike
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.audio.value import SAMPLE_RATE, Samples
from training.data.airy import play_airy_line
from training.data.arranged import arranged_score
from training.data.bare import held_low, play_bare_line, play_few_drums
from training.data.chance import Chance, between, chance_of, happens, one_of, weighed
from training.data.modules import OpenModule, cut_out
from training.data.orchestra import Heard, Orchestra, play_drums, play_line
from training.data.sampled import play_bass, textures
from training.data.score import Line, Score, drawn_score
from training.data.singers import SungLines, sung
from training.data.struck import bitten, restruck
from training.data.studio import clipped, ducked, levelled, mastered, treated
from training.data.tracked import Tracker, a_tracker, play_tracked_drums, play_tracked_line

GENERATOR: Final = 5
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
Kind = Literal["tracked", "bare", "airy", "band", "voice"]
_KINDS: Final[Mapping[Kind, float]] = {"tracked": 0.3, "bare": 0.05, "airy": 0.1, "band": 0.45, "voice": 0.1}
_UNSUNG: Final[Mapping[Kind, float]] = {"tracked": 0.9, "bare": 0.85, "airy": 0.5, "band": 0.12, "voice": 0.0}
"""How often nobody sings."""
_STRUCK_BASS: Final[Mapping[Kind, float]] = {"tracked": 0.65, "bare": 0.0, "airy": 0.3, "band": 0.5, "voice": 0.0}
"""How often the bass is one that bites."""
_UNACCOMPANIED, _CLIPPED, _ARTICULATE = 0.55, 0.5, 0.85
"""Voices with hardly anybody: how often quite alone, driven into clipping, and sung with consonants."""
_STRUCK: Final[Mapping[Kind, tuple[frozenset[Piece], ...]]] = {
    "bare": (
        frozenset({"kick"}),
        frozenset({"kick", "snare"}),
        frozenset({"kick", "clap", "rim"}),
        frozenset({"kick", "snare", "closed", "open"}),
    ),
    "airy": (
        frozenset({"kick", "snare", "tom"}),
        frozenset({"kick", "snare", "clap", "rim"}),
        frozenset({"kick", "snare", "closed", "open", "ride", "crash", "pedal"}),
    ),
}
_LOW_BASS: Final = 0.35
_MASTERED: Final = 0.25


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


def make_mix(players: Players, seed: int, number: int, length_s: tuple[float, float] = (32.0, 40.0)) -> Mix:
    """Everything but the first guesses."""
    kind = weighed(chance_of(seed, number, "kind"), _KINDS)
    tracker = a_tracker(chance_of(seed, number, "tracker"))
    chance = chance_of(seed, number, "song")
    seconds = between(chance, *length_s)
    scores = dict.fromkeys(STEM_NAMES, _sung_score(chance, seconds) if kind == "voice" else _score(chance, seconds))
    if kind != "voice" and happens(chance, _SWAPPED):
        # somebody plays another song: what fits together must not be what tells stems apart
        scores[one_of(chance, STEM_NAMES)] = _score(chance, seconds)
    frames = int(min(seconds, max(score.seconds for score in scores.values())) * SAMPLE_RATE)
    module = one_of(chance, players.modules) if happens(chance, _MODULE) else None
    cut = cut_out(module, frames, chance) if module else {}
    cents = float(chance.normal(0.0, 15.0)) if happens(chance, 0.4) else 0.0
    present = _present(chance, kind)
    struck = happens(chance_of(seed, number, "struck"), _STRUCK_BASS[kind])
    if struck:
        scores["bass"] = _with_struck_basses(scores["bass"], chance_of(seed, number, "rhythm"))
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
            dry, used = _PLAYED[kind](players, stem, scores[stem], frames, cents, tracker, own)
            used |= scores[stem].sources
            if struck and stem == "bass":
                dry = _bitten(dry, scores[stem], own)
        plain = (kind == "tracked" and stem != "vocals") or (kind == "bare" and happens(own, 0.8))
        wet, effects[stem] = (dry, []) if plain else treated(dry, stem, own)
        balance = float(np.clip(own.normal(0.0, _BALANCE_DB), -_MOST_DB, _MOST_DB))
        truth[place] = levelled(wet, _STEM_DB[stem] + balance)
        sources |= used
    sounding = [stem for place, stem in enumerate(STEM_NAMES) if truth[place].any()]
    master = chance_of(seed, number, "master")
    if kind in ("airy", "band") and "drums" in present and happens(master, _DUCKED):
        truth = ducked(truth, master)
        effects["ducked"] = ["bass", "other"]
    if kind == "bare" and happens(master, 0.6):
        truth = np.repeat(truth.mean(axis=1, keepdims=True), 2, axis=1)
    if kind in ("airy", "band") or happens(master, _MASTERED):
        truth, effects["master"] = mastered(truth, master)
    if kind == "voice" and happens(master, _CLIPPED):
        truth, effects["clipped"] = clipped(truth, master), ["mix"]
    truth *= np.float32(between(master, *_PEAK) / max(1e-6, _highest(truth)))
    about = {
        "generator": GENERATOR,
        "kind": kind,
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


def _sung_score(chance: Chance, seconds: float) -> Score:
    """One in which somebody sings early."""
    while True:
        score = _score(chance, seconds)
        if any(task.end_s < 0.5 * seconds for task in score.tasks):
            return score


def _highest(truth: NDArray[np.float32]) -> float:
    return max(float(np.abs(truth).max()), float(np.abs(truth.sum(axis=0)).max()))


def _with_struck_basses(score: Score, chance: Chance) -> Score:
    return replace(score, lines=[restruck(line, chance) if line.role == "bass" else line for line in score.lines])


def _bitten(sound: Samples, score: Score, chance: Chance) -> Samples:
    return bitten(sound, [strike for line in score.of("bass") for strike in line.strikes], chance)


def _present(chance: Chance, kind: Kind) -> list[StemName]:
    if kind == "voice":
        return ["vocals"] if happens(chance, _UNACCOMPANIED) else ["vocals", "other"]
    if happens(chance, _ALONE):
        return [one_of(chance, STEM_NAMES)]
    absent = {**_ABSENT, "vocals": _UNSUNG[kind]}
    found = [stem for stem in STEM_NAMES if not happens(chance, absent[stem])]
    return found or ["other"]


def _by_a_band(
    players: Players, stem: StemName, score: Score, frames: int, cents: float, _tracker: Tracker, chance: Chance
) -> Heard:
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
        out += _placed(sound, line, 3.0, chance)
        sources |= used
    if happens(chance, _TEXTURED):
        sound = textures(players.orchestra.one_shots.samples, frames, chance)
        out += levelled(sound, between(chance, -36.0, -24.0))
        sources |= {"sonic-pi-samples"}
    return out, sources


def _by_a_tracker(
    players: Players, stem: StemName, score: Score, frames: int, cents: float, tracker: Tracker, chance: Chance
) -> Heard:
    if stem == "vocals":
        return sung(players.lines, score, frames, cents, chance)
    if stem == "drums":
        return play_tracked_drums(players.orchestra, score.of("drums"), frames, tracker, chance)
    lines = score.of("bass") if stem == "bass" else score.of("comp", "pad", "solo")
    out, sources = np.zeros((2, frames), np.float32), frozenset[str]()
    for number, line in enumerate(lines):
        if number and happens(chance, 0.2):
            continue
        sound, used = play_tracked_line(players.orchestra, line, frames, tracker, chance)
        out += _placed(sound, line, 3.0, chance)
        sources |= used
    return out, sources


def _by_tones(
    players: Players, stem: StemName, score: Score, frames: int, cents: float, tracker: Tracker, chance: Chance
) -> Heard:
    if stem == "vocals":
        return sung(players.lines, score, frames, cents, chance)
    if stem == "drums":
        pieces = one_of(chance, _STRUCK["bare"])
        softer_db = between(chance, 0.0, 12.0)
        return play_few_drums(players.orchestra, score.of("drums"), frames, pieces, softer_db, chance)
    lines = _basses(score, chance) if stem == "bass" else score.of("comp", "pad", "solo")[:3]
    out, sources = np.zeros((2, frames), np.float32), frozenset[str]()
    for line in lines:
        lower = one_of(chance, (0, 0, 0, 12, -12)) if stem == "other" else 0
        sound, used = play_bare_line(line, frames, lower, chance)
        out += _placed(sound, line, 2.0, chance)
        sources |= used
    return out, sources


def _for_a_voice(
    players: Players, stem: StemName, score: Score, frames: int, cents: float, _tracker: Tracker, chance: Chance
) -> Heard:
    """Somebody sings, mostly with consonants, over one player at most."""
    if stem == "vocals":
        return sung(players.lines, score, frames, cents, chance, articulate=_ARTICULATE)
    lines = score.of("comp", "pad", "solo")
    if not lines:
        return np.zeros((2, frames), np.float32), frozenset()
    line = one_of(chance, lines)
    if happens(chance, 0.3):
        return play_bare_line(line, frames, 0, chance)
    return play_line(players.orchestra, line, frames, cents, chance)


def _with_air(
    players: Players, stem: StemName, score: Score, frames: int, cents: float, tracker: Tracker, chance: Chance
) -> Heard:
    if stem == "drums" and happens(chance, 0.7):
        pieces, softer_db = one_of(chance, _STRUCK["airy"]), between(chance, 0.0, 24.0)
        return play_few_drums(players.orchestra, score.of("drums"), frames, pieces, softer_db, chance)
    if stem == "bass":
        lines = _basses(score, chance)
        if lines != score.of("bass"):
            return play_bare_line(lines[0], frames, 0, chance)
    if stem != "other":
        return _by_a_band(players, stem, score, frames, cents, tracker, chance)
    out, sources = np.zeros((2, frames), np.float32), frozenset[str]()
    for number, line in enumerate(score.of("comp", "pad", "solo")):
        if number and (number >= _MOST_PLAYERS or happens(chance, 0.4)):
            continue
        sound, used = play_airy_line(players.orchestra, line, frames, chance)
        sound, _ = treated(sound, "other", chance)
        out += _placed(sound, line, 3.0, chance)
        sources |= used
    return out, sources


def _placed(sound: Samples, line: Line, spread_db: float, chance: Chance) -> Samples:
    """A line as loud as its role is, more or less."""
    return levelled(sound, _ROLE_DB.get(line.role, -20.0) + float(chance.normal(0.0, spread_db)))


def _basses(score: Score, chance: Chance) -> list[Line]:
    """The bass as written, or long and low."""
    lines = score.of("bass")
    if not happens(chance, _LOW_BASS):
        return lines
    return [Line(line.role, held_low(line.strikes, chance)) for line in lines]


_PLAYED: Final[Mapping[Kind, Callable[..., Heard]]] = {
    "band": _by_a_band,
    "tracked": _by_a_tracker,
    "bare": _by_tones,
    "airy": _with_air,
    "voice": _for_a_voice,
}


def _octaved(line: Line, chance: Chance) -> Line:
    """A bass now and then plays an octave higher."""
    if not happens(chance, 0.12):
        return line
    strikes = [Strike(one.role, one.key + 12, one.velocity, one.start_s, one.end_s) for one in line.strikes]
    return Line(line.role, strikes, line.program, line.kit)
