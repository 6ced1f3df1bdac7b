import io

import av
import numpy as np
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.audio.flac_stream import FlacStream, pcm16

SOUND = (np.random.default_rng(3).standard_normal((2, 30_000)) * 0.2).astype(np.float32)


def _streamed(sound: np.ndarray, cuts: list[int], frames: int) -> bytes:
    stream = FlacStream(frames)
    return b"".join(stream.encode(block) for block in np.split(sound, sorted(cuts), axis=1)) + stream.finish()


@given(cuts=st.lists(st.integers(0, SOUND.shape[1]), max_size=5))
@settings(deadline=None, max_examples=20)
def test_a_stream_is_exact_and_the_same_however_it_is_cut(cuts: list[int]) -> None:
    streamed = _streamed(SOUND, cuts, SOUND.shape[1])
    got, rate = soundfile.read(io.BytesIO(streamed), dtype="int16")
    assert rate == 44_100
    assert np.array_equal(got, pcm16(SOUND))
    assert streamed == _streamed(SOUND, [], SOUND.shape[1])


def test_the_length_is_known_before_the_sound() -> None:
    stream = FlacStream(44_100 * 3_600)
    head = stream.encode(SOUND[:, :5_000])
    assert soundfile.SoundFile(io.BytesIO(head)).frames == 44_100 * 3_600


def test_what_has_come_so_far_can_be_heard() -> None:
    stream = FlacStream(SOUND.shape[1])
    early = stream.encode(SOUND[:, :20_000])
    with av.open(io.BytesIO(early), "r") as container:
        got = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    assert np.array_equal(got.reshape(-1, 2), pcm16(SOUND)[: 4_608 * 4])


def test_a_length_of_more_than_32_bits_fits() -> None:
    info = FlacStream(2**33 + 5).encode(SOUND[:, :10])[8:42]
    assert int.from_bytes(info[13:18], "big") & (2**36 - 1) == 2**33 + 5


def test_too_loud_a_sound_is_held_at_full_scale() -> None:
    assert pcm16(np.array([[2.0], [-2.0]], np.float32)).tolist() == [[32767, -32767]]
