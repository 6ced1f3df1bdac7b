"""Whether anything is to be heard in a take at all, told before it is made and paid for."""

from collections.abc import Iterator
from typing import Final

from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.audio.stems import StemName
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart

_OFF_DB: Final = -60.0
"""A fader all the way down."""
_NOBODY: Final[dict[StemName, tuple[str, str]]] = {
    "vocals": ("its voice", "nobody sings"),
    "drums": ("its drums", "nobody drums"),
}


def require_sound(timeline: Timeline, *charts: Chart) -> None:
    """Refuse a take that would be silence, or the loud remains of a stem in which nobody plays.

    Parameters
    ----------
    timeline : Timeline
    *charts : Chart
        What was heard in each of the timeline's sources, in their order.

    Raises
    ------
    BadInput
        Nothing new is played, and of the recordings nothing is kept but, say, the voice of one in which nobody sings:
        separating leaves traces there, which the master would bring up to full loudness.
    """
    if any(part.notes and part.gain_db > _OFF_DB for part in timeline.parts):
        return
    used = [(charts[timeline.sources.index(use.sha256)], use.stem) for use in timeline.usage()]
    empty = [stem for chart, stem in used if stem in _empty(chart)]
    if len(empty) < len(used):
        return
    if empty:
        kept = " and ".join(_NOBODY[stem][0] for stem in empty)
        why = " and ".join(_NOBODY[stem][1] for stem in empty)
        raise BadInput(
            f"nothing of this take would be heard: of the recording only {kept} would stay, and {why} in it; "
            "keep more of its stems, or name a style that plays"
        )
    raise BadInput(
        "nothing of this take would be heard: none of the recording's stems is kept and nothing new is played; "
        "keep one of them, or name a style that plays"
    )


def _empty(chart: Chart) -> Iterator[StemName]:
    """Stems in which nobody was heard; one that was not listened to is not among them."""
    if not chart.vocal_regions:
        yield "vocals"
    if chart.drums is not None and not chart.drums.hits:
        yield "drums"
