"""Voices of people who are on no list, named for the first time or only described; and the song's own, cloned."""

from collections.abc import Iterator

from contrafact.rights.safeguards.folding import SPACE
from contrafact.rights.safeguards.matching import Hit
from contrafact.rights.safeguards.names import Known
from contrafact.rights.safeguards.naming import NameFound, kept
from contrafact.rights.safeguards.scene import Scene

_HONOURED = ("さん", "くん", "ちゃん", "さま", "様")
_TITLES = frozenset("dj mc lil yung".split())
_MOST_FILLERS = 3
_CAUSING = frozenset("let make have get want hear if with where".split())
_PLAIN = frozenset("voice voices vocals vocal vox voiceover singing rapping model".split())
"""Behind two words in capitals these may be anything: "Deep House vocals"."""


def voices_in(scene: Scene, known: Known) -> Iterator[NameFound]:
    """Voices that are asked for without a name of the lists."""
    for hit in scene.of("clone"):
        yield NameFound("voice_clone_asked", hit.first, hit.last, "imitating whoever sings the song")
    for hit in _last_of_each(scene.of("voice_before")):
        found = _behind(scene, known, hit)
        if found is not None:
            yield found
    for hit in scene.of("voice_after"):
        found = _ahead(scene, known, hit)
        if found is not None:
            yield found
    for hit in _last_of_each(scene.of("style_before")):
        found = _in_the_style_of(scene, known, hit)
        if found is not None:
            yield found


def _last_of_each(hits: list[Hit]) -> list[Hit]:
    """One hit for each place that names could follow."""
    return list({hit.last: hit for hit in hits}.values())


def _behind(scene: Scene, known: Known, carrier: Hit) -> NameFound | None:
    """Who is named or described behind "in the voice of"."""
    reading, at = scene.reading, carrier.last
    for _ in range(_MOST_FILLERS + 1):
        if at >= len(reading.text) or reading.gaps[at] > SPACE:
            return None
        described = scene.starting("described", at)
        if described is not None:
            return NameFound("voice_of_person", at, described.last, "the voice of somebody who is described")
        if scene.starting("name", at) is not None or scene.starting("generic_voice", at) is not None:
            return None
        found = _person_at(scene, known, carrier, at)
        if found is not None:
            return found
        if scene.token(at) not in scene.known.fillers:
            return None
        at = reading.tokens[reading.token_of[at]][1]
    return None


def _person_at(scene: Scene, known: Known, carrier: Hit, at: int) -> NameFound | None:
    reading, word = scene.reading, scene.token(at)
    first, last = reading.tokens[reading.token_of[at]]
    if first != at:
        return None
    if word in known.own_parts:
        if kept(scene, carrier.first):
            return None
        return NameFound("voice_clone_asked", carrier.first, last, "the voice of the song's own singer")
    if word in known.style_words or word in scene.known.stops or word in scene.known.fillers:
        return None
    end = _name_end(scene, last)
    two = end > last
    given = word in scene.known.given_names
    capital = scene.capital(at) and (two or carrier.value != "de")
    if given or capital or (word in _TITLES and two):
        return NameFound("voice_of_person", at, end, "the voice of somebody who is named")
    return None


def _name_end(scene: Scene, last: int) -> int:
    """Where a name ends that goes on with words in capitals."""
    reading = scene.reading
    for _ in range(3):
        if last >= len(reading.text) or reading.gaps[last] > SPACE or not scene.capital(last):
            break
        last = reading.tokens[reading.token_of[last]][1]
    return last


def _ahead(scene: Scene, known: Known, carrier: Hit) -> NameFound | None:
    """Who is named or described before "'s voice"."""
    reading, at = scene.reading, carrier.first
    text = reading.text[carrier.first : carrier.last]
    if carrier.value == "ja" and text.startswith(_HONOURED) and at > 0:
        return NameFound("voice_of_person", max(0, at - 2), carrier.last, "the voice of somebody who is named")
    if at == 0 or reading.gaps[at] > SPACE:
        return None
    for hit in scene.ending("described", at):
        if carrier.value == "en" and "vo" not in text and not _caused(scene, hit.first):
            # "My wife sings along to it" asks for nothing.
            return None
        return NameFound("voice_of_person", hit.first, at, "the voice of somebody who is described")
    first, last = reading.tokens[reading.token_of[at - 1]]
    word = reading.text[first:last]
    if last != at or word in known.own_parts or word in known.style_words or word in scene.known.stops:
        return None
    before = reading.token_of[first] - 1
    pair = (
        before >= 0
        and reading.gaps[first] <= SPACE
        and scene.capital(reading.tokens[before][0])
        and scene.capital(first)
    )
    if any(hit.last > first for hit in scene.ending("name", at)):
        return None
    announced = text not in _PLAIN
    if word in scene.known.given_names or (
        pair and before > 0 and (announced or scene.token(reading.tokens[before][0]) in scene.known.given_names)
    ):
        start = reading.tokens[before][0] if pair else first
        if reading.text[start:first] in known.own_parts:
            return None
        return NameFound("voice_of_person", start, at, "the voice of somebody who is named")
    return None


def _caused(scene: Scene, first: int) -> bool:
    """Whether somebody shall do something: "let my wife sing"."""
    return first > 0 and scene.token(first - 1) in _CAUSING


def _in_the_style_of(scene: Scene, known: Known, carrier: Hit) -> NameFound | None:
    """A person of no list behind "in the style of": a given name and a surname."""
    reading, at = scene.reading, carrier.last
    if at >= len(reading.text) or reading.gaps[at] > SPACE or scene.starting("name", at) is not None:
        return None
    word = scene.token(at)
    last = reading.tokens[reading.token_of[at]][1]
    end = _name_end(scene, last)
    if (word not in scene.known.given_names and word not in _TITLES) or end == last or not scene.capital(last):
        return None
    name = reading.text[at:end]
    if known.allows(name) or scene.is_free(at, end):
        return None
    return NameFound("artist_not_participating", at, end, "somebody who is not among those who take part")
