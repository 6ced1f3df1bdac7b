"""The adapter's own work (spectra, segments, levels, sums), on a network made here that takes what htdemucs takes."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from contrafact.assets import AssetStore
from contrafact.assets.errors import AssetError, AssetMissing
from contrafact.assets.store import READY
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.audio.value import SAMPLE_RATE, Audio, Samples
from contrafact.engine.errors import BadInput
from contrafact.engine.progress import silent
from contrafact.engine.separation.demucs import SEGMENT, Demucs
from contrafact.engine.separation.separate import separate

SPECTRA = ("onnx::ReduceMean_1", [1, 4, 2048, 336])
WAVE = ("input", [1, 2, SEGMENT])
Inputs = tuple[tuple[str, list[int]], ...]


def network(path: Path, spectral: tuple[float, ...], wave: tuple[float, ...], inputs: Inputs = (WAVE, SPECTRA)) -> Path:
    """Each source (drums, bass, other, vocals) is its shares of the input's spectra and of the input's wave."""
    nodes = []
    for name, (source, _), shares, rank in (("spectra", SPECTRA, spectral, 4), ("waves", WAVE, wave, 3)):
        shape = [1, 4] + [1] * (rank - 1)
        nodes += [
            helper.make_node(
                "Constant",
                [],
                [f"{name} share"],
                value=helper.make_tensor(f"{name} s", TensorProto.FLOAT, shape, shares),
            ),
            helper.make_node(
                "Constant", [], [f"{name} axis"], value=helper.make_tensor("a", TensorProto.INT64, [1], [1])
            ),
            helper.make_node("Unsqueeze", [source, f"{name} axis"], [f"{name} one"]),
            helper.make_node("Mul", [f"{name} one", f"{name} share"], [name]),
        ]
    graph = helper.make_graph(
        nodes,
        "four",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs],
        [
            helper.make_tensor_value_info("spectra", TensorProto.FLOAT, [1, 4, 4, 2048, 336]),
            helper.make_tensor_value_info("waves", TensorProto.FLOAT, [1, 4, 2, SEGMENT]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, path)
    return path


def sound(seconds: float, offset: float = 0.0) -> Samples:
    """Noise without what the network is not told: its mean and what lies at half the sample rate."""
    noise = np.random.default_rng(3).normal(size=(2, round(seconds * SAMPLE_RATE) + 1)) * 0.2
    smooth = noise[:, 1:] + noise[:, :-1]
    return np.asarray(smooth - smooth.mean() + offset, dtype=np.float32)


@pytest.mark.parametrize("seconds", [0.01, 3.0, 7.8, 15.0])
def test_segments_spectra_and_levels_give_back_each_share(tmp_path: Path, seconds: float) -> None:
    separator = Demucs(network(tmp_path / "four.onnx", (0.5, 0.0, 0.1, 0.1), (0.0, 0.25, 0.1, 0.2)))
    mix = sound(seconds)
    parts = separator.parts(mix, silent)
    inner = slice(2048, -2048) if seconds > 1 else slice(None)
    np.testing.assert_allclose(parts.bass, 0.25 * mix, atol=2e-4)
    if seconds > 1:  # the network's frames thin out at the ends of a segment, as its own do
        np.testing.assert_allclose(parts.drums[:, inner], 0.5 * mix[:, inner], atol=2e-3)
        np.testing.assert_allclose(parts.vocals[:, inner], 0.3 * mix[:, inner], atol=2e-3)


def fetched(root: Path, model: Path) -> AssetStore:
    """A store in which the asset was fetched, as far as a store can tell."""
    store = AssetStore(root)
    asset = store.info("demucs")
    folder = store.folder(asset)
    folder.mkdir(parents=True)
    model.rename(folder / "htdemucs.onnx")
    (folder / "LICENSE.md").write_text("for research only")
    marker = {"definition": asset.definition, "files": dict.fromkeys(asset.outputs, "0" * 64)}
    (folder / READY).write_text(json.dumps(marker))
    return store


def test_stems_sum_to_the_mix_and_progress_rises(tmp_path: Path) -> None:
    model = network(tmp_path / "four.onnx", (0.5, 0.0, 0.0, 0.0), (0.0, 0.2, 0.0, 0.2))
    audio = Audio(sound(9.0, offset=0.1))
    seen: list[float] = []
    store = fetched(tmp_path / "assets", model)
    stems = separate(audio, store, lambda fraction, _: seen.append(fraction), separator="demucs")
    total = np.sum([stems[name].samples for name in STEM_NAMES], axis=0, dtype=np.float64)
    np.testing.assert_allclose(total, audio.samples, atol=1e-6)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_silence_stays_silent(tmp_path: Path) -> None:
    separator = Demucs(network(tmp_path / "four.onnx", (1.0,) * 4, (1.0,) * 4))
    parts = separator.parts(np.zeros((2, SAMPLE_RATE), dtype=np.float32), silent)
    assert not any(part.any() for part in (parts.vocals, parts.drums, parts.bass))


def test_it_is_refused_until_its_licence_was_accepted_and_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(AssetMissing, match=r"research use only.*--accept demucs"):
        separate(Audio(sound(0.1)), AssetStore(tmp_path), separator="demucs")


def test_an_unknown_separator_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no separator called 'magic'.*contrafact, demucs or spleeter"):
        separate(Audio(sound(0.1)), AssetStore(tmp_path), separator="magic")


def test_files_that_are_not_the_network_are_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a network")
    with pytest.raises(AssetError, match="not a network"):
        Demucs(broken)
    wrong = network(
        tmp_path / "wrong.onnx", (1.0,) * 4, (1.0,) * 4, inputs=(("input", [1, 2, SEGMENT]), SPECTRA, ("more", [1]))
    )
    with pytest.raises(AssetError, match="does not take what htdemucs takes"):
        Demucs(wrong)
