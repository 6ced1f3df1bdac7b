"""Requests about who plays in some sections, and about fades, resolved on the song's own sections."""

from typing import TYPE_CHECKING

import numpy as np

from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.listening.chart import Chart, Section
from contrafact.engine.recipe.form_intents import Fade, PartsAt, SectionRef
from contrafact.engine.recipe.intents import Intent
from contrafact.engine.recipe.wishes import PartsIn, Reach

if TYPE_CHECKING:
    from contrafact.engine.recipe.drafting import Draft

_MOST_RULES = 32
_LONGEST_FADE_S = 60.0
_INVERSE: dict[Reach, Reach] = {"there": "elsewhere", "elsewhere": "there", "onwards": "until", "until": "onwards"}
_SUNG_SHARE = 0.1
_LOCKED_BY = {"vocals": "vocals", "drums": "rhythm"}


def apply_staging(draft: "Draft", intent: Intent, chart: Chart) -> bool:
    """Change the draft when the request is about some sections' players or a fade; whether it was."""
    match intent:
        case PartsAt():
            _stage(draft, intent, chart)
        case Fade(seconds, bars, at_end):
            if bars:
                lengths = [bar.end_s - bar.start_s for bar in chart.bars] or [2.0]
                seconds = bars * float(np.median(lengths)) / draft.ratio
            seconds = round(min(_LONGEST_FADE_S, seconds), 3)
            draft.fades = (draft.fades[0], seconds) if at_end else (seconds, draft.fades[1])
            draft.met.add(intent)
            draft.locks -= {"form"} if seconds else set()
        case _:
            return False
    return True


def _stage(draft: "Draft", intent: PartsAt, chart: Chart) -> None:
    ref = intent.ref
    own = [number for number, section in enumerate(chart.sections) if section.label == ref.label]
    if not own and ref.label in ("intro", "outro") and chart.sections:
        # "At the start" and "at the end" are somewhere in any song.
        ref = ref_of(chart, 0 if ref.label == "intro" else len(chart.sections) - 1)
        draft.notes.append(f"the song has no {intent.ref.label}; the {_named(ref)} is taken for it")
        own = [number for number, section in enumerate(chart.sections) if section.label == ref.label]
    if not own or abs(ref.which) > len(own):
        draft.notes.append(f"the song has no {_named(ref)}")
        return
    if intent.after:
        following = (own[0] if ref.which == 0 else own[ref.which - 1 if ref.which > 0 else ref.which]) + 1
        if following >= len(chart.sections):
            draft.notes.append(f"nothing follows the {_named(ref)}")
            return
        ref = ref_of(chart, following)
    if ref.which == 0 and intent.reach in ("onwards", "until"):
        ref = SectionRef(ref.label, 1)
    if intent.action == "only" and intent.parts == ("vocals",) and intent.reach == "there":
        sung = _sung(draft, ref, chart)
        if sung is None:
            return
        ref = sung
    for rule in _rules(draft, intent, ref):
        draft.rules = [*draft.rules, rule][-_MOST_RULES:]
        draft.locks -= {lock for part, lock in _LOCKED_BY.items() if (part in rule.parts) != (rule.action == "only")}
    draft.met.add(intent)


def _rules(draft: "Draft", intent: PartsAt, ref: SectionRef) -> list[PartsIn]:
    """The rules of a request: who plays in the song anyway rests elsewhere; all others are brought in there."""
    here = [part for part in intent.parts if intent.comes_in and _plays_anyway(draft, part)]
    others = tuple(part for part in intent.parts if part not in here)
    found = []
    if here:
        found.append(_rule("drop", tuple(here), ref, _INVERSE[intent.reach]))
    if others:
        found.append(_rule(intent.action, others, ref, intent.reach))
    return found


def _rule(action: str, parts: tuple[str, ...], ref: SectionRef, reach: Reach) -> PartsIn:
    return PartsIn.model_validate(
        {"action": action, "parts": parts, "section": ref.label, "which": ref.which, "reach": reach}
    )


def _plays_anyway(draft: "Draft", part: str) -> bool:
    """Whether a stem sounds, as recorded or because a style plays its part."""
    if part not in STEM_NAMES:
        return False
    kept = next(keep for name, (keep, _) in draft.stems.items() if name == part)
    return kept or (part in ("drums", "bass") and draft.pack is not None and part not in draft.unwanted)


def _sung(draft: "Draft", ref: SectionRef, chart: Chart) -> SectionRef | None:
    """The sections meant; of an intro in which nobody sings the first section that is sung, of any other none."""
    meant = [section for section in chart.sections if section.label == ref.label]
    if ref.which:
        meant = [meant[ref.which - 1 if ref.which > 0 else ref.which]]
    if not draft.sung or any(_is_sung(section, chart) for section in meant):
        return ref
    first = next((number for number, section in enumerate(chart.sections) if _is_sung(section, chart)), None)
    if first is None or ref.label != "intro":
        draft.notes.append(f"nobody sings in the {_named(ref)}, so the voice cannot be alone in it")
        return None
    instead = ref_of(chart, first)
    draft.notes.append(f"nobody sings in the {_named(ref)}; the voice is alone in the {_named(instead)} instead")
    return instead


def _is_sung(section: Section, chart: Chart) -> bool:
    sung_s = sum(
        max(0.0, min(section.end_s, region.end_s) - max(section.start_s, region.start_s))
        for region in chart.vocal_regions
    )
    return sung_s >= _SUNG_SHARE * (section.end_s - section.start_s)


def ref_of(chart: Chart, number: int) -> SectionRef:
    """A section of the chart by its kind and place among those of its kind."""
    label = chart.sections[number].label
    return SectionRef(label, 1 + sum(one.label == label for one in chart.sections[:number]))


def _named(ref: SectionRef) -> str:
    return {1: "first ", 2: "second ", 3: "third ", 4: "fourth ", -1: "last "}.get(ref.which, "") + ref.label
