"""Resources: sound recordings in full, every other kind by its reference and type."""

from decimal import Decimal

from contrafact.catalogue.ddex.naming import (
    Coded,
    LocalText,
    PartyId,
    PartyName,
    ProprietaryId,
    ReleaseId,
    ResourceId,
    TerritoryCode,
    Title,
    WorkId,
)
from contrafact.catalogue.ddex.scalars import DATE, DECIMAL, DURATION, FLAG, INTEGER, TOKEN
from contrafact.catalogue.ddex.shape import Element, attribute, child, children, element, leaf, leaves, name, text


@element
class DisplayArtist(Element):
    """One artist as shown: a party with its role, or a special one such as ``VariousArtists``."""

    party: str | None = leaf("ArtistPartyReference", TOKEN, default=None)
    role: Coded | None = child("DisplayArtistRole", lambda: Coded, default=None)
    special: Coded | None = child("SpecialDisplayArtist", lambda: Coded, default=None, only="4.3.2")
    artistic_roles: tuple["Role", ...] = children("ArtisticRole", lambda: Role, default=(), flat=True)
    sequence: int | None = attribute("SequenceNumber", INTEGER, default=None)


@element
class Role(Element):
    """What somebody did."""

    value: Coded = child("Value", lambda: Coded)
    instruments: tuple[Coded, ...] = children("InstrumentType", lambda: Coded, default=(), only="4.3.2")


@element
class Contributor(Element):
    """Who did what: a party, or a special one such as ``GenerativeAI``; ``ai``: how much of it a machine did."""

    party: str | None = leaf("ContributorPartyReference", TOKEN, default=None)
    special: Coded | None = child("SpecialContributor", lambda: Coded, default=None, only="4.3.2")
    roles: tuple[Role, ...] = children("Role", lambda: Role, default=(), flat=True)
    instruments: tuple[Coded, ...] = children("InstrumentType", lambda: Coded, default=())
    ai: str | None = leaf("AiContribution", TOKEN, default=None, only="4.3.2")
    featured: bool | None = leaf("HasMadeFeaturedContribution", FLAG, default=None)
    contracted: bool | None = leaf("HasMadeContractedContribution", FLAG, default=None)
    sequence: int | None = attribute("SequenceNumber", INTEGER, default=None)


@element
class EditionContributor(Element):
    """Who did what on one edition of a recording."""

    party: str | None = leaf("ContributorPartyReference", TOKEN, default=None)
    special: Coded | None = child("SpecialContributor", lambda: Coded, default=None, only="4.3.2")
    roles: tuple[Role, ...] = children("Role", lambda: Role, default=(), flat=True)
    ai: str | None = leaf("AiContribution", TOKEN, default=None, only="4.3.2")
    sequence: int | None = attribute("SequenceNumber", INTEGER, default=None)


@element
class PLine(Element):
    year: str | None = leaf("Year", TOKEN, default=None)
    company: str | None = leaf("PLineCompany", default=None)
    text: str = leaf("PLineText")
    language: str | None = attribute("LanguageAndScriptCode", default=None)
    territory: str | None = attribute("ApplicableTerritoryCode", TOKEN, default=None)
    is_default: bool | None = attribute("IsDefault", FLAG, default=None)


@element
class CLine(Element):
    year: str | None = leaf("Year", TOKEN, default=None)
    company: str | None = leaf("CLineCompany", default=None)
    text: str = leaf("CLineText")
    language: str | None = attribute("LanguageAndScriptCode", default=None)
    territory: str | None = attribute("ApplicableTerritoryCode", TOKEN, default=None)
    is_default: bool | None = attribute("IsDefault", FLAG, default=None)


@element
class HashSum(Element):
    algorithm: Coded = child("Algorithm", lambda: Coded)
    data_type: str | None = leaf("DataType", TOKEN, default=None)
    value: str = leaf("HashSumValue", TOKEN)


@element
class File(Element):
    """Where the sender says the file lies; it is noted and never opened."""

    uri: str = leaf("URI")
    hash_sum: HashSum | None = child("HashSum", lambda: HashSum, default=None)
    size_kb: Decimal | None = leaf("FileSize", DECIMAL, default=None)
    """As DDEX has it, in kilobytes."""


@element
class Measure(Element):
    value: Decimal = text(DECIMAL)
    unit: str | None = attribute("UnitOfMeasure", TOKEN, default=None)


