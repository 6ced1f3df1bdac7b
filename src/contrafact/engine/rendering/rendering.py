"""From timeline and stems to sound."""

from collections.abc import Iterator

import numpy as np

from contrafact.assets.store import AssetStore
from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.audio.limiting import Limiter
from contrafact.engine.audio.mastering import master
from contrafact.engine.audio.stems import StemReader
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.progress import Progress, silent
from contrafact.engine.rendering.balance import Balance, sound_check
from contrafact.engine.rendering.grid import QUANTUM, frame
from contrafact.engine.rendering.mixer import Mixer
from contrafact.engine.rendering.sounds import Sounds

_LONGEST_S = 3600.0
_BLOCK_S = 4.0
_MIX_SHARE = 0.9
_NOTHING_LUFS = -69.0
_MOST_GAIN_DB = 24.0


def render(timeline: Timeline, stems: StemReader, store: AssetStore | Sounds, progress: Progress = silent) -> Audio:
    """The finished take: mixed, then mastered to the timeline's target.

    Parameters
    ----------
    timeline : Timeline
    stems : StemReader
    store : AssetStore or Sounds
        Where the generated parts' sounds are; a worker keeps one ``Sounds`` to save decoding them again.
    progress : Progress

    Returns
    -------
    Audio
        44.1 kHz stereo, exactly ``round(duration_s * 44100)`` frames; at the target loudness, below the true-peak
        ceiling.

    Raises
    ------
    BadInput
        For a timeline without length, or longer than an hour.
    AssetMissing
        When a part needs sounds that have not been fetched.
    """
    mixer = _mixer(timeline, stems, Sounds.of(store), None)
    total = frame(timeline.duration_s)
    mix = np.zeros((2, total), np.float32)
    at = 0
    for quantum in mixer.quanta():
        mix[:, at : at + quantum.shape[1]] = quantum
        at += quantum.shape[1]
        progress(_MIX_SHARE * at / total, "rendering")
    progress(_MIX_SHARE, "mastering")
    target = timeline.master
    mastered = master(Audio(mix), target_lufs=target.integrated_lufs, ceiling_dbtp=target.ceiling_dbtp)
    progress(1.0, "mastering")
    return mastered


def render_blocks(
    timeline: Timeline,
    stems: StemReader,
    store: AssetStore | Sounds,
    balance: Balance | None = None,
    block_s: float = _BLOCK_S,
) -> Iterator[Audio]:
    """The mix before the master, in blocks that end on bar lines; put together they are the whole mix, bit by bit.

    Parameters
    ----------
    timeline, stems, store
        As for :func:`render`.
    balance : Balance, optional
        A sound check made before; without it one is made now (0.1 to 0.6 s).
    block_s : float
        Least length of a block; it then goes on to the next bar line. The sound does not depend on it.
    """
    mixer = _mixer(timeline, stems, Sounds.of(store), balance)
    cuts = _cuts(timeline, block_s)
    return _regroup(mixer.quanta(), cuts)


def preview_gain_db(timeline: Timeline, balance: Balance) -> float:
    """About the gain that the master will give, from the sound check; 0 when there is nothing to hear."""
    if balance.mix_lufs <= _NOTHING_LUFS:
        return 0.0
    return min(_MOST_GAIN_DB, max(-_MOST_GAIN_DB, timeline.master.integrated_lufs - balance.mix_lufs))


def stream(
    timeline: Timeline, stems: StemReader, store: AssetStore | Sounds, block_s: float = _BLOCK_S
) -> Iterator[Audio]:
    """The take to be heard while it is still being rendered: near its final loudness, never above the ceiling.

    Same music and same total length as :func:`render`; only the level is an estimate (about 1 dB), and blocks end some
    milliseconds off the bar lines, as long as the limiter looks ahead.
    """
    sounds = Sounds.of(store)
    _check(timeline)
    balance = sound_check(timeline, stems, sounds)
    limiter = Limiter(timeline.master.ceiling_dbtp, preview_gain_db(timeline, balance))
    for block in render_blocks(timeline, stems, sounds, balance, block_s):
        ready = limiter.process(block.samples)
        if ready.shape[1]:
            yield Audio(ready)
    rest = limiter.finish()
    if rest.shape[1]:
        yield Audio(rest)


def _check(timeline: Timeline) -> None:
    if not 0.0 < timeline.duration_s <= _LONGEST_S or frame(timeline.duration_s) < 1:
        raise BadInput(
            f"a take of {timeline.duration_s:g} s cannot be rendered; ask for a length between a moment and an hour"
        )


def _mixer(timeline: Timeline, stems: StemReader, sounds: Sounds, balance: Balance | None) -> Mixer:
    _check(timeline)
    return Mixer(timeline, stems, sounds, balance or sound_check(timeline, stems, sounds))


def _cuts(timeline: Timeline, block_s: float) -> list[int]:
    total, least = frame(timeline.duration_s), max(QUANTUM, frame(block_s))
    cuts: list[int] = []
    last = 0
    for bar in timeline.bars:
        at = frame(bar.end_s)
        while at - last > 2 * least:
            last += least
            cuts.append(last)
        if at - last >= least and at < total:
            cuts.append(at)
            last = at
    while total - last > 2 * least:
        last += least
        cuts.append(last)
    return [*cuts, total]


def _regroup(quanta: Iterator[Samples], cuts: list[int]) -> Iterator[Audio]:
    waiting: list[Samples] = []
    start = at = 0
    for quantum in quanta:
        waiting.append(quantum)
        at += quantum.shape[1]
        while cuts and at >= cuts[0]:
            joined = np.concatenate(waiting, axis=1)
            size = cuts[0] - start
            yield Audio(joined[:, :size], SAMPLE_RATE)
            waiting, start = [joined[:, size:]], cuts.pop(0)
