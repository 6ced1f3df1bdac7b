"""The separator ``contrafact``: first guesses as ``spleeter`` makes them, refined by a network of our own.

The network was trained on songs made for it alone, and its weights belong to everybody (CC0; ``training/card.md``,
record 0040). They lie in this package.
"""

from contrafact.assets.errors import AssetError
from contrafact.assets.store import AssetStore
from contrafact.engine.audio.value import Samples
from contrafact.engine.listening.chart import Chart
from contrafact.engine.progress import Progress, part
from contrafact.engine.separation.confirming import Guessed, confirmed, given_out
from contrafact.engine.separation.presence import judge
from contrafact.engine.separation.refining import KEPT, Refiner
from contrafact.engine.separation.separators import Parts
from contrafact.engine.separation.spleeter import FirstGuesses

ASSET, FILE = "contrafact-refiner", "refiner.onnx"


class Contrafact:
    """The separator: first guesses, refined, and nothing for who is not there."""

    def __init__(self, refiner: Refiner, store: AssetStore) -> None:
        """Raises :class:`contrafact.assets.errors.AssetMissing` when ``spleeter-2stems`` has not been fetched."""
        self._guesses = FirstGuesses(store)
        self._refiner = refiner
        self._store = store

    @classmethod
    def from_store(cls, store: AssetStore) -> "Contrafact":
        """With the network of this installation.

        Raises
        ------
        contrafact.assets.errors.AssetMissing
            ``spleeter-2stems`` has not been fetched, or the network is not there, though it is part of the package.
        contrafact.assets.errors.AssetError
            Its file is not that network.
        """
        model = store.path(ASSET, FILE)
        try:
            refiner = Refiner(model, kept=KEPT)
        except Exception as error:  # onnxruntime's own exceptions share no base below it
            raise AssetError(f"{model.name} is not a network that can be run: install Contrafact again") from error
        return cls(refiner, store)

    def parts(self, mix: Samples, progress: Progress, chart: Chart | None = None) -> Parts:
        """The four guesses, what the network makes of them, and nothing for who is not there.

        The chart's chords tell where the bass is likely to be.
        """
        stems = self._guesses.parts(mix, part(progress, 0.0, 0.6), chart)
        progress(0.6, "looking for absent instruments")
        # Judged by the guesses, which all limits were chosen on: of an absent instrument the network leaves a little
        # that may look more like a drum than all of it did, and of a thin bass sometimes too little to be believed.
        presence = judge(mix, stems, self._store, chart)
        guessed = Guessed.of(stems)
        self._refiner.refine_in_place(mix, (stems.vocals, stems.drums, stems.bass), part(progress, 0.65, 1.0))
        return given_out(mix, stems, confirmed(presence, mix, stems, guessed))
