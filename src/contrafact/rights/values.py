"""The values of the rights slice: what is asked, what is known, and what was decided.

Conventions
-----------
Shares are exact fractions, written ``"1/3"``. Moments are timezone-aware. A grant holds in ``[valid_from, valid_to)``.
Collections are sorted on construction, so that equal knowledge gives equal snapshots whatever its order.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Protocol

from pydantic import AwareDatetime, Field, model_validator

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.canonical import canonical_json
from contrafact.rights.exact import Name, Share, Value, since
from contrafact.rights.ownership import Holder, Mandate, Person, Side, Subject
from contrafact.rights.terms import Allowed, Bound, Price, Terms
from contrafact.rights.territories import Country, Territories
from contrafact.rights.topics import Topic

__all__ = [
    "COMPOSITION_OPERATIONS",
    "DISTRIBUTION_OPERATIONS",
    "RULES_VERSION",
    "VOICE_OPERATIONS",
    "Allowed",
    "Answer",
    "Approved",
    "Authority",
    "Bound",
    "Decision",
    "Duties",
    "Facts",
    "Grant",
    "Holder",
    "Mandate",
    "MeasuredUse",
    "Name",
    "Outcome",
    "Parent",
    "Person",
    "Price",
    "Reason",
    "RightsRequest",
    "Share",
    "Side",
    "Subject",
    "Switch",
    "Terms",
    "Use",
    "UseCount",
]

RULES_VERSION = 3
"""Raised whenever the same request and facts would be decided otherwise; kept in every snapshot."""

Outcome = Literal["permit", "deny", "needs_approval"]
Authority = Literal["owner", "licence", "declared", "mandate", "guardian", "estate"]
"""Why the grantor may grant: owns the share, published a licence, was declared so by the person who ingested, has a
mandate of the holder, or speaks for a minor or for one who has died."""

VOICE_OPERATIONS: frozenset[Operation] = frozenset({"vocal_interpretation", "voice_clone"})
COMPOSITION_OPERATIONS: frozenset[Operation] = frozenset({"cover"})
"""Performed anew from the composition: no sound of a master is used, so its owners are not asked."""
DISTRIBUTION_OPERATIONS: frozenset[Operation] = frozenset({"download", "share_in_app", "export"})


class MeasuredUse(Protocol):
    """What the recipe's ``operations()`` gives; any object of this shape will do."""

    @property
    def operation(self) -> Operation: ...
    @property
    def extent(self) -> Mapping[str, float]: ...


class Use(Value):
    """One operation that is asked for.

    ``extent`` is what was measured (``tempo_ratio``, ``semitones``, ``seconds`` …); None asks whether the operation is
    allowed in principle, and then limits of extent are told but do not refuse.
    """

    operation: Operation
    extent: Mapping[str, float] | None = None

    @classmethod
    def of(cls, use: MeasuredUse) -> "Use":
        return cls(operation=use.operation, extent=dict(use.extent))


def _use_order(use: Use) -> tuple[str, bool, list[tuple[str, float]]]:
    return use.operation, use.extent is not None, sorted((use.extent or {}).items())


class RightsRequest(Value):
    """The question: may this user do all of this, there, then?"""

    operations: tuple[Use, ...]
    territory: Country
    tier: Name
    paid: bool
    """Whether the listener's tier is paid for: licences for non-commercial use end there."""
    user_id: str
    purpose: Literal["request", "release"] = "request"
    at: AwareDatetime
    topics: tuple[Topic, ...] = since(())
    """What the listener's words were recognised to be about."""
    style: Name | None = since(None)
    """The style that it is changed to: a genre that a song may not appear as."""
    whole: Mapping[str, Mapping[str, float]] | None = since(None)
    """What the take uses of each recording altogether, by recording id and extent name (see ``terms.Limits.whole``);
    None asks in principle."""
    recipe_sha256: str | None = since(None)
    """The take that owners may have approved."""
    pays: Price | None = since(None)
    """What this installation pays for the song."""
    parents: tuple[str, ...] = since(())
    """The remixes that it is made from, by id, nearest first."""

    @model_validator(mode="after")
    def _ordered(self) -> "RightsRequest":
        self._order()
        return self

    def _order(self) -> None:
        ordered = tuple(sorted(self.operations, key=_use_order))
        object.__setattr__(self, "operations", ordered)
        object.__setattr__(self, "topics", tuple(sorted(set(self.topics))))


class Grant(Value):
    """One version of what a party with authority allows; never edited, only followed by the next version.

    ``subject_id`` is the recording for the sides ``master`` and ``voice``, the work for ``work``.
    """

    id: str
    series: str
    version: Annotated[int, Field(ge=1)]
    side: Side
    subject_id: str
    party_id: str
    authority: Authority
    status: Literal["active", "withdrawn"] = "active"
    terms: Terms


class UseCount(Value):
    """How often a grant (by series) was used: by this listener in this calendar month (UTC), and by all ever."""

    series: str
    listener_month: Annotated[int, Field(ge=0)] = 0
    total: Annotated[int, Field(ge=0)] = 0
    listener_releases: Annotated[int, Field(ge=0)] = 0
    """Of this song by this listener, released at this moment."""
    artist_listener_releases: Annotated[int, Field(ge=0)] = 0
    releases: Annotated[int, Field(ge=0)] = 0


class Approved(Value):
    """What an owner said after hearing a take; conditions narrow the approval."""

    id: str
    party_id: str
    subject_id: str
    recipe_sha256: str
    answer: Literal["approved", "refused"]
    territories: Territories = since(Territories())
    valid_to: AwareDatetime | None = since(None)
    purposes: tuple[Literal["request", "release"], ...] = ("request", "release")
    """``request``: its listener may hear it; ``release``: others may as well."""


