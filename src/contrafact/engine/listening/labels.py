"""Functional names for passages, from position, energy, repetition and voice."""

from collections.abc import Sequence
from dataclasses import dataclass

from contrafact.engine.listening.chart import SectionLabel


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of bars with its repetition letter, energy (0..1) and share of time with a voice (0..1)."""

    first_bar: int
    last_bar: int
    letter: str
    energy: float
    voice: float

    @property
    def bars(self) -> int:
        return self.last_bar - self.first_bar + 1


def label_passages(passages: Sequence[Passage], total_bars: int) -> list[SectionLabel]:
    """A label for each passage, in order.

    The loudest material that comes back (with a voice, if the song has one) is the chorus; the other returning material
    is the verse; the ends are intro and outro when they are short and quieter or without voice; what comes once is a
    bridge, a solo (no voice in a sung song) or a break (much quieter than its neighbours).
    """
    if not passages:
        return []
    sung = sum(passage.voice * passage.bars for passage in passages) > 0.3 * sum(passage.bars for passage in passages)
    last = len(passages) - 1
    chorus = _chorus_letter(passages, sung)
    labels: list[SectionLabel] = []
    for index, passage in enumerate(passages):
        if index == 0 and last > 0 and _is_edge(passages, 0, total_bars, chorus, sung):
            labels.append("intro")
        elif index == last and last > 0 and _is_edge(passages, last, total_bars, chorus, sung):
            labels.append("outro")
        elif passage.letter == chorus:
            labels.append("chorus")
        else:
            labels.append(_middle(passages, index, sung))
    return labels


def _is_edge(passages: Sequence[Passage], index: int, total_bars: int, chorus: str | None, sung: bool) -> bool:
    """Whether the first or last passage leads in or out, rather than being a verse that the song begins with."""
    passage, neighbour = passages[index], passages[1 if index == 0 else index - 1]
    wordless = sung and passage.voice < 0.25
    if sung and passage.voice > 0.5:
        return False
    comes_back = any(other.letter == passage.letter and other.bars >= passage.bars for other in passages[1:-1])
    if not wordless and (comes_back or passage.letter == chorus):
        return False
    quieter = passage.energy < neighbour.energy - 0.12
    return passage.bars <= max(8, total_bars // 5) and (wordless or quieter)


def _chorus_letter(passages: Sequence[Passage], sung: bool) -> str | None:
    """The letter with the most energy, weighed by repetition and voice; None when nothing stands out from one verse."""
    letters = sorted({passage.letter for passage in passages})
    if len(letters) < 2:
        return None
    best: tuple[float, str] | None = None
    for letter in letters:
        own = [passage for passage in passages if passage.letter == letter]
        bars = sum(passage.bars for passage in own)
        energy = sum(passage.energy * passage.bars for passage in own) / bars
        voice = sum(passage.voice * passage.bars for passage in own) / bars
        repeated = 0.2 if len(own) > 1 else 0.0
        late = 0.1 if own[0].first_bar > 0 else 0.0
        score = energy + repeated + late + (0.5 * min(1.0, 2.0 * voice) if sung else 0.0)
        if best is None or score > best[0]:
            best = (score, letter)
    return best[1] if best else None


def _middle(passages: Sequence[Passage], index: int, sung: bool) -> SectionLabel:
    passage = passages[index]
    repeats = sum(other.letter == passage.letter for other in passages)
    around = [passages[at].energy for at in (index - 1, index + 1) if 0 <= at < len(passages)]
    dip = min(around, default=passage.energy) - passage.energy
    if 0 < index < len(passages) - 1 and dip > 0.35 and passage.energy < 0.4 and passage.voice < 0.3:
        return "break"
    if sung and max(other.voice for other in passages if other.letter == passage.letter) < 0.15:
        return "solo" if passage.energy > 0.4 else "break"
    if repeats == 1 and index > len(passages) / 2:
        return "bridge"
    return "verse"
