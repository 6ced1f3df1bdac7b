"""The desk: from anywhere, with other faders, by any number of threads, the same sound."""

import hashlib
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from contrafact.assets import AssetStore
from contrafact.engine.arranging.timeline import Automation, Clip, Effect, StemBus, Timeline
from contrafact.engine.audio.loudness import measure_loudness
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.rendering import Desk, Shelf, Sounds
from tests.support.readers import MemoryStems, sine, sung
from tests.support.takes import empty_take, keep_vocals, with_band

STRETCHED = replace(
    with_band(keep_vocals(empty_take(20.0), ratio=0.93)),
    buses=(
        StemBus("vocals", reverb_send_db=-14.0, delay_send_db=-18.0, effects=(Effect("compressor"), Effect("chorus"))),
    ),
)


def stems() -> MemoryStems:
    return MemoryStems({"vocals": sung(20.0), "drums": sine(90.0, 20.0)})


def together(desk: Desk, from_s: float = 0.0, block_s: float = 4.0) -> Samples:
    return np.concatenate([block.samples for block in desk.blocks(from_s, block_s)], axis=1)


def difference_db(one: Samples, other: Samples) -> float:
    error = float(np.mean((one - other).astype(np.float64) ** 2))
    return 10.0 * math.log10(error / float(np.mean(other.astype(np.float64) ** 2)) + 1e-20)


@pytest.mark.assets
def test_threads_blocks_and_shelves_do_not_change_a_bit(sounds: Sounds) -> None:
    take = replace(STRETCHED, duration_s=11.0)
    whole = together(Desk(take, stems(), sounds, threads=1))
    for threads, block_s, memory in ((2, 0.5, 2**21), (4, 9.0, 2**28)):
        desk = Desk(take, stems(), sounds, Shelf(memory), threads)
        assert np.array_equal(together(desk, block_s=block_s), whole)
        assert np.array_equal(together(desk), whole), "and again, from what is on the shelf"


@pytest.mark.assets
@pytest.mark.parametrize("from_s", [0.2, 7.3, 13.0, 19.9])
def test_a_jump_is_the_same_music(sounds: Sounds, from_s: float) -> None:
    desk = Desk(STRETCHED, stems(), sounds, threads=2)
    there = together(Desk(STRETCHED, stems(), sounds), from_s)
    first = round(from_s * SAMPLE_RATE)
    assert there.shape[1] == desk.frames - first
    assert difference_db(there, together(desk)[:, first:]) < -45.0


def test_a_jump_beyond_the_end_is_nothing_and_before_the_beginning_is_all() -> None:
    desk = Desk(keep_vocals(empty_take(3.0)), stems(), unused_sounds())
    assert list(desk.blocks(3.0)) == []
    assert np.array_equal(together(desk, -5.0), together(desk))


@pytest.mark.assets
def test_a_jump_reads_the_recording_around_it_alone(sounds: Sounds) -> None:
    take = with_band(keep_vocals(empty_take(60.0)))
    reader = MemoryStems({"vocals": sung(60.0)})
    desk = Desk(take, reader, sounds, threads=1)
    assert desk.balance.mix_lufs > -60.0
    reader.asked.clear()
    next(desk.blocks(40.0))
    assert min(start for _, start, _ in reader.asked) > 30 * SAMPLE_RATE
    assert max(stop for _, _, stop in reader.asked) < 50 * SAMPLE_RATE


@pytest.mark.assets
def test_a_fader_plays_no_track_again_and_moves_as_far_as_it_was_moved(sounds: Sounds) -> None:
    """The bed is the only part, so that a sound check that heard the fader would even it out entirely."""
    take = with_band(keep_vocals(empty_take(20.0)))
    take = replace(take, parts=take.parts[1:2])
    reader = stems()
    desk = Desk(take, reader, sounds)
    before = together(desk)
    reader.asked.clear()
    down = desk.with_faders(replace(take, parts=(replace(take.parts[0], gain_db=-10.0, fader_db=-6.0),)))
    after = together(down)
    assert reader.asked == []
    assert down.balance.bed_gain_db == desk.balance.bed_gain_db
    voice = sung(20.0)
    heard_db = 10 * np.log10(np.mean((after - voice) ** 2) / np.mean((before - voice) ** 2))
    assert heard_db == pytest.approx(-6.0, abs=0.1)
    assert np.array_equal(after, together(Desk(down.timeline, stems(), sounds))), "as if it had been so from the start"


