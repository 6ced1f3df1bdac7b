"""Is it a song? What may be remixed, the sentence that says why not, and how far a chart may be believed."""

from collections.abc import Sequence
from typing import TypeVar

from contrafact.engine.errors import NotASong
from contrafact.engine.listening.chart import Chart, Chord, KeySpan, MetreSpan, Section

SHORTEST_S = 8.0
FEWEST_BARS = 4

_REASONS = {
    "silence": "the recording is silent; choose a file with music in it",
    "speech": "the recording is speech, not music, so there is no song to remix; choose a song",
    "noise": "the recording is noise without melody or beat, so there is no song to remix; choose a song",
}
_MUSIC_ENOUGH = 0.5
"""From this confidence on, music is believed to be music and nothing is taken away."""

_Sure = TypeVar("_Sure", Chord, KeySpan, MetreSpan, Section)


def require_song(chart: Chart) -> None:
    """Let songs through.

    Raises
    ------
    NotASong
        For silence, speech, noise, and anything shorter than 8 seconds or four bars; the message is one sentence.
    """
    if chart.content != "music":
        raise NotASong(_REASONS[chart.content])
    if chart.duration_s < SHORTEST_S:
        raise NotASong(
            f"the recording lasts {chart.duration_s:.1f} s, which is too short to remix; "
            f"choose one of at least {SHORTEST_S:.0f} s"
        )
    if len(chart.bars) < FEWEST_BARS:
        raise NotASong(
            f"only {len(chart.bars)} bars of music were heard, which is too little to remix; "
            f"choose a recording with at least {FEWEST_BARS} bars"
        )


def belief(chart: Chart) -> float:
    """The probability that what was heard is music at all, 0 to 1: what no other confidence may exceed.

    1 for what is plainly music; for silence, speech and noise what is left of the certainty that they are that.
    """
    if chart.content == "music":
        return min(1.0, chart.content_confidence / _MUSIC_ENOUGH)
    return 1.0 - chart.content_confidence


def temper(chart: Chart) -> Chart:
    """The same chart, no surer of beat, harmony and form than that there is music.

    Listening always answers: it finds the likeliest beat in a waterfall and the likeliest key of a hum. Each of those
    answers was made on the assumption that there is one, so its confidence is multiplied by the probability of that.
    What was sung or spoken stays as heard (a voice is a voice in speech too), and so does that there is no chord.
    """
    share = belief(chart)
    if share >= 1.0:
        return chart
    return chart.model_copy(
        update={
            "tempo": chart.tempo.model_copy(update={"confidence": share * chart.tempo.confidence}),
            "metre": chart.metre.model_copy(update={"confidence": share * chart.metre.confidence}),
            "key": chart.key.model_copy(update={"confidence": share * chart.key.confidence}),
            "chords": tuple(chord if chord.label == "N" else _less_sure([chord], share)[0] for chord in chart.chords),
            "sections": _less_sure(chart.sections, share),
            "metres": _less_sure(chart.metres, share),
            "keys": _less_sure(chart.keys, share),
            "swing": chart.swing and chart.swing.model_copy(update={"confidence": share * chart.swing.confidence}),
        }
    )


def _less_sure(spans: Sequence[_Sure], share: float) -> tuple[_Sure, ...]:
    return tuple(span.model_copy(update={"confidence": share * span.confidence}) for span in spans)
