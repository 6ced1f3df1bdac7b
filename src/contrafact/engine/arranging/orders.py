"""The row of bars that a recipe names: sections in its own order, parts of them, kinds of section left out."""

from contrafact.engine.arranging.songmap import SongMap
from contrafact.engine.errors import BadInput
from contrafact.engine.recipe.wishes import FormUse, SectionUse

_LONGEST_S = 3600.0


def asked_row(song: SongMap, form: FormUse) -> list[int]:
    """Bars of the recording in the order that ``form`` asks for; all of them when it asks for none.

    Raises
    ------
    BadInput
        For a section or bar that the song does not have, when nothing is left of it, or when it would last for hours.
    """
    if form.order:
        row = [bar for number, use in enumerate(form.order) for bar in _bars_of(song, use, f"form.order[{number}]")]
        seconds = float(song.lengths_s[row].sum())
        if seconds > max(_LONGEST_S, song.duration_s):
            raise BadInput(
                f"recipe: form.order: these sections last {seconds / 60:.0f} minutes; "
                f"give at most {_LONGEST_S / 60:.0f}"
            )
    else:
        row = list(range(len(song.bars)))
    if not form.without_sections:
        return row
    left = [bar for bar in row if song.sections[song.bars[bar].section].label not in form.without_sections]
    if not left:
        kinds = ", ".join(sorted({song.sections[song.bars[bar].section].label for bar in row}))
        raise BadInput(
            f"recipe: form.without_sections: nothing is left of a song made of {kinds}; leave one of them in"
        )
    return left


def _bars_of(song: SongMap, use: SectionUse, path: str) -> list[int]:
    count = len(song.sections)
    if use.section >= count:
        raise BadInput(
            f"recipe: {path}.section: the song has {count} sections, counted from 0; "
            f"there is none numbered {use.section}"
        )
    bars = song.bars_of(use.section)
    if not bars:
        raise BadInput(f"recipe: {path}.section: section {use.section} has no whole bar; leave it out")
    for name in ("first_bar", "last_bar"):
        bar = getattr(use, name)
        if bar is not None and bar >= len(bars):
            raise BadInput(
                f"recipe: {path}.{name}: section {use.section} has {len(bars)} bars, counted from 0; "
                f"there is none numbered {bar}"
            )
    first = 0 if use.first_bar is None else use.first_bar
    last = len(bars) - 1 if use.last_bar is None else use.last_bar
    return bars[first : last + 1]
