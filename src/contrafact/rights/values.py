"""The values of the rights slice: what is asked, what is known, and what was decided.

Conventions
-----------
Shares are exact fractions, written ``"1/3"``. Moments are timezone-aware. A grant holds in ``[valid_from, valid_to)``.
Collections are sorted on construction, so that equal knowledge gives equal snapshots whatever its order.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal, Protocol

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.canonical import canonical_json, digest
from contrafact.rights.territories import Country, Territories

RULES_VERSION = 2
"""Raised whenever the same request and facts would be decided otherwise; kept in every snapshot."""

Side = Literal["master", "work", "voice"]
Outcome = Literal["permit", "deny", "needs_approval"]
Authority = Literal["owner", "licence", "declared"]
"""Why the grantor may grant: owns the share, published a licence, or was declared so by the person who ingested."""
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_-]*$")]

VOICE_OPERATIONS: frozenset[Operation] = frozenset({"vocal_interpretation", "voice_clone"})
COMPOSITION_OPERATIONS: frozenset[Operation] = frozenset({"cover"})
"""Performed anew from the composition: no sound of a master is used, so its owners are not asked."""
DISTRIBUTION_OPERATIONS: frozenset[Operation] = frozenset({"download", "share_in_app", "export"})


def _fraction(value: Any) -> Any:
    return Fraction(value) if isinstance(value, str) else value


def _not_negative(value: Fraction) -> Fraction:
    if not 0 < value <= 1:
        raise ValueError(f"a share of {value} is impossible; it lies above 0 and up to 1")
    return value


Share = Annotated[
    Fraction,
    BeforeValidator(_fraction),
    AfterValidator(_not_negative),
    PlainSerializer(lambda value: f"{value.numerator}/{value.denominator}", return_type=str),
]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class MeasuredUse(Protocol):
    """What the recipe's ``operations()`` gives; any object of this shape will do."""

    @property
    def operation(self) -> Operation: ...
    @property
    def extent(self) -> Mapping[str, float]: ...


class Use(_Value):
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


class RightsRequest(_Value):
    """The question: may this user do all of this, there, then?"""

    operations: tuple[Use, ...]
    territory: Country
    tier: Name
    paid: bool
    """Whether the listener's tier is paid for: licences for non-commercial use end there."""
    user_id: str
    purpose: Literal["request", "release"] = "request"
    at: AwareDatetime

    @model_validator(mode="after")
    def _sorted(self) -> "RightsRequest":
        ordered = tuple(sorted(self.operations, key=_use_order))
        object.__setattr__(self, "operations", ordered)
        return self


class Bound(_Value):
    """The least and greatest extent allowed; None is no bound."""

    least: float | None = None
    most: float | None = None

    def holds(self, value: float) -> bool:
        low = -math.inf if self.least is None else self.least
        high = math.inf if self.most is None else self.most
        return low <= value <= high


class Allowed(_Value):
    """One operation of a grant, its bounds by extent name, and whether the owner hears each take first."""

    operation: Operation
    bounds: Mapping[str, Bound] = Field(default_factory=dict)
    needs_approval: bool = False


class Terms(_Value):
    """What a grant says."""

    operations: tuple[Allowed, ...] = ()
    territories: Territories = Territories()
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None
    tiers: tuple[Name, ...] | None = None
    """Subscription tiers that may use it; None is all."""
    licence_id: str | None = None
    """SPDX id of the public licence that these terms come from."""
    non_commercial: bool = False
    share_alike: bool = False
    attribution: str | None = None
    """The credit that is due, as it must be written."""

    @model_validator(mode="after")
    def _consistent(self) -> "Terms":
        object.__setattr__(self, "operations", tuple(sorted(self.operations, key=lambda item: item.operation)))
        if self.tiers is not None:
            object.__setattr__(self, "tiers", tuple(sorted(set(self.tiers))))
        if len({item.operation for item in self.operations}) != len(self.operations):
            raise ValueError("an operation is listed twice; list it once with all its bounds")
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError("the grant ends before it begins; valid_to must lie after valid_from")
        return self

    def allowed(self, operation: Operation) -> Allowed | None:
        return next((item for item in self.operations if item.operation == operation), None)


class Grant(_Value):
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


class Holder(_Value):
    party_id: str
    share: Share


class Subject(_Value):
    """A recording that the request touches, with everybody whose consent counts."""

    recording_id: str
    work_id: str
    title: str
    artist: str
    master: tuple[Holder, ...]
    work: tuple[Holder, ...]
    performers: tuple[str, ...] = ()
    """Parties whose voice it is."""
    status: Literal["active", "frozen", "withdrawn"] = "active"

    @model_validator(mode="after")
    def _sorted(self) -> "Subject":
        for side in ("master", "work"):
            object.__setattr__(
                self, side, tuple(sorted(getattr(self, side), key=lambda item: (item.party_id, item.share)))
            )
        object.__setattr__(self, "performers", tuple(sorted(set(self.performers))))
        return self


class Facts(_Value):
    """All that a decision may depend on besides the request: the subjects and the current version of their grants."""

    subjects: tuple[Subject, ...]
    grants: tuple[Grant, ...] = ()

    @model_validator(mode="after")
    def _sorted(self) -> "Facts":
        object.__setattr__(self, "subjects", tuple(sorted(self.subjects, key=lambda item: item.recording_id)))
        object.__setattr__(self, "grants", tuple(sorted(self.grants, key=lambda item: item.id)))
        return self

    @cached_property
    def _by_holder(self) -> dict[tuple[Side, str, str], tuple[Grant, ...]]:
        found: dict[tuple[Side, str, str], tuple[Grant, ...]] = {}
        for grant in self.grants:
            key = (grant.side, grant.subject_id, grant.party_id)
            found[key] = (*found.get(key, ()), grant)
        return found

    def grants_of(self, side: Side, subject_id: str, party_id: str) -> tuple[Grant, ...]:
        return self._by_holder.get((side, subject_id, party_id), ())


class Reason(_Value):
    """Why: a stable code for machines, a sentence for the listener, a detail for staff."""

    code: str
    operation: Operation | None
    sentence: str
    detail: str


class Duties(_Value):
    """What a permit obliges to."""

    attribution: tuple[str, ...] = ()
    share_alike: str | None = None
    """SPDX id of the licence that the remix must carry."""
    non_commercial: bool = False


class Decision(_Value):
    """Permit, deny or needs-approval, with every reason; the snapshot lets anybody decide again years later."""

    request: RightsRequest
    facts: Facts
    rules: int = RULES_VERSION
    outcome: Outcome
    reasons: tuple[Reason, ...]
    grants: tuple[str, ...]
    """Ids of the grants that the permit rests on; empty when denied."""
    duties: Duties

    @cached_property
    def snapshot(self) -> bytes:
        """Canonical JSON (RFC 8785) of the whole decision with its inputs."""
        return canonical_json({"snapshot": 1, **self.model_dump(mode="json")})

    @cached_property
    def snapshot_sha256(self) -> str:
        return digest({"snapshot": 1, **self.model_dump(mode="json")})

    @property
    def permitted(self) -> bool:
        return self.outcome == "permit"
