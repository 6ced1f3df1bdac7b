"""Words to a recipe: what was understood, what was ignored, and the recipe that follows from the song's own chart."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from contrafact.assets.store import AssetStore
from contrafact.engine.arranging.library import load_instruments, load_moods, load_styles
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.composing import compose
from contrafact.engine.recipe.grammar import parse
from contrafact.engine.recipe.intents import Kind, Phrase
from contrafact.engine.recipe.nearness import Nearness
from contrafact.engine.recipe.numerals import in_digits
from contrafact.engine.recipe.reasons import reasons
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.recipe.taking import taken
from contrafact.engine.recipe.text import LONGEST_PROMPT, Word, words_of
from contrafact.engine.recipe.typos import Mender, load_lookalikes
from contrafact.engine.recipe.vocabulary import build
from contrafact.engine.recipe.wording import meaning
from contrafact.engine.recipe.words.names import ANNOUNCED


@dataclass(frozen=True, slots=True)
class Understood:
    """A phrase of the prompt as typed, and what it means for this song; ``id`` stays the same while the prompt does."""

    id: str
    text: str
    kind: Kind
    meaning: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The planner's reading of a prompt."""

    recipe: Recipe
    understood: tuple[Understood, ...]
    ignored: tuple[str, ...]
    """Words that ask for something which it did not understand, or cannot do here; as typed."""
    notes: tuple[str, ...] = ()
    """Why something could not be done, or was done otherwise, in sentences."""


class Planner:
    """Reads prompts by a grammar of musical terms; what the grammar does not know, by nearness of meaning.

    Parameters
    ----------
    store : AssetStore
        Holds the sentence embedding, which is loaded when the first unknown word is met.
    styles : mapping of slug to StylePack, optional
        By default the packs that come with Contrafact.
    """

    def __init__(self, store: AssetStore, styles: Mapping[str, StylePack] | None = None) -> None:
        self._store = store
        self._styles = load_styles() if styles is None else styles
        self._instruments, self._moods = load_instruments(), load_moods()
        self._vocabulary = build(self._styles, self._instruments, self._moods)
        self._announced = tuple(tuple(phrase.split()) for phrase in ANNOUNCED.split("|"))

    @cached_property
    def _nearness(self) -> Nearness:
        return Nearness(self._store, self._styles, self._instruments, self._moods)

    @cached_property
    def _mender(self) -> Mender:
        return Mender(self._vocabulary.known, load_lookalikes())

    def _mended(self, prompt: Sequence[Word]) -> tuple[Word, ...]:
        """The words with slips of the hand put right; nothing is loaded where all are known."""
        if all(word.text in self._vocabulary.known or not word.text.isalpha() for word in prompt):
            return tuple(prompt)
        return self._mender.mended(prompt)

    def warm_up(self) -> None:
        """Load the sentence embedding now, so that no prompt has to wait for it."""
        self._nearness.closest("a warm evening", frozenset())
        self._mender.closest("warmm")

    def plan(
        self,
        words: str,
        chart: Chart,
        source_sha256: str,
        without: Collection[str] = frozenset(),
        seed: int = 0,
    ) -> Plan:
        """The recipe for a prompt on one song.

        Parameters
        ----------
        words : str
            1 to 500 characters.
        chart : Chart
            Of the song: tempo words and keys are relative to it.
        source_sha256 : str
            Of the song's recording.
        without : collection of str
            Ids of understood phrases that shall not count.
        seed : int
            For every choice that the arranger makes by chance.

        Raises
        ------
        BadInput
            When the prompt is empty or too long.
        """
        if not words.strip():
            raise BadInput("the prompt is empty; say what shall change, such as “slow bossa nova, keep the voice”")
        if len(words) > LONGEST_PROMPT:
            raise BadInput(f"the prompt has {len(words)} characters; at most {LONGEST_PROMPT} are read")
        prompt = self._mended(in_digits(words_of(words)))
        phrases, unknown = parse(prompt, self._vocabulary)
        phrases, unknown = self._guess(prompt, phrases, unknown)
        why = reasons(prompt)
        unknown = tuple(at for at in unknown if at not in why)
        wanted = [phrase for phrase in phrases if _id(prompt, phrase) not in without]
        wanted = taken(prompt, wanted, self._styles)
        composed = compose(wanted, chart, source_sha256, self._styles, seed, self._instruments)
        idle = {(phrase.first, phrase.last) for phrase in composed.idle}
        understood = tuple(
            Understood(
                _id(prompt, phrase),
                words[prompt[phrase.first].start : prompt[phrase.last - 1].end],
                phrase.kind,
                meaning(phrase, composed.recipe, chart, self._styles),
            )
            for phrase in composed.phrases
            if (phrase.first, phrase.last) not in idle
        )
        ignored = [words[prompt[at].start : prompt[at].end] for at in unknown]
        ignored += [words[prompt[p.first].start : prompt[p.last - 1].end] for p in wanted if (p.first, p.last) in idle]
        return Plan(composed.recipe, understood, tuple(ignored), composed.notes)

    def _guess(
        self, prompt: Sequence[Word], phrases: Sequence[Phrase], unknown: Sequence[int]
    ) -> tuple[tuple[Phrase, ...], tuple[int, ...]]:
        """Runs of unknown words, read by their nearness to what is known."""
        found = list(phrases)
        left: list[int] = []
        for run in _runs(unknown):
            guess = None
            if not any(prompt[at].text in self._vocabulary.known or prompt[at].name for at in run):
                taken = frozenset(phrase.kind for phrase in found)
                text = " ".join(prompt[at].text for at in run)
                guess = None if self._is_name(prompt, run) else self._nearness.closest(text, taken)
            if guess is None:
                left += run
            else:
                found.append(Phrase(run[0], run[-1] + 1, *guess))
        return tuple(sorted(found, key=lambda phrase: phrase.first)), tuple(left)

    def _is_name(self, prompt: Sequence[Word], run: Sequence[int]) -> bool:
        """Whether it is a name, or what stands before says that one follows ("in the style of …")."""
        if any(self._vocabulary.names.match(prompt, at) for at in range(max(0, run[0] - 3), run[-1] + 1)):
            return True
        before = tuple(word.text for word in prompt[max(0, run[0] - 6) : run[0]])
        return any(before[-len(phrase) :] == phrase for phrase in self._announced)


def _id(prompt: Sequence[Word], phrase: Phrase) -> str:
    return f"p{prompt[phrase.first].start}"


def _runs(places: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1 and len(runs[-1]) < 4:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs
