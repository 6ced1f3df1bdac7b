"""A NewReleaseMessage as a value; its parts: :mod:`naming`, :mod:`recordings`, :mod:`releases`, :mod:`deals`."""

from dataclasses import dataclass
from datetime import datetime

from contrafact.catalogue.ddex.deals import ReleaseDeal
from contrafact.catalogue.ddex.naming import Party, PartyName
from contrafact.catalogue.ddex.recordings import Resource
from contrafact.catalogue.ddex.releases import AnyRelease
from contrafact.catalogue.ddex.scalars import DATE_TIME, TOKEN
from contrafact.catalogue.ddex.shape import Element, Unknown, Version, child, children, element, leaf

NAMESPACES: dict[str, Version] = {"http://ddex.net/xml/ern/43": "4.3", "http://ddex.net/xml/ern/432": "4.3.2"}


@element
class MessagingParty(Element):
    """Who sends or receives, by DPID."""

    dpid: str = leaf("PartyId", TOKEN)
    name: PartyName | None = child("PartyName", lambda: PartyName, default=None)
    trading_name: str | None = leaf("TradingName", default=None)


@element
class MessageHeader(Element):
    """``message_id`` is unique with its sender; ``control`` is ``LiveMessage`` unless it says ``TestMessage``."""

    thread_id: str | None = leaf("MessageThreadId", default=None)
    message_id: str = leaf("MessageId")
    file_name: str | None = leaf("MessageFileName", default=None)
    sender: MessagingParty = child("MessageSender", lambda: MessagingParty)
    on_behalf_of: MessagingParty | None = child("SentOnBehalfOf", lambda: MessagingParty, default=None)
    recipients: tuple[MessagingParty, ...] = children("MessageRecipient", lambda: MessagingParty)
    as_requested_by: MessagingParty | None = child(
        "SentAsRequestedBy", lambda: MessagingParty, default=None, only="4.3.2"
    )
    created: datetime = leaf("MessageCreatedDateTime", DATE_TIME)
    control: str | None = leaf("MessageControlType", TOKEN, default=None)

    @property
    def is_test(self) -> bool:
        return self.control == "TestMessage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the root element says."""

    version: Version
    language: str | None = None
    avs_version: str | None = None
    profile: str | None = None
    variant: str | None = None
    unknown: tuple[Unknown, ...] = ()
    """Other attributes of the root, besides hints where a schema lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A whole message. ``unknown`` holds what has no field in the message itself and in its lists, by path."""

    envelope: Envelope
    header: MessageHeader
    parties: tuple[Party, ...] = ()
    resources: tuple[Resource, ...] = ()
    releases: tuple[AnyRelease, ...] = ()
    deals: tuple[ReleaseDeal, ...] = ()
    unknown: tuple[Unknown, ...] = ()