@pytest.mark.assets
def test_a_muted_part_is_silent_and_the_others_stay(sounds: Sounds) -> None:
    take = with_band(keep_vocals(empty_take(8.0)))
    desk = Desk(take, stems(), sounds)
    chords = take.parts[2]
    muted = replace(chords, gain_db=-60.0, fader_db=-60.0 - chords.gain_db)
    without = desk.with_faders(replace(take, parts=(*take.parts[:2], muted, *take.parts[3:])))
    assert without.balance.bed_gain_db == desk.balance.bed_gain_db
    assert not np.array_equal(together(without), together(desk))


@pytest.mark.assets
def test_a_stretch_of_sound_is_what_the_stream_plays_there(sounds: Sounds) -> None:
    take = with_band(keep_vocals(empty_take(12.0)))
    live = np.concatenate([block.samples for block in Desk(take, stems(), sounds).live()], axis=1)
    desk = Desk(take, stems(), sounds)
    here, there = desk.sound(5.0, 6.5), desk.sound(6.5, 7.0)
    assert here.frames == round(1.5 * SAMPLE_RATE)
    both = np.concatenate([here.samples, there.samples], axis=1)
    assert difference_db(both, live[:, 5 * SAMPLE_RATE : 7 * SAMPLE_RATE]) < -25.0
    assert np.array_equal(desk.sound(5.0, 6.5).samples, here.samples)
    assert desk.sound(11.5, 30.0).frames == SAMPLE_RATE // 2
    with pytest.raises(BadInput, match="no sound from 12 s"):
        desk.sound(12.0, 13.0)


@pytest.mark.assets
def test_another_process_another_hash_seed_and_other_threads_give_the_same_bytes(
    asset_store: AssetStore, sounds: Sounds
) -> None:
    here = hashlib.sha256(Desk(STRETCHED, stems(), sounds, threads=2).take().samples.tobytes()).hexdigest()
    code = (
        "import hashlib, sys; from pathlib import Path\n"
        "from tests.engine.rendering.test_desk import STRETCHED, stems\n"
        "from contrafact.assets import AssetStore; from contrafact.engine.rendering import Desk\n"
        "desk = Desk(STRETCHED, stems(), AssetStore(Path(sys.argv[1])), threads=int(sys.argv[2]))\n"
        "print(hashlib.sha256(desk.take().samples.tobytes()).hexdigest())"
    )
    root = Path(__file__).resolve().parents[3]
    for seed, threads in (("0", "1"), ("977", "4")):
        there = subprocess.run(
            [sys.executable, "-c", code, str(asset_store.root), threads],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        )
        assert there.stdout.strip() == here


def test_a_generator_that_is_let_go_leaves_nothing_running() -> None:
    blocks = Desk(keep_vocals(empty_take(20.0), ratio=0.9), stems(), unused_sounds(), threads=2).blocks()
    next(blocks)
    blocks.close()  # type: ignore[attr-defined]
    with pytest.raises(StopIteration):
        next(blocks)


def test_two_recordings_sound_from_their_own_stems() -> None:
    take = empty_take(4.0)
    take = replace(
        take,
        guest_sha256="1" * 64,
        clips=(Clip("other", 0.0, 4.0, 0.0, 4.0), Clip("vocals", 0.0, 4.0, 0.0, 4.0, source=1)),
        buses=(StemBus("other"), StemBus("vocals", source=1)),
    )
    host, guest = MemoryStems({"other": sine(200.0, 4.0)}), MemoryStems({"vocals": sine(500.0, 4.0)})
    out = together(Desk(take, (host, guest), unused_sounds()))
    assert np.allclose(out, sine(200.0, 4.0) + sine(500.0, 4.0), atol=1e-6)
    with pytest.raises(BadInput, match="uses source 1, but stems of 1 were given"):
        Desk(take, host, unused_sounds())


