"""Small ERN messages for the tests, written by us."""

from functools import cache
from pathlib import Path

from lxml import etree

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "ddex"
NAMESPACE = {"4.3": "http://ddex.net/xml/ern/43", "4.3.2": "http://ddex.net/xml/ern/432"}

HEADER = """
  <MessageHeader>
    <MessageThreadId>T-1</MessageThreadId>
    <MessageId>M-1</MessageId>
    <MessageSender>
      <PartyId>PADPIDA2013020802I</PartyId><PartyName><FullName>Small Label</FullName></PartyName>
    </MessageSender>
    <MessageRecipient><PartyId>PADPIDA2013020802I</PartyId></MessageRecipient>
    <MessageCreatedDateTime>2026-03-01T10:00:00Z</MessageCreatedDateTime>
    <MessageControlType>LiveMessage</MessageControlType>
  </MessageHeader>"""

PARTIES = """
  <PartyList>
    <Party>
      <PartyReference>PAda</PartyReference>
      <PartyName><FullName>Ada</FullName></PartyName>
      <PartyId><ISNI>000000012281955X</ISNI></PartyId>
    </Party>
    <Party>
      <PartyReference>PLabel</PartyReference>
      <PartyName><FullName>Small Label</FullName></PartyName>
      <PartyId><DPID>PADPIDA2013020802I</DPID></PartyId>
    </Party>
  </PartyList>"""

RECORDING = """
    <SoundRecording>
      <ResourceReference>A1</ResourceReference>
      <Type>MusicalWorkSoundRecording</Type>
      <SoundRecordingEdition>
        <ResourceId><ISRC>SEABC2600001</ISRC></ResourceId>
        <PLine><Year>2026</Year><PLineText>(P) 2026 Small Label</PLineText></PLine>
      </SoundRecordingEdition>
      <WorkId><ISWC>T0345246801</ISWC></WorkId>
      <DisplayTitleText>Rain</DisplayTitleText>
      <DisplayTitle LanguageAndScriptCode="en"><TitleText>Rain</TitleText></DisplayTitle>
      <DisplayArtistName>Ada</DisplayArtistName>
      <DisplayArtist SequenceNumber="1">
        <ArtistPartyReference>PAda</ArtistPartyReference><DisplayArtistRole>MainArtist</DisplayArtistRole>
      </DisplayArtist>
      <Contributor SequenceNumber="1">
        <ContributorPartyReference>PAda</ContributorPartyReference><Role><Value>Composer</Value></Role>
      </Contributor>
      <ResourceRightsController>
        <RightsControllerPartyReference>PLabel</RightsControllerPartyReference>
        <RightsControlType>RightsController</RightsControlType>
        <RightSharePercentage>100</RightSharePercentage>
      </ResourceRightsController>
      <Duration>PT3M10S</Duration>
      <ParentalWarningType>NotExplicit</ParentalWarningType>
      <ContainsAI>None</ContainsAI>
    </SoundRecording>"""

RELEASE = """
    <Release>
      <ReleaseReference>R0</ReleaseReference>
      <ReleaseType>Single</ReleaseType>
      <ReleaseId><ICPN>4006381333931</ICPN></ReleaseId>
      <DisplayTitleText>Rain</DisplayTitleText>
      <DisplayTitle><TitleText>Rain</TitleText></DisplayTitle>
      <DisplayArtistName>Ada</DisplayArtistName>
      <DisplayArtist><ArtistPartyReference>PAda</ArtistPartyReference><DisplayArtistRole>MainArtist</DisplayArtistRole></DisplayArtist>
      <ReleaseLabelReference>PLabel</ReleaseLabelReference>
      <PLine><Year>2026</Year><PLineText>(P) 2026 Small Label</PLineText></PLine>
      <CLine><Year>2026</Year><CLineText>(C) 2026 Small Label</CLineText></CLine>
      <DisplayGenre><GenreText>Pop</GenreText></DisplayGenre>
      <ReleaseDate>2026-03-13</ReleaseDate>
      <ParentalWarningType>NotExplicit</ParentalWarningType>
      <ResourceGroup>
        <ResourceGroupContentItem>
          <SequenceNumber>1</SequenceNumber><ReleaseResourceReference>A1</ReleaseResourceReference>
        </ResourceGroupContentItem>
      </ResourceGroup>
    </Release>"""

