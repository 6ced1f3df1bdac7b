import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.engine.audio.stem_files import StemFiles, StemSink, StemsInMemory, read_stem, write_stem, write_stems
from contrafact.engine.audio.stems import STEM_NAMES, StemName, StemReader, Stems
from contrafact.engine.audio.value import Audio
from contrafact.engine.errors import BadInput


def some_stems(frames: int = 50_000) -> Stems:
    rng = np.random.default_rng(1)
    scales = (0.3, 1.0, 2.5, 7.0)
    return Stems(*(Audio((rng.uniform(-1, 1, (2, frames)) * scale).astype(np.float32)) for scale in scales))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Stems, Path]:
    folder = tmp_path_factory.mktemp("stems")
    stems = some_stems()
    write_stems(folder, stems)
    return stems, folder


def test_stems_survive_with_peaks_above_one(kept: tuple[Stems, Path]) -> None:
    stems, folder = kept
    total = np.sum([stems[name].samples for name in STEM_NAMES], axis=0, dtype=np.float64)
    back = np.sum([read_stem(folder / f"{name}.flac").samples for name in STEM_NAMES], axis=0, dtype=np.float64)
    assert 10 * np.log10(((back - total) ** 2).mean() / (total**2).mean()) < -120


@settings(max_examples=60)
@given(start=st.integers(-3_000, 53_000), length=st.integers(0, 20_000), name=st.sampled_from(STEM_NAMES))
def test_any_span_reads_as_from_memory(kept: tuple[Stems, Path], start: int, length: int, name: StemName) -> None:
    stems, folder = kept
    memory: StemReader = StemsInMemory(stems)
    with StemFiles.in_folder(folder) as files:
        disk: StemReader = files
        assert disk.frames == memory.frames == 50_000
        for at in (start, start + length):  # the second read goes on where the first ended
            one, two = disk.read(name, at, at + length), memory.read(name, at, at + length)
            assert one.shape == (2, length)
            np.testing.assert_allclose(one, two, atol=2e-6)


def test_threads_share_a_reader(kept: tuple[Stems, Path]) -> None:
    stems, folder = kept
    starts = [int(value) for value in np.random.default_rng(0).integers(0, 45_000, 60)]
    with StemFiles.in_folder(folder) as files, ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda at: files.read("drums", at, at + 3_000), starts))
    for at, samples in zip(starts, read, strict=True):
        np.testing.assert_allclose(samples, stems.drums.samples[:, at : at + 3_000], atol=2e-6)


def test_a_reader_travels_to_another_process(kept: tuple[Stems, Path]) -> None:
    stems, folder = kept
    with StemFiles.in_folder(folder) as files, pickle.loads(pickle.dumps(files)) as again:
        np.testing.assert_allclose(again.read("bass", 5, 9), stems.bass.samples[:, 5:9], atol=2e-6)


def test_the_same_stem_gives_the_same_bytes(tmp_path: Path) -> None:
    audio = some_stems(9_000).other
    write_stem(tmp_path / "one.flac", audio)
    write_stem(tmp_path / "two.flac", audio)
    assert (tmp_path / "one.flac").read_bytes() == (tmp_path / "two.flac").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.flac", "two.flac"]


def test_a_stem_that_fails_midway_leaves_the_old_one(tmp_path: Path) -> None:
    audio = some_stems(9_000).other
    path = tmp_path / "other.flac"
    path.write_bytes(b"old")

    def write_half() -> None:
        with StemSink(path, 7.0) as sink:
            sink.write(audio.samples[:, :5000])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["other.flac"]


def test_whoever_may_read_new_files_may_read_a_stem(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_stem(tmp_path / "other.flac", some_stems(900).other)
    assert (tmp_path / "other.flac").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_bad_folders_are_refused(kept: tuple[Stems, Path], tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="missing or damaged"):
        StemFiles.in_folder(tmp_path)
    with pytest.raises(BadInput, match="is missing"):
        StemFiles({"vocals": tmp_path / "vocals.flac"})
    stems, _ = kept
    write_stems(tmp_path, stems)
    write_stem(tmp_path / "bass.flac", Audio(stems.bass.samples[:, :-1]))
    with pytest.raises(BadInput, match="differ in length"):
        StemFiles.in_folder(tmp_path)
    write_stem(tmp_path / "bass.flac", Audio(stems.bass.samples[:1]))
    with pytest.raises(BadInput, match="stereo"):
        StemFiles.in_folder(tmp_path)
    (tmp_path / "bass.flac").write_bytes(b"no")
    with pytest.raises(BadInput, match="damaged"):
        StemFiles.in_folder(tmp_path)
