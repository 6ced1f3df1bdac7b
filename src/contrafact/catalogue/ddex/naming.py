"""Names, titles, parties and identifiers as ERN writes them."""

from contrafact.catalogue.ddex.scalars import FLAG, INTEGER, TEXT, TOKEN
from contrafact.catalogue.ddex.shape import Element, attribute, child, children, element, leaf, leaves, text


@element
class Coded(Element):
    """A word of an allowed value set, or one of the sender's own: ``UserDefined`` with its value and namespace."""

    value: str = text(TOKEN)
    namespace: str | None = attribute("Namespace", default=None)
    user_defined: str | None = attribute("UserDefinedValue", default=None)


@element
class LocalText(Element):
    """A text in one language, for one territory."""

    value: str = text(TEXT)
    language: str | None = attribute("LanguageAndScriptCode", default=None)
    territory: str | None = attribute("ApplicableTerritoryCode", TOKEN, default=None)
    is_default: bool | None = attribute("IsDefault", FLAG, default=None)
    is_original: bool | None = attribute("IsInOriginalLanguage", FLAG, default=None)


@element
class SubTitle(Element):
    value: str = text(TEXT)
    sequence: int | None = attribute("SequenceNumber", INTEGER, default=None)
    kind: str | None = attribute("SubTitleType", TOKEN, default=None)


@element
class Title(Element):
    """A title with its subtitles, in one language, for one territory."""

    text: str = leaf("TitleText")
    subtitles: tuple[SubTitle, ...] = children("SubTitle", lambda: SubTitle, default=())
    language: str | None = attribute("LanguageAndScriptCode", default=None)
    territory: str | None = attribute("ApplicableTerritoryCode", TOKEN, default=None)
    is_default: bool | None = attribute("IsDefault", FLAG, default=None)
    is_original: bool | None = attribute("IsInOriginalLanguage", FLAG, default=None)


@element
class PartyName(Element):
    """A party's name as it is shown, and its parts for sorting."""

    full: LocalText = child("FullName", lambda: LocalText)
    ascii: str | None = leaf("FullNameAsciiTranscribed", default=None)
    indexed: LocalText | None = child("FullNameIndexed", lambda: LocalText, default=None)
    before_key: LocalText | None = child("NamesBeforeKeyName", lambda: LocalText, default=None)
    key: LocalText | None = child("KeyName", lambda: LocalText, default=None)
    after_key: LocalText | None = child("NamesAfterKeyName", lambda: LocalText, default=None)
    abbreviated: LocalText | None = child("AbbreviatedName", lambda: LocalText, default=None)
    language: str | None = attribute("LanguageAndScriptCode", default=None)


@element
class ProprietaryId(Element):
    """A number that means something in the namespace of whoever gave it."""

    value: str = text(TOKEN)
    namespace: str = attribute("Namespace")


@element
class PartyId(Element):
    """Identifiers of a party, as written; :mod:`identifiers` checks them."""

    isni: str | None = leaf("ISNI", TOKEN, default=None)
    dpid: str | None = leaf("DPID", TOKEN, default=None)
    ipi: str | None = leaf("IpiNameNumber", TOKEN, default=None)
    ipn: str | None = leaf("IPN", TOKEN, default=None)
    cisac: str | None = leaf("CisacSocietyId", TOKEN, default=None)
    proprietary: tuple[ProprietaryId, ...] = children("ProprietaryId", lambda: ProprietaryId, default=())


@element
class Party(Element):
    """A person or organisation, by a reference that holds inside this message."""

    reference: str = leaf("PartyReference", TOKEN)
    names: tuple[PartyName, ...] = children("PartyName", lambda: PartyName, default=())
    ids: tuple[PartyId, ...] = children("PartyId", lambda: PartyId, default=())


@element
class ResourceId(Element):
    """Identifiers of a recording or another resource."""

    isrc: str | None = leaf("ISRC", TOKEN, default=None)
    catalogue_number: ProprietaryId | None = child("CatalogNumber", lambda: ProprietaryId, default=None)
    proprietary: tuple[ProprietaryId, ...] = children("ProprietaryId", lambda: ProprietaryId, default=())


@element
class ReleaseId(Element):
    """Identifiers of a release."""

    grid: str | None = leaf("GRid", TOKEN, default=None)
    icpn: str | None = leaf("ICPN", TOKEN, default=None)
    catalogue_number: ProprietaryId | None = child("CatalogNumber", lambda: ProprietaryId, default=None)
    proprietary: tuple[ProprietaryId, ...] = children("ProprietaryId", lambda: ProprietaryId, default=())


@element
class WorkId(Element):
    """Identifiers of the work that a recording performs."""

    iswc: str | None = leaf("ISWC", TOKEN, default=None)
    opus: str | None = leaf("OpusNumber", default=None)
    composer_numbers: tuple[str, ...] = leaves("ComposerCatalogNumber", default=())
    proprietary: tuple[ProprietaryId, ...] = children("ProprietaryId", lambda: ProprietaryId, default=())


@element
class LabelReference(Element):
    """Which party is the label of a release, perhaps in one territory."""

    value: str = text(TOKEN)
    territory: str | None = attribute("ApplicableTerritoryCode", TOKEN, default=None)
    is_default: bool | None = attribute("IsDefault", FLAG, default=None)
    kind: str | None = attribute("LabelType", TOKEN, default=None)
    namespace: str | None = attribute("Namespace", default=None)
    user_defined: str | None = attribute("UserDefinedValue", default=None)


@element
class TerritoryCode(Element):
    """A territory as written: ISO 3166, ``Worldwide``, or a TIS number."""

    value: str = text(TOKEN)
    kind: str | None = attribute("IdentifierType", TOKEN, default=None)
