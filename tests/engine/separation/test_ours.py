"""What the separator makes of its network's answers, whatever network it is."""

import numpy as np
import pytest

from contrafact.assets import AssetStore
from contrafact.engine.audio.value import Samples
from contrafact.engine.errors import Cancelled
from contrafact.engine.progress import silent
from contrafact.engine.separation.ours import Contrafact
from contrafact.engine.separation.refining import Refiner
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


def test_who_is_not_there_is_judged_after_the_network(asset_store: AssetStore, mix: Samples) -> None:
    """A network that gives all drums and basses to the rest leaves their stems silent, not thin."""
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
