"""Which bars of the recording a take plays, in which order: everything, or what order, shape, length and strength ask.

The recording is cut only between bars, where voice, harmony and level go on as if nothing had happened (:mod:`gates`);
what is chosen is laid out in time by :mod:`laying`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from contrafact.engine.arranging.dramaturgy import (
    band_edge,
    build_turns,
    edge_bars,
    fade_turn,
    recorded_edge,
    with_builds,
)
from contrafact.engine.arranging.editing import Aim, Row, ends_of, shortest_way
from contrafact.engine.arranging.fading import with_fades
from contrafact.engine.arranging.gates import Gates
from contrafact.engine.arranging.laying import Edges, lay_out
from contrafact.engine.arranging.layout import Form, Play, SectionSpan, Segment, SourceBar, moved, placed
from contrafact.engine.arranging.looping import loop_row
from contrafact.engine.arranging.orders import asked_row
from contrafact.engine.arranging.radio import RADIO_S, tightened
from contrafact.engine.arranging.rearranging import rearranged
from contrafact.engine.arranging.songmap import SongMap, map_song
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe

__all__ = ["Form", "SectionSpan", "Segment", "SourceBar", "choose_form", "moved", "placed"]

_WORTH = {"chorus": 0.34, "verse": 0.26, "solo": 0.15, "bridge": 0.12}
"""How much a bar of a section is wanted in an edit; the others count nothing."""
_SUNG_WORTH = 0.5
_AUDIBLE_DB = -45.0
_LONGEST_PAD_S = 1.2
_MOST_FADE_S = 8.0
_LOOP_RATIO = 0.04
_RATIO = 0.01
_QUIET = 0.35


@dataclass(frozen=True, eq=False)
class _Wish:
    """What the steps below need of recipe and song."""

    song: SongMap
    gates: Gates
    recipe: Recipe
    stems: tuple[StemName, ...]
    """Those of the recording that are heard."""
    band: bool
    """Whether a band plays drums, so that it can play alone."""
    worth: tuple[float, ...]

    @property
    def ratio(self) -> float:
        return self.recipe.tempo.ratio

    @property
    def others(self) -> tuple[StemName, ...]:
        """What is heard of the recording but for its voice."""
        return tuple(stem for stem in self.stems if stem != "vocals")


def choose_form(chart: Chart, recipe: Recipe) -> Form:
    """Lay the recording out in the take.

    ``recipe.length_s`` is met within about a bar, to the millisecond when ``recipe.form.exact`` says so; target times
    are source times divided by the form's ratio.

    Raises
    ------
    BadInput
        When ``recipe.form`` names sections or bars that the song does not have, or leaves nothing of it.
    """
    wish = _wish(chart, recipe)
    row = asked_row(wish.song, recipe.form)
    if not wish.song.bars:
        return with_fades(_without_bars(chart, recipe), recipe.form)
    if recipe.form.shape == "loop":
        return _looped(wish, row)
    if recipe.form.shape == "radio_edit":
        row = tightened(wish.gates, row)
    if _by_strength(recipe):
        row = rearranged(wish.gates, recipe.strengths.form, recipe.seed)
    plays = _dressed(wish, row) if _wanted_s(wish, row) is None else _cut(wish, row)
    return _noted(with_fades(_finished(wish, plays, _asked(wish, plays)), recipe.form), wish)


def _by_strength(recipe: Recipe) -> bool:
    """Whether the strength alone says what becomes of the form."""
    asked = recipe.form.order or recipe.form.without_sections or recipe.form.shape != "as_heard"
    return recipe.strengths.form > 0 and not asked and recipe.length_s is None


def _wish(chart: Chart, recipe: Recipe) -> _Wish:
    uses = {stem: getattr(recipe.stems, stem) for stem in STEM_NAMES}
    stems = tuple(stem for stem, use in uses.items() if use.keep and use.gain_db > _AUDIBLE_DB)
    cover = recipe.kind == "cover"
    drummer = recipe.style is not None and (recipe.strengths.rhythm > 0 or "drums" not in stems)
    # Where an instrument takes the voice's line, its phrases are what must not be cut.
    song = map_song(chart, cover or "vocals" in stems or recipe.melody.instrument is not None)
    worth = np.array([_WORTH.get(song.sections[bar.section].label, 0.0) for bar in song.bars])
    if stems == ("vocals",) and not recipe.style:
        # Of a voice alone the bars in which it rests are what can go.
        worth = _SUNG_WORTH * song.sung
    return _Wish(song, Gates(song), recipe, stems, cover or drummer, tuple(worth.tolist()))


def _asked(wish: _Wish, plays: list[Play]) -> frozenset[int]:
    """Joins that the recipe's own order brings, when it was followed to the letter."""
    if not wish.recipe.form.order or wish.recipe.length_s is not None:
        return frozenset()
    return frozenset(range(len(plays)))


