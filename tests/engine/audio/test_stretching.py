import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from contrafact.engine.audio.stem_files import StemsInMemory
from contrafact.engine.audio.stems import STEM_NAMES, StemName, Stems
from contrafact.engine.audio.stretching import stretch, stretch_range, stretch_segments
from contrafact.engine.audio.transients import find_strokes
from contrafact.engine.audio.value import Audio, Samples
from contrafact.engine.errors import BadInput

RATE = 44_100


def chord(seconds: float = 4.0, hertz: tuple[float, ...] = (220.0, 277.2, 329.6)) -> Audio:
    t = np.arange(round(seconds * RATE)) / RATE
    left = sum(0.15 * np.sin(2 * np.pi * f * t) for f in hertz)
    return Audio(np.stack([left, left * 0.5]).astype(np.float32))


def drums(onsets_s: NDArray[np.float64], seconds: float, seed: int = 0) -> Audio:
    """Kicks, snares and hats with known strokes."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(seconds * RATE))
    for number, onset in enumerate(onsets_s):
        start = round(onset * RATE)
        t = np.arange(min(round(0.15 * RATE), out.size - start)) / RATE
        hit = np.diff(rng.normal(size=t.size + 1)) * np.exp(-t / 0.01) * 0.1
        if number % 2 == 0:
            hit += np.sin(2 * np.pi * (50 * t + 1.2 * (1 - np.exp(-t / 0.03)))) * np.exp(-t / 0.06) * 0.6
        if number % 4 == 2:
            hit += rng.normal(size=t.size) * np.exp(-t / 0.04) * 0.3
        out[start : start + t.size] += hit * np.minimum(1, (t.size - np.arange(t.size)) / 2_000)
    return Audio(np.stack([out, out * 0.8]).astype(np.float32))


def arrivals_ms(samples: Samples, expected_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """When, against the expectation, each stroke's wave first reaches a quarter of its height."""
    late = []
    for when in expected_s:
        centre = round(when * RATE)
        low = max(0, centre - 1_500)
        piece = np.abs(samples[0, low : centre + 1_500])
        late.append((low + int(np.argmax(piece > 0.25 * piece.max())) - centre) / RATE * 1000)
    return np.array(late)


def strongest_hz(samples: Samples) -> float:
    window = samples[0] * np.hanning(samples.shape[1])
    spectrum = np.abs(np.fft.rfft(window, 1 << 20))
    return float(np.argmax(spectrum)) * RATE / (1 << 20)


@settings(max_examples=30)
@given(
    frames=st.integers(1, 60_000),
    ratio=st.floats(0.25, 4.0),
    semitones=st.floats(-12, 12),
    kind=st.sampled_from(STEM_NAMES),
)
def test_the_length_is_exact_for_everything(frames: int, ratio: float, semitones: float, kind: StemName) -> None:
    samples = (np.random.default_rng(frames).normal(size=(2, frames)) * 0.1).astype(np.float32)
    assert stretch(Audio(samples), ratio, semitones, kind).samples.shape == (2, round(frames / ratio))


@pytest.mark.parametrize("kind", STEM_NAMES)
def test_no_change_is_no_change(kind: StemName) -> None:
    audio = chord(1.0)
    assert stretch(audio, 1.0, 0, kind) is audio
    reader = StemsInMemory(Stems(audio, audio, audio, audio))
    assert np.array_equal(stretch_range(reader, kind, 0.25, 0.75, 22_050, 0), audio.samples[:, 11_025:33_075])
    assert np.array_equal(
        stretch_segments(reader, kind, [(0.25, 3.0), (0.5, 3.25), (0.75, 3.5)], 0).samples,
        audio.samples[:, 11_025:33_075],
    )


@pytest.mark.parametrize("kind", STEM_NAMES)
@pytest.mark.parametrize("ratio", [0.3, 0.5, 0.83, 1.3])
def test_the_same_input_gives_the_same_samples(kind: StemName, ratio: float) -> None:
    audio = drums(np.arange(0.2, 1.8, 0.3), 2.0)
    assert np.array_equal(stretch(audio, ratio, 2, kind).samples, stretch(audio, ratio, 2, kind).samples)


@pytest.mark.parametrize("kind", ["vocals", "bass", "other"])
@pytest.mark.parametrize("ratio", [0.8, 0.9, 1.1, 1.25])
@pytest.mark.parametrize("semitones", [-5, 0, 3])
def test_pitch_and_level_and_stereo_are_as_asked(kind: StemName, ratio: float, semitones: int) -> None:
    tone = chord(3.0, (220.0,))
    result = stretch(tone, ratio, semitones, kind).samples
    middle = result[:, 20_000:-20_000]
    cents = 1200 * np.log2(strongest_hz(middle) / (220.0 * 2 ** (semitones / 12)))
    assert abs(cents) < 3
    # a lone sine has no formants to keep: what a voice's correction makes of its level says nothing
    if kind != "vocals" or semitones == 0:
        assert 20 * np.log10(middle[0].std() / tone.samples[0].std()) == pytest.approx(0, abs=1.0)
    assert middle[1].std() / middle[0].std() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("ratio", [0.7, 0.8, 0.9, 1.1, 1.25, 1.5])
