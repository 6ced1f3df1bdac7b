"""Words that people ask with, guarded: what no grant can allow is refused before anything is made of them.

The rules are :func:`contrafact.rights.safeguards.examine`; here is what it has to know of the catalogue, and what
becomes of its findings. A large catalogue is only asked about words in which something was found.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from contrafact.catalogue import mentions
from contrafact.catalogue import service as catalogue
from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.errors import Refused
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.joining import subject_of
from contrafact.remixes.permission.sources import Source, sources_of
from contrafact.remixes.tables import store
from contrafact.remixes.tables.models import RemixRow
from contrafact.rights import service as rights
from contrafact.rights.safeguards import Findings, PromptContext, examine
from contrafact.rights.topics import Topic

_LONGEST_NAME = 8
"""Words that a title or a name can have and still be recognised inside a prompt."""
_DEEPEST = 64
_WORD = re.compile(r"\S+")
_AROUND = " \t\n.,;:!?\"'“”„«»()[]…"


class WordsRefused(Refused):
    """Words that ask for what no owner can grant; its message is the listener's, ``findings`` are for staff."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.code = findings.refusals[0].code
        super().__init__(" ".join(dict.fromkeys(finding.sentence for finding in findings.refusals)))


@dataclass(frozen=True, slots=True)
class Guarded:
    """What words that may stand ask for besides music."""

    topics: tuple[Topic, ...] = ()
    """That an owner may have banned."""
    operations: tuple[Operation, ...] = ()
    """``voice_clone`` where the singer's voice shall be imitated: the singer's grant decides."""


def guard(installation: Installation, session: Session, sources: Sequence[Source], words: str) -> Guarded:
    """Examine the words of a request.

    Parameters
    ----------
    sources : sequence of Source
        The recordings that shall be remixed; their names, performers and titles may be mentioned.
    words : str
        As typed; empty asks for nothing.

    Raises
    ------
    WordsRefused
        They ask for the voice of a person, name an artist who does not take part, or are hateful.
    """
    findings = examined(installation, session, sources, words)
    if findings.refusals:
        raise WordsRefused(findings)
    return _guarded(findings)


def guarded_again(installation: Installation, session: Session, row: RemixRow) -> Guarded:
    """What a remix's words, and those of the remixes that it is made from, ask for by what is known now.

    Names that may not be mentioned any more do not undo what was allowed; topics always count, hate among them.
    """
    return _together(_of_row(installation, session, each) for each in _chain(session, row.id))


def with_parents(installation: Installation, session: Session, guarded: Guarded, parent: str | None) -> Guarded:
    """What was asked for together with what the remixes are about that it shall be made from."""
    above = (_of_row(installation, session, each) for each in _chain(session, parent))
    return Guarded(_together([guarded, *above]).topics, guarded.operations)


def examined(installation: Installation, session: Session, sources: Sequence[Source], words: str) -> Findings:
    """What is found in words about some recordings, with all that the catalogue knows of what they mention."""
    if not words.strip():
        return Findings()
    context = context_of(installation, session, sources)
    findings = examine(words, context)
    if not findings.findings:
        return findings
    texts = _texts_around(words, findings)
    known = context.model_copy(
        update={
            "participating": (*context.participating, *_taking_part(session, {*texts, *findings.names})),
            "titles": (*context.titles, *mentions.titles_among(session, texts)),
        }
    )
    return examine(words, known)


def context_of(installation: Installation, session: Session, sources: Sequence[Source]) -> PromptContext:
    """What may be mentioned because it is the song's own."""
    recordings = [source.recording for source in sources]
    voices = [item.name for source in sources for item in source.holders.contributions if item.voice]
    return PromptContext(
        song_title=recordings[0].title,
        song_artist=recordings[0].artist,
        performers=tuple(dict.fromkeys([*voices, *(each.artist for each in recordings[1:])])),
        titles=tuple(each.title for each in recordings[1:]),
        style_words=installation.style_words,
    )


def _guarded(findings: Findings) -> Guarded:
    return Guarded(findings.topics, ("voice_clone",) if findings.asks_for_clone else ())


def _together(parts: Iterable[Guarded]) -> Guarded:
    listed = list(parts)
    topics = sorted({topic for part in listed for topic in part.topics})
    operations = dict.fromkeys(operation for part in listed for operation in part.operations)
    return Guarded(tuple(topics), tuple(operations))


def _of_row(installation: Installation, session: Session, row: RemixRow) -> Guarded:
    if not row.words.strip():
        return Guarded()
    return _guarded(examined(installation, session, sources_of(session, row), row.words))


def _chain(session: Session, remix_id: str | None) -> list[RemixRow]:
    """A remix and all that it is made from, nearest first."""
    found: list[RemixRow] = []
    while remix_id is not None and len(found) < _DEEPEST:
        row = store.remix(session, remix_id)
        if row is None:
            break
        found.append(row)
        remix_id = row.parent_remix_id
    return found


def _taking_part(session: Session, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names whose owners grant something on one of their recordings."""
    found: list[str] = []
    for name, recording in mentions.recordings_of_artists(session, set(names)):
        if name in found:
            continue
        subject = subject_of(recording, catalogue.holders(session, recording.id))
        if any(grant.status == "active" and grant.terms.operations for grant in rights.grants_on(session, subject)):
            found.append(name)
    return tuple(found)


def _texts_around(words: str, findings: Findings) -> frozenset[str]:
    """Every run of words that touches a finding: a title or a name that it may be a part of."""
    spans = [match.span() for match in _WORD.finditer(words)]
    found: set[str] = set()
    for finding in findings.findings:
        first, last = finding.span
        inside = [place for place, (start, end) in enumerate(spans) if start < last and end > first]
        if not inside or len(found) > 4000:
            continue
        for low in range(max(0, inside[0] - _LONGEST_NAME), inside[-1] + 1):
            for high in range(max(low, inside[0]), min(len(spans), low + _LONGEST_NAME)):
                text = words[spans[low][0] : spans[high][1]]
                found.add(text.strip(_AROUND))
                found.add(text.strip(_AROUND).removesuffix("'s").removesuffix("’s"))
    return frozenset(found)