@pytest.mark.parametrize("depth_cents", [8.0, 20.0])
def test_a_worn_tape_sways_around_the_beat_and_is_not_late(depth_cents: float) -> None:
    clicks = np.zeros((2, 12 * SAMPLE_RATE), np.float32)
    places = [round(second * SAMPLE_RATE) for second in np.arange(0.0, 12.0, 0.25)]
    clicks[:, places] = 0.5
    wobble = Effect("wobble", (("rate_hz", 0.6), ("depth_cents", depth_cents)))
    take = replace(keep_vocals(empty_take(12.0)), buses=(StemBus("vocals", effects=(wobble,)),))
    heard = np.abs(together(Desk(take, MemoryStems({"vocals": clicks}), unused_sounds())))[0]
    late_ms = []
    for place in places[1:]:
        around = heard[place - 1000 : place + 1000]
        late_ms.append((int(np.argmax(around)) - 1000) / SAMPLE_RATE * 1000.0)
    assert abs(float(np.mean(late_ms))) < 1.0
    assert max(map(abs, late_ms)) < 5.0
    assert heard[:200].max() > 0.2, "the first stroke is there too"


def test_bars_beyond_the_end_take_nothing_away() -> None:
    take = replace(keep_vocals(empty_take(20.0)), duration_s=11.0)
    for block_s in (0.4, 3.0, 50.0):
        assert together(Desk(take, stems(), unused_sounds()), block_s=block_s).shape[1] == 11 * SAMPLE_RATE


def test_automation_moves_gain_and_filters() -> None:
    tone = sine(2000.0, 8.0)
    take = keep_vocals(empty_take(8.0))
    faded = replace(take, buses=(StemBus("vocals", automation=(Automation("gain_db", ((2.0, 0.0), (6.0, -24.0))),)),))
    out = together(Desk(faded, MemoryStems({"vocals": tone}), unused_sounds()))

    def level_db(sound: Samples, at_s: float) -> float:
        span = slice(round((at_s - 0.05) * SAMPLE_RATE), round((at_s + 0.05) * SAMPLE_RATE))
        return float(10 * np.log10((sound[:, span] ** 2).mean() / (tone[:, span] ** 2).mean()))

    assert [round(level_db(out, at_s), 1) for at_s in (1.0, 4.0, 7.0)] == pytest.approx([0.0, -12.0, -24.0], abs=0.2)
    sweep = Automation("lowpass_hz", ((0.0, 16000.0), (8.0, 250.0)))
    swept = together(
        Desk(
            replace(take, buses=(StemBus("vocals", automation=(sweep,)),)),
            MemoryStems({"vocals": tone}),
            unused_sounds(),
        )
    )
    assert level_db(swept, 1.0) == pytest.approx(0.0, abs=0.3)
    assert level_db(swept, 4.0) == pytest.approx(-3.0, abs=0.7), "half way in octaves is 2 kHz"
    assert level_db(swept, 7.5) < -30.0
    swept, tone = swept[:, 500:], tone[:, 500:]
    assert float(np.abs(np.diff(swept, 2, axis=1)).max()) < 1.3 * float(np.abs(np.diff(tone, 2, axis=1)).max())


@pytest.mark.assets
def test_the_loudness_of_a_take_does_not_depend_on_how_loud_the_fader_was(sounds: Sounds) -> None:
    take: Timeline = with_band(keep_vocals(empty_take(12.0)))
    take = replace(take, buses=(StemBus("vocals", gain_db=-9.0, fader_db=-9.0),))
    loudness = measure_loudness(Desk(take, stems(), sounds).take())
    assert loudness.integrated_lufs == pytest.approx(-14.0, abs=0.3)
    assert loudness.true_peak_dbtp <= -1.0
    assert measure_loudness(Audio(together(Desk(take, stems(), sounds)))).integrated_lufs < -10.0


def unused_sounds() -> Sounds:
    def none(*_: object) -> Path:
        raise AssertionError("no sound should be needed")

    return Sounds(none, none)