class Switch(Value):
    """What the operator has switched on or off: the newest one for an operation counts, and without one it is on.

    ``percent`` is a stable part of all listeners: those whose SHA-256 of ``salt:user_id``, as a number modulo 10 000,
    lies below ``percent * 100``.
    """

    operation: Operation
    on: bool = True
    territories: Territories = Territories()
    tiers: tuple[Name, ...] | None = None
    percent: Annotated[float, Field(ge=0.0, le=100.0)] = 100.0
    salt: Annotated[str, Field(max_length=64)] = ""
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None


class Parent(Value):
    """A remix that another is made from, as far as it matters here."""

    remix_id: str
    user_id: str
    state: Literal["private", "released", "unlisted", "frozen", "taken_down"]


class Facts(Value):
    """All that a decision may depend on besides the request: the subjects and the current version of their grants."""

    subjects: tuple[Subject, ...]
    grants: tuple[Grant, ...] = ()
    mandates: tuple[Mandate, ...] = since(())
    people: tuple[Person, ...] = since(())
    counts: tuple[UseCount, ...] = since(())
    approvals: tuple[Approved, ...] = since(())
    switches: tuple[Switch, ...] = since(())
    parents: tuple[Parent, ...] = since(())

    @model_validator(mode="after")
    def _ordered(self) -> "Facts":
        self._order()
        return self

    def _order(self) -> None:
        known = self.__dict__
        for name, own_order in _OWN_ORDERS:
            if len(found := known[name]) > 1 or type(found) is not tuple:
                object.__setattr__(self, name, tuple(sorted(found, key=own_order)))
        for name in ("mandates", "people", "counts", "approvals", "switches", "parents"):
            if len(found := known[name]) > 1:
                order = _switch_order if name == "switches" and _one_each(found) else _canonical_order
                object.__setattr__(self, name, tuple(sorted(found, key=order)))
        # A copy with other grants must not find those of what it was copied from.
        self.__dict__.pop("_by_holder", None)

    @cached_property
    def _by_holder(self) -> dict[tuple[Side, str, str], tuple[Grant, ...]]:
        found: dict[tuple[Side, str, str], tuple[Grant, ...]] = {}
        for grant in self.grants:
            said = grant.__dict__
            key = (said["side"], said["subject_id"], said["party_id"])
            found[key] = (*found.get(key, ()), grant)
        return found

    def grants_of(self, side: Side, subject_id: str, party_id: str) -> tuple[Grant, ...]:
        return self._by_holder.get((side, subject_id, party_id), ())


def _canonical_order(value: Value) -> bytes:
    return canonical_json(value.model_dump(mode="json"))


def _one_each(switches: tuple[Switch, ...]) -> bool:
    return len({_switch_order(switch) for switch in switches}) == len(switches)


def _switch_order(switch: Switch) -> tuple[bool, str]:
    """The order of canonical JSON, which tells these two first, at a tenth of its cost."""
    said = switch.__dict__
    return said["on"], said["operation"]


def _by_recording(subject: Subject) -> str:
    return subject.recording_id


def _by_id(grant: Grant) -> str:
    return grant.id


_OWN_ORDERS: Final = (("subjects", _by_recording), ("grants", _by_id))
"""What facts have ids to be ordered by."""


class Reason(Value):
    """Why: a stable code for machines, a sentence for the listener, a detail for staff."""

    code: str
    operation: Operation | None
    sentence: str
    detail: str


class Duties(Value):
    """What a permit obliges to."""

    attribution: tuple[str, ...] = ()
    share_alike: str | None = None
    """SPDX id of the licence that the remix must carry."""
    non_commercial: bool = False
    prices: tuple[Price, ...] = since(())
    """The least that must be paid, one for each currency: the sum over all songs of the greatest of each."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a decision tells besides its outcome."""

    reasons: tuple[Reason, ...]
    grants: tuple[str, ...]
    duties: Duties

    def told(self) -> "Answer":
        return self


class Telling(Protocol):
    """What can tell the answer when somebody reads it; always the same."""

    def told(self) -> Answer: ...


@dataclass(frozen=True, eq=False, kw_only=True)
class Decision:
    """Permit, deny or needs-approval, with every reason; the snapshot lets anybody decide again years later.

    Reasons, duties and snapshot are made when they are first read. Two decisions are equal when their snapshots are.
    """

    request: RightsRequest
    facts: Facts
    outcome: Outcome
    answer: Telling
    rules: int = RULES_VERSION

    @cached_property
    def _told(self) -> Answer:
        return self.answer.told()

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self._told.reasons

    @property
    def grants(self) -> tuple[str, ...]:
        """Ids of the grants that the permit rests on; empty when denied."""
        return self._told.grants

    @property
    def duties(self) -> Duties:
        return self._told.duties

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The whole decision with its inputs, as JSON values."""
        return {
            "snapshot": 1,
            "request": self.request.model_dump(mode="json"),
            "facts": self.facts.model_dump(mode="json"),
            "rules": self.rules,
            "outcome": self.outcome,
            "reasons": [reason.model_dump(mode="json") for reason in self.reasons],
            "grants": list(self.grants),
            "duties": self.duties.model_dump(mode="json"),
        }

    @cached_property
    def snapshot(self) -> bytes:
        """Canonical JSON (RFC 8785) of the whole decision with its inputs."""
        return canonical_json(self.document)

    @cached_property
    def snapshot_sha256(self) -> str:
        return hashlib.sha256(self.snapshot).hexdigest()

    @property
    def permitted(self) -> bool:
        return self.outcome == "permit"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Decision) and self.snapshot == other.snapshot

    def __hash__(self) -> int:
        return hash(self.snapshot)
