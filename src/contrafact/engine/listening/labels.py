"""Functional names for passages, from position, energy, repetition and voice."""

from collections.abc import Sequence
from dataclasses import dataclass

from contrafact.engine.listening.chart import SectionLabel


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of bars with its repetition letter, energy (0..1) and share of time with a voice (0..1).

    ``strokes``: how much is struck in it, relative to where most is struck (0..1).
    """

    first_bar: int
    last_bar: int
    letter: str
    energy: float
    voice: float
    strokes: float = 1.0

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
            labels.append(_middle(passages, index, chorus, sung, led_in="intro" in labels))
    return labels


def _is_edge(passages: Sequence[Passage], index: int, total_bars: int, chorus: str | None, sung: bool) -> bool:
    """Whether the first or last passage leads in or out, rather than being a verse that the song begins with."""
    passage, neighbour = passages[index], passages[1 if index == 0 else index - 1]
    wordless = sung and passage.voice < 0.25
    if sung and passage.voice > 0.5:
        return False
    if passage.bars <= 8 and passage.energy < neighbour.energy - 0.4 and passage.letter != chorus:
        return True
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
        # A chorus is prepared for, and songs end on it.
        late = 0.1 * (own[0].first_bar > 0) + 0.2 * own[0].first_bar / max(1, passages[-1].last_bar)
        late += 0.1 if len(own) > 1 and letter in {passage.letter for passage in passages[-2:]} else 0.0
        score = energy + repeated + late + (0.5 * min(1.0, 2.0 * voice) if sung else 0.0)
        if best is None or score > best[0]:
            best = (score, letter)
    return best[1] if best else None


def _middle(passages: Sequence[Passage], index: int, chorus: str | None, sung: bool, *, led_in: bool) -> SectionLabel:
    passage = passages[index]
    same = [other for other in passages if other.letter == passage.letter]
    inside = 0 < index < len(passages) - 1
    around = [passages[at] for at in (index - 1, index + 1) if 0 <= at < len(passages)]
    dip = min((other.energy for other in around), default=passage.energy) - passage.energy
    bare = passage.strokes < 0.5 * min((other.strokes for other in around), default=0.0)
    comes_back = any(other is not passage and (other is not passages[0] or not led_in) for other in same)
    still = (dip > 0.35 and passage.energy < 0.4) or (dip > 0.2 and bare)
    if inside and passage.bars <= 8 and still and not comes_back:
        return "break"
    if index == 1 and led_in and sung and passage.voice < 0.15 and len(same) == 1:
        return "intro"
    heard = [other.voice for other in passages if other.letter != passage.letter and len(same) < 2]
    if sung and max(other.voice for other in same) < 0.15 and max(heard, default=1.0) > 0.5:
        return "solo" if passage.energy > 0.4 else "break"
    after_chorus = any(other.letter == chorus for other in passages[:index])
    if len(same) == 1 and after_chorus:
        return "bridge"
    return "verse"
