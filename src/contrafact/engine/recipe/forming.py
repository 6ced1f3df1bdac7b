"""Requests about sections, resolved on the sections that the song has."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from contrafact.engine.listening.chart import Chart, SectionLabel
from contrafact.engine.recipe.form_intents import (
    BeginWith,
    EndWith,
    LoopBars,
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
from contrafact.engine.recipe.intents import Intent
from contrafact.engine.recipe.wishes import MOST_SECTIONS, SectionUse


@dataclass(slots=True)
class Order:
    """The sections of a take while requests are applied to them."""

    chart: Chart
    uses: list[SectionUse] = field(default_factory=list)
    without: list[SectionLabel] = field(default_factory=list)
    touched: bool = False
    missing: list[Intent] = field(default_factory=list)
    """Requests about sections that the song does not have."""

    def __post_init__(self) -> None:
        self.uses = [SectionUse(section=place) for place in range(len(self.chart.sections))]

    @property
    def order(self) -> tuple[SectionUse, ...]:
        """As a recipe has it: empty while the song's own order holds."""
        return tuple(self.uses[:MOST_SECTIONS]) if self.touched else ()

    def apply(self, intent: SectionIntent) -> None:
        """Change the order as asked, or remember that the song has no such section."""
        if not self._applied(intent):
            self.missing.append(intent)

    def _applied(self, intent: SectionIntent) -> bool:
        match intent:
            case SkipSections(ref):
                return self._skip(ref)
            case OnlySections(refs):
                wanted = {place for ref in refs for place in self.places(ref)}
                return self._set([use for place, use in enumerate(self.uses) if place in wanted])
            case PlaySections(refs):
                return self._play(refs)
            case RepeatSection(ref, times, at_end):
                return self._repeat(ref, times, at_end)
            case SwapSections(ref, other):
                return self._swap(ref, other)
            case MoveSection(ref, other, before):
                return self._move(ref, other, before)
            case BeginWith(ref, cut):
                return self._begin(ref, cut)
            case EndWith(ref):
                places = self.places(ref)
                return bool(places) and self._set(self.uses[: places[-1] + 1])
            case ResizeSection(ref, factor):
                return self._resize(ref, factor)
            case LoopBars(bars):
                return self._loop(bars)

    def label(self, use: SectionUse) -> SectionLabel:
        return self.chart.sections[use.section].label

    def places(self, ref: SectionRef) -> list[int]:
        """Where in the order the sections meant stand."""
        found = [place for place, use in enumerate(self.uses) if self.label(use) == ref.label]
        if ref.which == 0:
            return found
        index = ref.which - 1 if ref.which > 0 else len(found) + ref.which
        return [found[index]] if 0 <= index < len(found) else []

    def _set(self, uses: list[SectionUse]) -> bool:
        if not uses:
            return False
        self.touched = self.touched or uses != self.uses
        self.uses = uses
        return True

    def _skip(self, ref: SectionRef) -> bool:
        places = self.places(ref)
        if ref.which == 0 and not self.touched:
            if ref.label not in self.without:
                self.without.append(ref.label)
            return bool(places)
        return bool(places) and self._set([use for place, use in enumerate(self.uses) if place not in places])

    def _play(self, refs: Sequence[SectionRef]) -> bool:
        uses: list[SectionUse] = []
        seen: dict[SectionLabel, int] = {}
        for ref in refs:
            own = [place for place, section in enumerate(self.chart.sections) if section.label == ref.label]
            if not own:
                return False
            seen[ref.label] = seen.get(ref.label, 0) + 1
            which = ref.which if ref.which else seen[ref.label]
            index = which - 1 if which > 0 else len(own) + which
            uses.append(SectionUse(section=own[min(max(index, 0), len(own) - 1)]))
        self.uses, self.touched, self.without = uses, True, []
        return True

    def _repeat(self, ref: SectionRef, times: int, at_end: bool) -> bool:
        places = self.places(ref if ref.which else replace(ref, which=-1))
        if not places:
            return False
        place = places[0]
        copies = [self.uses[place]] * (times - 1)
        after = place + 1
        if at_end:
            after = len(self.uses)
            while after > place + 1 and self.label(self.uses[after - 1]) == "outro":
                after -= 1
        return self._set([*self.uses[:after], *copies, *self.uses[after:]])

    def _swap(self, ref: SectionRef, other: SectionRef) -> bool:
        uses = list(self.uses)
        pairs = list(zip(self.places(ref), self.places(other), strict=False))
        for one, two in pairs:
            uses[one], uses[two] = self.uses[two], self.uses[one]
        return bool(pairs) and self._set(uses)

    def _move(self, ref: SectionRef, other: SectionRef, before: bool) -> bool:
        places, anchors = self.places(ref), self.places(other)
        if not places or not anchors or places[0] == anchors[0]:
            return False
        use, anchor = self.uses[places[0]], self.uses[anchors[0]]
        rest = [one for place, one in enumerate(self.uses) if place != places[0]]
        at = rest.index(anchor) + (0 if before else 1)
        return self._set([*rest[:at], use, *rest[at:]])

    def _begin(self, ref: SectionRef, cut: bool) -> bool:
        places = self.places(ref)
        if not places:
            return False
        place = places[0]
        if cut or place == 0:
            return self._set(self.uses[place:])
        rest = list(self.uses)
        while rest and self.label(rest[0]) == "intro":
            rest.pop(0)
        return self._set([self.uses[place], *rest])

    def _resize(self, ref: SectionRef, factor: float) -> bool:
        places = self.places(ref)
        uses: list[SectionUse] = []
        for place, use in enumerate(self.uses):
            if place not in places:
                uses.append(use)
            elif factor >= 1:
                uses += [use, use]
            else:
                bars = self._bars(use)
                kept = max(1, round(bars * factor))
                # Of an intro the second half leads on into the song; of the rest the first half begins as it did.
                first = bars - kept if ref.label == "intro" else 0
                uses.append(SectionUse(section=use.section, first_bar=first, last_bar=first + kept - 1))
        return bool(places) and self._set(uses)

    def _bars(self, use: SectionUse) -> int:
        section = self.chart.sections[use.section]
        return section.last_bar - section.first_bar + 1

    def _loop(self, bars: int) -> bool:
        if not self.uses:
            return False
        fullest = max(
            self.uses,
            key=lambda use: (
                self._bars(use) >= bars,
                self.label(use) == "chorus",
                self.chart.sections[use.section].energy,
            ),
        )
        last = min(bars, self._bars(fullest)) - 1
        self.uses, self.touched = [SectionUse(section=fullest.section, first_bar=0, last_bar=last)], True
        return True


ORDINALS = {1: "first ", 2: "second ", 3: "third ", 4: "fourth ", 5: "fifth ", -1: "last ", -2: "last but one "}
"""What people call the n-th section of a kind."""


def named_section(intent: Intent) -> str:
    """The sections that a request names, in words."""
    refs = [intent.ref] if hasattr(intent, "ref") else list(getattr(intent, "refs", ()))
    missing = [f"{ORDINALS.get(ref.which, '')}{ref.label}" for ref in refs]
    return " and ".join(dict.fromkeys(missing)) or "sections"
