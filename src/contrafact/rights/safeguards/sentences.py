"""What a listener is told about a finding: what it was, and what can be asked instead. No names, no slurs."""

from collections.abc import Mapping
from types import MappingProxyType

from contrafact.rights.safeguards.values import Code

_BANNED = "Not every owner wants a song used {what}; where this song's owners do not, it is refused. {instead}"

SENTENCES: Mapping[Code, str] = MappingProxyType(
    {
        "voice_of_person": (
            "A person's voice is never imitated here, whoever it is. You can keep the recorded voice as it is, "
            "change its level or effects, or ask for a choir, a robot voice or an instrument instead."
        ),
        "voice_clone_asked": (
            "This asks to imitate the singer's own voice with new sounds, which only the singer can allow. "
            "You can keep the recorded voice, move it, harmonise it or give it another effect."
        ),
        "artist_not_participating": (
            "This names an artist who does not take part here, so nothing is made in that name. "
            "You can describe the sound instead: a style, a decade, a tempo, instruments or a mood."
        ),
        "topic_hate": (
            "This reads as hatred against people, which no song is used for here. "
            "You can ask for any style, mood or energy without it; angry and loud is fine."
        ),
        "topic_sexual": _BANNED.format(
            what="with explicit sexual content", instead="A warm, romantic or sensual mood can be asked for instead."
        ),
        "topic_political": _BANNED.format(
            what="for politics", instead="An anthem, a march or a festive mood can be asked for without it."
        ),
        "topic_violence": _BANNED.format(
            what="for violence", instead="A hard, dark or aggressive sound can be asked for without it."
        ),
        "topic_advertising": _BANNED.format(
            what="for advertising", instead="A short, bright and catchy version can be asked for without it."
        ),
        "topic_religious": _BANNED.format(
            what="for religious purposes", instead="A choir, an organ or a solemn mood can be asked for without it."
        ),
        "topic_drugs": _BANNED.format(
            what="in connection with drugs", instead="A dreamy or psychedelic sound can be asked for without it."
        ),
    }
)
"""The sentence of each code."""
