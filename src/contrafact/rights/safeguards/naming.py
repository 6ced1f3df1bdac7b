"""Names in the words: artists who do not take part, and people whose voice is asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contrafact.rights.safeguards.folding import SPACE
from contrafact.rights.safeguards.lists import DISTINCT, PLACE, WORD, Person, words_near_names
from contrafact.rights.safeguards.matching import Hit
from contrafact.rights.safeguards.misspelling import misspelt
from contrafact.rights.safeguards.names import Known
from contrafact.rights.safeguards.scene import Rank, Scene
from contrafact.rights.safeguards.values import Code

_STRONG = frozenset({"style_before", "style_after"})
_WEAK = frozenset({"weak_before", "weak_after"})
_VOICE = frozenset({"voice_before", "voice_after"})
_SURE_LETTERS = 8
_AGAIN_LETTERS = 24
"""Between a name and "in his voice"."""
_ARTICLES = frozenset("the a an my your his her our its this that der die das le la les el los il".split())
_KEEPING = frozenset(
    "keep keeping leave leaving retain original originally preserve behalte lass garde mantén conserva".split()
)


@dataclass(frozen=True, slots=True)
class NameFound:
    """A name that asks for something: what for, its letters, and what a member of staff is told."""

    code: Code
    first: int
    last: int
    detail: str
    name: str | None = None


def names_in(scene: Scene, known: Known) -> Iterator[NameFound]:
    """Everything that is asked of a name which is on the lists."""
    inherited: Rank = frozenset()
    end = -1
    stems = (hit for hit in scene.of("name_stem") if _inflected(scene, hit))
    exact = _longest([*(hit for hit in scene.of("name") if not ordinary(scene, hit)), *stems])
    for hit, slip in sorted(
        [*((hit, False) for hit in exact), *((hit, True) for hit in misspelt(scene, exact))],
        key=lambda item: item[0].first,
    ):
        person: Person = hit.value
        kinds = scene.before(hit.first) | scene.after(hit.last)
        if end >= 0 and _linked(scene, end, hit.first):
            kinds |= inherited
        found = _found(scene, known, hit, person, kinds, slip)
        inherited, end = kinds, hit.last
        idiom = scene.covered(hit.first, hit.last, "innocent")
        if found is not None and not idiom and not _titled(scene, known, hit):
            yield found


def _inflected(scene: Scene, hit: Hit) -> bool:
    """Whether a stem has an ending, and is no ordinary word with it."""
    return not scene.reading.may_end(hit.last) and not ordinary(scene, hit)


def ordinary(scene: Scene, hit: Hit) -> bool:
    """Whether a hit is an ordinary word that only looks like a name with an ending, such as ``queens``."""
    word = scene.reading.text[hit.first : scene.reading.token_end(hit.last)]
    return word in words_near_names() and not scene.marks(hit.first, hit.last)


def _longest(hits: Sequence[Hit]) -> list[Hit]:
    """Hits that lie in no longer one; of equal ones the most distinct person."""
    found: list[Hit] = []
    # A stem needs an ending; those of one person are told by the person.
    for hit in sorted(hits, key=lambda one: (one.first, -one.last, one.value.level, one.value.name)):
        if not found or hit.last > found[-1].last:
            found.append(hit)
    return found


def _linked(scene: Scene, end: int, first: int) -> bool:
    """Whether only "and" or a comma stands between two names."""
    reading = scene.reading
    if end > first:
        return False
    if end == first:
        return True
    between = reading.text[end:first]
    if between.startswith("s"):
        between = between[1:]
    return first - end <= 8 and (not between or between in scene.known.links)


def _found(scene: Scene, known: Known, hit: Hit, person: Person, kinds: Rank, slip: bool) -> NameFound | None:
    voice, artist = bool(kinds & _VOICE), person.artist
    # A slip in a short name may be a word that we do not know; in a long one it is hardly anything else.
    level = max(person.level, WORD) if slip and hit.last - hit.first < _SURE_LETTERS else person.level
    detail = f"{'a spelling of ' if slip else ''}{person.name}"
    own = known.owns(person) or known.is_own(scene.reading.text[hit.first : hit.last])

    def as_found(code: Code, what: str) -> NameFound:
        return NameFound(code, hit.first, hit.last, what, person.name)

    sung = not own and (level == DISTINCT or (level == WORD and scene.capitals(hit.first, hit.last)))
    if sung and artist and scene.near("vocal", hit.first, hit.last):
        return as_found("voice_of_person", f"the voice of {detail}, by a word close by")
    if voice and _meant(scene, known, hit, level, kinds, _VOICE):
        if not own:
            return as_found("voice_of_person", f"the voice of {detail}")
        if "voice_before" in kinds and not kept(scene, hit.first):
            return as_found("voice_clone_asked", f"the voice of the song's own artist, {detail}")
        return None
    if not own and level == DISTINCT and _speaks(scene, hit):
        return as_found("voice_of_person", f"the voice of {detail}, who shall speak")
    if own or known.takes_part(person):
        return None
    if artist:
        meant = _meant(scene, known, hit, level, kinds, _STRONG | _WEAK)
        return as_found("artist_not_participating", f"{detail} is not among those who take part") if meant else None
    if level == DISTINCT and person.politician:
        return as_found("topic_political", f"the politician {detail}")
    if level == DISTINCT and _sounds_like(scene, hit.first):
        return as_found("voice_of_person", f"the voice of {detail}")
    return None


def _speaks(scene: Scene, hit: Hit) -> bool:
    """Whether a name is that of somebody who shall speak: "let X recite it"; "about what X said" asks nothing."""
    if hit.first in scene.ends("speech_before"):
        return True
    if any(0 <= again.first - hit.last <= _AGAIN_LETTERS for again in scene.of("voice_again")):
        return True
    first = hit.first
    if first > 0 and scene.token(first - 1) in ("o", "a"):
        first = scene.reading.tokens[scene.reading.token_of[first - 1]][0]
    if first == 0 or scene.reading.gaps[first] > SPACE or scene.token(first - 1) not in scene.known.asking:
        return False
    return scene.starting("speech_after", hit.last) is not None


def _sounds_like(scene: Scene, first: int) -> bool:
    """Whether "sound like" stands before; "like" alone may compare anything."""
    return any(hit.last - hit.first > len("like") for hit in scene.ending("weak_before", first))


def _meant(scene: Scene, known: Known, hit: Hit, level: int, kinds: Rank, wanted: Rank) -> bool:
    """Whether a name means the person, by how much of a word it is besides."""
    if level == DISTINCT:
        return True
    kinds &= wanted
    if not kinds:
        return False
    ended, capital = scene.ended(hit.last), scene.capitals(hit.first, hit.last)
    strong = bool(kinds & (_STRONG | {"voice_before"}))
    follows = bool(kinds & {"style_after", "voice_after", "weak_after"})
    if level == WORD:
        if strong and not follows:
            return scene.next_word(hit.last) not in ("of", "charming")
        return (follows and (capital or not _articled(scene, hit.first))) or (ended and not _articled(scene, hit.first))
    if _articled(scene, hit.first) and not capital:
        return False
    if scene.next_word(hit.last) in known.style_words:
        return False
    if strong:
        return ended or capital
    if follows:
        return "style_after" in kinds or capital
    return capital and ended and level < PLACE


def _articled(scene: Scene, first: int) -> bool:
    """Whether an article or the like stands before a name that has none in it, other than that of "à la"."""
    reading = scene.reading
    if scene.leads(first):
        return False
    return first > 0 and reading.gaps[first] <= SPACE and scene.token(first - 1) in _ARTICLES


def kept(scene: Scene, first: int) -> bool:
    """Whether the recorded voice shall stay: "keep it sung by her"."""
    index = scene.reading.token_of[first]
    return any(
        scene.reading.text[start:stop] in _KEEPING for start, stop in scene.reading.tokens[max(0, index - 6) : index]
    )


def _titled(scene: Scene, known: Known, hit: Hit) -> bool:
    """Whether a name is only part of a song's title that is mentioned."""
    for first, last in scene.inside(hit.first, hit.last, known.titles):
        title = scene.reading.text[first:last]
        if title not in known.plain_titles:
            return True
        # A title of one word that is a name as well: a title only where nothing makes it a name.
        if not scene.before(first) and not scene.after(last):
            return True
    return False
