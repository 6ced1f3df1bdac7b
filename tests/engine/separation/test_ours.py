"""What the separator makes of its network's answers, whatever network it is."""

from importlib import resources

import numpy as np
import pytest

from contrafact.assets import AssetStore, Manifest, verify
from contrafact.assets.errors import AssetError, AssetMissing
from contrafact.engine.audio.value import Samples
from contrafact.engine.errors import Cancelled
from contrafact.engine.progress import silent
from contrafact.engine.separation.ours import Contrafact
from contrafact.engine.separation.refining import Refiner
from contrafact.engine.separation.separators import separator_named
from contrafact.engine.separation.spleeter import FirstGuesses, Spleeter
from tests.support.refiners import KEEP, fixed_refiner
from tests.support.songs import make_song

pytestmark = pytest.mark.assets


@pytest.fixture(scope="module")
def mix() -> Samples:
    return np.ascontiguousarray(make_song(seed=5).audio.samples[:, : 6 * 44_100])


def close(one: Samples, two: Samples) -> bool:
    return bool(np.abs(one - two).max() < 1e-4)


def test_a_network_that_moves_nothing_leaves_what_spleeter_finds(asset_store: AssetStore, mix: Samples) -> None:
    ours = Contrafact(Refiner(fixed_refiner(KEEP)), asset_store).parts(mix, silent)
    theirs = Spleeter(asset_store).parts(mix, silent)
    assert close(ours.vocals, theirs.vocals)
    assert close(ours.drums, theirs.drums)
    assert close(ours.bass, theirs.bass)


def test_shares_are_dealt_from_guess_to_stem(asset_store: AssetStore, mix: Samples) -> None:
    """Half of what was taken for drums is the bass's, and a quarter of what was left is drums."""
    shares = ((1.0, 0.0, 0.0, 0.0), (0.0, 0.5, 0.0, 0.25), (0.0, 0.5, 1.0, 0.0), (0.0, 0.0, 0.0, 0.75))
    ours = Contrafact(Refiner(fixed_refiner(shares)), asset_store).parts(mix, silent)
    guess = FirstGuesses(asset_store).parts(mix, silent)
    rest = mix - guess.vocals - guess.drums - guess.bass
    assert close(ours.drums, np.float32(0.5) * guess.drums + np.float32(0.25) * rest)
    assert close(ours.bass, guess.bass + np.float32(0.5) * guess.drums)


def test_what_is_kept_is_dealt_to_nobody_else(mix: Samples) -> None:
    shares = ((0.5, 0.0, 0.0, 0.0), (0.5, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    guesses = np.zeros((4, *mix.shape), dtype=np.float32)
    guesses[0] = mix
    whole = Refiner(fixed_refiner(shares), kept=(0,)).refine(guesses, silent)
    assert close(whole[0], mix)
    assert not whole[1].any()
    assert close(Refiner(fixed_refiner(shares)).refine(guesses, silent)[1], np.float32(0.5) * mix)


def test_who_is_not_there_is_judged_by_the_guesses(asset_store: AssetStore, mix: Samples) -> None:
    """Whatever a network gives to drums that nobody plays, they are silent."""
    shares = ((1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.05), (0.0, 0.0, 0.0, 0.05), (0.0, 1.0, 1.0, 0.9))
    chords = np.ascontiguousarray(make_song(seed=5).stems["other"].samples[:, : mix.shape[1]])
    parts = Contrafact(Refiner(fixed_refiner(shares)), asset_store).parts(chords, silent)
    guess = FirstGuesses(asset_store).parts(chords, silent)
    assert guess.drums.any()
    assert not parts.drums.any()


def test_the_same_bytes_whatever_the_number_of_threads(asset_store: AssetStore, mix: Samples) -> None:
    content = fixed_refiner(KEEP)
    one = Contrafact(Refiner(content, threads=1), asset_store).parts(mix, silent)
    two = Contrafact(Refiner(content, threads=2), asset_store).parts(mix, silent)
    for name in ("vocals", "drums", "bass"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_progress_rises_and_a_stop_while_refining_goes_through(asset_store: AssetStore, mix: Samples) -> None:
    separator = Contrafact(Refiner(fixed_refiner(KEEP)), asset_store)
    seen: list[float] = []
    separator.parts(mix, lambda fraction, _: seen.append(fraction))
    assert seen == sorted(seen)

    def stop(_: float, stage: str) -> None:
        if stage.startswith("refining"):
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        separator.parts(mix, stop)


def shipped_with(asset_store: AssetStore, path: str) -> AssetStore:
    """The same store for an installation whose network is another file of the package."""
    told = resources.files("contrafact.assets").joinpath("manifest.toml").read_text(encoding="utf-8")
    assert told.count("engine/separation/refiner.onnx") == 1
    return AssetStore(asset_store.root, Manifest.parse(told.replace("engine/separation/refiner.onnx", path)))


def test_an_installation_without_the_network_says_so_and_nothing_takes_its_place(asset_store: AssetStore) -> None:
    with pytest.raises(AssetMissing, match=r"contrafact-refiner.*not wholly installed here: install Contrafact"):
        separator_named("contrafact", shipped_with(asset_store, "engine/separation/nothing.onnx"))


def test_a_file_that_is_no_network_is_refused(asset_store: AssetStore) -> None:
    with pytest.raises(AssetError, match="not a network that can be run"):
        separator_named("contrafact", shipped_with(asset_store, "engine/listening/drum_model.npz"))


def test_the_network_that_ships_is_the_one_of_the_manifest(asset_store: AssetStore) -> None:
    checked = verify(asset_store, ["contrafact-refiner"])
    assert [(one.here, one.problem) for one in checked] == [(True, None)]


def test_the_network_that_ships_answers_the_same_on_any_number_of_threads(
    asset_store: AssetStore, mix: Samples
) -> None:
    model = asset_store.path("contrafact-refiner", "refiner.onnx")
    guesses = np.stack([mix * np.float32(share) for share in (0.1, 0.2, 0.3, 0.4)])[:, :, : 3 * 44_100]
    one = Refiner(model, threads=1).refine(guesses, silent)
    np.testing.assert_array_equal(one, Refiner(model, threads=2).refine(guesses, silent))
    np.testing.assert_array_equal(one, Refiner(model, threads=3).refine(guesses, silent))
