"""Whole takes: same bytes, same blocks, right length, right loudness."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from contrafact.assets import AssetStore
from contrafact.engine.arranging.timeline import Clip, Effect, Instrument, Note, Part, StemBus, Timeline
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput, Cancelled
from contrafact.engine.rendering import Desk, Sounds, render, render_blocks, stream
from tests.support.readers import MemoryStems, sine, sung
from tests.support.takes import empty_take, keep_vocals, with_band

SILENCE = MemoryStems({"vocals": np.zeros((2, SAMPLE_RATE), np.float32)})


def unused_sounds() -> Sounds:
    """For takes that play nothing generated: asking for a sound is an error."""

    def none(*_: object) -> Path:
        raise AssertionError("no sound should be needed")

    return Sounds(none, none)


def whole(take: Timeline, stems: MemoryStems, sounds: Sounds, block_s: float = 4.0) -> Samples:
    return np.concatenate([block.samples for block in render_blocks(take, stems, sounds, block_s=block_s)], axis=1)


def test_a_kept_stem_without_effects_is_the_recording_bit_by_bit() -> None:
    voice = sung(9.0)
    take = keep_vocals(empty_take(9.0))
    assert np.array_equal(whole(take, MemoryStems({"vocals": voice}), unused_sounds()), voice)


@pytest.mark.parametrize("seconds", [0.01, 0.371, 3.0, 7.7777])
def test_length_is_exact(seconds: float) -> None:
    take = keep_vocals(empty_take(seconds))
    stems = MemoryStems({"vocals": sine(440.0, 3.0)})
    assert whole(take, stems, unused_sounds()).shape == (2, round(seconds * SAMPLE_RATE))
    assert render(take, stems, unused_sounds()).frames == round(seconds * SAMPLE_RATE)


@pytest.mark.assets
@pytest.mark.parametrize("block_s", [0.5, 5.0])
def test_blocks_of_any_size_are_the_same_mix(sounds: Sounds, block_s: float) -> None:
    take = with_band(keep_vocals(empty_take(8.0), ratio=0.93))
    stems = MemoryStems({"vocals": sung(8.0)})
    assert np.array_equal(whole(take, stems, sounds, 100.0), whole(take, stems, sounds, block_s))


@pytest.mark.assets
def test_what_was_played_before_changes_nothing(asset_store: AssetStore, sounds: Sounds) -> None:
    take = with_band(keep_vocals(empty_take(4.0)))
    stems = MemoryStems({"vocals": sung(4.0)})
    used = whole(take, stems, sounds)
    assert np.array_equal(used, whole(take, stems, Sounds.open(asset_store)))


@pytest.mark.assets
def test_blocks_end_on_bars_and_the_first_reads_only_what_it_needs(sounds: Sounds) -> None:
    take = with_band(keep_vocals(empty_take(40.0)))
    stems = MemoryStems({"vocals": sung(40.0)})
    desk = Desk(take, stems, sounds)
    assert desk.balance.mix_lufs > -60.0
    stems.asked.clear()
    first = next(desk.blocks())
    assert first.duration_s == pytest.approx(4.0, abs=1 / SAMPLE_RATE)
    assert max(stop for _, _, stop in stems.asked) < 16 * SAMPLE_RATE, "threads make a little more than is asked for"


@pytest.mark.assets
def test_another_process_gives_the_same_bytes(asset_store: AssetStore, sounds: Sounds) -> None:
    take = with_band(keep_vocals(empty_take(4.0), ratio=1.1))
    here = hashlib.sha256(render(take, MemoryStems({"vocals": sung(5.0)}), sounds).samples.tobytes()).hexdigest()
    code = (
        "import hashlib, sys; from pathlib import Path\n"
        "from tests.support.readers import MemoryStems, sung\n"
        "from tests.support.takes import empty_take, keep_vocals, with_band\n"
        "from contrafact.assets import AssetStore; from contrafact.engine.rendering import render\n"
        "take = with_band(keep_vocals(empty_take(4.0), ratio=1.1))\n"
        "sound = render(take, MemoryStems({'vocals': sung(5.0)}), AssetStore(Path(sys.argv[1]))).samples\n"
        "print(hashlib.sha256(sound.tobytes()).hexdigest())"
    )
    root = Path(__file__).resolve().parents[3]
    there = subprocess.run(
        [sys.executable, "-c", code, str(asset_store.root)], cwd=root, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == here


@pytest.mark.assets
def test_the_take_meets_its_target(sounds: Sounds) -> None:
    take = with_band(keep_vocals(empty_take(16.0)))
    finished = render(take, MemoryStems({"vocals": sung(16.0)}), sounds)
    loudness = measure_loudness(finished)
    assert loudness.integrated_lufs == pytest.approx(-14.0, abs=0.3)
    assert loudness.true_peak_dbtp <= -1.0
    assert np.isfinite(finished.samples).all()
    assert abs(float(finished.samples.mean())) < 1e-3


@pytest.mark.assets
@pytest.mark.parametrize("kit", ["bossa", "brushes", "dnb", "house", "lofi", "synthwave"])
def test_onsets_lie_where_the_timeline_says(sounds: Sounds, kit: str) -> None:
    times = (0.5, 1.203, 1.9999, 3.0)
    part = Part("k", "drums", Instrument("kit", kit=kit), tuple(Note(t, 0.1, 36, 110) for t in times))
    take = replace(empty_take(4.0), parts=(part,))
    sound = np.abs(whole(take, SILENCE, sounds)).max(axis=0)
    for time in times:
        around = sound[round((time - 0.05) * SAMPLE_RATE) : round((time + 0.05) * SAMPLE_RATE)]
        onset = float(np.argmax(around > 0.1 * around.max())) / SAMPLE_RATE - 0.05
        assert abs(onset) < 0.002


def _frequency(sound: Samples) -> float:
    mono = sound.mean(axis=0)
    size = 1 << 19
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), size))
    return float(np.argmax(spectrum) * SAMPLE_RATE / size)


@pytest.mark.assets
@pytest.mark.parametrize(("program", "key"), [(4, 60), (11, 72), (32, 40), (38, 36), (73, 67), (24, 55), (81, 69)])
@pytest.mark.parametrize("tuning", [0.0, 30.0])
def test_notes_have_their_pitch(sounds: Sounds, program: int, key: int, tuning: float) -> None:
    part = Part("n", "lead", Instrument("soundfont", program), (Note(0.0, 1.5, key, 100),))
    take = replace(empty_take(1.6), parts=(part,), tuning_cents=tuning)
    heard = _frequency(whole(take, SILENCE, sounds)[:, 8_000:])
    wanted = 440.0 * 2 ** ((key - 69 + tuning / 100) / 12)
    nearest = max(1.0, round(heard / wanted))
    assert abs(1200 * np.log2(heard / nearest / wanted)) < 20.0


@pytest.mark.assets
def test_the_kick_pushes_the_pad_down(sounds: Sounds) -> None:
    kick = Part("k", "drums", Instrument("kit", kit="house"), (Note(2.0, 0.1, 36, 110),), gain_db=-59.0)
    pad = Part("p", "pad", Instrument("soundfont", 81), (Note(0.0, 4.0, 60, 100),), duck_db=9.0)
    ducked = whole(replace(empty_take(4.0), parts=(kick, pad)), SILENCE, sounds)
    free = whole(replace(empty_take(4.0), parts=(kick, replace(pad, duck_db=0.0))), SILENCE, sounds)

    def fall_db(at_s: float) -> float:
        span = slice(round((at_s - 0.01) * SAMPLE_RATE), round((at_s + 0.01) * SAMPLE_RATE))
        return float(10 * np.log10((ducked[:, span] ** 2).mean() / (free[:, span] ** 2).mean()))

    assert fall_db(2.015) == pytest.approx(-9.0, abs=0.7)
    assert fall_db(1.9) == pytest.approx(0.0, abs=0.1)
    assert fall_db(2.4) == pytest.approx(0.0, abs=0.1)


def test_muted_and_unlisted_stems_are_absent() -> None:
    take = keep_vocals(empty_take(2.0))
    loud = sine(1000.0, 2.0)
    take = replace(
        take,
        clips=(*take.clips, Clip("drums", 0.0, 2.0, 0.0, 2.0), Clip("bass", 0.0, 2.0, 0.0, 2.0)),
        buses=(*take.buses, StemBus("drums", gain_db=-60.0)),
    )
    stems = MemoryStems({"vocals": np.zeros((2, loud.shape[1]), np.float32), "drums": loud, "bass": loud})
    assert not whole(take, stems, unused_sounds()).any()


def test_reverb_rings_on_after_the_sound() -> None:
    burst = np.pad(sine(500.0, 1.0), ((0, 0), (0, 2 * SAMPLE_RATE)))
    take = keep_vocals(empty_take(3.0))
    dry = whole(take, MemoryStems({"vocals": burst}), unused_sounds())
    wet = whole(
        replace(take, buses=(StemBus("vocals", reverb_send_db=-6.0),)), MemoryStems({"vocals": burst}), unused_sounds()
    )
    tail = slice(round(1.2 * SAMPLE_RATE), round(1.5 * SAMPLE_RATE))
    assert not dry[:, tail].any()
    assert float(np.abs(wet[:, tail]).max()) > 1e-3


@pytest.mark.assets
def test_what_a_separator_left_of_a_voice_is_no_voice(sounds: Sounds) -> None:
    """A song without a singer: the band leans on the other stems, not on the 26 dB softer rest in the vocal stem."""
    take = with_band(keep_vocals(empty_take(12.0)))
    clips = (*take.clips, replace(take.clips[0], stem="other"))
    take = replace(take, clips=clips, buses=(*take.buses, StemBus("other")))
    rest = MemoryStems({"vocals": sung(12.0, 0.005), "other": sine(300.0, 12.0, 0.2)})
    alone = MemoryStems({"vocals": np.zeros((2, 12 * SAMPLE_RATE), np.float32), "other": sine(300.0, 12.0, 0.2)})
    with_rest, without = (Desk(take, stems, sounds).balance.bed_gain_db for stems in (rest, alone))
    assert with_rest == pytest.approx(without, abs=1.5)


@pytest.mark.assets
def test_the_voice_leads_the_bed(sounds: Sounds) -> None:
    """Rendered alone, voice and bed differ by about the promised lead."""
    take = with_band(keep_vocals(empty_take(24.0)))
    voice = sung(24.0, level=0.1)
    both = whole(take, MemoryStems({"vocals": voice}), sounds)
    bed = both - voice
    active = np.abs(voice).max(axis=0) > 0.02
    lead = measure_loudness(Audio(voice[:, active])).integrated_lufs
    lead -= measure_loudness(Audio(bed[:, active])).integrated_lufs
    assert 1.0 < lead < 6.0


def _in_band_db(sound: Samples, low_hz: float, high_hz: float) -> float:
    band = sosfilt(butter(2, [low_hz, high_hz], "bandpass", fs=SAMPLE_RATE, output="sos"), sound.astype(np.float64))
    return float(10 * np.log10((band**2).mean()))


@pytest.mark.assets
def test_a_bed_in_the_voices_register_makes_way_and_one_elsewhere_stays(sounds: Sounds) -> None:
    """Organ chords around 600 Hz under a voice whose fundamental lies there; then glass three octaves above."""
    t = np.arange(12 * SAMPLE_RATE) / SAMPLE_RATE
    tone = 0.1 * sum(np.sin(2 * np.pi * 220 * n * t) / n for n in range(1, 6)) * (np.sin(2 * np.pi * 1.5 * t) > -0.7)
    voice = np.stack([tone, tone]).astype(np.float32)
    stems = MemoryStems({"vocals": voice})

    def take(program: int, keys: tuple[int, ...], gain_db: float) -> Timeline:
        notes = tuple(Note(2.0 * bar, 2.0, key, 100) for bar in range(6) for key in keys)
        hidden = Part("low", "bass", Instrument("soundfont", 38), (Note(0.0, 11.0, 36, 20),), gain_db=gain_db)
        bed = Part("bed", "pad", Instrument("soundfont", program), notes)
        return replace(keep_vocals(empty_take(12.0)), parts=(bed, hidden))

    masking, clear = take(16, (69, 72, 76), -20.0), take(98, (100, 103, 107), -20.0)
    deep = Desk(masking, stems, sounds).balance.dips_db
    assert deep[0] > 1.0
    assert Desk(clear, stems, sounds).balance.dips_db[0] == 0.0
    desk = Desk(masking, stems, sounds)
    plain = Desk(masking, stems, sounds, balance=replace(desk.balance, dips_db=(0.0, 3.5)))
    heard = [np.concatenate([block.samples for block in one.blocks()], axis=1) - voice for one in (desk, plain)]
    made_way_db = _in_band_db(heard[1], 400, 800) - _in_band_db(heard[0], 400, 800)
    assert 0.5 * deep[0] < made_way_db < deep[0] + 0.5


@pytest.mark.assets
def test_the_stream_is_near_the_finished_take_and_below_the_ceiling(sounds: Sounds) -> None:
    take = with_band(keep_vocals(empty_take(16.0)))
    stems = MemoryStems({"vocals": sung(16.0)})
    live = np.concatenate([block.samples for block in stream(take, stems, sounds)], axis=1)
    assert live.shape == (2, 16 * SAMPLE_RATE)
    loudness = measure_loudness(Audio(live))
    assert loudness.true_peak_dbtp <= -0.99
    assert loudness.integrated_lufs == pytest.approx(-14.0, abs=2.0)


def test_bad_takes_are_refused_in_one_sentence() -> None:
    for seconds in (0.0, -1.0, float("nan"), 1e6):
        with pytest.raises(BadInput, match="cannot be rendered"):
            render(replace(empty_take(1.0), duration_s=seconds), SILENCE, unused_sounds())


def test_progress_rises_and_may_cancel() -> None:
    seen: list[float] = []
    take = keep_vocals(empty_take(3.0))
    stems = MemoryStems({"vocals": sine(300.0, 3.0)})
    render(take, stems, unused_sounds(), lambda fraction, _: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0

    def stop(fraction: float, stage: str) -> None:
        raise Cancelled(f"stopped at {fraction:.2f} while {stage}")

    with pytest.raises(Cancelled):
        render(take, stems, unused_sounds(), stop)


def test_effects_with_chance_depend_on_the_seed_alone() -> None:
    take = replace(
        keep_vocals(empty_take(2.0)), buses=(StemBus("vocals", effects=(Effect("vinyl"), Effect("wobble"))),)
    )
    stems = MemoryStems({"vocals": sine(300.0, 2.0)})
    one, same = whole(take, stems, unused_sounds()), whole(take, stems, unused_sounds())
    other = whole(replace(take, seed=7), stems, unused_sounds())
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
