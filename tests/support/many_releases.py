"""Very many ERN releases for benchmarks and tests: generated from a seed, streamed to a file in any number."""

import random
from collections.abc import Iterator
from pathlib import Path

SENDER = "PADPIDA2013020802I"
_WORDS = "rain sun night river gold blue city slow heart fire moon road sea paper glass winter home light stone".split()
_GENRES = ("Pop", "Jazz", "Electronic", "Folk", "Hip-Hop", "Classical")


def _isrc(number: int) -> str:
    return f"SEABC{number % 10**7:07d}"


def _header(message_id: str, day: int) -> str:
    return f"""
  <MessageHeader>
    <MessageId>{message_id}</MessageId>
    <MessageSender><PartyId>{SENDER}</PartyId><PartyName><FullName>Small Label</FullName></PartyName></MessageSender>
    <MessageRecipient><PartyId>{SENDER}</PartyId></MessageRecipient>
    <MessageCreatedDateTime>2026-03-{day:02d}T10:00:00Z</MessageCreatedDateTime>
  </MessageHeader>"""


def _party(reference: str, name: str, dpid: str = "") -> str:
    ids = f"<PartyId><DPID>{dpid}</DPID></PartyId>" if dpid else ""
    return (
        f"\n    <Party><PartyReference>{reference}</PartyReference>"
        f"<PartyName><FullName>{name}</FullName></PartyName>{ids}</Party>"
    )


def _recording(number: int, reference: str, artist: str, name: str, title: str, rng: random.Random) -> str:
    seconds = rng.randint(90, 400)
    return f"""
    <SoundRecording>
      <ResourceReference>{reference}</ResourceReference>
      <Type>MusicalWorkSoundRecording</Type>
      <SoundRecordingEdition>
        <ResourceId><ISRC>{_isrc(number)}</ISRC></ResourceId>
        <PLine><Year>2026</Year><PLineText>(P) 2026 Small Label</PLineText></PLine>
      </SoundRecordingEdition>
      <DisplayTitleText>{title}</DisplayTitleText>
      <DisplayTitle LanguageAndScriptCode="en"><TitleText>{title}</TitleText></DisplayTitle>
      <DisplayArtistName>{name}</DisplayArtistName>
      <DisplayArtist SequenceNumber="1">
        <ArtistPartyReference>{artist}</ArtistPartyReference><DisplayArtistRole>MainArtist</DisplayArtistRole>
      </DisplayArtist>
      <Contributor SequenceNumber="1">
        <ContributorPartyReference>{artist}</ContributorPartyReference><Role><Value>Composer</Value></Role>
      </Contributor>
      <ResourceRightsController>
        <RightsControllerPartyReference>PLabel</RightsControllerPartyReference>
        <RightsControlType>RightsController</RightsControlType>
        <RightSharePercentage>100</RightSharePercentage>
      </ResourceRightsController>
      <Duration>PT{seconds // 60}M{seconds % 60}S</Duration>
      <ParentalWarningType>NotExplicit</ParentalWarningType>
      <ContainsAI>None</ContainsAI>
    </SoundRecording>"""


def _track(number: int, reference: str, resource: str, genre: str) -> str:
    return f"""
    <TrackRelease>
      <ReleaseReference>{reference}</ReleaseReference>
      <ReleaseId><ProprietaryId Namespace="{SENDER}">T{number:09d}</ProprietaryId></ReleaseId>
      <ReleaseResourceReference>{resource}</ReleaseResourceReference>
      <ReleaseLabelReference>PLabel</ReleaseLabelReference>
      <DisplayGenre><GenreText>{genre}</GenreText></DisplayGenre>
    </TrackRelease>"""


def _deal(references: str, rng: random.Random) -> str:
    remix = "".join(
        f'<UseType Namespace="contrafact" UserDefinedValue="{one}">UserDefined</UseType>'
        for one in rng.sample(["style", "arrangement", "tempo_pitch", "mashup", "share_in_app"], rng.randint(0, 3))
    )
    return f"""
    <ReleaseDeal>
      {references}
      <Deal>
        <DealTerms>
          <TerritoryCode>Worldwide</TerritoryCode>
          <ValidityPeriod><StartDateTime>2026-03-13T00:00:00Z</StartDateTime></ValidityPeriod>
          <CommercialModelType>SubscriptionModel</CommercialModelType>
          <UseType>OnDemandStream</UseType>{remix}
        </DealTerms>
      </Deal>
    </ReleaseDeal>"""


def _title(rng: random.Random) -> str:
    return " ".join(rng.choice(_WORDS) for _ in range(rng.randint(1, 3))).title()


def message(count: int, seed: int, *, first: int = 0, message_id: str = "M-1", day: int = 1) -> Iterator[str]:
    """One message of ``count`` track releases, each with a recording and a deal, in pieces of text."""
    rng = random.Random(seed)
    artists = [f"{rng.choice(_WORDS).title()} {number}" for number in range(max(1, count // 20))]
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ern:NewReleaseMessage xmlns:ern="http://ddex.net/xml/ern/432" '
        f'LanguageAndScriptCode="en" AvsVersionId="9">{_header(message_id, day)}\n  <PartyList>'
    )
    yield _party("PLabel", "Small Label", SENDER)
    for number, artist in enumerate(artists):
        yield _party(f"P{number}", artist)
    yield "\n  </PartyList>\n  <ResourceList>"
    for number in range(count):
        who = number % len(artists)
        yield _recording(first + number, f"A{number}", f"P{who}", artists[who], _title(rng), rng)
    yield "\n  </ResourceList>\n  <ReleaseList>"
    for number in range(count):
        yield _track(first + number, f"R{number}", f"A{number}", rng.choice(_GENRES))
    yield "\n  </ReleaseList>\n  <DealList>"
    for number in range(count):
        yield _deal(f"<DealReleaseReference>R{number}</DealReleaseReference>", rng)
    yield "\n  </DealList>\n</ern:NewReleaseMessage>\n"


def write(path: Path, count: int, seed: int, **more: int | str) -> int:
    """Write one message to a file without holding it; its size in bytes."""
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(message(count, seed, **more))  # type: ignore[arg-type]
    return path.stat().st_size
