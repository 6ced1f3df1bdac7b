"""A released remix as a NewReleaseMessage of ERN 4.3.2: what a machine did, what it is made of, who is credited.

The remixer is the display artist; artists of the originals are credited as such and never shown as the artist of the
remix (R11). The remix has its own ISRC or, without one, a number of our own; the works stay those of the originals
(R12). Its deals are those of a walled garden unless more was granted (R9).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from contrafact.catalogue import identifiers
from contrafact.catalogue.ddex.deals import (
    Channel,
    Deal,
    DealTerms,
    EventDateTime,
    Period,
    ReleaseDeal,
    UseType,
)
from contrafact.catalogue.ddex.delivery import check_message
from contrafact.catalogue.ddex.errors import BadMessage
from contrafact.catalogue.ddex.naming import (
    Coded,
    LabelReference,
    LocalText,
    Party,
    PartyId,
    PartyName,
    ProprietaryId,
    ReleaseId,
    ResourceId,
    SubTitle,
    TerritoryCode,
    Title,
    WorkId,
)
from contrafact.catalogue.ddex.recordings import (
    AudioFile,
    CLine,
    Contributor,
    DisplayArtist,
    Edition,
    EventDate,
    File,
    HashSum,
    Measure,
    ParentalWarning,
    PLine,
    RelatedResource,
    Role,
    SoundRecording,
    TechnicalDetails,
)
from contrafact.catalogue.ddex.releases import ContentItem, Genre, Release, ResourceGroup
from contrafact.catalogue.ddex.values import Envelope, Message, MessageHeader, MessagingParty
from contrafact.catalogue.ddex.writing import write_message
from contrafact.kit.territories import WORLDWIDE, Territories

NAMESPACE = "contrafact"
EVERYWHERE = Territories()
Relation = Literal["IsEditedVersionOf", "IsCoverOf", "ContainsSamplesFrom"]
HowMuch = Literal["All", "None", "Partly"]
AVS_VERSION = "9"
_CODECS = {"flac": "FLAC", "mp3": "MP3", "aac": "AAC", "vorbis": "Vorbis", "pcm": "PCM"}
_CONTAINERS = {"wav": "WAV", "aiff": "AIFF", "mp4": "MP4", "ogg": "Ogg"}


@dataclass(frozen=True, slots=True)
class Person:
    """A person or organisation; ``key`` tells it from others of that name."""

    key: str
    name: str
    isni: str | None = None
    ipi: str | None = None
    dpid: str | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """A recording that the remix is made of, and what the remix is to it."""

    relation: Relation
    reference: str
    """By which this installation knows the recording, where it has no ISRC."""
    title: str
    artists: tuple[Person, ...]
    isrc: str | None = None
    iswc: str | None = None


@dataclass(frozen=True, slots=True)
class SoundFile:
    """The delivered file; ``codec`` and ``container`` are lower-case names, others than the known ones are left out."""

    uri: str
    sha256: str
    size_bytes: int
    codec: str = ""
    container: str = ""
    channels: int | None = None
    sample_rate: int | None = None
    bits: int | None = None


@dataclass(frozen=True, slots=True)
class RemixRelease:
    """A released remix, in the words of this project.

    ``p_line`` and ``c_line`` are without the sign and the year. ``contains_ai`` is how much of what is heard a machine
    made, ``ai_did`` how much of its own contribution. ``beyond`` says what the owners granted beyond listening here.
    """

    reference: str
    recording_reference: str
    title: str
    remixer: Person
    label: Person
    originals: tuple[Original, ...]
    duration_s: Decimal
    released_at: datetime
    genre: str
    p_line: str
    c_line: str
    file: SoundFile
    engine: Person
    isrc: str | None = None
    contains_ai: HowMuch = "Partly"
    ai_did: HowMuch = "All"
    parental_warning: Literal["Explicit", "NotExplicit", "NoAdviceAvailable", "Unknown"] = "NoAdviceAvailable"
    language: str | None = None
    territories: Territories = EVERYWHERE
    valid_to: datetime | None = None
    beyond: tuple[Literal["download", "export"], ...] = ()

    @property
    def is_cover(self) -> bool:
        return any(original.relation == "IsCoverOf" for original in self.originals)


@dataclass(frozen=True, slots=True)
class Sending:
    """Who sends the message to whom, and under which number; the sender is the service on which the remix is heard."""

    message_id: str
    thread_id: str
    sender: Person
    recipient: Person
    created: datetime
    test: bool = False


def remix_message(remix: RemixRelease, sending: Sending) -> Message:
    """The message of a released remix.

    Raises
    ------
    BadMessage
        When it would break a rule, with the first that it breaks: an identifier that is none, no original, a zero
        duration, AI that is said to be there and not.
    """
    if not remix.originals:
        raise BadMessage("a remix is made of at least one recording; name it")
    sender = _dpid(sending.sender, "sender")
    people = _People(sender)
    remixer = people.reference(remix.remixer, "PRemixer")
    label = people.reference(remix.label, "PLabel")
    engine = people.reference(remix.engine, "PEngine")
    song = _recording(remix, sender, people, remixer, engine)
    message = Message(
        envelope=Envelope(version="4.3.2", language="en", avs_version=AVS_VERSION, profile="SimpleAudioSingle"),
        header=MessageHeader(
            thread_id=sending.thread_id,
            message_id=sending.message_id,
            sender=MessagingParty(dpid=sender, name=_name(sending.sender)),
            recipients=(MessagingParty(dpid=_dpid(sending.recipient, "recipient"), name=_name(sending.recipient)),),
            created=sending.created.astimezone(UTC),
            control="TestMessage" if sending.test else "LiveMessage",
        ),
        parties=people.parties,
        resources=(song,),
        releases=(_release(remix, sender, song, label),),
        deals=(ReleaseDeal(releases=("R0",), deals=tuple(_deals(remix, sending.sender, sender))),),
    )
    wrong = [
        finding for finding in check_message(message) if finding.severity == "error" or finding.code == "unverified"
    ]
    if wrong:
        raise BadMessage(f"the release cannot be told in DDEX: {wrong[0].sentence}")
    return message


def write_remix(remix: RemixRelease, sending: Sending) -> bytes:
    """The message of a released remix as UTF-8 XML; the same values give the same bytes.

    Raises
    ------
    BadMessage
        As :func:`remix_message`.
    """
    return write_message(remix_message(remix, sending))


class _People:
    """Every party once, by its key, in the order of first mention."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self._known: dict[str, tuple[str, Person]] = {}

    def reference(self, person: Person, wished: str) -> str:
        known = self._known.get(person.key)
        if known is None:
            known = self._known[person.key] = (wished, person)
        return known[0]

    @property
    def parties(self) -> tuple[Party, ...]:
        return tuple(
            Party(
                reference=reference,
                names=(_name(person),),
                ids=(
                    PartyId(
                        isni=person.isni,
                        dpid=person.dpid,
                        ipi=person.ipi,
                        proprietary=(ProprietaryId(value=person.key, namespace=self.namespace),),
                    ),
                ),
            )
            for reference, person in self._known.values()
        )


