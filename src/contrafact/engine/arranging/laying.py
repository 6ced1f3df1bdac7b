"""Plays laid out in time: the bars of the take, the stretches of the recording in it, and the seams between them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from contrafact.engine.arranging.gates import Gates
from contrafact.engine.arranging.layout import Form, Play, Seam, Segment, Slot, SourceBar
from contrafact.engine.arranging.songmap import Floats

_MARGIN_S = 0.04
_LAST_FADE_S = 2.5
"""Of the recording where a take ends before the song does."""
_UNDER_BAND_S = 1.2
"""The same where the band plays on or ends by itself."""
_SHORTEST_S = 0.05


@dataclass(frozen=True, slots=True)
class Edges:
    """How the take begins and ends, in source seconds.

    ``lead_in_s`` and ``tail_s`` are how much of what the recording has before its first and after its last bar is
    heard, None for all. ``length_s`` is where the take must end (target seconds), None for where it does.
    """

    lead_in_s: float | None = None
    tail_s: float | None = None
    length_s: float | None = None
    fade_s: float = 0.0
    """Target seconds of fade before the end."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Plays that follow one another in the recording, in the same stems, or one broken bar."""

    at: int
    plays: tuple[Play, ...]

    @property
    def sounds(self) -> bool:
        return bool(self.plays[0].stems)

    @property
    def first(self) -> int:
        return self.plays[0].bar

    @property
    def last(self) -> int:
        return self.plays[-1].bar


def runs_of(plays: Sequence[Play]) -> list[_Run]:
    """Plays grouped into what is heard without a cut."""
    groups: list[list[Play]] = []
    starts: list[int] = []
    for at, play in enumerate(plays):
        before = groups[-1][-1] if groups else None
        if before and before.plain and play.plain and before.stems == play.stems and play.bar == before.bar + 1:
            groups[-1].append(play)
        else:
            groups.append([play])
            starts.append(at)
    return [_Run(at, tuple(group)) for at, group in zip(starts, groups, strict=True)]


def lead_of(gates: Gates, bar: int) -> float:
    """Seconds by which the voice begins before a bar: the pickup of its first phrase, 0 where it begins after it."""
    free = gates.song.free_in[bar]
    known = free[~np.isnan(free).any(axis=1)]
    if not len(known):
        return 0.0
    return max(0.0, -_nearest(known))


def tail_of(gates: Gates, bar: int) -> float:
    """Seconds by which the voice goes on after the end of a bar (negative: it ends before)."""
    free = gates.song.free_out[bar]
    known = free[~np.isnan(free).any(axis=1)]
    return _nearest(known) if len(known) else 0.0


def _nearest(spans: Floats) -> float:
    """The moment of silence nearest to the line."""
    margins = np.minimum(_MARGIN_S, (spans[:, 1] - spans[:, 0]) / 2)
    moments = np.clip(0.0, spans[:, 0] + margins, spans[:, 1] - margins)
    return float(moments[np.abs(moments).argmin()])


