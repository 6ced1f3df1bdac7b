"""Phrases to one recipe, and each phrase's meaning in a sentence that names the song's own numbers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.listening.chart import PITCH_CLASSES, Chart
from contrafact.engine.recipe.intents import (
    Amount,
    Drop,
    Intent,
    Keep,
    Length,
    LengthFactor,
    Level,
    Mood,
    Only,
    Phrase,
    Style,
    TempoBpm,
    TempoFactor,
    ToKey,
    Transpose,
    With,
    Without,
)
from contrafact.engine.recipe.recipe import Recipe, StemsUse, StemUse, Strengths, Tempo

TONIC_NAMES = PITCH_CLASSES
_SHORTEST_S, _LONGEST_S = 10.0, 1200.0
_LITERAL = (0.7, 1.45)
"""Tempo ratios in which a number of BPM is taken at its word; outside, half or double time may be meant."""


@dataclass(frozen=True, slots=True)
class Composed:
    """The recipe, and the phrases that changed nothing in it (a level of a stem that does not sound)."""

    recipe: Recipe
    idle: tuple[Phrase, ...]


def compose(
    phrases: Sequence[Phrase], chart: Chart, source_sha256: str, styles: Mapping[str, StylePack], seed: int
) -> Composed:
    """One recipe from all phrases; of two that contradict each other, the later wins."""
    intents = [intent for phrase in phrases for intent in phrase.intents]
    pack = _style(intents, styles)
    stems = _stems(intents, pack, chart)
    length_s = _length_s(intents, chart)
    instruments_with = _slugs([intent.instrument for intent in intents if isinstance(intent, With)])
    # Where nothing is played anew, there is nothing that a mood or an amount could change.
    played_anew = pack is not None or bool(instruments_with)
    recipe = Recipe(
        sources=(source_sha256,),
        style=None if pack is None else pack.slug,
        strengths=_strengths(intents, pack, length_s is not None),
        stems=StemsUse(**stems),
        tempo=Tempo(ratio=_tempo_ratio(intents, chart)),
        transpose_semitones=_semitones(intents, chart),
        instruments_with=instruments_with,
        instruments_without=_slugs([intent.instrument for intent in intents if isinstance(intent, Without)]),
        moods=_slugs([intent.slug for intent in intents if isinstance(intent, Mood)]) if played_anew else (),
        length_s=length_s,
        seed=seed,
    )
    idle = tuple(
        phrase for phrase in phrases if all(_is_idle(intent, recipe, played_anew) for intent in phrase.intents)
    )
    return Composed(recipe, idle)


def _is_idle(intent: Intent, recipe: Recipe, played_anew: bool) -> bool:
    if isinstance(intent, Level):
        use: StemUse = getattr(recipe.stems, intent.stem)
        return not use.keep
    return isinstance(intent, Mood | Amount) and not played_anew


def _style(intents: Sequence[Intent], styles: Mapping[str, StylePack]) -> StylePack | None:
    if any(isinstance(intent, Only) and intent.stems == ("vocals",) for intent in intents):
        return None
    named = [intent.slug for intent in intents if isinstance(intent, Style)]
    return styles[named[-1]] if named else None


def _stems(intents: Sequence[Intent], pack: StylePack | None, chart: Chart) -> dict[str, StemUse]:
    unasked = StemsUse() if pack is None else pack.stems_for(chart)
    uses: dict[StemName, StemUse] = {name: getattr(unasked, name) for name in STEM_NAMES}
    for intent in intents:
        match intent:
            case Keep(stem):
                uses[stem] = StemUse(keep=True, gain_db=uses[stem].gain_db)
            case Drop(stem):
                uses[stem] = StemUse(keep=False)
            case Only(stems):
                uses.update({name: StemUse(keep=name in stems) for name in STEM_NAMES})
            case Level(stem, gain_db) if uses[stem].keep:
                uses[stem] = StemUse(keep=True, gain_db=max(-24.0, min(12.0, uses[stem].gain_db + gain_db)))
            case _:
                pass
    return {str(name): use for name, use in uses.items()}


def _strengths(intents: Sequence[Intent], pack: StylePack | None, new_length: bool) -> Strengths:
    form = 0.5 if new_length else 0.0
    if pack is None:
        return Strengths(form=form)
    amount = next((intent.strength for intent in reversed(intents) if isinstance(intent, Amount)), 1.0)
    base = pack.strengths
    # Drums that were asked to stay are not played over.
    drums_stay = any(isinstance(intent, Keep) and intent.stem == "drums" for intent in intents)
    return Strengths(
        rhythm=0.0 if drums_stay else round(base.rhythm * amount, 4),
        timbre=round(base.timbre * amount, 4),
        harmony=round(base.harmony * amount, 4),
        form=form,
    )


def _tempo_ratio(intents: Sequence[Intent], chart: Chart) -> float:
    ratio = 1.0
    for intent in intents:
        if isinstance(intent, TempoBpm):
            ratio = _ratio_to(intent.bpm, chart.tempo.bpm)
        elif isinstance(intent, TempoFactor):
            ratio *= intent.factor
    return round(max(0.5, min(2.0, ratio)), 6)


def _ratio_to(bpm: float, song_bpm: float) -> float:
    """The ratio that reaches a tempo: as said when it is near, else in the octave that stretches least."""
    literal = bpm / song_bpm
    if _LITERAL[0] <= literal <= _LITERAL[1]:
        return literal
    return min((literal, literal / 2, literal * 2), key=lambda ratio: abs(math.log(ratio)))


def _semitones(intents: Sequence[Intent], chart: Chart) -> int:
    semitones = 0
    for intent in intents:
        if isinstance(intent, Transpose):
            semitones += intent.semitones
        elif isinstance(intent, ToKey):
            semitones = _to_key(intent, chart)
    return max(-12, min(12, semitones))


def _to_key(wanted: ToKey, chart: Chart) -> int:
    """The shortest way to the key; one of the other mode is reached through its relative, which has the same notes."""
    tonic = wanted.tonic
    if wanted.mode is not None and wanted.mode != chart.key.mode:
        tonic += 3 if wanted.mode == "minor" else -3
    return (tonic - TONIC_NAMES.index(chart.key.tonic) + 5) % 12 - 5


def _length_s(intents: Sequence[Intent], chart: Chart) -> float | None:
    length: float | None = None
    for intent in intents:
        if isinstance(intent, Length):
            length = intent.seconds
        elif isinstance(intent, LengthFactor):
            length = (length or chart.duration_s) * intent.factor
    return None if length is None else round(max(_SHORTEST_S, min(_LONGEST_S, length)), 3)


def _slugs(slugs: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slugs))[:8]


def meaning(phrase: Phrase, composed: Composed, chart: Chart, styles: Mapping[str, StylePack]) -> str:
    """What a phrase means for this song, in a few words."""
    return ", ".join(dict.fromkeys(_meaning(intent, composed.recipe, chart, styles) for intent in phrase.intents))


def _meaning(intent: Intent, recipe: Recipe, chart: Chart, styles: Mapping[str, StylePack]) -> str:
    match intent:
        case Style(slug):
            return f"played as {styles[slug].name.lower()}"
        case TempoFactor() | TempoBpm():
            bpm = chart.tempo.bpm * recipe.tempo.ratio
            felt = f", felt as {intent.bpm:.0f}" if isinstance(intent, TempoBpm) and abs(bpm - intent.bpm) > 1 else ""
            return f"tempo × {recipe.tempo.ratio:.2f} ({bpm:.0f} BPM{felt})"
        case Transpose() | ToKey():
            key = key_after(chart, recipe)
            relative = isinstance(intent, ToKey) and intent.mode not in (None, chart.key.mode)
            return f"{recipe.transpose_semitones:+d} semitones ({key}{', its relative' if relative else ''})"
        case Keep(stem):
            return f"{_stem_words(stem)} stay{'s' if stem in ('vocals', 'bass') else ''} as recorded"
        case Drop(stem):
            return f"{_stem_words(stem)} of the recording silent"
        case Only(stems):
            return "nothing but " + " and ".join(_stem_words(stem) for stem in stems)
        case Level(stem, gain_db):
            return f"{_stem_words(stem)} {gain_db:+.0f} dB"
        case With(instrument):
            return f"with {instrument.replace('-', ' ')}"
        case Without(instrument):
            return f"without {instrument.replace('-', ' ')}"
        case Mood(slug):
            return f"{slug.replace('-', ' ')} mood"
        case Length() | LengthFactor():
            return f"about {_clock(recipe.length_s or chart.duration_s)} long"
        case Amount(strength):
            return f"strength {strength:.0%}"


def key_after(chart: Chart, recipe: Recipe) -> str:
    """The key of the take, such as "D minor"."""
    tonic = (TONIC_NAMES.index(chart.key.tonic) + recipe.transpose_semitones) % 12
    return f"{TONIC_NAMES[tonic]} {chart.key.mode}"


def _stem_words(stem: StemName) -> str:
    return {"vocals": "the voice", "drums": "the drums", "bass": "the bass", "other": "the other instruments"}[stem]


def _clock(length_s: float) -> str:
    whole = round(length_s)
    return f"{whole // 60}:{whole % 60:02d}"