# Lengths


def _wanted_s(wish: _Wish, row: list[int]) -> float | None:
    """Target seconds that the whole take is to last, None where it lasts as long as it does."""
    if wish.recipe.length_s is not None:
        return wish.recipe.length_s
    if wish.recipe.form.shape == "radio_edit" and _natural_s(wish, _dressed(wish, row)) > RADIO_S:
        return RADIO_S
    return None


def _natural_s(wish: _Wish, plays: list[Play]) -> float:
    """How long plays last with what the recording has before its first and after its last bar."""
    song, first, last = wish.song, plays[0], plays[-1]
    seconds = float(song.lengths_s[[play.bar for play in plays]].sum())
    if first.role == "song" and first.bar == 0:
        seconds += song.lead_in_s
    if last.role == "song" and last.bar == len(song.bars) - 1:
        seconds += song.tail_s
    return seconds / wish.ratio


def _cut(wish: _Wish, row: list[int]) -> list[Play]:
    """The row cut or extended to the wanted length, dressed."""
    wanted_s = _wanted_s(wish, row)
    plays = _dressed(wish, row)
    if wanted_s is None:
        return plays
    bar_s = float(np.median(wish.song.lengths_s[row])) / wish.ratio
    exact = wish.recipe.form.exact
    close_s = 0.02 if exact else 0.5 * bar_s
    if abs(_natural_s(wish, plays) - wanted_s) <= close_s:
        return plays
    begin, end = ends_of(wish.gates, row, wanted_s / bar_s)
    if wish.recipe.form.shape == "radio_edit":
        begin = begin + np.where(np.arange(len(row)) > 0, 3.0, 0.0)
    bars = np.asarray(row, dtype=np.int64)
    song = wish.song
    before_s = np.where((bars == 0) & (np.arange(len(bars)) == 0), song.lead_in_s, 0.0)
    after_s = np.where(bars == len(song.bars) - 1, song.tail_s, 0.0)
    choices = Row(bars, np.asarray(wish.worth)[bars], begin, end, before_s, after_s)
    best: list[Play] = plays
    least = np.inf
    for _ in range(4):
        # Intro, outro and builds take their own time, which depends on what they are made of.
        bare = [Play(bar) for bar in row]
        around_s = (_natural_s(wish, plays) - _natural_s(wish, bare)) * wish.ratio
        aim_s = max(0.3 * bar_s, wanted_s * wish.ratio - around_s)
        row = shortest_way(wish.gates, choices, _aim(wish, aim_s, exact))
        plays = _dressed(wish, row)
        missed = _missed(wish, plays, wanted_s)
        if missed >= least:
            break
        best, least = plays, missed
        if missed <= close_s:
            break
    return best


def _missed(wish: _Wish, plays: list[Play], wanted_s: float) -> float:
    off = _natural_s(wish, plays) - wanted_s
    return abs(off) if off <= 0 or wish.recipe.form.shape != "radio_edit" else 10.0 * off


def _aim(wish: _Wish, seconds: float, exact: bool) -> Aim:
    bar_s = float(np.median(wish.song.lengths_s))
    if wish.recipe.form.shape == "radio_edit" and wish.recipe.length_s is None:
        return Aim(seconds - 0.5 * bar_s, under_s=4.0 * bar_s, over_s=0.5 * bar_s, over_cost=20.0, under_cost=0.4)
    if exact:
        # Too long by the ring of the last bar, or too short by a moment of silence, is as good as exact.
        tempo_s = 0.9 * _RATIO * seconds if wish.ratio != 1.0 else 0.0
        over_s, under_s = max(tempo_s, 0.9 * wish.song.tail_s), max(tempo_s, _LONGEST_PAD_S)
        return Aim(seconds, over_s=over_s, under_s=under_s, over_cost=6.0, under_cost=8.0)
    return Aim(seconds)


# What is put around and into the song


