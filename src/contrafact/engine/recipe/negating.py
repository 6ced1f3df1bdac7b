"""What it means that something shall not be: "not too fast" bounds the tempo, "don't drop the bass" keeps it."""

from contrafact.engine.recipe.form_intents import FormAs, RepeatSection, SkipSections
from contrafact.engine.recipe.intents import (
    Amount,
    Cover,
    Drop,
    Harmonies,
    Harmony,
    Intent,
    Keep,
    KeyHold,
    LengthFactor,
    Level,
    Lock,
    MelodyOn,
    ModeWish,
    Mood,
    Not,
    Renew,
    Style,
    StyleHint,
    TempoBpm,
    TempoFactor,
    TempoFeel,
    TempoHold,
    TempoStep,
    ToKey,
    Transpose,
    Voice,
    With,
    Without,
)


def negated(intent: Intent) -> tuple[Intent, ...]:
    """The request that an intent with a negation before it makes; none where it makes none."""
    match intent:
        case TempoFactor(factor) | TempoFeel(factor) | TempoStep(factor):
            faster = factor > (0.0 if isinstance(intent, TempoStep) else 1.0)
            return (TempoHold(1 if faster else -1),)
        case TempoHold() | KeyHold():
            return ()
        case Transpose() | ToKey():
            return (KeyHold(),)
        case Drop(stem):
            return (Keep(stem),)
        case Without(slug):
            return () if slug in ("drums", "bass", "vocals") else (With(slug),)
        case Keep(stem):
            return (Drop(stem),)
        case With(slug):
            return (Without(slug),)
        case Level():
            return (Not(intent),)
        case Amount(strength):
            return (Amount(0.5 if strength > 0.6 else 0.8),)
        case LengthFactor(factor):
            return (LengthFactor(1.0),) if factor != 1.0 else ()
        case RepeatSection(ref):
            return (Not(RepeatSection(ref, 2)),)
        case Not(inner):
            return (inner,)
        case Style(slug) | StyleHint(slug):
            return (Not(Style(slug)),)
        case Mood() | Voice() | Harmonies() | Harmony() | ModeWish() | FormAs() | Cover() | MelodyOn() | SkipSections():
            return (Not(intent),)
        case Renew(component):
            return (Lock(component),)
        case Lock() | TempoBpm():
            return ()
        case _:
            return ()
