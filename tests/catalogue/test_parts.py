"""The owner's stems: found by name, fitted, and made to sum to the recording."""

from pathlib import Path

import numpy as np
import pytest

from contrafact.catalogue.errors import BadSong
from contrafact.catalogue.parts import deliver, find_stems, residual_db, separate_around
from contrafact.catalogue.values import KnownPart
from contrafact.engine.audio.stem_files import write_stem
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import Audio
from tests.support.library import halves, sound, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, name in enumerate(STEM_NAMES):
        write(tmp_path / f"{name}.flac", sound(seed=number, level=0.1))
    return tmp_path


def _mix(folder: Path, *names: str) -> Audio:
    from contrafact.engine.audio.decoding import decode

    return Audio(sum((decode(folder / f"{name}.flac").samples for name in names), np.zeros((2, 88_200), np.float32)))


def test_exact_stems_are_kept_as_they_are(folder: Path) -> None:
    mix = _mix(folder, *STEM_NAMES)
    delivered = deliver(mix, folder)
    assert delivered.residual_db < -100
    assert residual_db(mix, delivered.stems) < -100


def test_what_is_left_over_goes_into_other(folder: Path) -> None:
    mix = Audio(_mix(folder, *STEM_NAMES).samples + sound(seed=9, level=0.01))
    delivered = deliver(mix, folder)
    assert -40 < delivered.residual_db < -12
    assert residual_db(mix, delivered.stems) < -100


def test_missing_stems_are_silent_or_the_rest(folder: Path) -> None:
    mix = _mix(folder, *STEM_NAMES)
    (folder / "other.flac").unlink()
    (folder / "bass.flac").unlink()
    delivered = deliver(mix, folder)
    assert not delivered.stems.bass.samples.any()
    assert residual_db(mix, delivered.stems) < -100


def test_stems_of_another_song_are_refused(folder: Path) -> None:
    with pytest.raises(BadSong, match="do not sum"):
        deliver(Audio(sound(seed=50)), folder)
    (folder / "other.flac").unlink()
    with pytest.raises(BadSong, match="do not sum"):
        deliver(Audio(sound(seed=50, level=0.05)), folder)


def test_lengths_may_differ_by_an_encoders_padding_only(folder: Path) -> None:
    mix = _mix(folder, *STEM_NAMES)
    vocals = sound(seed=0, level=0.1)
    write(folder / "vocals.flac", np.pad(vocals, ((0, 0), (0, 1000))))
    assert deliver(mix, folder).residual_db < -100
    write(folder / "vocals.flac", vocals[:, :-44_100])
    with pytest.raises(BadSong, match=r"1\.00 s shorter"):
        deliver(mix, folder)


def test_peaks_above_full_scale_survive_our_own_stem_files(tmp_path: Path) -> None:
    loud = sound(level=0.2) * np.float32(6)
    write_stem(tmp_path / "vocals.flac", Audio(loud))
    write_stem(tmp_path / "other.flac", Audio(-loud * np.float32(0.9)))
    mix = Audio(loud * np.float32(0.1))
    assert deliver(mix, tmp_path).residual_db < -80


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ((), "no stems"),
        (("vocals.flac", "Vocal.wav"), "both vocals"),
        (("vocals.flac", "kazoo.flac"), "none of vocals"),
    ],
)
def test_folders_that_are_not_clear_are_refused(tmp_path: Path, names: tuple[str, ...], why: str) -> None:
    for name in names:
        (tmp_path / name).touch()
    (tmp_path / "notes.txt").write_text("ignored")
    with pytest.raises(BadSong, match=why):
        find_stems(tmp_path)


def test_a_known_part_goes_to_its_stem_and_only_the_rest_is_separated(tmp_path: Path) -> None:
    guitar, backing = sound(seed=1), sound(seed=2)
    path = write(tmp_path / "guitar.flac", guitar)
    mix = Audio((guitar + backing) * np.float32(0.45))
    asked: list[Audio] = []

    def separate(rest: Audio) -> object:
        asked.append(rest)
        return halves(rest)

    delivered = separate_around(mix, [KnownPart("other", path, 0.45)], separate)  # type: ignore[arg-type]
    np.testing.assert_allclose(asked[0].samples, backing * 0.45, atol=1e-5)
    assert delivered.residual_db < -100
    np.testing.assert_allclose(delivered.stems.vocals.samples, backing * 0.45 / 2, atol=1e-5)
    with pytest.raises(BadSong, match="not part of this mix"):
        separate_around(Audio(backing), [KnownPart("other", path, 1.0)], separate)  # type: ignore[arg-type]