def _name(person: Person) -> PartyName:
    return PartyName(full=LocalText(value=person.name))


def _dpid(person: Person, who: str) -> str:
    if person.dpid is None:
        raise BadMessage(f"the {who} {person.name!r} has no DPID; DDEX knows who sends and receives by it")
    return identifiers.dpid(person.dpid)


def _titles(remix: RemixRelease) -> tuple[tuple[LocalText, ...], tuple[Title, ...]]:
    """The title, and beneath it what R11 asks for: AI remix by whom, of which song by which artist."""
    of = " and ".join(
        f"“{one.title}”{' by ' if one.artists else ''}{', '.join(artist.name for artist in one.artists)}"
        for one in remix.originals
    )
    made = "cover" if remix.is_cover else "remix"
    below = f"{'' if remix.contains_ai == 'None' else 'AI '}{made} by {remix.remixer.name} of {of}"
    title = Title(text=remix.title, subtitles=(SubTitle(value=below, kind="Version"),), is_default=True)
    return (LocalText(value=f"{remix.title} ({below})", is_default=True),), (title,)


def _display(remixer: str) -> tuple[DisplayArtist, ...]:
    return (DisplayArtist(party=remixer, role=Coded(value="MainArtist"), sequence=1),)


def _recording(remix: RemixRelease, sender: str, people: _People, remixer: str, engine: str) -> SoundRecording:
    texts, titles = _titles(remix)
    own = ProprietaryId(value=remix.recording_reference, namespace=sender)
    year = f"{remix.released_at.astimezone(UTC).year}"
    works = dict.fromkeys(identifiers.iswc(one.iswc) for one in remix.originals if one.iswc)
    return SoundRecording(
        reference="A1",
        kind=Coded(value="MusicalWorkSoundRecording"),
        editions=(
            Edition(
                ids=(
                    ResourceId(isrc=identifiers.isrc(remix.isrc))
                    if remix.isrc is not None
                    else ResourceId(proprietary=(own,)),
                ),
                p_lines=(PLine(year=year, company=remix.p_line, text=f"(P) {year} {remix.p_line}"),),
                technical=(TechnicalDetails(reference="T1", files=(_audio(remix),)),),
            ),
        ),
        work_ids=tuple(WorkId(iswc=iswc) for iswc in works),
        title_texts=texts,
        titles=titles,
        versions=() if remix.is_cover else (Coded(value="RemixVersion"),),
        artist_names=(LocalText(value=remix.remixer.name, is_default=True),),
        artists=_display(remixer),
        contributors=tuple(_contributors(remix, people, remixer, engine)),
        duration_s=remix.duration_s,
        parental_warnings=(ParentalWarning(value=remix.parental_warning),),
        related=tuple(
            RelatedResource(
                kind=one.relation,
                id=ResourceId(isrc=identifiers.isrc(one.isrc))
                if one.isrc
                else ResourceId(proprietary=(ProprietaryId(value=one.reference, namespace=sender),)),
            )
            for one in remix.originals
        ),
        contains_ai=remix.contains_ai,
        is_cover=remix.is_cover,
        language=remix.language,
    )


