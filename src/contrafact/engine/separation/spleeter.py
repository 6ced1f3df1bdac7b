"""The separator ``spleeter``: the voice by Spleeter's networks, the accompaniment by signal processing."""

from contrafact.assets.store import AssetStore
from contrafact.engine.audio.value import Samples
from contrafact.engine.listening.chart import Chart
from contrafact.engine.networks import release_memory
from contrafact.engine.progress import Progress, part
from contrafact.engine.separation.accompaniment import split_accompaniment
from contrafact.engine.separation.presence import judge, without_absent
from contrafact.engine.separation.separators import Parts
from contrafact.engine.separation.vocals import VoiceModel, separate_voice


class FirstGuesses:
    """The voice out of a recording, then drums and bass out of what is left, whoever is there."""

    def __init__(self, store: AssetStore) -> None:
        """Raises :class:`contrafact.assets.errors.AssetMissing` when ``spleeter-2stems`` has not been fetched."""
        for stem in ("vocals", "accompaniment"):
            store.path("spleeter-2stems", f"{stem}.onnx")
        self._store = store

    def parts(self, mix: Samples, progress: Progress, chart: Chart | None = None) -> Parts:
        """The three parts; the chart's chords tell where the bass is likely to be."""
        # the networks go before the accompaniment's own work begins: both at once would be the peak of memory
        vocals = separate_voice(mix, VoiceModel(self._store), part(progress, 0.0, 0.63))
        release_memory()
        chords = chart.chords if chart is not None else ()
        drums, bass = split_accompaniment(mix - vocals, part(progress, 0.63, 1.0), chords)
        release_memory()
        return Parts(vocals, drums, bass)


class Spleeter:
    """The separator: first guesses, and nothing for who is not there."""

    def __init__(self, store: AssetStore) -> None:
        """Raises :class:`contrafact.assets.errors.AssetMissing` when ``spleeter-2stems`` has not been fetched."""
        self._guesses = FirstGuesses(store)
        self._store = store

    def parts(self, mix: Samples, progress: Progress, chart: Chart | None = None) -> Parts:
        """The voice out of the recording, then drums and bass out of what is left; nothing for who is not there."""
        parts = self._guesses.parts(mix, part(progress, 0.0, 0.95), chart)
        progress(0.95, "looking for absent instruments")
        return without_absent(mix, parts, judge(mix, parts, self._store, chart))
