"""What a phrase means for this song, in a few words that name the song's own numbers."""

from collections.abc import Mapping

from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.audio.stems import StemName
from contrafact.engine.listening.chart import Chart
from contrafact.engine.naming import clock, key_name, key_spelt
from contrafact.engine.recipe.composing import key_after
from contrafact.engine.recipe.form_intents import (
    BeginWith,
    EndWith,
    FormAs,
    LoopBars,
    MixBars,
    MoveSection,
    OnlySections,
    PlaySections,
    RepeatSection,
    ResizeSection,
    SectionIntent,
    SectionRef,
    SkipSections,
    SwapSections,
)
from contrafact.engine.recipe.forming import ORDINALS, Order
from contrafact.engine.recipe.intents import (
    Amount,
    AnyStyle,
    Beneath,
    ChangeRest,
    Cover,
    Drop,
    DropRest,
    Harmonies,
    Harmony,
    Impossible,
    Intent,
    Keep,
    KeepRest,
    KeyHold,
    Length,
    LengthFactor,
    Level,
    Lock,
    MelodyOn,
    ModeWish,
    Mood,
    Not,
    Only,
    PartGain,
    Phrase,
    Renew,
    Style,
    TempoBpm,
    TempoFactor,
    TempoFeel,
    TempoHold,
    TempoStep,
    ToKey,
    Transpose,
    Voice,
    VoiceIn,
    With,
    Without,
)
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.recipe.wording_stage import about_staging

_STEMS: Mapping[StemName, str] = {
    "vocals": "the voice",
    "drums": "the drums",
    "bass": "the bass",
    "other": "the other instruments",
}
_INTERVALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "octave")
_SHAPES = {
    "as_heard": "the song's own form",
    "radio_edit": "a radio edit",
    "extended": "extended for mixing",
    "build_and_drop": "builds and drops",
    "loop": "a loop that closes",
}
_SETTINGS = {
    "double": "the voice doubled",
    "choir": "a choir of the voice",
    "vocoder": "the voice through a vocoder",
    "chops": "the voice chopped",
    "stutter": "stutters",
    "responses": "phrases answered",
    "throws": "delay at the ends of phrases",
    "tuning": "tuned",
}
_TIMES = {2: "twice", 3: "three times"}


def meaning(phrase: Phrase, recipe: Recipe, chart: Chart, styles: Mapping[str, StylePack]) -> str:
    """What a phrase means for this song."""
    said = [_meaning(intent, recipe, chart, styles) for intent in phrase.intents]
    among = next((intent.part for intent in phrase.intents if isinstance(intent, PartGain)), None)
    if among is not None and any(isinstance(intent, Level) for intent in phrase.intents):
        said = [
            f"{text}, all of them ({among.replace('-', ' ')} is not apart)" if "other inst" in text else text
            for text in said
        ]
    return ", ".join(dict.fromkeys(text for text in said if text))


def _meaning(intent: Intent, recipe: Recipe, chart: Chart, styles: Mapping[str, StylePack]) -> str:
    if isinstance(intent, SectionIntent):
        return _about_sections(intent, chart)
    for rule in (_about_time, _about_parts, about_staging, _about_sound):
        text = rule(intent, recipe, chart)
        if text:
            return text
    match intent:
        case Style(slug, True):
            return f"taken as {styles[slug].name.lower()}" if slug in styles else ""
        case Style(slug):
            return f"played as {styles[slug].name.lower()}" if slug in styles else ""
        case AnyStyle():
            return f"played as {styles[recipe.style].name.lower()}" if recipe.style and recipe.style in styles else ""
        case Not(SkipSections(ref)):
            return f"the {ORDINALS.get(ref.which, '')}{ref.label} stays"
        case Not(Harmonies()):
            return "no second voices"
        case Not(inner):
            return f"not {_meaning(inner, recipe, chart, styles).removeprefix('played as ')}"
        case _:
            return ""


def _about_time(intent: Intent, recipe: Recipe, chart: Chart) -> str:
    match intent:
        case TempoFeel(factor) if recipe.style is not None:
            return f"felt in {'half' if factor < 1.0 else 'double'} time, the tempo stays"
        case TempoFactor() | TempoFeel() | TempoBpm() | TempoStep():
            bpm = chart.tempo.bpm * recipe.tempo.ratio
            felt = f", felt as {intent.bpm:.0f}" if isinstance(intent, TempoBpm) and abs(bpm - intent.bpm) > 1 else ""
            return f"tempo × {recipe.tempo.ratio:.2f} ({bpm:.0f} BPM{felt})"
        case TempoHold(direction):
            bpm = chart.tempo.bpm
            return {0: f"at the song's {bpm:.0f} BPM", 1: f"not above {bpm:.0f} BPM", -1: f"not below {bpm:.0f} BPM"}[
                direction
            ]
        case Transpose() | ToKey():
            relative = isinstance(intent, ToKey) and intent.mode not in (None, chart.key.mode)
            key = key_spelt(key_after(chart, recipe))
            return f"{recipe.transpose_semitones:+d} semitones ({key}{', its relative' if relative else ''})"
        case KeyHold():
            return f"in {key_name(chart.key)}"
        case Length() | LengthFactor():
            length_s = recipe.length_s or chart.duration_s
            return f"{'exactly' if recipe.form.exact else 'about'} {clock(length_s)} long"
        case _:
            return ""


