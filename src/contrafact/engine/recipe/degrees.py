"""Requests made stronger or weaker: "a bit of autotune", "way more vibrato", "slightly jazzier chords"."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from contrafact.engine.recipe.intents import Harmonies, Harmony, Intent, LengthFactor, PartGain, Renew, Transpose, Voice
from contrafact.engine.recipe.text import Word
from contrafact.engine.recipe.vocabulary import Vocabulary
from contrafact.engine.recipe.wishes import VoiceUse

RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"formant_semitones": (-6.0, 6.0), "breath": (-1.0, 1.0), "brightness": (-1.0, 1.0), "vibrato": (0.0, 2.0)}
)
"""Of the settings of the voice; all others run from 0 to 1."""


def scaled(intent: Intent, degree: float) -> Intent:
    """The same request, ``degree`` times as strong."""
    match intent:
        case Voice(setting, value):
            low, high = RANGES.get(setting, (0.0, 1.0))
            neutral: float = VoiceUse.model_fields[setting].default
            return Voice(setting, round(min(high, max(low, neutral + (value - neutral) * degree)), 3))
        case LengthFactor(factor):
            return LengthFactor(round(factor**degree, 4))
        case Renew(component, strength):
            return Renew(component, round(min(1.0, strength * degree), 3))
        case Transpose(semitones) if abs(semitones) == 2 and degree != 1.0:
            return replace(intent, semitones=semitones // 2 if degree < 1 else semitones * 2)
        case _:
            return intent


def less(intent: Intent, degree: float) -> tuple[Intent, ...]:
    """What else a degree means for a request that has none of its own."""
    if isinstance(intent, Harmony) and degree < 1.0:
        return (Renew("harmony", round(0.8 * degree, 3)),)
    if isinstance(intent, Harmonies) and degree != 1.0:
        return (PartGain("voices", -4.0 if degree < 1.0 else 3.0),)
    return ()


def degree_at(words: Sequence[Word], at: int, known: Vocabulary) -> tuple[float, int]:
    """ "a bit", "much", "way more": (by how much, where the rest begins)."""
    found = known.degrees.match(words, at)
    amount, place = (found[1], at + found[0]) if found is not None else (1.0, at)
    if place > at and place < len(words) and words[place].pause:
        return 1.0, at
    place += 1 if place > at and place < len(words) and words[place].text == "of" else 0
    return amount, place