@element
class AudioFile(Element):
    """The delivered file and what its sound is like."""

    kind: str = leaf("Type", TOKEN)
    container: Coded | None = child("ContainerFormat", lambda: Coded, default=None)
    codec: Coded | None = child("AudioCodecType", lambda: Coded, default=None)
    channels: str | None = leaf("NumberOfChannels", default=None)
    sampling_rate: Measure | None = child("SamplingRate", lambda: Measure, default=None)
    bits_per_sample: int | None = leaf("BitsPerSample", INTEGER, default=None)
    duration_s: Decimal | None = leaf("Duration", DURATION, default=None)
    file: File | None = child("File", lambda: File, default=None)


@element
class TechnicalDetails(Element):
    reference: str = leaf("TechnicalResourceDetailsReference", TOKEN)
    files: tuple[AudioFile, ...] = children("DeliveryFile", lambda: AudioFile, default=())
    is_clip: bool | None = leaf("IsClip", FLAG, default=None)


@element
class Edition(Element):
    """One edition of a recording: stereo, immersive."""

    kind: str | None = leaf("Type", TOKEN, default=None)
    ids: tuple[ResourceId, ...] = children("ResourceId", lambda: ResourceId)
    contributors: tuple[EditionContributor, ...] = children(
        "EditionContributor", lambda: EditionContributor, default=()
    )
    p_lines: tuple[PLine, ...] = children("PLine", lambda: PLine, default=())
    technical: tuple[TechnicalDetails, ...] = children("TechnicalDetails", lambda: TechnicalDetails, default=())


@element
class Share(Element):
    """A share as written: percent, or a fraction of one where ``of_one``."""

    value: Decimal = text(DECIMAL)
    of_one: bool | None = attribute("HasMaxValueOfOne", FLAG, default=None)


@element
class DelegatedRights(Element):
    """What the controller may use the resource for, and where; the period is kept as written."""

    use_types: tuple[Coded, ...] = children("UseType", lambda: Coded)
    territories: tuple[TerritoryCode, ...] = children("TerritoryOfRightsDelegation", lambda: TerritoryCode, default=())


@element
class RightsController(Element):
    """Who controls the rights in a resource."""

    party: str = leaf("RightsControllerPartyReference", TOKEN)
    kinds: tuple[str, ...] = leaves("RightsControlType", TOKEN, default=())
    share_unknown: bool | None = leaf("RightShareUnknown", FLAG, default=None)
    share: Share | None = child("RightSharePercentage", lambda: Share, default=None)
    delegated: tuple[DelegatedRights, ...] = children("DelegatedUsageRights", lambda: DelegatedRights, default=())
    sequence: int | None = attribute("SequenceNumber", INTEGER, default=None)


@element
class WorkRightsController(Element):
    """Who controls the rights in the work that a recording performs."""

    party: str = leaf("RightsControllerPartyReference", TOKEN)
    kinds: tuple[str, ...] = leaves("RightsControlType", TOKEN, default=())
    kind: str | None = leaf("RightsControllerType", TOKEN, default=None)
    share_unknown: bool | None = leaf("RightShareUnknown", FLAG, default=None)
    share_percent: Decimal | None = leaf("RightSharePercentage", DECIMAL, default=None)
    territories: tuple[TerritoryCode, ...] = children("Territory", lambda: TerritoryCode, default=())
    start: str | None = leaf("StartDate", DATE, default=None)
    end: str | None = leaf("EndDate", DATE, default=None)


@element
class EventDate(Element):
    value: str = text(DATE)
    approximate: bool | None = attribute("IsApproximate", FLAG, default=None)
    territory: str | None = attribute("ApplicableTerritoryCode", TOKEN, default=None)
    is_default: bool | None = attribute("IsDefault", FLAG, default=None)


@element
class ParentalWarning(Element):
    value: str = text(TOKEN)
    territory: str | None = attribute("ApplicableTerritoryCode", TOKEN, default=None)
    is_default: bool | None = attribute("IsDefault", FLAG, default=None)


@element
class Timing(Element):
    """Which part: seconds from the start, and how long."""

    start_s: Decimal = leaf("StartPoint", DECIMAL)
    end_s: Decimal | None = leaf("EndPoint", DECIMAL, default=None)
    used_s: tuple[Decimal, ...] = leaves("DurationUsed", DURATION, default=())