def _contributors(remix: RemixRelease, people: _People, remixer: str, engine: str) -> Iterator[Contributor]:
    def by(party: str, role: Coded, number: int) -> Contributor:
        return Contributor(party=party, roles=(Role(value=role),), sequence=number)

    yield by(remixer, Coded(value="Remixer"), 1)
    number = 1
    if remix.contains_ai != "None":
        number += 1
        yield Contributor(special=Coded(value="GenerativeAI"), ai=remix.ai_did, sequence=number)
    number += 1
    yield by(engine, Coded(value="UserDefined", namespace=NAMESPACE, user_defined="RemixEngine"), number)
    told: set[str] = set()
    for one in remix.originals:
        for artist in one.artists:
            if artist.key in told:
                continue
            told.add(artist.key)
            number += 1
            role = "OriginalArtist" if one.relation == "IsCoverOf" else "RemixedArtist"
            yield by(people.reference(artist, f"PArtist{len(told)}"), Coded(value=role), number)


def _audio(remix: RemixRelease) -> AudioFile:
    file = remix.file
    codec, container = _CODECS.get(file.codec.lower()), _CONTAINERS.get(file.container.lower())
    return AudioFile(
        kind="AudioFile",
        container=None if container is None else Coded(value=container),
        codec=None if codec is None else Coded(value=codec),
        channels=None if file.channels is None else str(file.channels),
        sampling_rate=None if file.sample_rate is None else Measure(value=Decimal(file.sample_rate), unit="Hz"),
        bits_per_sample=file.bits,
        duration_s=remix.duration_s,
        file=File(
            uri=file.uri,
            hash_sum=HashSum(algorithm=Coded(value="SHA-256"), data_type="HexBinary", value=file.sha256),
            size_kb=(Decimal(file.size_bytes) / 1000).quantize(Decimal("0.001")),
        ),
    )


def _release(remix: RemixRelease, sender: str, song: SoundRecording, label: str) -> Release:
    year = f"{remix.released_at.astimezone(UTC).year}"
    return Release(
        reference="R0",
        kinds=(Coded(value="Single"),),
        id=ReleaseId(proprietary=(ProprietaryId(value=remix.reference, namespace=sender),)),
        title_texts=song.title_texts,
        titles=song.titles,
        versions=song.versions,
        artist_names=song.artist_names,
        artists=song.artists,
        labels=(LabelReference(value=label),),
        p_lines=song.editions[0].p_lines,
        c_lines=(CLine(year=year, company=remix.c_line, text=f"(C) {year} {remix.c_line}"),),
        duration_s=remix.duration_s,
        genres=(Genre(text=remix.genre),),
        dates=(EventDate(value=remix.released_at.astimezone(UTC).date().isoformat()),),
        parental_warnings=song.parental_warnings,
        group=ResourceGroup(items=(ContentItem(sequence=1, resource=song.reference),)),
        contains_ai=remix.contains_ai,
    )


def _deals(remix: RemixRelease, service: Person, dpid: str) -> Iterator[Deal]:
    """Listening on this service; downloads and other services only where they were granted."""
    uses = ["OnDemandStream", *(["PermanentDownload"] if "download" in remix.beyond else [])]
    here = Channel(names=(_name(service),), ids=(PartyId(dpid=dpid),))
    yield Deal(terms=_terms(remix, uses, (here,)))
    if "export" in remix.beyond:
        yield Deal(terms=_terms(remix, ["OnDemandStream"], ()))


def _terms(remix: RemixRelease, uses: list[str], channels: tuple[Channel, ...]) -> DealTerms:
    included, excluded = remix.territories.include, remix.territories.exclude
    if excluded and WORLDWIDE not in included:  # DDEX has one or the other
        included, excluded = tuple(sorted(remix.territories.countries())), ()
    if not remix.territories.countries():
        raise BadMessage("the remix is released nowhere; name a territory")
    end = None if remix.valid_to is None else EventDateTime(value=remix.valid_to.astimezone(UTC))
    return DealTerms(
        territories=() if excluded else tuple(TerritoryCode(value=code) for code in included),
        excluded=tuple(TerritoryCode(value=code) for code in excluded),
        periods=(Period(start=EventDateTime(value=remix.released_at.astimezone(UTC)), end=end),),
        models=(Coded(value="SubscriptionModel"),),
        use_types=tuple(UseType(value=use) for use in uses),
        channels=channels,
    )
