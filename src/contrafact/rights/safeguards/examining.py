"""Examine words that people ask with: what is refused, and which topics an owner may want to know of."""

from bisect import bisect_left
from collections.abc import Iterator

from contrafact.rights.safeguards.folding import Reading, readings
from contrafact.rights.safeguards.lists import lists
from contrafact.rights.safeguards.names import Known, known_names
from contrafact.rights.safeguards.naming import names_in
from contrafact.rights.safeguards.scene import Scene
from contrafact.rights.safeguards.sentences import SENTENCES
from contrafact.rights.safeguards.topical import topics_in
from contrafact.rights.safeguards.values import Code, Finding, Findings, PromptContext
from contrafact.rights.safeguards.voices import voices_in
from contrafact.rights.topics import Topic

_TOPIC_CODES: dict[Topic, Code] = {
    "political": "topic_political",
    "sexual": "topic_sexual",
    "hate": "topic_hate",
    "violence": "topic_violence",
    "advertising": "topic_advertising",
    "religious": "topic_religious",
    "drugs": "topic_drugs",
}
_TOPIC_OF = {code: topic for topic, code in _TOPIC_CODES.items()}
_NEAR_LETTERS = 12
_Found = tuple[Code, int, int, str, str | None]


def examine(words: str, context: PromptContext) -> Findings:
    """What words ask for besides music.

    A pure function of its arguments and of the lists that come with Contrafact. Its time is linear in the length of the
    words, whatever they are.

    Parameters
    ----------
    words : str
        As somebody typed them, in any language; any length.
    context : PromptContext
        Whose names and titles may be mentioned.

    Returns
    -------
    Findings
        In the order of the words; each place is reported once per code.
    """
    known = known_names(context)
    found: list[_Found] = []
    for reading in readings(words):
        found += _examined(words, reading, known)
    return Findings(findings=tuple(_finding(words, *one) for one in _widest(found)))


def _examined(words: str, reading: Reading, known: Known) -> Iterator[_Found]:
    if not reading.text:
        return
    scene = Scene(words, reading, lists())
    people = [*names_in(scene, known), *voices_in(scene, known)]
    named = sorted(one.first for one in people if one.code == "voice_of_person")
    for one in people:
        following = bisect_left(named, one.first)
        near = following < len(named) and named[following] - one.last < _NEAR_LETTERS
        if one.code == "voice_clone_asked" and near:
            # "clone her voice with somebody's": the somebody is who is asked for.
            continue
        yield one.code, *reading.span(one.first, one.last), one.detail, one.name
    for topic, first, last, detail in topics_in(scene):
        if scene.is_title(first, last, known):
            continue
        yield _TOPIC_CODES[topic], *reading.span(first, last), detail, None


def _widest(found: list[_Found]) -> Iterator[_Found]:
    """Each place once per code: of findings that overlap, the widest."""
    kept: dict[Code, int] = {}
    for code, first, last, detail, name in sorted(found, key=lambda one: (one[1], -one[2], one[0], one[3])):
        if first >= kept.get(code, 0):
            kept[code] = last
            yield code, first, last, detail, name


def _finding(words: str, code: Code, first: int, last: int, detail: str, name: str | None) -> Finding:
    return Finding(
        code=code,
        topic=_TOPIC_OF.get(code),
        span=(first, last),
        matched=words[first:last],
        sentence=SENTENCES[code],
        detail=detail,
        name=name,
    )