@element
class RelatedResource(Element):
    """``IsEditedVersionOf``, ``IsCoverOf``, ``ContainsSamplesFrom`` …: of a resource here or elsewhere."""

    kind: str = leaf("ResourceRelationshipType", TOKEN)
    reference: str | None = leaf("ResourceRelatedResourceReference", TOKEN, default=None)
    id: ResourceId | None = child("ResourceId", lambda: ResourceId, default=None)
    timings: tuple[Timing, ...] = children("Timing", lambda: Timing, default=())


@element
class Language(Element):
    value: str = text(TOKEN)
    is_main: bool | None = attribute("IsMainLanguage", FLAG, default=None)


@element
class RelatedRelease(Element):
    kind: Coded = child("ReleaseRelationshipType", lambda: Coded)
    id: ReleaseId = child("ReleaseId", lambda: ReleaseId)


@element
class SoundRecording(Element):
    """One recording."""

    reference: str = leaf("ResourceReference", TOKEN)
    kind: Coded = child("Type", lambda: Coded)
    editions: tuple[Edition, ...] = children("SoundRecordingEdition", lambda: Edition)
    work_ids: tuple[WorkId, ...] = children("WorkId", lambda: WorkId, default=())
    title_texts: tuple[LocalText, ...] = children("DisplayTitleText", lambda: LocalText)
    titles: tuple[Title, ...] = children("DisplayTitle", lambda: Title)
    versions: tuple[Coded, ...] = children("VersionType", lambda: Coded, default=())
    artist_names: tuple[LocalText, ...] = children("DisplayArtistName", lambda: LocalText)
    artists: tuple[DisplayArtist, ...] = children("DisplayArtist", lambda: DisplayArtist)
    contributors: tuple[Contributor, ...] = children("Contributor", lambda: Contributor, default=())
    rights_controllers: tuple[RightsController, ...] = children(
        "ResourceRightsController", lambda: RightsController, default=()
    )
    work_rights_controllers: tuple[WorkRightsController, ...] = children(
        "WorkRightsController", lambda: WorkRightsController, default=()
    )
    duration_s: Decimal = leaf("Duration", DURATION)
    created: EventDate | None = child("CreationDate", lambda: EventDate, default=None)
    first_published: tuple[EventDate, ...] = children("FirstPublicationDate", lambda: EventDate, default=())
    parental_warnings: tuple[ParentalWarning, ...] = children(
        "ParentalWarningType", lambda: ParentalWarning, default=()
    )
    related_releases: tuple[RelatedRelease, ...] = children("RelatedRelease", lambda: RelatedRelease, default=())
    related: tuple[RelatedResource, ...] = children("RelatedResource", lambda: RelatedResource, default=())
    contains_ai: str | None = leaf("ContainsAI", TOKEN, default=None, only="4.3.2")
    is_cover: bool | None = leaf("IsCover", FLAG, default=None)
    is_instrumental: bool | None = leaf("IsInstrumental", FLAG, default=None)
    is_remastered: bool | None = leaf("IsRemastered", FLAG, default=None)
    languages: tuple[Language, ...] = children("LanguageOfPerformance", lambda: Language, default=())
    language: str | None = attribute("LanguageAndScriptCode", default=None)
    is_supplemental: bool | None = attribute("IsSupplemental", FLAG, default=None)


@element
class OtherResource(Element):
    """An image, a video, a text …: its reference and type; the rest is kept as written."""

    element: str = name()
    reference: str = leaf("ResourceReference", TOKEN)
    kind: Coded = child("Type", lambda: Coded)
    contains_ai: str | None = leaf("ContainsAI", TOKEN, default=None, only="4.3.2")


Resource = SoundRecording | OtherResource

__all__ = [
    "AudioFile", "CLine", "Contributor", "DelegatedRights", "DisplayArtist", "Edition", "EditionContributor",
    "EventDate", "File", "HashSum", "Language", "Measure", "OtherResource", "PLine", "ParentalWarning", "PartyId",
    "PartyName", "ProprietaryId", "RelatedRelease", "RelatedResource", "Resource", "RightsController", "Role", "Share",
    "SoundRecording", "TechnicalDetails", "Timing", "WorkRightsController",
]  # fmt: skip
