"""Phrases to one recipe: requests are applied as said, and of two that contradict each other the later wins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.listening.chart import PITCH_CLASSES, Chart
from contrafact.engine.recipe.casting import COVERS, SURPRISES, band_for, lead_of, some_style
from contrafact.engine.recipe.drafting import Draft, apply
from contrafact.engine.recipe.holding import holds
from contrafact.engine.recipe.intents import (
    AnyStyle,
    Cover,
    Impossible,
    Intent,
    Keep,
    MelodyOn,
    Mood,
    Not,
    Only,
    Phrase,
    Style,
    StyleHint,
    With,
)
from contrafact.engine.recipe.recipe import Component, Recipe, StemsUse, StemUse, Strengths, Tempo
from contrafact.engine.recipe.wishes import FormUse, HarmonyUse, MelodyUse, PartLevel, VoiceUse

TONIC_NAMES = PITCH_CLASSES
_MOST = 8


@dataclass(frozen=True, slots=True)
class Composed:
    """The recipe, and the phrases that left nothing in it (a level of a stem that does not sound)."""

    recipe: Recipe
    phrases: tuple[Phrase, ...]
    """As they were read in this company: adjectives have become styles, or what they add to one."""
    idle: tuple[Phrase, ...]
    notes: tuple[str, ...] = ()
    """Why something could not be done, in sentences."""


def compose(
    phrases: Sequence[Phrase],
    chart: Chart,
    source_sha256: str,
    styles: Mapping[str, StylePack],
    seed: int,
    instruments: Mapping[str, object] | None = None,
) -> Composed:
    """One recipe from all phrases."""
    phrases = _resolved(phrases)
    intents = [intent for phrase in phrases for intent in phrase.intents]
    slug = _style(intents, styles, chart, seed)
    draft = Draft.of(chart, styles[slug] if slug else None)
    for intent in intents:
        apply(draft, intent, chart)
    if len({intent.slug for intent in intents if isinstance(intent, Style)}) > 1:
        draft.notes.append("one style plays at a time; of those that were named the last holds")
    draft.settle(intents, lead_of(slug, instruments or {}))
    recipe = _recipe(draft, source_sha256, seed)
    idle = tuple(phrase for phrase in phrases if not any(holds(intent, recipe, draft) for intent in phrase.intents))
    return Composed(recipe, tuple(phrases), idle, tuple(dict.fromkeys(draft.notes)))


def _resolved(phrases: Sequence[Phrase]) -> list[Phrase]:
    """Adjectives such as *jazzy* become a style where no other is named."""
    intents = [intent for phrase in phrases for intent in phrase.intents]
    named = any(isinstance(intent, Style) for intent in intents)
    hints = [intent for intent in intents if isinstance(intent, StyleHint)]
    chosen = next((hint for hint in reversed(hints) if not hint.weak), hints[-1] if hints else None)
    found = []
    for phrase in phrases:
        own: list[Intent] = []
        for intent in phrase.intents:
            if not isinstance(intent, StyleHint):
                own.append(intent)
            elif named or intent != chosen:
                own += intent.besides or (Style(intent.slug),)
            else:
                own += [Style(intent.slug, intent.taken), *_said_besides(intent)]
        found.append(Phrase(phrase.first, phrase.last, phrase.kind, tuple(own)))
    return found


def _said_besides(hint: StyleHint) -> tuple[Intent, ...]:
    """Of what an adjective adds, that which holds for its own style, too."""
    return tuple(one for one in hint.besides if hint.taken or isinstance(one, Impossible))


def _style(intents: Sequence[Intent], styles: Mapping[str, StylePack], chart: Chart, seed: int) -> str | None:
    alone = any(isinstance(i, Only) and i.stems == ("vocals",) for i in intents)
    if alone and not any(isinstance(i, With | Style) for i in intents):
        return None
    unwanted = {
        intent.intent.slug for intent in intents if isinstance(intent, Not) and isinstance(intent.intent, Style)
    }
    named = [intent.slug for intent in intents if isinstance(intent, Style) and intent.slug not in unwanted]
    if named:
        return named[-1]
    others = {slug: pack for slug, pack in styles.items() if slug not in unwanted}
    if any(isinstance(intent, AnyStyle) for intent in intents):
        return some_style(chart, others, seed, SURPRISES)
    covered = any(isinstance(intent, Cover) for intent in intents)
    if covered and not any(isinstance(intent, Keep) for intent in intents):
        asked = [i.instrument for i in intents if isinstance(i, With | MelodyOn)]
        moods = [i.slug for i in intents if isinstance(i, Mood)]
        return band_for(asked, moods, others) or some_style(chart, others, seed, COVERS)
    return None


def _recipe(draft: Draft, source_sha256: str, seed: int) -> Recipe:
    strengths: dict[Component, float] = draft.strengths()
    fade_in_s, fade_out_s = (0.0, 0.0) if draft.shape == "loop" else draft.fades
    return Recipe(
        recipe=2 if draft.rules or fade_in_s or fade_out_s else 1,
        kind="cover" if draft.cover else "remix",
        sources=(source_sha256,),
        style=None if draft.pack is None else draft.pack.slug,
        strengths=Strengths(**{str(component): strength for component, strength in strengths.items()}),
        locks=tuple(sorted(draft.locks)),
        stems=StemsUse(**{str(name): StemUse(keep=keep, gain_db=gain) for name, (keep, gain) in draft.stems.items()}),
        tempo=Tempo(ratio=draft.ratio),
        transpose_semitones=draft.semitones,
        form=FormUse(
            shape=draft.shape,
            order=draft.order.order,
            without_sections=tuple(draft.order.without),
            exact=draft.exact and draft.length_s is not None,
            intro_bars=draft.intro_bars,
            outro_bars=draft.outro_bars,
            fade_in_s=fade_in_s,
            fade_out_s=fade_out_s,
        ),
        harmony=HarmonyUse(change=draft.harmony),
        voice=VoiceUse.model_validate(draft.voice),
        melody=MelodyUse(instrument=draft.melody, place=draft.melody_place),
        instruments_with=tuple(dict.fromkeys(draft.wanted))[:_MOST],
        instruments_without=tuple(dict.fromkeys(draft.unwanted))[:_MOST],
        moods=tuple(dict.fromkeys(draft.moods))[:_MOST],
        parts_in=tuple(draft.rules),
        levels=tuple(PartLevel(part=part, gain_db=gain) for part, gain in draft.levels.items()),
        length_s=draft.length_s,
        seed=seed,
    )


def key_after(chart: Chart, recipe: Recipe) -> str:
    """The key of the take, such as "D minor": transposed, and in the mode that its harmony is moved to."""
    tonic = TONIC_NAMES.index(chart.key.tonic) + recipe.transpose_semitones
    mode: Literal["major", "minor"] = chart.key.mode
    if recipe.strengths.harmony > 0 and recipe.harmony.change in ("relative", "parallel"):
        if recipe.harmony.change == "relative":
            tonic += 3 if mode == "minor" else -3
        mode = "major" if mode == "minor" else "minor"
    return f"{TONIC_NAMES[tonic % 12]} {mode}"
