"""What an unknown word is nearest to in meaning, among styles, moods and instruments."""

from collections.abc import Collection, Mapping
from importlib import resources

import numpy as np

from contrafact.assets.store import AssetStore
from contrafact.engine.arranging.library import InstrumentWord, MoodWord
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.recipe.embedding import Floats, SentenceEmbedding
from contrafact.engine.recipe.intents import Intent, Kind, Mood, Style, With

NEAR: Mapping[Kind, float] = {"style": 0.78, "mood": 0.78, "instrument": 0.8}
"""Least cosine at which a guess is made, by kind; below it, words are reported as ignored instead.

Chosen on words that mean nothing musical (all phrases end in the same word: "asdfgh" reaches 0.63 and "possible"
0.74) and on instruments that we do not have ("violoncello" lies 0.72 from the vibraphone). A style that was not meant
costs more than a word that is reported.
"""


_WORDS = 4
"""How many words of each are compared: they are near one another, and each takes ten milliseconds to learn."""
MEANINGS = "meanings.npz"
"""Vectors of phrases, learnt once (``scripts/learn_meanings.py``) and shipped; what it lacks is learnt when needed."""


def phrases_of(
    styles: Mapping[str, StylePack], instruments: Mapping[str, InstrumentWord], moods: Mapping[str, MoodWord]
) -> list[tuple[str, Kind, Intent]]:
    """Everything that a guess may come to: the phrase that is compared, its chip and its request."""
    entries: list[tuple[str, Kind, Intent]] = []
    for slug, pack in styles.items():
        entries += [(f"{word} music", "style", Style(slug)) for word in (pack.name, *pack.words[:_WORDS])]
    for slug, mood in moods.items():
        entries += [(f"{word} music", "mood", Mood(slug)) for word in (slug, *mood.words[:_WORDS])]
    for slug, instrument in instruments.items():
        if instrument.role != "family":
            entries.append((f"{slug} sound", "instrument", With(slug)))
    return entries


def shipped() -> dict[str, Floats]:
    """The phrases whose vectors come with the engine."""
    with (resources.files("contrafact.engine.recipe.words") / MEANINGS).open("rb") as file:
        archive = np.load(file, allow_pickle=False)
        vectors = archive["vectors"].astype(np.float32)
        return dict(zip(archive["phrases"].tolist(), vectors, strict=True))


class Nearness:
    """Compares phrases with everything that a prompt may name; made once, asked often."""

    def __init__(
        self,
        store: AssetStore,
        styles: Mapping[str, StylePack],
        instruments: Mapping[str, InstrumentWord],
        moods: Mapping[str, MoodWord],
    ) -> None:
        self._embedding = SentenceEmbedding(store)
        entries = phrases_of(styles, instruments, moods)
        self._meanings = [(kind, intent) for _, kind, intent in entries]
        known = shipped()
        lacking = list(dict.fromkeys(text for text, _, _ in entries if text not in known))
        if lacking:
            known |= zip(lacking, self._embedding.embed(lacking), strict=True)
        self._vectors = np.stack([known[text] for text, _, _ in entries])

    def closest(self, phrase: str, taken: Collection[str]) -> tuple[Kind, tuple[Intent, ...]] | None:
        """The kind and intent nearest to a phrase, or None when nothing is near.

        A style is only guessed when the prompt does not name one (``taken`` holds the kinds that it does name).
        """
        as_music, as_sound = self._embedding.embed([f"{phrase} music", f"{phrase} sound"])
        scores = np.where(
            [kind == "instrument" for kind, _ in self._meanings], self._vectors @ as_sound, self._vectors @ as_music
        )
        for place in np.argsort(-scores, kind="stable"):
            kind, intent = self._meanings[place]
            if scores[place] < min(NEAR.values()):
                return None
            if scores[place] >= NEAR[kind] and (kind != "style" or "style" not in taken):
                return kind, (intent,)
        return None
