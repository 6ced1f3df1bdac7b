"""Writing a finished take so that it keeps its ceiling in the file, not only before it."""

from collections.abc import Mapping
from pathlib import Path

from contrafact.engine.audio.decoding import decode
from contrafact.engine.audio.encoding import encode
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.mastering import master
from contrafact.engine.audio.value import Audio

_LOSSLESS = frozenset({".flac", ".wav"})
_ROUNDS = 3
_MARGIN_DB = 0.1


def deliver(audio: Audio, path: Path, ceiling_dbtp: float = -1.0, tags: Mapping[str, str] | None = None) -> None:
    """Write a mastered take; a lossy file is read back, and where its peaks pass the ceiling, they are limited further.

    A codec changes waves, and peaks between them by up to a decibel, however carefully they were limited before. The
    loudness stays as it is; only what stands out is taken down. The same sound gives the same bytes.

    Parameters
    ----------
    audio
        As :func:`~contrafact.engine.audio.mastering.master` left it, 44.1 kHz.
    path
        Its ending chooses the format, as for :func:`~contrafact.engine.audio.encoding.encode`, whose errors are raised.
    ceiling_dbtp
        True peak of the decoded file; met unless three further limitings are not enough (then the last is kept).
    """
    encode(audio, path, tags)
    if path.suffix.lower() in _LOSSLESS:
        return
    loudness = measure_loudness(audio)
    lowered_db = ceiling_dbtp
    for _ in range(_ROUNDS):
        over_db = measure_loudness(decode(path)).true_peak_dbtp - ceiling_dbtp
        if over_db <= 0.0:
            return
        lowered_db -= over_db + _MARGIN_DB
        encode(master(audio, loudness.integrated_lufs, lowered_db), path, tags)
