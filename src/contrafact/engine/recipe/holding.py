"""Whether a finished recipe says what was asked: what left no trace is reported as ignored."""

from contrafact.engine.recipe.drafting import Draft
from contrafact.engine.recipe.form_intents import Fade, FormAs, MixBars, PartsAt, SectionIntent, SkipSections
from contrafact.engine.recipe.intents import (
    Amount,
    AnyStyle,
    Cover,
    Drop,
    Harmonies,
    Harmony,
    Impossible,
    Intent,
    Keep,
    Level,
    Lock,
    MelodyOn,
    ModeWish,
    Mood,
    Not,
    Only,
    PartGain,
    Renew,
    Style,
    Voice,
    VoiceIn,
    With,
    Without,
)
from contrafact.engine.recipe.recipe import Recipe


def holds(intent: Intent, recipe: Recipe, draft: Draft) -> bool:
    """Whether the recipe does what this intent asks."""
    if isinstance(intent, Fade) and intent.seconds + intent.bars > 0.0:
        return (recipe.form.fade_out_s if intent.at_end else recipe.form.fade_in_s) > 0.0
    if intent in draft.met:
        return True
    if isinstance(intent, SectionIntent):
        left_out = isinstance(intent, SkipSections) and intent.ref.which == 0
        return (intent not in draft.order.missing or left_out) and "form" not in draft.locks
    match intent:
        case Style(slug):
            return recipe.style == slug
        case AnyStyle():
            return recipe.style is not None
        case Keep(stem):
            return bool(getattr(recipe.stems, stem).keep)
        case Drop(stem):
            return not getattr(recipe.stems, stem).keep
        case Only(stems):
            return all(getattr(recipe.stems, stem).keep for stem in stems)
        case Level(stem):
            return bool(getattr(recipe.stems, stem).keep) or stem in draft.levels
        case PartGain(part):
            return part in draft.levels and (part != "voices" or recipe.voice.harmonies != ())
        case With(slug):
            return slug in recipe.instruments_with
        case Without(slug):
            return slug in recipe.instruments_without
        case Mood(slug):
            return slug in recipe.moods
        case Amount():
            return draft.played_anew or draft.voice_changed or recipe.harmony.change != "as_heard"
        case Renew(component):
            return getattr(recipe.strengths, component) > 0 and (draft.played_anew or component in ("vocals", "form"))
        case Lock(component):
            return component in recipe.locks
        case FormAs(shape):
            return recipe.form.shape == shape
        case MixBars(intro_bars, outro_bars):
            return recipe.form.intro_bars == intro_bars or recipe.form.outro_bars == outro_bars
        case Cover():
            return recipe.kind == "cover"
        case Harmony(change):
            return recipe.harmony.change == change
        case ModeWish():
            return recipe.harmony.change == "parallel"
        case Voice("choir") if "choir" in recipe.instruments_with:
            return True
        case Voice(setting, value):
            return bool(getattr(recipe.voice, setting) == value)
        case Harmonies(steps):
            return set(steps) <= set(recipe.voice.harmonies)
        case VoiceIn(labels):
            return recipe.voice.sections == labels and draft.voice_changed
        case MelodyOn(instrument):
            return recipe.melody.instrument == instrument
        case Not(inner):
            return not holds(inner, recipe, draft) or isinstance(inner, SectionIntent)
        case Impossible() | PartsAt():
            return False
        case _:
            return True
