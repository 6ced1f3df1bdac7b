"""A recipe in the making: every request changes it, in the order said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.form_intents import FormAs, LoopBars, MixBars, RepeatSection, SectionIntent, SkipSections
from contrafact.engine.recipe.forming import Order, named_section
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
    Level,
    Lock,
    MelodyOn,
    ModeWish,
    Mood,
    Not,
    Only,
    PartGain,
    Renew,
    Voice,
    VoiceIn,
    With,
    Without,
)
from contrafact.engine.recipe.recipe import COMPONENTS, Component
from contrafact.engine.recipe.staging import apply_staging
from contrafact.engine.recipe.timing import apply_time
from contrafact.engine.recipe.wishes import HarmonyChange, MelodyPlace, PartsIn, Shape, VoiceUse

_SUNG_SHARE = 0.04
_BENEATH = 0.5
_HARMONY_STRENGTH: dict[HarmonyChange, float] = {
    "relative": 1.0,
    "parallel": 1.0,
    "jazz": 0.8,
    "pedal": 1.0,
    "simple": 1.0,
}
_PLAYERS_OF: dict[HarmonyChange, tuple[str, ...]] = {"pedal": ("pad",)}
"""Who plays other chords where no style and no instrument was named."""


@dataclass(slots=True)
class Draft:
    """Everything that a recipe says, while it is being said."""

    pack: StylePack | None
    order: Order
    stems: dict[StemName, tuple[bool, float]]
    sung: bool
    ratio: float = 1.0
    bounds: tuple[float, float] = (0.5, 2.0)
    semitones: int = 0
    key_said: bool = False
    key_weak: bool = False
    """The transposition so far gives way to any other."""
    shape: Shape = "as_heard"
    intro_bars: int = 0
    outro_bars: int = 0
    length_s: float | None = None
    exact: bool = False
    harmony: HarmonyChange = "as_heard"
    voice: dict[str, Any] = field(default_factory=dict)
    melody: str | None = None
    melody_place: MelodyPlace = "replace"
    wanted: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)
    levels: dict[str, float] = field(default_factory=dict)
    locks: set[Component] = field(default_factory=set)
    renewed: dict[Component, float] = field(default_factory=dict)
    amount: float | None = None
    cover: bool = False
    drums_stay: bool = False
    bars_said: bool = False
    """Bars for mixing were said in numbers."""
    gone: set[StemName] = field(default_factory=set)
    """Stems that were asked away."""
    rest_stays: bool = False
    """All else of the recording stays: a style plays drums only."""
    beneath: bool = False
    """Nothing but the drums of the style is played, under the whole recording."""
    alone: bool = False
    """Nothing but some stems of the recording was asked for."""
    explicit: set[StemName] = field(default_factory=set)
    """Stems that were asked for, or asked away, by name."""
    notes: list[str] = field(default_factory=list)
    rules: list[PartsIn] = field(default_factory=list)
    """Who plays in some sections only."""
    fades: tuple[float, float] = (0.0, 0.0)
    """Seconds at the beginning and at the end."""
    met: set[Intent] = field(default_factory=set)
    """Requests that the song meets as it is."""

    @classmethod
    def of(cls, chart: Chart, pack: StylePack | None) -> "Draft":
        """What the style does unasked."""
        unasked = None if pack is None else pack.stems_for(chart)
        stems: dict[StemName, tuple[bool, float]] = {}
        for name in STEM_NAMES:
            use = None if unasked is None else getattr(unasked, name)
            stems[name] = (True, 0.0) if use is None else (use.keep, use.gain_db)
        sung_s = sum(region.end_s - region.start_s for region in chart.vocal_regions)
        return cls(pack, Order(chart), stems, sung_s >= _SUNG_SHARE * chart.duration_s)

    @property
    def played_anew(self) -> bool:
        """Whether anything is played that the recording does not hold."""
        brought = any(rule.action != "drop" and set(rule.parts) - set(STEM_NAMES) for rule in self.rules)
        return self.pack is not None or bool(self.wanted) or self.cover or self.melody is not None or brought

    @property
    def voice_changed(self) -> bool:
        return VoiceUse.model_validate(self.voice) != VoiceUse()

    @property
    def form_changed(self) -> bool:
        return bool(self.length_s is not None or self.order.touched or self.order.without or self.shape != "as_heard")

    def strengths(self) -> dict[Component, float]:
        """How new each component shall be, by style, by request, and by the amount that was asked for."""
        amount = 1.0 if self.amount is None else self.amount
        base: dict[Component, float] = dict.fromkeys(COMPONENTS, 0.0)
        if self.pack is not None:
            own = self.pack.strengths
            base["rhythm"], base["timbre"], base["harmony"] = own.rhythm, own.timbre, own.harmony
        if self.harmony != "as_heard":
            base["harmony"] = max(base["harmony"], _HARMONY_STRENGTH[self.harmony])
        base["vocals"] = 1.0 if self.voice_changed else 0.0
        base["melody"] = 1.0 if self.melody is not None else 0.0
        base.update(self.renewed)
        found: dict[Component, float] = {name: round(value * amount, 4) for name, value in base.items()}
        found["form"] = self.renewed.get("form", 0.5 if self.form_changed else 0.0)
        if self.rest_stays and self.pack is not None:
            found["timbre"], found["harmony"] = self.renewed.get("timbre", 0.0), self.renewed.get("harmony", 0.0)
            found["rhythm"] = _BENEATH if self.stems["drums"][0] else found["rhythm"]
        elif self.beneath:
            found["rhythm"], found["timbre"], found["harmony"] = self.amount or _BENEATH, 0.0, 0.0
        elif self.drums_stay:
            # Drums that were asked to stay are not played over.
            found["rhythm"] = 0.0
        found.update(dict.fromkeys(self.locks, 0.0))
        return found

    def settle(self, intents: Sequence[Intent], lead: str) -> None:
        """What follows from all requests together: who plays, and what contradicts what."""
        if self.cover and self.explicit & {name for name, (keep, _) in self.stems.items() if keep}:
            self.cover = False
            self.notes.append("a cover has no sound of the recording; what was asked to stay makes it a remix")
        if self.cover:
            self.stems = dict.fromkeys(STEM_NAMES, (False, 0.0))
            self.locks -= {"vocals", "timbre"}
            self.voice, self.drums_stay = {}, False
            self.melody = self.melody or next((slug for slug in self.wanted if slug in _TUNEFUL), lead)
            self.melody_place = "replace"
        if self.harmony != "as_heard" and not self.played_anew:
            self.wanted += _PLAYERS_OF.get(self.harmony, ("piano", "electric-bass"))
            if self.harmony != "pedal":
                for name in ("bass", "other"):
                    if name not in self.explicit:
                        self.stems[name] = (False, 0.0)
        if "dry" in self.moods and not self.played_anew:
            self.moods = [one for one in self.moods if one != "dry"]
            self.notes.append("the room that was recorded cannot be taken away; only what is played anew can be dry")
        if not self.played_anew:
            dropped = [part for rule in self.rules if rule.action == "drop" for part in rule.parts]
            mixed = [slug for slug in (*self.unwanted, *dropped) if slug not in STEM_NAMES]
            self.notes += [f"the {slug} is not apart from the other instruments of the recording" for slug in mixed]
        if self.ratio > 2.0 or self.ratio < 0.5:
            most = "faster than at twice" if self.ratio > 2.0 else "slower than at half"
            self.notes.append(f"nothing is played {most} the song's tempo")
        self.ratio = round(max(self.bounds[0], min(self.bounds[1], self.ratio)), 6)
        if not self.stems["vocals"][0] and self.voice_changed:
            self.voice = {}
            self.notes.append("the voice of the recording is silent here, so nothing can be made of it")
        if self.voice_changed and not self.sung:
            self.voice = {}
            self.notes.append("nobody sings in this recording")


_TUNEFUL = frozenset(
    "violin cello trumpet saxophone flute clarinet lead electric-guitar piano harmonica accordion oboe whistle "
    "pan-flute organ guitar nylon-guitar vibraphone trombone viola".split()
)


def apply(draft: Draft, intent: Intent, chart: Chart) -> None:
    """Change the draft as a request says."""
    if isinstance(intent, SectionIntent):
        draft.locks.discard("form")
        draft.order.apply(intent)
        if intent in draft.order.missing:
            draft.notes.append(f"the song has no {named_section(intent)}")
        if isinstance(intent, LoopBars):
            draft.shape = "loop"
        return
    for rule in (apply_time, apply_staging, _apply_stem, _apply_whole, _apply_treatment):
        if rule(draft, intent, chart):
            return


def _apply_stem(draft: Draft, intent: Intent, chart: Chart) -> bool:
    match intent:
        case Keep(stem):
            draft.stems[stem] = (True, draft.stems[stem][1])
            draft.explicit.add(stem)
            draft.unwanted = [slug for slug in draft.unwanted if slug != stem]
            if stem == "drums":
                draft.drums_stay = True
        case KeepRest():
            draft.rest_stays = True
            draft.stems = {name: (keep or name not in draft.gone, gain) for name, (keep, gain) in draft.stems.items()}
        case Drop(stem):
            draft.gone.add(stem)
            draft.stems[stem] = (False, 0.0)
            draft.locks -= {"vocals"} if stem == "vocals" else {"rhythm"} if stem == "drums" else {"timbre"}
            draft.drums_stay = draft.drums_stay and stem != "drums"
        case Only(stems):
            draft.alone = True
            draft.stems = {name: (name in stems, 0.0) for name in STEM_NAMES}
            draft.explicit |= set(stems)
        case DropRest():
            draft.stems = {name: (keep and name in draft.explicit, gain) for name, (keep, gain) in draft.stems.items()}
        case ChangeRest():
            for name in ("drums", "bass", "other"):
                if name not in draft.explicit:
                    draft.stems[name] = (False, 0.0)
            draft.stems["vocals"] = (True, draft.stems["vocals"][1])
        case Beneath() if draft.alone:
            # "only the voice, and a techno beat behind it": the beat is the style's, and the rest stays away.
            pass
        case Beneath():
            draft.stems = {name: (True, gain) for name, (_, gain) in draft.stems.items()}
            draft.beneath = True
        case Level(stem, gain_db):
            keep, gain = draft.stems[stem]
            if keep:
                draft.stems[stem] = (True, max(-24.0, min(12.0, gain + gain_db)))
            elif stem in ("drums", "bass") and draft.pack is not None:
                _fade(draft, stem, gain_db)
        case PartGain(part, gain_db):
            if part == "voices" or draft.played_anew or draft.pack is not None:
                _fade(draft, part, gain_db)
        case With(slug):
            draft.wanted.append(slug)
            draft.unwanted = [one for one in draft.unwanted if one != slug]
        case Without(slug):
            draft.unwanted.append(slug)
            draft.wanted = [one for one in draft.wanted if one != slug]
        case _:
            return False
    return True


def _fade(draft: Draft, part: str, gain_db: float) -> None:
    draft.levels[part] = max(-24.0, min(12.0, draft.levels.get(part, 0.0) + gain_db))


def _apply_whole(draft: Draft, intent: Intent, chart: Chart) -> bool:
    match intent:
        case Mood(slug):
            draft.moods.append(slug)
        case Amount(strength):
            draft.amount = strength
        case Renew(component, strength):
            draft.renewed[component] = strength
            draft.locks.discard(component)
        case Lock(component):
            _lock(draft, component)
        case FormAs(shape, intro_bars, outro_bars):
            draft.shape = shape
            draft.intro_bars = draft.intro_bars if draft.bars_said else intro_bars
            draft.outro_bars = outro_bars if not draft.bars_said or not draft.outro_bars else draft.outro_bars
            draft.locks.discard("form")
        case MixBars(intro_bars, outro_bars):
            draft.bars_said = True
            draft.intro_bars = intro_bars or draft.intro_bars
            draft.outro_bars = outro_bars or draft.outro_bars
            draft.locks.discard("form")
        case Cover():
            draft.cover = True
        case Impossible(why):
            draft.notes.append(why)
        case AnyStyle():
            pass
        case _:
            return False
    return True


def _lock(draft: Draft, component: Component) -> None:
    """A lock puts back what earlier requests changed."""
    draft.locks.add(component)
    draft.renewed.pop(component, None)
    match component:
        case "harmony":
            draft.harmony = "as_heard"
        case "vocals":
            draft.voice = {}
        case "form":
            draft.order = Order(draft.order.chart)
            draft.shape, draft.intro_bars, draft.outro_bars, draft.length_s, draft.exact = "as_heard", 0, 0, None, False
            draft.fades = (0.0, 0.0)
        case "rhythm":
            draft.stems["drums"] = (True, draft.stems["drums"][1])
        case "timbre":
            draft.stems["other"] = (True, draft.stems["other"][1])
            draft.stems["bass"] = (True, draft.stems["bass"][1])
        case _:
            pass


def _apply_treatment(draft: Draft, intent: Intent, chart: Chart) -> bool:
    match intent:
        case Harmony(change):
            _one_change(draft, change)
            draft.harmony = change
            draft.locks.discard("harmony")
        case ModeWish(mode):
            if chart.key.mode == mode:
                draft.met.add(intent)
            else:
                _one_change(draft, "parallel")
                draft.harmony = "parallel"
                draft.locks.discard("harmony")
        case Voice("choir") if not draft.sung or not draft.stems["vocals"][0]:
            draft.wanted.append("choir")
        case Voice(setting, value):
            draft.voice[setting] = value
            draft.locks.discard("vocals")
        case Harmonies(steps):
            before: tuple[int, ...] = draft.voice.get("harmonies", ())
            draft.voice["harmonies"] = tuple(dict.fromkeys((*before, *steps)))[-3:]
            draft.locks.discard("vocals")
        case VoiceIn(labels):
            draft.voice["sections"] = labels
        case MelodyOn(instrument, place):
            draft.melody, draft.melody_place = instrument, place
            draft.locks.discard("melody") if place == "replace" else None
        case Not(inner):
            _undo(draft, inner)
        case _:
            return False
    return True


def _one_change(draft: Draft, change: HarmonyChange) -> None:
    if draft.harmony not in ("as_heard", change):
        draft.notes.append("the chords can be changed in one way at a time; the last one asked for holds")


def _undo(draft: Draft, inner: Intent) -> None:
    match inner:
        case Mood(slug):
            draft.moods = [one for one in draft.moods if one != slug]
        case Voice(setting):
            if setting == "vibrato":
                draft.voice["vibrato"] = 0.0
            else:
                draft.voice.pop(setting, None)
        case Harmonies():
            draft.voice.pop("harmonies", None)
        case Harmony(change) if draft.harmony == change:
            draft.harmony = "as_heard"
        case ModeWish() if draft.harmony == "parallel":
            draft.harmony = "as_heard"
        case FormAs(shape) if draft.shape == shape:
            draft.shape, draft.intro_bars, draft.outro_bars = "as_heard", 0, 0
        case Cover():
            draft.cover = False
        case MelodyOn():
            draft.melody = None
        case SkipSections(ref) | RepeatSection(ref):
            draft.order.without = [label for label in draft.order.without if label != ref.label]
        case _:
            pass
