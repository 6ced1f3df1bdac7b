"""The network, its losses, its export and its restarts: only where torch is (it is no dependency of the project)."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch")

from contrafact.engine.separation.refining import FEATURES, ROWS, STEMS  # noqa: E402
from training.batches import Plan, cut, heard_of, power_of  # noqa: E402
from training.cells import boil, digest, load  # noqa: E402
from training.export import Writer, load_network  # noqa: E402
from training.losses import as_used, faults, loss_of  # noqa: E402
from training.model import Network, Shape  # noqa: E402
from training.train import Learner, Lesson, rate_at, work  # noqa: E402

SMALL = Shape(channels=(8, 8, 16, 16), squeezed=2, wide=16, dilations=(1, 2))


def some_sound(seed: int = 0) -> "np.ndarray[tuple[int, ...], np.dtype[np.int16]]":
    random = np.random.default_rng(seed)
    true = random.normal(0.0, 2000.0, (STEMS, 2, 60_000))
    mixing = np.full((STEMS, STEMS), 0.1) + 0.6 * np.eye(STEMS)
    return np.concatenate([true, np.einsum("kj,jcf->kcf", mixing, true)]).round().astype(np.int16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, split in ((0, "train"), (1, "train"), (2, "validate")):
        mix = tmp_path / "mixes" / f"{number:05}"
        mix.mkdir(parents=True)
        np.save(mix / "sound.npy", some_sound(number))
        (mix / "about.json").write_text(json.dumps({"split": split}), encoding="utf-8")
        digest(mix, tmp_path / "cells" / mix.name)
    return tmp_path


def test_an_untaught_network_hardly_moves_anything() -> None:
    with torch.no_grad():
        shares = Network(SMALL).eval()(torch.randn(1, FEATURES, 16, ROWS))
    assert torch.allclose(shares.sum(dim=1), torch.ones(1, STEMS, 16, ROWS))
    same = torch.eye(STEMS)[None, :, :, None, None]
    assert float((shares * same).sum(dim=1).min()) > 0.8


def test_the_right_shares_have_less_loss_than_the_identity() -> None:
    # half of the bass was taken for drums, which are soft
    vocals, drums, bass, other = np.random.default_rng(0).normal(0.0, 1000.0, (STEMS, 2, 20_000))
    sound = np.stack([vocals, 0.1 * drums, bass, other, vocals, 0.1 * drums + 0.5 * bass, 0.5 * bass, other])
    sums, rows, _ = boil(sound.round().astype(np.int16))
    told, units = torch.from_numpy(sums).permute(2, 0, 1)[None], torch.from_numpy(rows)[None]
    same = torch.eye(STEMS)[None, :, :, None, None].repeat(1, 1, 1, len(sums), ROWS)
    better = same.clone()
    better[:, 1, 1], better[:, 2, 1] = 0.05, 0.95
    worse = same.clone()
    worse[:, 0, 3], worse[:, 3, 3] = 0.5, 0.5
    losses = [float(loss_of(faults(shares, told, units))) for shares in (better, same, worse)]
    assert losses == sorted(losses)
    assert losses[1] - losses[0] > 0.2


def test_a_trace_in_an_absent_voice_costs_little_beside_one_in_absent_drums() -> None:
    """Else the network learns first of all to give the voice nothing, and what is never given is never learnt."""
    bass, other = np.random.default_rng(0).normal(0.0, 1000.0, (2, 2, 20_000))
    none = np.zeros_like(bass)
    # what is wrong with bass and other is the same whoever gets the trace
    sound = np.stack([none, none, bass, other, none, none, 0.7 * bass, other + 0.3 * bass])
    sums, rows, _ = boil(sound.round().astype(np.int16))
    told, units = torch.from_numpy(sums).permute(2, 0, 1)[None], torch.from_numpy(rows)[None]
    losses = []
    for stem, given in ((0, 0.0), (0, 0.02), (1, 0.02)):
        shares = torch.eye(STEMS)[None, :, :, None, None].repeat(1, 1, 1, len(sums), ROWS)
        shares[:, 3, 3] -= given
        shares[:, stem, 3] += given
        losses.append(float(loss_of(faults(shares, told, units))))
    nothing, sung, struck = losses
    assert sung - nothing < 0.2 * (struck - nothing)


def test_what_the_separator_keeps_whole_is_kept_whole_in_the_loss() -> None:
    with torch.no_grad():
        shares = torch.softmax(torch.randn(1, STEMS, STEMS, 4, ROWS), dim=1)
    used = as_used(shares)
    assert torch.equal(used[0, :, 0, 0, 0], torch.tensor([1.0, 0.0, 0.0, 0.0]))
    assert torch.equal(used[:, :, 1:], shares[:, :, 1:])


def test_mixes_of_the_newest_generator_are_taken_more_often_and_no_epoch_is_long(folder: Path) -> None:
    about = folder / "cells" / "00001" / "about.json"
    about.write_text(json.dumps({"split": "train", "generator": 4}), encoding="utf-8")
    mixes = load(folder, "train")
    taken = [crop for batch in Plan(1, 16, 1).epoch(mixes, 0) for crop in batch]
    counts = [sum(mix == at for mix, _ in taken) for at in range(2)]
    assert counts[1] == 3 * counts[0] > 0
    assert len(Plan(1, 16, 1).epoch(mixes * 100, 0)) == 250


def test_the_exported_file_answers_as_the_network_does() -> None:
    torch.manual_seed(3)
    network = Network(SMALL)
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.running_mean.normal_(0.0, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
            layer.weight.data.uniform_(0.5, 1.5)
            layer.bias.data.normal_(0.0, 0.1)
    network.place.data.normal_(0.0, 0.3)
    network.answer.weight.data.normal_(0.0, 0.5)
    session = onnxruntime.InferenceSession(Writer(network).file({"a": "b"}), providers=["CPUExecutionProvider"])
    heard = np.random.default_rng(0).normal(0.0, 0.5, (1, FEATURES, 40, ROWS)).astype(np.float32)
    (shares,) = session.run(["shares"], {"features": heard})
    with torch.no_grad():
        wanted = network.eval()(torch.from_numpy(heard)).numpy()
    assert np.abs(shares - wanted).max() < 2e-3
    assert np.abs(wanted - wanted.mean()).max() > 0.1


def test_workers_share_an_epoch_and_none_sees_what_another_does(folder: Path) -> None:
    mixes = load(folder, "train")
    plans = [Plan(1, 16, 2, worker, 2) for worker in range(2)]
    first, second = (plan.epoch(mixes, 0) for plan in plans)
    assert len(first) == len(second) > 1
    assert first == plans[0].epoch(mixes, 0)
    assert first != plans[0].epoch(mixes, 1)
    assert first != second


def test_changed_volume_and_colour_change_features_and_energies_together(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for disguise in ("_NOISIER", "_CLEANER", "_NARROWER"):
        monkeypatch.setattr(f"training.batches.{disguise}", 0.0)
    mixes = load(folder, "train")
    batch = cut(mixes, [(0, 8)], 16, np.random.default_rng(0))
    stored = np.asarray(mixes[0].sums[8:24, :, :FEATURES], dtype=np.float32)
    gain = np.log(batch.units.numpy()[0] / mixes[0].rows)
    heard = batch.heard.numpy()[0].transpose(1, 2, 0)
    assert np.allclose(heard, heard_of(power_of(stored) * np.exp(gain)[None, :, None]), atol=1e-4)
    assert np.abs(gain).max() > 0.05


def test_crops_are_heard_with_and_without_noise_and_sides(folder: Path) -> None:
    mixes = load(folder, "train")
    random = np.random.default_rng(0)
    crops = [cut(mixes, [(0, 8)], 16, random).heard.numpy() for _ in range(40)]
    silent_sides = [crop[:, STEMS:].max() < -0.5 for crop in crops]
    assert 0 < sum(silent_sides) < 20
    assert all(np.isfinite(crop).all() and crop.min() > -0.53 for crop in crops)
    assert len({float(crop.mean()) for crop in crops}) == 40


def test_the_rate_rises_and_falls() -> None:
    rates = [rate_at(part, 1.0) for part in (0.0, 0.03, 0.5, 1.0)]
    assert rates[0] < rates[1] == 1.0 > rates[2] > rates[3] > 0.0


def test_a_run_goes_on_where_it_stopped(folder: Path) -> None:
    lesson = Lesson(folder, "one", seconds=2.0, workers=1, columns=64, size=1, shape=SMALL)
    work(0, lesson)
    kept = Learner(lesson, 0, torch.device("cpu"))
    kept.restore()
    assert kept.step > 0
    assert kept.spent >= 2.0
    assert (lesson.place / "curve.png").read_bytes().startswith(b"\x89PNG")
    steps = kept.step
    work(0, Lesson(folder, "one", seconds=kept.spent + 1.0, workers=1, columns=64, size=1, shape=SMALL))
    kept.restore()
    assert kept.step > steps
    network, facts = load_network(lesson.place / "state.pt")
    assert facts["steps"] == str(kept.step)
    assert all(
        torch.equal(one, other) for one, other in zip(network.parameters(), kept.average.parameters(), strict=True)
    )


def test_a_step_after_a_restart_is_the_step_that_would_have_been(folder: Path) -> None:
    lesson = Lesson(folder, "two", seconds=60.0, workers=1, columns=64, size=2, shape=SMALL)
    mixes = load(folder, "train")
    batches = [cut(mixes, [(0, 0), (1, 8)], 64, np.random.default_rng(at)) for at in range(3)]
    through, again = (Learner(lesson, 0, torch.device("cpu")) for _ in range(2))
    for batch in batches[:2]:
        through.learn(batch, 0.5)
    through.save()
    again.restore()
    assert again.learn(batches[2], 0.5) == through.learn(batches[2], 0.5)
    pairs = zip(again.network.parameters(), through.network.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