class _Layout:
    """Goes through the plays once, keeping the time."""

    def __init__(self, gates: Gates, ratio: float, edges: Edges, asked: frozenset[int], loops: bool) -> None:
        self._gates, self._song = gates, gates.song
        self._ratio, self._edges, self._asked, self._loops = ratio, edges, asked, loops
        self._now = 0.0
        self.slots: list[Slot] = []
        self.segments: list[Segment] = []
        self.seams: list[Seam] = []

    def lay(self, plays: Sequence[Play]) -> float:
        """Where the material ends, in target seconds."""
        runs = runs_of(plays)
        sounding = [number for number, run in enumerate(runs) if run.sounds]
        tail_end = 0.0
        for number, run in enumerate(runs):
            before = runs[number - 1] if number and runs[number - 1].sounds else None
            after = runs[number + 1] if number + 1 < len(runs) and runs[number + 1].sounds else None
            if run.sounds:
                opens = not sounding or number == sounding[0]
                tail_end = max(tail_end, self._sounding(run, before, after, opens, number + 1 == len(runs)))
            self._bars(run)
        return max(self._now, tail_end)

    # Segments

    def _sounding(self, run: _Run, before: _Run | None, after: _Run | None, opens: bool, closes: bool) -> float:
        play, bars = run.plays[0], self._song.bars
        if not play.plain:
            self._broken(play)
            return 0.0
        start_s, end_s = bars[run.first].start_s, bars[run.last].end_s
        lead_s = tail_s = 0.0
        if opens and not self._loops:
            start_s, lead_s = self._opening(run, start_s)
        elif before is not None:
            lead_s = self._joined(before, run)
        elif "vocals" in play.stems:
            lead_s = lead_of(self._gates, run.first)
        fade_s = 0.0
        ends_song = run.last == len(bars) - 1 and not self._loops
        if after is None:
            if ends_song:
                whole_s = self._song.duration_s - end_s
                end_s += whole_s if self._edges.tail_s is None else min(whole_s, self._edges.tail_s)
            elif not self._loops:
                tail_s = tail_of(self._gates, run.last) if "vocals" in play.stems else 0.0
                # A take that stops inside the song must not stop dead.
                fade_s = _LAST_FADE_S if closes else _UNDER_BAND_S
        target_s = self._now - (bars[run.first].start_s - start_s) / self._ratio
        length_s = (end_s - start_s) / self._ratio
        fade_s = min(fade_s, 0.5 * length_s)
        self.segments.append(
            Segment(
                first=run.first,
                last=run.last,
                source_start_s=start_s,
                source_end_s=end_s,
                target_start_s=target_s,
                target_end_s=target_s + length_s,
                stems=play.stems,
                voice_lead_s=lead_s,
                voice_tail_s=tail_s,
                fade_out_s=fade_s,
            )
        )
        return target_s + length_s

    def _opening(self, run: _Run, start_s: float) -> tuple[float, float]:
        """Where the first stretch begins, and by how much its voice begins earlier."""
        if run.first > 0:
            lead_s = lead_of(self._gates, run.first) if "vocals" in run.plays[0].stems else 0.0
            if not self.slots:
                self._now += lead_s / self._ratio
            return start_s, lead_s
        wanted = self._song.lead_in_s if self._edges.lead_in_s is None else self._edges.lead_in_s
        if self.slots:
            # Under the band's last bar, as far as there is one.
            wanted = min(wanted, (self.slots[-1].end_s - self.slots[-1].start_s) * self._ratio)
        else:
            self._now += wanted / self._ratio
        return start_s - wanted, 0.0

    def _joined(self, before: _Run, run: _Run) -> float:
        """Weigh the join with the run before, let the voice change over where it is whole; the lead of this one."""
        out, into = before.last, run.first
        here, there = "vocals" in before.plays[0].stems, "vocals" in run.plays[0].stems
        if before.plays[0].plain and not (here and there and into == out + 1):
            seam = self._gates.seam(out, into, self._now, run.at in self._asked)
            if into != out + 1:
                self.seams.append(seam if here and there else replace(seam, faults=_without_voice(seam.faults)))
            if here and there:
                self.segments[-1] = replace(self.segments[-1], voice_tail_s=seam.voice_shift_s)
                return -seam.voice_shift_s
        if here and before.plays[0].plain:
            self.segments[-1] = replace(self.segments[-1], voice_tail_s=tail_of(self._gates, out))
        return lead_of(self._gates, into) if there else 0.0

    def _broken(self, play: Play) -> None:
        """A bar in repeated pieces, the last beats of it perhaps empty."""
        bar = self._song.bars[play.bar]
        beats = len(bar.beats_s)
        # Pieces shorter than a beat divide it evenly.
        parts = max(1, play.pieces // beats)
        whole = np.arange(beats * parts + 1) / parts
        lines: list[float] = np.interp(whole, np.arange(beats + 1), (*bar.beats_s, bar.end_s)).tolist()
        size = max(1, beats // play.pieces)
        stop = max(0, beats - play.breath) * parts
        target_s = self._now
        for beat in range(0, stop, size):
            count = min(size, stop - beat)
            source_end_s = lines[count]
            length_s = (source_end_s - bar.start_s) / self._ratio
            # Pieces begin on the take's own beats, which are those of the whole bar.
            at_s = target_s + (lines[beat] - bar.start_s) / self._ratio
            until_s = target_s + (lines[beat + count] - bar.start_s) / self._ratio
            length_s = min(length_s, until_s - at_s)
            self.segments.append(
                Segment(
                    play.bar,
                    play.bar,
                    bar.start_s,
                    bar.start_s + length_s * self._ratio,
                    at_s,
                    at_s + length_s,
                    stems=play.stems,
                )
            )

    # Bars

    def _bars(self, run: _Run) -> None:
        # Counted from where the stretch begins, as its sound is: adding bar to bar would gather rounding.
        target_s, source_s = self._now, self._song.bars[run.first].start_s
        if run.sounds and run.plays[0].plain:
            target_s, source_s = self.segments[-1].target_start_s, self.segments[-1].source_start_s
        for play in run.plays:
            bar = self._song.bars[play.bar]
            if not run.sounds:
                target_s, source_s = self._now, bar.start_s
            beats_s = tuple(target_s + (beat - source_s) / self._ratio for beat in bar.beats_s)
            end_s = target_s + (bar.end_s - source_s) / self._ratio
            section = self._song.sections[bar.section]
            label = play.role if play.role in ("intro", "outro") else section.label
            self.slots.append(
                Slot(
                    start_s=beats_s[0],
                    end_s=end_s,
                    beats_s=beats_s,
                    source_s=_harmony_moments(bar, play),
                    bar=play.bar,
                    sounds=bool(play.stems),
                    section=section if label == section.label else replace(section, label=label),
                    appearance=self._appearance(play, run),
                    role=play.role,
                )
            )
            self._now = end_s

    def _appearance(self, play: Play, run: _Run) -> int:
        """A new one at a change of section or role and at every cut of the song."""
        if not self.slots:
            return 0
        before = self.slots[-1]
        if before.role != play.role:
            return before.appearance + 1
        if play.role != "song":
            return before.appearance
        other = self._song.bars[before.bar].section != self._song.bars[play.bar].section
        return before.appearance + (1 if other or play is run.plays[0] else 0)


def _without_voice(faults: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fault for fault in faults if fault != "voice")


def _harmony_moments(bar: SourceBar, play: Play) -> tuple[float, ...]:
    size = max(1, len(bar.beats_s) // play.pieces)
    return tuple(bar.beats_s[number % size] for number in range(len(bar.beats_s)))


def lay_out(
    gates: Gates,
    plays: Sequence[Play],
    ratio: float,
    edges: Edges = Edges(),
    asked: frozenset[int] = frozenset(),
    loops: bool = False,
) -> Form:
    """Give every play its time.

    Parameters
    ----------
    gates
    plays
        At least one.
    ratio
        Playing speed of the recording.
    edges
    asked
        Numbers of the plays whose joins the recipe's own order brings.
    loops
        The last play is followed by the first.
    """
    layout = _Layout(gates, ratio, edges, asked, loops)
    end_s = layout.lay(plays)
    segments, slots = layout.segments, layout.slots
    if edges.length_s is not None:
        segments, slots = _ended(segments, slots, edges.length_s, edges.fade_s, ratio)
        end_s = edges.length_s
    return Form(
        bars=gates.song.bars,
        sections=gates.song.sections,
        segments=tuple(segments),
        ratio=ratio,
        slots=tuple(slots),
        length_s=end_s,
        fixed=edges.length_s is not None or loops,
        loops=loops,
        seams=tuple(layout.seams),
    )


def _ended(
    segments: list[Segment], slots: list[Slot], length_s: float, fade_s: float, ratio: float
) -> tuple[list[Segment], list[Slot]]:
    """What of a layout lies before ``length_s``, fading out over the last ``fade_s``."""
    kept: list[Segment] = []
    for segment in segments:
        if segment.target_start_s >= length_s - _SHORTEST_S and kept:
            continue
        if segment.target_end_s + segment.voice_tail_s / ratio > length_s:
            over_s = max(0.0, segment.target_end_s - length_s)
            segment = replace(
                segment,
                source_end_s=segment.source_end_s - over_s * ratio,
                target_end_s=segment.target_end_s - over_s,
                voice_tail_s=0.0,
            )
        kept.append(segment)
    if fade_s > 0 and kept:
        last = kept[-1]
        within_s = fade_s - (length_s - last.target_end_s)
        longest_s = last.target_end_s - last.target_start_s
        kept[-1] = replace(last, fade_out_s=max(last.fade_out_s, min(within_s, longest_s)))
    bars: list[Slot] = []
    for slot in slots:
        if slot.start_s >= length_s - _SHORTEST_S and bars:
            continue
        if slot.end_s > length_s:
            beats = [beat for beat in slot.beats_s if beat < length_s - _SHORTEST_S] or [slot.start_s]
            slot = replace(slot, end_s=length_s, beats_s=tuple(beats), source_s=slot.source_s[: len(beats)])
        bars.append(slot)
    return kept, bars
