"""The kept stems of a recording laid along the segments of a take."""

from collections.abc import Iterable, Iterator

from contrafact.engine.arranging.form import CROSSFADE_S, Form
from contrafact.engine.arranging.timeline import Clip
from contrafact.engine.audio.stems import StemName


def lay_clips(form: Form, stems: tuple[StemName, ...], source_s: float, lift_db: float) -> tuple[Clip, ...]:
    """Each kept stem through all segments; where the recording is cut, both sides reach over and cross-fade.

    The lift to the reference loudness is the clips', not the buses': the effects of a bus come after it, so that a
    compressor does the same for a quiet recording as for a loud one.

    Parameters
    ----------
    form : Form
    stems : tuple of StemName
        Those that sound.
    source_s : float
        Length of the recording.
    lift_db : float
        Gain of every clip.
    """
    return in_order(_clips(form, stems, source_s, lift_db))


def in_order(clips: Iterable[Clip]) -> tuple[Clip, ...]:
    """By start in the take, then by source and stem: the order of a timeline."""
    return tuple(sorted(clips, key=lambda clip: (clip.target_start_s, clip.source, clip.stem)))


def _clips(form: Form, stems: tuple[StemName, ...], source_s: float, lift_db: float) -> Iterator[Clip]:
    half_s = CROSSFADE_S / 2
    for stem in stems:
        for place, segment in enumerate(form.segments):
            joined_before = place > 0
            joined_after = place + 1 < len(form.segments)
            # Reaching over is possible only as far as the recording goes.
            before_s = min(half_s, segment.source_start_s / form.ratio) if joined_before else 0.0
            after_s = min(half_s, (source_s - segment.source_end_s) / form.ratio) if joined_after else 0.0
            cut_in = segment.source_start_s > 0 or joined_before
            cut_out = segment.source_end_s < source_s or joined_after
            yield Clip(
                stem=stem,
                source_start_s=segment.source_start_s - before_s * form.ratio,
                source_end_s=segment.source_end_s + after_s * form.ratio,
                target_start_s=segment.target_start_s - before_s,
                target_end_s=segment.target_end_s + after_s,
                gain_db=lift_db,
                fade_in_s=half_s + before_s if cut_in else 0.0,
                fade_out_s=half_s + after_s if cut_out else 0.0,
            )
