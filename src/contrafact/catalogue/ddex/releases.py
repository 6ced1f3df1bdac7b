"""Releases: what is put before the listener, and in which order its resources stand."""

from decimal import Decimal

from contrafact.catalogue.ddex.naming import Coded, LabelReference, LocalText, ReleaseId, Title
from contrafact.catalogue.ddex.recordings import (
    CLine,
    DisplayArtist,
    EventDate,
    ParentalWarning,
    PLine,
    RelatedRelease,
    RelatedResource,
)
from contrafact.catalogue.ddex.scalars import DURATION, FLAG, INTEGER, TOKEN
from contrafact.catalogue.ddex.shape import Element, attribute, child, children, element, leaf, leaves, text


@element
class Genre(Element):
    text: str = leaf("GenreText")
    sub: str | None = leaf("SubGenre", default=None)
    language: str | None = attribute("LanguageAndScriptCode", default=None)
    territory: str | None = attribute("ApplicableTerritoryCode", TOKEN, default=None)
    is_default: bool | None = attribute("IsDefault", FLAG, default=None)


@element
class LinkedResource(Element):
    """A cover, a booklet, beside what is heard."""

    value: str = text(TOKEN)
    description: str | None = attribute("LinkDescription", TOKEN, default=None)


@element
class ContentItem(Element):
    """One place in the running order."""

    sequence: int | None = leaf("SequenceNumber", INTEGER, default=None)
    resource: str = leaf("ReleaseResourceReference", TOKEN)
    linked: tuple[LinkedResource, ...] = children("LinkedReleaseResourceReference", lambda: LinkedResource, default=())
    is_bonus: bool | None = leaf("IsBonusResource", FLAG, default=None)


@element
class ResourceGroup(Element):
    """The running order: groups (sides, discs) and items."""

    title_texts: tuple[LocalText, ...] = children("DisplayTitleText", lambda: LocalText, default=())
    titles: tuple[Title, ...] = children("DisplayTitle", lambda: Title, default=())
    sequence: int | None = leaf("SequenceNumber", INTEGER, default=None)
    groups: tuple["ResourceGroup", ...] = children("ResourceGroup", lambda: ResourceGroup, default=())
    items: tuple[ContentItem, ...] = children("ResourceGroupContentItem", lambda: ContentItem, default=())
    linked: tuple[LinkedResource, ...] = children("LinkedReleaseResourceReference", lambda: LinkedResource, default=())
    kind: str | None = attribute("ResourceGroupType", TOKEN, default=None)


@element
class Release(Element):
    """The main release of a message."""

    reference: str = leaf("ReleaseReference", TOKEN)
    kinds: tuple[Coded, ...] = children("ReleaseType", lambda: Coded)
    id: ReleaseId = child("ReleaseId", lambda: ReleaseId)
    title_texts: tuple[LocalText, ...] = children("DisplayTitleText", lambda: LocalText)
    titles: tuple[Title, ...] = children("DisplayTitle", lambda: Title)
    versions: tuple[Coded, ...] = children("VersionType", lambda: Coded, default=())
    artist_names: tuple[LocalText, ...] = children("DisplayArtistName", lambda: LocalText)
    artists: tuple[DisplayArtist, ...] = children("DisplayArtist", lambda: DisplayArtist)
    labels: tuple[LabelReference, ...] = children("ReleaseLabelReference", lambda: LabelReference)
    p_lines: tuple[PLine, ...] = children("PLine", lambda: PLine, default=())
    c_lines: tuple[CLine, ...] = children("CLine", lambda: CLine, default=())
    duration_s: Decimal | None = leaf("Duration", DURATION, default=None)
    genres: tuple[Genre, ...] = children("DisplayGenre", lambda: Genre, old="Genre")
    dates: tuple[EventDate, ...] = children("ReleaseDate", lambda: EventDate, default=())
    original_dates: tuple[EventDate, ...] = children("OriginalReleaseDate", lambda: EventDate, default=())
    parental_warnings: tuple[ParentalWarning, ...] = children(
        "ParentalWarningType", lambda: ParentalWarning, default=()
    )
    related_releases: tuple[RelatedRelease, ...] = children("RelatedRelease", lambda: RelatedRelease, default=())
    related: tuple[RelatedResource, ...] = children("RelatedResource", lambda: RelatedResource, default=())
    group: ResourceGroup = child("ResourceGroup", lambda: ResourceGroup)
    contains_ai: str | None = leaf("ContainsAI", TOKEN, default=None, only="4.3.2")
    language: str | None = attribute("LanguageAndScriptCode", default=None)


@element
class TrackRelease(Element):
    """One recording as a release of its own."""

    reference: str = leaf("ReleaseReference", TOKEN)
    id: ReleaseId = child("ReleaseId", lambda: ReleaseId)
    title_texts: tuple[LocalText, ...] = children("DisplayTitleText", lambda: LocalText, default=())
    titles: tuple[Title, ...] = children("DisplayTitle", lambda: Title, default=())
    resource: str = leaf("ReleaseResourceReference", TOKEN)
    linked: tuple[LinkedResource, ...] = children("LinkedReleaseResourceReference", lambda: LinkedResource, default=())
    labels: tuple[LabelReference, ...] = children("ReleaseLabelReference", lambda: LabelReference)
    genres: tuple[Genre, ...] = children("DisplayGenre", lambda: Genre, old="Genre")
    visibilities: tuple[str, ...] = leaves("ReleaseVisibilityReference", TOKEN, default=())
    related_releases: tuple[RelatedRelease, ...] = children("RelatedRelease", lambda: RelatedRelease, default=())
    related: tuple[RelatedResource, ...] = children("RelatedResource", lambda: RelatedResource, default=())
    is_main: bool | None = attribute("IsMainRelease", FLAG, default=None)


AnyRelease = Release | TrackRelease


def resources_of(release: AnyRelease) -> tuple[str, ...]:
    """References of the resources in a release, in running order, linked ones last; each once."""
    if isinstance(release, TrackRelease):
        return tuple(dict.fromkeys((release.resource, *(item.value for item in release.linked))))
    heard: list[str] = []
    linked: list[str] = []
    waiting = [release.group]
    while waiting:
        group = waiting.pop()
        heard += [item.resource for item in group.items]
        linked += [link.value for item in group.items for link in item.linked]
        linked += [link.value for link in group.linked]
        waiting += reversed(group.groups)
    return tuple(dict.fromkeys([*heard, *linked]))
