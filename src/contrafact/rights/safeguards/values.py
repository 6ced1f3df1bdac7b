"""What is examined and what is found."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from contrafact.rights.topics import ALWAYS_REFUSED, Topic

Code = Literal[
    "voice_of_person",
    "voice_clone_asked",
    "artist_not_participating",
    "topic_hate",
    "topic_sexual",
    "topic_political",
    "topic_violence",
    "topic_advertising",
    "topic_religious",
    "topic_drugs",
]
REFUSED_CODES: frozenset[Code] = frozenset({"voice_of_person", "artist_not_participating", "topic_hate"})
"""Refused whatever was granted. Other topics are the owner's to ban; ``voice_clone_asked`` asks for an operation."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PromptContext(_Value):
    """What the words are about: without it, the song's own name would look like somebody else's.

    Parameters
    ----------
    song_title, song_artist : str
        Of the song that shall be remixed.
    performers : tuple of str
        Whose voice it is.
    participating : tuple of str
        Artists of the catalogue who take part; their names may be mentioned.
    titles : tuple of str
        Titles in the catalogue; a name inside one is no artist that is asked for.
    style_words : frozenset of str
        What styles, instruments and moods are called in this installation.
    """

    song_title: str = ""
    song_artist: str = ""
    performers: tuple[str, ...] = ()
    participating: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    style_words: frozenset[str] = frozenset()


class Finding(_Value):
    """Something that the words ask for.

    ``span`` counts characters of the words as they were given, its end excluded; ``matched`` is what stands there.
    ``sentence`` is for the listener: it names no party and repeats no slur. ``detail`` is for staff.
    """

    code: Code
    topic: Topic | None = None
    span: tuple[int, int]
    matched: str
    sentence: str
    detail: str
    name: str | None = None
    """By what name a well-known person is known; None for others and for topics."""

    @property
    def refused(self) -> bool:
        """Whether it is refused whatever any owner granted."""
        return self.code in REFUSED_CODES


class Findings(_Value):
    """All that was found, in the order of the words."""

    findings: tuple[Finding, ...] = ()

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """What no grant can allow."""
        return tuple(finding for finding in self.findings if finding.refused)

    @property
    def names(self) -> frozenset[str]:
        """The names by which well-known people that were found are known."""
        return frozenset(finding.name for finding in self.findings if finding.name is not None)

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics asked for, sorted, for the decision; those that are always refused are among them."""
        return tuple(sorted({finding.topic for finding in self.findings if finding.topic is not None}))

    @property
    def bannable_topics(self) -> tuple[Topic, ...]:
        """The topics that an owner may ban or not."""
        return tuple(topic for topic in self.topics if topic not in ALWAYS_REFUSED)

    @property
    def asks_for_clone(self) -> bool:
        """Whether the operation ``voice_clone`` is asked for: the song's own singer imitated."""
        return any(finding.code == "voice_clone_asked" for finding in self.findings)