def _dressed(wish: _Wish, row: list[int]) -> list[Play]:
    """The row as plays, with builds, intro and outro."""
    form = wish.recipe.form
    plays = [Play(bar) for bar in row]
    if form.shape == "build_and_drop" and (wish.band or wish.others):
        plays = with_builds(wish.gates, plays, wish.others)
    usual = edge_bars(wish.song) if form.shape == "extended" else 0
    before, after = form.intro_bars or usual, form.outro_bars or usual
    edge = _edge(wish)
    if edge is None:
        return plays
    if after and not form.order:
        # The groove that leads out takes over before the song has ended for itself.
        plays = plays[: _groove_ends(wish, row, len(plays))]
        row = [play.bar for play in plays]
    intro = edge(row, before, False) if before else []
    return [*intro, *plays, *(edge(row, after, True) if after else [])]


def _groove_ends(wish: _Wish, row: list[int], count: int) -> int:
    """How many of ``count`` plays come before a quiet ending of the song; all of them where it ends full."""
    song = wish.song
    quiet = [bar for bar in range(len(song.bars)) if song.home[bar] == song.home[-1]]
    weak = song.sections[song.bars[-1].section].energy < _QUIET
    if not weak or row[-len(quiet) :] != quiet or 2 * len(quiet) >= len(row):
        return count
    return count - len(quiet)


def _edge(wish: _Wish) -> Callable[[list[int], int, bool], list[Play]] | None:
    """Who can play before and after the song: the band, else what of the recording is no voice, else nobody."""
    others = wish.others
    if wish.band:
        return lambda row, count, outro: band_edge(wish.gates, row, count, outro)
    if others:
        return lambda row, count, outro: recorded_edge(wish.gates, row, count, outro, others)
    return None


# Ends


def _finished(wish: _Wish, plays: list[Play], asked: frozenset[int]) -> Form:
    """The plays laid out; with an exact length, ending exactly there."""
    length_s = wish.recipe.length_s
    natural = lay_out(wish.gates, plays, wish.ratio, asked=asked)
    if wish.recipe.form.fade_out_s > 0.0 and not wish.recipe.form.exact:
        # What rings behind the last bar line would be silence by then.
        natural = lay_out(wish.gates, plays, wish.ratio, Edges(length_s=natural.slots[-1].end_s), asked)
    natural = replace(natural, turns=build_turns(natural, wish.others))
    if length_s is None or not wish.recipe.form.exact:
        return natural
    return _exact(wish, plays, natural, length_s, asked)


def _exact(wish: _Wish, plays: list[Play], natural: Form, length_s: float, asked: frozenset[int]) -> Form:
    over_s = natural.length_s - length_s
    ratio, edges, fade_s = wish.ratio, Edges(length_s=length_s), 0.0
    ends_song = plays[-1].role == "song" and plays[-1].bar == len(wish.song.bars) - 1
    tail_s = wish.song.tail_s / ratio if ends_song else 0.0
    lead_s = wish.song.lead_in_s / ratio if plays[0].role == "song" and plays[0].bar == 0 else 0.0
    spare_s = max(0.0, tail_s - 0.5)
    unsung = not any(start < wish.song.lead_in_s for start, _ in wish.song.phrases)
    if over_s > 0.0:
        if ratio != 1.0 and over_s / length_s <= _RATIO:
            ratio *= natural.length_s / length_s
        elif over_s <= tail_s:
            # The ring of the last bar is let go a little earlier.
            fade_s = min(3.0, max(0.4, tail_s - over_s))
        elif unsung and over_s <= spare_s + 0.8 * lead_s:
            # So is the silence before the first bar, as far as needed.
            edges = replace(edges, lead_in_s=(lead_s + spare_s - over_s) * ratio)
            fade_s = tail_s - spare_s if spare_s else 0.0
        else:
            fade_s = min(_MOST_FADE_S, 0.25 * length_s, max(2.5, over_s + 2.0))
        if wish.recipe.form.fade_out_s > 0.0:
            # The fade that was asked for hides where the music is cut.
            fade_s = 0.0
    elif over_s < -_LONGEST_PAD_S and ratio != 1.0 and -over_s / length_s <= _RATIO:
        ratio *= natural.length_s / length_s
    form = lay_out(wish.gates, plays, ratio, replace(edges, fade_s=fade_s), asked)
    turns = build_turns(form, wish.others)
    notes: tuple[str, ...] = ()
    last = form.segments[-1]
    if fade_s > tail_s:
        # A fade that begins before the last stretch does is the faders'.
        faders = wish.stems if fade_s > last.target_end_s - last.target_start_s else ()
        if faders:
            form = replace(form, segments=(*form.segments[:-1], replace(last, fade_out_s=0.0)))
        turns += (fade_turn(form, length_s - fade_s, faders),)
        notes = (f"The last {fade_s:.0f} seconds fade out, to end after exactly {_clock(length_s)}.",)
    elif over_s < -2.0:
        notes = (f"The music ends {-over_s:.1f} seconds before {_clock(length_s)}; silence fills the rest.",)
    return replace(form, turns=turns, notes=notes)


