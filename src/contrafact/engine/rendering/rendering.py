"""From timeline and stems to sound, simply; :class:`~contrafact.engine.rendering.desk.Desk` does more."""

from collections.abc import Iterator, Sequence

from contrafact.assets.store import AssetStore
from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.audio.stems import StemReader
from contrafact.engine.audio.value import Audio
from contrafact.engine.progress import Progress, silent
from contrafact.engine.rendering.balance import Balance
from contrafact.engine.rendering.desk import Desk
from contrafact.engine.rendering.sounds import Sounds

_BLOCK_S = 4.0

Stems = StemReader | Sequence[StemReader]


def render(timeline: Timeline, stems: Stems, store: AssetStore | Sounds, progress: Progress = silent) -> Audio:
    """The finished take: mixed, then mastered to the timeline's target; see :class:`Desk` for all of it.

    Returns
    -------
    Audio
        44.1 kHz stereo, exactly ``round(duration_s * 44100)`` frames; at the target loudness, below the true-peak
        ceiling.

    Raises
    ------
    BadInput
        For a timeline without length, or longer than an hour, or a source without stems.
    AssetMissing
        When a part needs sounds that have not been fetched.
    """
    return Desk(timeline, stems, store).take(progress)


def render_blocks(
    timeline: Timeline,
    stems: Stems,
    store: AssetStore | Sounds,
    balance: Balance | None = None,
    block_s: float = _BLOCK_S,
) -> Iterator[Audio]:
    """The mix before the master, in blocks that end on bar lines; put together they are the whole mix, bit by bit.

    ``balance`` is a sound check made before; without it one is made now (about 0.1 s).
    """
    return Desk(timeline, stems, store, balance=balance).blocks(block_s=block_s)


def stream(timeline: Timeline, stems: Stems, store: AssetStore | Sounds, block_s: float = _BLOCK_S) -> Iterator[Audio]:
    """The take to be heard while it is still being rendered: near its final loudness, never above the ceiling."""
    return Desk(timeline, stems, store).live(block_s=block_s)


def sound_check(timeline: Timeline, stems: Stems, store: AssetStore | Sounds) -> Balance:
    """The bed's place under the voice and the mix's loudness, before anything is rendered."""
    return Desk(timeline, stems, store).balance