def _about_parts(intent: Intent, recipe: Recipe, chart: Chart) -> str:
    match intent:
        case Keep(stem):
            return f"{_STEMS[stem]} stay{'s' if stem in ('vocals', 'bass') else ''} as recorded"
        case Drop(stem):
            return f"{_STEMS[stem]} of the recording silent"
        case Only(stems):
            return (
                "nothing but " + " and ".join(_STEMS[stem] for stem in stems) if stems else "nothing of the recording"
            )
        case DropRest():
            return "nothing else of the recording"
        case ChangeRest():
            return "everything else but the voice anew"
        case KeepRest():
            return "all else stays as recorded"
        case Beneath():
            return "its drums under the whole recording"
        case Level(stem, gain_db):
            return f"{_STEMS[stem]} {gain_db:+.0f} dB"
        case PartGain(part, gain_db):
            return f"{part.replace('-', ' ')} {gain_db:+.0f} dB"
        case With(instrument):
            return f"with {instrument.replace('-', ' ')}"
        case Without(instrument):
            return f"without {instrument.replace('-', ' ')}"
        case MelodyOn(instrument, place):
            name = instrument.replace("-", " ")
            return {
                "replace": f"the melody on {name}",
                "double": f"{name} along with the voice",
                "rests": f"{name} where the voice rests",
            }[place]
        case _:
            return ""


def _about_sound(intent: Intent, recipe: Recipe, chart: Chart) -> str:
    match intent:
        case Mood(slug):
            return f"{slug.replace('-', ' ')} mood"
        case Amount(strength):
            return f"strength {strength:.0%}"
        case Renew(component, strength):
            return f"{component} {strength:.0%} new"
        case Lock(component):
            return f"{'the voice' if component == 'vocals' else component} locked"
        case FormAs(shape):
            bars = (
                f", {recipe.form.intro_bars} bars before and {recipe.form.outro_bars} after"
                if recipe.form.intro_bars
                else ""
            )
            return _SHAPES[shape] + bars
        case MixBars(intro_bars, outro_bars):
            parts = [
                f"{n} bars {where}" for n, where in ((intro_bars, "before the song"), (outro_bars, "after it")) if n
            ]
            return " and ".join(parts)
        case Harmony(change):
            return _harmony(change, chart)
        case ModeWish(mode):
            key = chart.key
            return f"in {key.label} already" if key.mode == mode else f"{key.label} becomes {key.tonic} {mode}"
        case Voice(setting, value):
            return _voice(setting, value)
        case Harmonies(steps):
            return "second voice " + " and ".join(_interval(step) for step in steps)
        case VoiceIn(labels):
            return "in every " + " and ".join(labels)
        case Cover():
            return "performed anew, without the recording"
        case Impossible(why):
            return why
        case _:
            return ""


def _interval(steps: int) -> str:
    name = _INTERVALS[abs(steps) - 1]
    return f"{'an' if name == 'octave' else 'a'} {name} {'above' if steps > 0 else 'below'}"


def _harmony(change: str, chart: Chart) -> str:
    other = "minor" if chart.key.mode == "major" else "major"
    return {
        "as_heard": "the song's own chords",
        "relative": f"the relative {other} of {key_name(chart.key)}",
        "parallel": f"{key_name(chart.key)} becomes {key_spelt(f'{chart.key.tonic} {other}')}",
        "jazz": "jazz substitutions",
        "pedal": f"over a held {key_name(chart.key).split()[0]}",
        "simple": "plain triads",
    }[change]


def _voice(setting: str, value: float) -> str:
    if setting in _SETTINGS:
        return (
            f"{_SETTINGS[setting]} ({value:.0%})" if value else f"not {_SETTINGS[setting].removeprefix('the voice ')}"
        )
    match setting:
        case "formant_semitones":
            return f"a {'smaller' if value > 0 else 'bigger'} throat ({value:+.1f} semitones)"
        case "breath":
            return f"{'more' if value > 0 else 'less'} breath ({abs(value):.0%})"
        case "brightness":
            return f"a {'brighter' if value > 0 else 'darker'} voice ({abs(value):.0%})"
        case _:
            return "no vibrato" if value == 0 else f"vibrato × {value:g}"


def _about_sections(intent: Intent, chart: Chart) -> str:
    def names(*refs: SectionRef) -> str:
        return " and ".join(dict.fromkeys(f"the {ORDINALS.get(ref.which, '')}{ref.label}" for ref in refs))

    match intent:
        case SkipSections(ref):
            return f"without {names(ref)}" + ("" if Order(chart).places(ref) else " (the song has none)")
        case OnlySections(refs):
            return f"only {names(*refs)}"
        case PlaySections(refs):
            return ", ".join(f"{ORDINALS.get(ref.which, '')}{ref.label}" for ref in refs)
        case RepeatSection(ref, times, at_end):
            last = SectionRef(ref.label, ref.which or -1)
            return f"{names(last)} {_TIMES.get(times, f'{times} times')}{' at the end' if at_end else ''}"
        case SwapSections(ref, other):
            return f"{names(ref)} and {names(other)} change places"
        case MoveSection(ref, other, before):
            return f"{names(ref)} right {'before' if before else 'after'} {names(other)}"
        case BeginWith(ref):
            return f"begins with {names(ref)}"
        case EndWith(ref):
            return f"ends with {names(ref)}"
        case ResizeSection(ref, factor):
            return f"{names(ref)} {'half' if factor < 1 else 'twice'} as long"
        case LoopBars(bars):
            return f"{bars} bars round and round"
        case _:
            return ""