TRACK = """
    <TrackRelease>
      <ReleaseReference>R1</ReleaseReference>
      <ReleaseId><ProprietaryId Namespace="PADPIDA2013020802I">R1-of-M1</ProprietaryId></ReleaseId>
      <ReleaseResourceReference>A1</ReleaseResourceReference>
      <ReleaseLabelReference>PLabel</ReleaseLabelReference>
      <DisplayGenre><GenreText>Pop</GenreText></DisplayGenre>
    </TrackRelease>"""

TERMS = """
        <DealTerms>
          <TerritoryCode>Worldwide</TerritoryCode>
          <ValidityPeriod><StartDateTime>2026-03-13T00:00:00Z</StartDateTime></ValidityPeriod>
          <CommercialModelType>SubscriptionModel</CommercialModelType>
          <UseType>OnDemandStream</UseType>
        </DealTerms>"""


def deal(terms: str = TERMS, releases: str = "R0 R1") -> str:
    """A ReleaseDeal with these terms for these releases (their references, by spaces)."""
    references = "".join(f"<DealReleaseReference>{one}</DealReleaseReference>" for one in releases.split())
    return f"\n    <ReleaseDeal>{references}<Deal>{terms}</Deal></ReleaseDeal>"


def message(
    *,
    version: str = "4.3.2",
    header: str = HEADER,
    parties: str = PARTIES,
    resources: str = RECORDING,
    releases: str = RELEASE + TRACK,
    deals: str | None = None,
    prolog: str = '<?xml version="1.0" encoding="UTF-8"?>\n',
) -> bytes:
    """A whole message of the given parts."""
    if version == "4.3":
        resources = resources.replace("<Role><Value>", "<Role>").replace("</Value></Role>", "</Role>")
        resources = resources.replace("<ContainsAI>None</ContainsAI>", "")
        releases = releases.replace("DisplayGenre", "Genre")
    return (
        f'{prolog}<ern:NewReleaseMessage xmlns:ern="{NAMESPACE[version]}" LanguageAndScriptCode="en" AvsVersionId="9">'
        f"{header}{parties}\n  <ResourceList>{resources}\n  </ResourceList>"
        f"\n  <ReleaseList>{releases}\n  </ReleaseList>"
        f"\n  <DealList>{deal() if deals is None else deals}\n  </DealList>\n</ern:NewReleaseMessage>\n"
    ).encode()


@cache
def schema(version: str) -> etree.XMLSchema:
    """The official schema; its import of the allowed values is pointed at the file that lies there."""
    folder = SHARED / {"4.3": "ernv43", "4.3.2": "ernv432"}[version]
    tree = etree.parse(str(folder / "release-notification.xsd"))
    for node in tree.getroot().iter("{http://www.w3.org/2001/XMLSchema}import"):
        node.set("schemaLocation", str(SHARED / "allowed-value-sets.xsd"))
    return etree.XMLSchema(tree)


def purge(
    ids: str = "<ICPN>4006381333931</ICPN>", *, version: str = "4.3.2", header: str = HEADER, title: str = "Rain"
) -> bytes:
    """A whole PurgeReleaseMessage."""
    release = f"<ReleaseId>{ids}</ReleaseId>" if ids else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ern:PurgeReleaseMessage xmlns:ern="{NAMESPACE[version]}" '
        f'LanguageAndScriptCode="en" AvsVersionId="9">{header}\n  <PurgedRelease>{release}'
        f"<Title><TitleText>{title}</TitleText></Title></PurgedRelease>\n</ern:PurgeReleaseMessage>\n"
    ).encode()