def _looped(wish: _Wish, row: list[int]) -> Form:
    wanted_s = wish.recipe.length_s
    worth = [wish.worth[bar] for bar in row]
    source_s = None if wanted_s is None else wanted_s * wish.ratio
    most_off = _LOOP_RATIO if wish.recipe.form.exact else None
    turn, turns = loop_row(wish.gates, row, worth, source_s, most_off)
    plays = [Play(bar) for bar in turn * turns]
    ratio = wish.ratio
    notes: tuple[str, ...] = ()
    if wanted_s is not None and wish.recipe.form.exact:
        needed = float(wish.song.lengths_s[[play.bar for play in plays]].sum()) / wanted_s
        if abs(needed / ratio - 1.0) <= _LOOP_RATIO:
            change = needed / ratio - 1.0
            ratio = needed
            if abs(change) >= 0.0005:
                notes = (f"The tempo gives {100 * change:+.1f} %, so that whole bars last exactly {_clock(wanted_s)}.",)
        else:
            notes = (f"A loop of whole bars cannot last exactly {_clock(wanted_s)}; it is as near as bars allow.",)
    form = lay_out(wish.gates, plays, ratio, loops=True)
    exact = wanted_s is not None and abs(form.length_s - wanted_s) < 1e-3
    closing = wish.gates.seam(plays[-1].bar, plays[0].bar, form.length_s)
    segments = list(form.segments)
    # The voice changes over at the loop's end as at any other join.
    segments[-1] = replace(segments[-1], voice_tail_s=closing.voice_shift_s)
    segments[0] = replace(segments[0], voice_lead_s=-closing.voice_shift_s)
    return _noted(
        replace(
            form,
            segments=tuple(segments),
            length_s=wanted_s if exact and wanted_s is not None else form.length_s,
            seams=(*form.seams, closing),
            notes=notes,
        ),
        wish,
    )


# Sentences


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:06.3f}".rstrip("0").rstrip(".")


_FAULTS = {
    "level": "the level steps",
    "beat": "the tempo steps",
    "harmony": "the harmony jumps",
    "voice": "the voice is cut",
}


def _noted(form: Form, wish: _Wish) -> Form:
    """Say where no cut passed the gates, and what was asked for but cannot be."""
    notes = list(form.notes)
    weak = [seam for seam in form.seams if seam.faults and not (seam.asked and "voice" not in seam.faults)]
    for seam in weak[:3]:
        why = " and ".join(_FAULTS[fault] for fault in seam.faults)
        notes.append(f"At {_clock(round(seam.target_s, 1))} no better join was found: {why}.")
    if len(weak) > 3:
        notes.append(f"{len(weak) - 3} more joins are like that.")
    asked = wish.recipe.form
    edges = asked.intro_bars or asked.outro_bars or asked.shape == "extended"
    if edges and (form.loops or _edge(wish) is None):
        what = "a loop has neither" if form.loops else "a voice alone has nothing to make them of"
        notes.append(f"No intro and outro for mixing: {what}.")
    if asked.shape == "build_and_drop" and not wish.band and not wish.others:
        notes.append("No build before the drop: a voice alone has nothing to make it of.")
    return replace(form, notes=tuple(notes))


def _without_bars(chart: Chart, recipe: Recipe) -> Form:
    """A recording shorter than a bar is played as it is."""
    length_s = chart.duration_s / recipe.tempo.ratio
    whole = Segment(0, -1, 0.0, chart.duration_s, 0.0, length_s)
    notes = () if recipe.length_s is None else ("The recording is shorter than a bar and is played as it is.",)
    return Form((), (), (whole,), recipe.tempo.ratio, length_s=length_s, notes=notes)
