"""Is it a song? What may be remixed, and the sentence that says why not."""

from contrafact.engine.errors import NotASong
from contrafact.engine.listening.chart import Chart

SHORTEST_S = 8.0
FEWEST_BARS = 4

_REASONS = {
    "silence": "the recording is silent; choose a file with music in it",
    "speech": "the recording is speech, not music, so there is no song to remix; choose a song",
    "noise": "the recording is noise without melody or beat, so there is no song to remix; choose a song",
}


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