def test_strokes_lie_where_they_should(ratio: float) -> None:
    onsets = np.arange(0.5, 9.5, 0.25)
    audio = drums(onsets, 10.0)
    late = arrivals_ms(stretch(audio, ratio, 0, "drums").samples, onsets / ratio) - arrivals_ms(audio.samples, onsets)
    assert np.abs(late).max() < 2.0


def test_strokes_keep_their_edge() -> None:
    onsets = np.arange(0.5, 9.5, 0.5)
    audio = drums(onsets, 10.0)
    result = stretch(audio, 0.8, 0, "drums").samples
    before = [result[0, round(t / 0.8 * RATE) - 400 : round(t / 0.8 * RATE) - 60] for t in onsets]
    after = [result[0, round(t / 0.8 * RATE) : round(t / 0.8 * RATE) + 340] for t in onsets]
    contrast_db = 10 * np.log10(np.mean(np.square(after)) / (np.mean(np.square(before)) + 1e-9))
    assert contrast_db > 30, "something is heard before the stroke"


@pytest.mark.parametrize("spacing", [0.08, 0.125, 0.4])
def test_strokes_are_found(spacing: float) -> None:
    onsets = np.arange(0.5, 7.5, spacing)
    found = find_strokes(drums(onsets, 8.0).samples) / RATE
    missed = np.array([np.abs(found - onset).min() for onset in onsets])
    assert (missed < 0.006).mean() > 0.95
    assert len(found) < 1.15 * len(onsets)


def test_silence_and_sustained_sound_hold_no_strokes() -> None:
    assert find_strokes(np.zeros((2, RATE), dtype=np.float32)).size == 0
    assert find_strokes(chord(3.0).samples[:, 4_000:]).size <= 1
    assert find_strokes(np.zeros((2, 10), dtype=np.float32)).size == 0


def vowel(pitch_hz: float, seconds: float = 3.0) -> Audio:
    """A glottal pulse train through the formants of “a”."""
    t = np.arange(round(seconds * RATE)) / RATE
    turns = np.cumsum(pitch_hz * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * t))) / RATE
    out = np.zeros_like(t)
    for harmonic in range(1, int(9_000 / pitch_hz)):
        f = harmonic * pitch_hz
        gain = 1 / harmonic
        for centre, width in ((700, 80), (1_220, 90), (2_600, 120), (3_500, 150)):
            gain /= np.hypot(1 - (f / centre) ** 2, f * width / centre**2)
        out += gain * np.sin(2 * np.pi * harmonic * turns)
    return Audio(np.tile(out / np.abs(out).max() * 0.5, (2, 1)).astype(np.float32))


def harmonics_db(samples: Samples, pitch_hz: float) -> NDArray[np.float64]:
    spectrum = np.abs(np.fft.rfft(samples[0, 20_000:-20_000] * np.hanning(samples.shape[1] - 40_000))) ** 2
    hertz = np.fft.rfftfreq(samples.shape[1] - 40_000, 1 / RATE)
    levels = []
    for number in range(1, int(5_000 / pitch_hz)):
        near = np.abs(hertz - number * pitch_hz) < pitch_hz / 3
        levels.append(10 * np.log10(spectrum[near].sum()))
    return np.array(levels, dtype=np.float64) - float(max(levels))


@pytest.mark.parametrize("semitones", [-5, -3, 3, 5])
def test_a_shifted_voice_keeps_its_formants(semitones: int) -> None:
    pitch = 160.0
    wanted = harmonics_db(vowel(pitch * 2 ** (semitones / 12)).samples, pitch * 2 ** (semitones / 12))
    loud = wanted > -45
    errors = {}
    kinds: tuple[StemName, StemName] = ("vocals", "other")  # the second does not try
    for kind in kinds:
        result = stretch(vowel(pitch), 1.0, semitones, kind).samples
        heard = harmonics_db(result, pitch * 2 ** (semitones / 12))
        errors[kind] = float(np.sqrt(np.mean((heard - wanted)[loud] ** 2)))
    assert errors["vocals"] < 6.5
    assert errors["vocals"] < errors["other"] - 1


def test_a_range_is_the_same_sound_as_the_whole() -> None:
    """A clip starts in full flow, where the whole would be."""
    audio = chord(6.0)
    reader = StemsInMemory(Stems(audio, audio, audio, audio))
    clip = stretch_range(reader, "other", 2.0, 4.0, 100_000, 0, 500, 700)
    assert clip.shape == (2, 101_200)
    loudness = [float(piece.std()) for piece in np.array_split(clip[0], 20)]
    assert max(loudness) / min(loudness) < 1.2
    assert np.abs(clip[0, :2_000]).max() > 0.2


def test_a_range_beyond_the_recording_is_silent_there() -> None:
    audio = chord(1.0)
    reader = StemsInMemory(Stems(audio, audio, audio, audio))
    clip = stretch_range(reader, "bass", 0.5, 3.0, 80_000, 0)
    assert np.abs(clip[:, 40_000:]).max() < 1e-3
    assert np.abs(clip[:, 2_000:12_000]).max() > 0.1


@pytest.mark.parametrize("kind", ["vocals", "bass", "other"])
def test_segments_join_without_clicks_or_dips(kind: StemName) -> None:
    audio = chord(9.0)
    reader = StemsInMemory(Stems(audio, audio, audio, audio))
    anchors = [(1.0, 0.5), (3.0, 2.6), (5.0, 4.5), (7.0, 6.55)]
    result = stretch_segments(reader, kind, anchors, 0).samples
    assert result.shape == (2, round(6.05 * RATE))
    spectrum_db = [
        10 * np.log10(np.abs(np.fft.rfft(piece * np.hanning(4_096)))[400:].max() / 4_096 + 1e-9)
        for piece in result[0, : result.shape[1] // 4_096 * 4_096].reshape(-1, 4_096)
    ]
    assert max(spectrum_db) < -38, "energy above 4 kHz is a click"
    level = np.array([piece.std() for piece in np.array_split(result[0], 60)])
    assert 20 * np.log10(level.min() / np.median(level)) > -3.5


def test_segments_put_every_stroke_in_its_new_place() -> None:
    onsets = np.arange(1.0, 9.0, 0.25)
    audio = drums(onsets, 10.0)
    reader = StemsInMemory(Stems(audio, audio, audio, audio))
    source = np.arange(1.0, 9.01, 2.0)
    target = np.array([1.0, 3.1, 5.0, 7.15, 9.0])
    result = stretch_segments(reader, "drums", list(zip(source.tolist(), target.tolist(), strict=True)), 0).samples
    expected = np.interp(onsets, source, target) - 1.0
    inside = (expected > 0.05) & (expected < 7.9)
    late = arrivals_ms(result, expected[inside]) - arrivals_ms(audio.samples, onsets[inside])
    assert np.abs(late).max() < 3.0


def test_what_makes_no_sense_is_refused() -> None:
    audio = chord(1.0)
    reader = StemsInMemory(Stems(audio, audio, audio, audio))
    for ratio, semitones in ((0.1, 0), (9.0, 0), (float("nan"), 0), (1.0, 40), (1.0, float("nan"))):
        with pytest.raises(BadInput):
            stretch(audio, ratio, semitones, "other")
    with pytest.raises(BadInput, match="44100"):
        stretch(Audio(audio.samples, 48_000), 1.1, 0, "other")
    with pytest.raises(BadInput, match="length above zero"):
        stretch_range(reader, "other", 1.0, 1.0, 100, 0)
    with pytest.raises(BadInput, match="two anchors"):
        stretch_segments(reader, "other", [(0, 0)], 0)
    with pytest.raises(BadInput, match="must rise"):
        stretch_segments(reader, "other", [(0, 0), (1, 1), (0.5, 2)], 0)


@pytest.mark.parametrize("kind", ["vocals", "other", "bass"])
@pytest.mark.parametrize("ratio", [0.8, 0.9, 1.15])
def test_a_chord_stays_a_chord(kind: StemName, ratio: float) -> None:
    """Nothing sounds between its notes: choirs in the vocal stem are stretched too."""
    t = np.arange(6 * RATE) / RATE
    notes = (110.0, 220.0, 277.2, 329.6, 440.0, 554.4)
    chord = sum(0.05 * np.sin(2 * np.pi * hertz * t + n) for n, hertz in enumerate(notes))
    out = stretch(Audio(np.tile(chord, (2, 1)).astype(np.float32)), ratio, 0.0, kind).samples[0, RATE:-RATE]
    power = np.abs(np.fft.rfft(out * np.hanning(out.size))) ** 2
    hertz = np.fft.rfftfreq(out.size, 1 / RATE)
    near = np.any(np.abs(hertz[:, None] - np.array(notes)) < 6.0, axis=1)
    assert 10 * np.log10(power[~near].sum() / power[near].sum()) < -30.0
