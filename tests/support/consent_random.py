"""Requests and facts drawn at random, for laws and for a second opinion: mostly complete consent with holes in it.

Few values of each kind, so that requests and grants often meet; everything that a decision looks at occurs. Drawn from
a ``random.Random``, so that a seed or hypothesis decides.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any, TypeVar

from contrafact.engine.recipe.recipe import Operation
from contrafact.rights.values import (
    Approved,
    Facts,
    Grant,
    Holder,
    Mandate,
    Parent,
    Person,
    Price,
    RightsRequest,
    Subject,
    Switch,
    Terms,
    Use,
    UseCount,
)

OPERATIONS: tuple[Operation, ...] = (
    "style",
    "tempo_pitch",
    "voice_clone",
    "download",
    "export",
    "cover",
    "derive_again",
)
COUNTRIES = ("DE", "JP", "US")
PARTIES = ("pty_a", "pty_b", "pty_c")
AGENTS = ("pty_agent", "pty_mother", "pty_heir")
START = datetime(2026, 1, 1, tzinfo=UTC)
TAKE = "a" * 64
T = TypeVar("T")


def moment(rng: Random) -> datetime:
    return START + timedelta(days=rng.randrange(5))


def _maybe(rng: Random, chance: float, value: T) -> T | None:
    return value if rng.random() < chance else None


def _some(rng: Random, items: Sequence[T], most: int) -> tuple[T, ...]:
    return tuple(rng.sample(list(items), rng.randint(0, min(most, len(items)))))


def _window(rng: Random, chance: float) -> dict[str, Any]:
    first, last = _maybe(rng, chance, moment(rng)), _maybe(rng, chance, moment(rng))
    if first is not None and last is not None and first >= last:
        last = None
    return {"valid_from": first, "valid_to": last}


def _places(rng: Random, chance: float) -> dict[str, Any]:
    if rng.random() >= chance:
        return {}
    if rng.random() < 0.5:
        return {"territories": {"exclude": [rng.choice(COUNTRIES)]}}
    return {"territories": {"include": rng.sample(COUNTRIES, 2)}}


def price(rng: Random) -> Price:
    return Price(
        currency=rng.choice(["EUR", "EUR", "EUR", "USD"]),
        generation_micros=rng.choice([0, 10, 20]),
        play_micros=rng.choice([0, 1, 2]),
    )


def request(rng: Random, songs: Sequence[str] = ("rec_0", "rec_1")) -> RightsRequest:
    asked = rng.sample(OPERATIONS, rng.choice([0] + [1] * 12 + [2] * 8 + [3] * 3))
    uses = [
        Use(operation=item, extent=rng.choice([None, {}, {"tempo_ratio": 1.0}, {"tempo_ratio": 2.0}])) for item in asked
    ]
    whole = None
    if rng.random() < 0.6:
        whole = {song: {"source_share": rng.choice([0.2, 0.2, 0.8])} for song in songs if rng.random() < 0.95}
    return RightsRequest.model_validate(
        {
            "operations": uses,
            "territory": rng.choice(COUNTRIES),
            "tier": rng.choice(["free", "premium"]),
            "paid": rng.random() < 0.5,
            "user_id": rng.choice(["usr_1", "usr_2", "usr_3"]),
            "purpose": rng.choice(["request", "request", "release"]),
            "at": moment(rng),
            "topics": _some(rng, ("political", "drugs"), 1) if rng.random() < 0.98 else ("hate",),
            "style": rng.choice([None, "house", "polka"]),
            "whole": whole,
            "recipe_sha256": _maybe(rng, 0.7, TAKE),
            "pays": None
            if rng.random() < 0.2
            else Price(currency="EUR", generation_micros=rng.choice([10, 30, 40]), play_micros=rng.choice([1, 3, 4])),
            "parents": ("rmx_1",) if rng.random() < (0.3 if "derive_again" in asked else 0.03) else (),
        }
    )


def terms(rng: Random, strict: float = 0.12) -> Terms:
    """Terms of which each condition is there with the chance ``strict``."""
    operations = [
        {
            "operation": item,
            "bounds": {"tempo_ratio": {"least": 0.9, "most": 1.1}} if rng.random() < strict else {},
            "needs_approval": rng.random() < max(strict, 0.05),
        }
        for item in OPERATIONS
        if rng.random() > strict
    ]
    alike = _maybe(rng, strict, rng.choice(["CC-BY-SA-3.0", "CC-BY-SA-4.0"]))
    limits: dict[str, Any] = {}
    if rng.random() < strict:
        limits["whole"] = {"source_share": {"most": 0.5}}
    for name in (
        "uses_per_listener_month",
        "uses_total",
        "releases_per_listener",
        "releases_per_artist_listener",
        "releases_total",
    ):
        if rng.random() < strict / 2:
            limits[name] = rng.choice([1, 2])
    beside = {}
    if rng.random() < strict:
        beside = rng.choice(
            [
                {"artists": ["ARTIST 1"]},
                {"artists": ["pty_b"]},
                {"labels": ["label 0"]},
                {"labels": ["pty_a"]},
                {"genres": ["polka"]},
                {"genres": ["jazz"]},
            ]
        )
    return Terms.model_validate(
        {
            "operations": operations,
            **_places(rng, strict),
            **_window(rng, strict),
            "tiers": _maybe(rng, strict, ["premium"]),
            "licence_id": alike,
            "share_alike": alike is not None,
            "non_commercial": rng.random() < strict,
            "attribution": _maybe(rng, 0.2, "credit"),
            "limits": limits,
            "not_beside": beside,
            "banned_topics": ["political"] if rng.random() < strict else [],
            "price": _maybe(rng, strict, price(rng)),
        }
    )


def shares(rng: Random) -> tuple[Holder, ...]:
    """One to three holders, mostly whole, at times split over places or periods, with a gap or an overlap."""
    parties = rng.sample(PARTIES, rng.choice([1, 1, 2, 3]))
    cut = sorted(rng.sample(range(1, 12), len(parties) - 1))
    parts = [Fraction(high - low, 12) for low, high in zip([0, *cut], [*cut, 12], strict=True)]
    holders: list[dict[str, Any]] = [
        {"party_id": party, "share": part} for party, part in zip(parties, parts, strict=True)
    ]
    kind = rng.randrange(40)
    if kind == 0:
        holders[0] |= {"share": holders[0]["share"] / 2}
    elif kind == 1:
        holders.append({"party_id": rng.choice(PARTIES), "share": Fraction(1, 12)})
    elif kind in (2, 3):
        place = rng.choice(COUNTRIES)
        heir = holders[0] | {"party_id": rng.choice(PARTIES), "territories": {"include": [place]}}
        holders = [holders[0] | {"territories": {"exclude": [place]}}, *holders[1:], heir]
    elif kind in (4, 5):
        when = moment(rng)
        heir = holders[0] | {"party_id": rng.choice(PARTIES), "valid_from": when}
        holders = [holders[0] | {"valid_to": when}, *holders[1:], heir]
    return tuple(Holder.model_validate(holder) for holder in holders)


def subject(rng: Random, number: int) -> Subject:
    return Subject(
        recording_id=f"rec_{number}",
        work_id=f"wrk_{number if rng.random() < 0.9 else 0}",
        title=f"Song {number}",
        artist=f"Artist {number}",
        master=shares(rng),
        work=shares(rng),
        performers=rng.choice([(), ("pty_c",), ("pty_c",), ("pty_a", "pty_c")]),
        status=rng.choice(["active"] * 60 + ["frozen", "withdrawn"]),
        label=_maybe(rng, 0.7, f"Label {number}"),
        genres=_some(rng, ("jazz", "polka"), 1),
        artist_ids=_some(rng, ("pty_b",), 1),
    )


def facts(rng: Random, strict: float | None = None) -> Facts:
    subjects = tuple(subject(rng, number) for number in range(rng.choice([1, 1, 2])))
    strictness = rng.choice([0.0, 0.0, 0.02, 0.03, 0.05, 0.1]) if strict is None else strict
    people = tuple(_person(rng, party) for party in ("pty_a", "pty_c") if rng.random() < 0.35)
    given: list[Grant] = []
    places = sorted(
        {
            *(("master", one.recording_id, holder.party_id) for one in subjects for holder in one.master),
            *(("work", one.work_id, holder.party_id) for one in subjects for holder in one.work),
            *(("voice", one.recording_id, party) for one in subjects for party in one.performers),
        }
    )
    mandates: list[Mandate] = []
    for side, subject_id, party_id in places:
        for _ in range(rng.choice([0] + [1] * 14 + [2] * 5) if strictness else 1):
            speaker, authority = party_id, rng.choice(["owner"] * 8 + ["licence"])
            person = next((one for one in people if one.party_id == party_id), None)
            chance = rng.random()
            if side == "voice" and person is not None and chance < 0.8:
                speaker, authority = rng.choice(
                    [
                        ("pty_mother", "guardian"),
                        ("pty_heir", "estate"),
                        (party_id, "owner"),
                        ("pty_mother", "guardian"),
                    ]
                )
            elif chance < 0.15:
                speaker, authority = "pty_agent", "mandate"
                if rng.random() < 0.9:
                    mandates.append(_mandate(rng, party_id, side, subject_id))
            elif chance < 0.15 + strictness / 4:
                authority = rng.choice(["mandate", "guardian", "estate"])
            given.append(
                Grant.model_validate(
                    {
                        "id": f"grt_{len(given):03}",
                        "series": f"grs_{len(given):03}",
                        "version": rng.randint(1, 3),
                        "side": side,
                        "subject_id": subject_id,
                        "party_id": speaker,
                        "authority": authority,
                        "status": "withdrawn" if rng.random() < strictness / 4 else "active",
                        "terms": terms(rng, strictness),
                    }
                )
            )
    return Facts(
        subjects=subjects,
        grants=tuple(given),
        mandates=tuple(mandates),
        people=people,
        counts=tuple(_count(rng, grant.series) for grant in given if rng.random() < 0.85),
        approvals=_answers(rng, given),
        switches=tuple(switch(rng, item) for item in OPERATIONS if rng.random() < strictness / 2),
        parents=tuple(
            Parent.model_validate(
                {
                    "remix_id": "rmx_1",
                    "user_id": rng.choice(["usr_1", "usr_2"]),
                    "state": rng.choice(["released", "released", "unlisted", "private", "frozen", "taken_down"]),
                }
            )
            for _ in range(rng.random() < 0.1)
        ),
    )


def _person(rng: Random, party_id: str) -> Person:
    birthday = rng.choice([date(2008, 1, 2), date(2008, 1, 4), date(1990, 1, 1), None])
    return Person.model_validate(
        {
            "party_id": party_id,
            "status": rng.choice(["living"] * 4 + ["deceased"]),
            "born_on": birthday,
            "guardians": rng.choice([(), ("pty_mother",), ("pty_mother",)]),
            "estate": rng.choice([(), ("pty_heir",), ("pty_heir",)]),
        }
    )


def _mandate(rng: Random, principal_id: str, side: str, subject_id: str) -> Mandate:
    return Mandate.model_validate(
        {
            "principal_id": principal_id,
            "agent_id": "pty_agent",
            "role": "agent",
            "side": side,
            "subject_id": rng.choice([None, subject_id, subject_id, subject_id, "rec_1"]),
            "operations": _maybe(rng, 0.2, list(rng.sample(OPERATIONS, 4))),
            **_places(rng, 0.2),
            **_window(rng, 0.1),
        }
    )


def _count(rng: Random, series: str) -> UseCount:
    names = ("listener_month", "total", "listener_releases", "artist_listener_releases", "releases")
    return UseCount.model_validate({"series": series, **{name: rng.choice([0, 0, 0, 1, 2]) for name in names}})


def _answers(rng: Random, given: Sequence[Grant]) -> tuple[Approved, ...]:
    return tuple(
        Approved.model_validate(
            {
                "id": f"apr_{number}",
                "party_id": grant.party_id,
                "subject_id": grant.subject_id,
                "recipe_sha256": TAKE,
                "answer": "refused" if rng.random() < 0.05 else "approved",
                **_places(rng, 0.1),
                "valid_to": _maybe(rng, 0.1, moment(rng)),
                "purposes": rng.choice([("request", "release")] * 4 + [("request",), ("release",)]),
            }
        )
        for number, grant in enumerate(given)
        if rng.random() < 0.35
    )


def switch(rng: Random, operation: Operation) -> Switch:
    return Switch.model_validate(
        {
            "operation": operation,
            "on": rng.random() < 0.8,
            **_places(rng, 0.3),
            **_window(rng, 0.1),
            "tiers": _maybe(rng, 0.2, ["premium"]),
            "percent": rng.choice([100.0, 100.0, 50.0, 0.0]),
            "salt": rng.choice(["", "salt"]),
        }
    )
