"""Grants, shares and switches as Cedar policies; what is counted and known of people as entities."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from contrafact.rights.values import Approved, Facts, Grant, Holder, Mandate, Subject, Terms
from tests.rights.cedar.language import (
    billionths,
    camel,
    contains,
    every_of,
    micros,
    one_of,
    place_and_time,
    plain,
    set_of,
)

_COUNTS = {
    "uses_per_listener_month": ("request", "listener_month"),
    "uses_total": ("request", "total"),
    "releases_per_listener": ("release", "listener_releases"),
    "releases_per_artist_listener": ("release", "artist_listener_releases"),
    "releases_total": ("release", "releases"),
}


def places(subject: Subject) -> Iterator[tuple[str, str, str]]:
    yield from sorted({("master", subject.recording_id, holder.party_id) for holder in subject.master})
    yield from sorted({("work", subject.work_id, holder.party_id) for holder in subject.work})
    yield from (("voice", subject.recording_id, party_id) for party_id in subject.performers)


def entities(facts: Facts) -> Iterator[dict[str, Any]]:
    for subject in facts.subjects:
        yield entity("Song", subject.recording_id, status=subject.status, performers=list(subject.performers))
        for side, _, party_id in places(subject):
            more = {"performer": uid("Performer", party_id)} if side == "voice" else {}
            yield entity("Part", f"{side}/{subject.recording_id}/{party_id}", side=side, **more)
    people = {person.party_id: person for person in facts.people}
    for party_id in sorted({party for subject in facts.subjects for party in subject.performers}):
        person = people.get(party_id)
        born = person.born_on if person else None
        of_age: dict[str, Any] = {}
        if born is not None:
            # 18 years on; one born on 29 February is of age when the day after the 28th begins
            day = datetime(born.year + 18, born.month, 1, tzinfo=UTC) + timedelta(days=born.day - 1)
            of_age = {"ofAge": micros(day)}
        yield entity(
            "Performer",
            party_id,
            status=person.status if person else "living",
            guardians=list(person.guardians) if person else [],
            estate=list(person.estate) if person else [],
            **of_age,
        )
    for count in facts.counts:
        counted = {camel(name): getattr(count, name) for _, name in _COUNTS.values()}
        yield entity("Series", count.series, **counted)
    for parent in facts.parents:
        yield entity("Remix", parent.remix_id, state=parent.state, owner=uid("Listener", parent.user_id))


def entity(kind: str, name: str, **attributes: Any) -> dict[str, Any]:
    return {"uid": {"type": kind, "id": name}, "attrs": attributes, "parents": []}


def uid(kind: str, name: str) -> dict[str, Any]:
    return {"__entity": {"type": kind, "id": name}}


def policies(facts: Facts) -> Iterator[str]:
    for subject in facts.subjects:
        for side, holders in (("master", subject.master), ("work", subject.work)):
            yield _sum_policy(subject, side, holders)
            for party_id in sorted({holder.party_id for holder in holders}):
                here = [place_and_time(holder) for holder in holders if holder.party_id == party_id]
                yield (
                    f'permit (principal, action, resource == Part::"{side}/{subject.recording_id}/{party_id}") '
                    f"unless {{ {one_of(here)} }};"
                )
        for side, subject_id, party_id in places(subject):
            for grant in facts.grants:
                if (grant.side, grant.subject_id) == (side, subject_id):
                    yield from _grant_policies(facts, grant, subject, party_id)
    for switch in facts.switches:
        on = [place_and_time(switch), "true" if switch.on else "false"]
        if switch.tiers is not None:
            on.append(contains(switch.tiers, "principal.tier"))
        hundredths = Fraction(str(switch.percent)) * 100
        cohort = "principal.cohorts.salted" if switch.salt == "salt" else "principal.cohorts.plain"
        on.append(f"{cohort} < {math.ceil(hundredths)}")
        head = f'forbid (principal, action == Action::"{switch.operation}", resource is Song)'
        yield f"{head} unless {{ {every_of(on)} }};"


def _sum_policy(subject: Subject, side: str, holders: Sequence[Holder]) -> str:
    """R1: what is held there and then is the whole, counted in parts of the common denominator."""
    whole = math.lcm(*(holder.share.denominator for holder in holders))
    terms = [f"(if {place_and_time(item)} then {int(item.share * whole)} else 0)" for item in holders]
    anew = ""
    if side == "master":
        anew = (
            ' unless { principal.operations.contains("cover") && '
            '["cover", "download", "share_in_app", "export"].containsAll(principal.operations) }'
        )
    return (
        f'forbid (principal, action, resource == Song::"{subject.recording_id}") '
        f"when {{ {' + '.join(terms)} != {whole} }}{anew};"
    )


def _grant_policies(facts: Facts, grant: Grant, subject: Subject, party_id: str) -> Iterator[str]:
    """One permit for every group of operations with the same conditions, where the grant may speak for the party."""
    voice = _voice(grant, party_id) if grant.side == "voice" else _right(grant, party_id)
    if grant.status == "withdrawn" or voice is None:
        return
    terms = grant.terms
    common = [*_terms(terms), *_limits(grant), *voice]
    # Where one answer refuses and another approves, the refusal counts: nothing is approved then.
    refused = [f"!({said})" for said in _said(facts, grant, party_id, "refused")]
    approved = every_of([one_of(_said(facts, grant, party_id, "approved")), *refused])
    if grant.authority != "licence":
        common += refused
    groups: dict[str, list[str]] = {}
    for item in terms.operations:
        asked = list(common)
        for name, bound in item.bounds.items():
            least = [f"principal.extent.{name} >= {billionths(bound.least)}"] if bound.least is not None else []
            most = [f"principal.extent.{name} <= {billionths(bound.most)}"] if bound.most is not None else []
            measured = every_of([f"principal.extent has {name}", *least, *most])
            asked.append(f"(if principal has extent then {measured} else true)")
        if grant.authority == "mandate":
            asked.append(one_of(_mandated(mandate, item.operation) for mandate in _mandates(facts, grant, party_id)))
        if item.needs_approval:
            later = ['principal.purpose == "request"'] if item.operation in ("share_in_app", "export") else []
            asked.append(one_of(["context.mayAsk", approved, *later]))
        groups.setdefault(every_of(asked), []).append(f'Action::"{item.operation}"')
    part = f'Part::"{grant.side}/{subject.recording_id}/{party_id}"'
    for conditions, actions in groups.items():
        yield (
            f'@id("{grant.id}") permit (principal, action in [{", ".join(actions)}], resource == {part}) '
            f"when {{ {conditions} }};"
        )


def _right(grant: Grant, party_id: str) -> list[str] | None:
    """R3, masters and works: the holder's own word, or the agent's (whose mandate is a condition of its own)."""
    if grant.authority in ("owner", "licence", "declared"):
        return [] if grant.party_id == party_id else None
    return [] if grant.authority == "mandate" and grant.party_id != party_id else None


_LIVING = 'resource has performer && resource.performer.status == "living"'
_MINOR = (
    f"{_LIVING} && ((resource.performer has ofAge && principal.at < resource.performer.ofAge) "
    "|| (!(resource.performer has ofAge) && !resource.performer.guardians.isEmpty()))"
)


def _voice(grant: Grant, party_id: str) -> list[str] | None:
    """R7: whose word counts for a voice depends on whose it is."""
    speaker = f'"{grant.party_id}"'
    if grant.authority == "guardian" and grant.party_id != party_id:
        known = f"resource.performer has ofAge && resource.performer.guardians.contains({speaker})"
        return [f"({_MINOR})", f"({_LIVING} && {known})"]
    if grant.authority == "estate" and grant.party_id != party_id:
        dead = 'resource has performer && resource.performer.status == "deceased"'
        return [f"({dead} && resource.performer.estate.contains({speaker}))"]
    right = _right(grant, party_id)
    return None if right is None else [f"({_LIVING})", f"!({_MINOR})", *right]


def _terms(terms: Terms) -> Iterator[str]:
    yield place_and_time(terms)
    if terms.tiers is not None:
        yield contains(terms.tiers, "principal.tier")
    if terms.non_commercial:
        yield "!principal.paid"
    if terms.share_alike:
        yield f'context.mayCarry == "{terms.licence_id or ""}"'
    if terms.banned_topics:
        yield f"!{set_of(terms.banned_topics)}.containsAny(principal.topics)"
    beside = terms.not_beside
    for names, kind in ((beside.artists, "artists"), (beside.labels, "labels")):
        if names:
            forms = {form for name in names for form in (name, plain(name))}
            yield f"!{set_of(forms)}.containsAny(principal.beside.{kind})"
    if beside.genres:
        yield f"!{set_of(beside.genres)}.containsAny(principal.beside.genres)"
        yield f"!(principal has style && {contains(beside.genres, 'principal.style')})"
    price = terms.price
    if price is not None and price.generation_micros + price.play_micros > 0:
        yield (
            f'(context has pays && context.pays.currency == "{price.currency}" && '
            f"context.pays.generation >= {price.generation_micros} && context.pays.play >= {price.play_micros})"
        )


def _limits(grant: Grant) -> Iterator[str]:
    """Limits bind unless somebody asks in principle: before a take, with nothing measured."""
    concrete = '(principal has whole || principal.purpose == "release")'
    limits = grant.terms.limits
    for name, bound in limits.whole.items():
        inside = ["principal has whole", f"principal.whole has {name}"]
        inside += [f"principal.whole.{name} >= {billionths(bound.least)}"] if bound.least is not None else []
        inside += [f"principal.whole.{name} <= {billionths(bound.most)}"] if bound.most is not None else []
        yield f"(!{concrete} || ({every_of(inside)}))"
    series = f'Series::"{grant.series}"'
    for limit, (purpose, counted) in _COUNTS.items():
        most = getattr(limits, limit)
        if most is not None:
            name = camel(counted)
            count = f"({series} has {name} && {series}.{name} < {most})"
            yield f'(!{concrete} || principal.purpose != "{purpose}" || {count})'


def _mandates(facts: Facts, grant: Grant, party_id: str) -> list[Mandate]:
    return [
        mandate
        for mandate in facts.mandates
        if (mandate.principal_id, mandate.agent_id, mandate.side) == (party_id, grant.party_id, grant.side)
        and mandate.subject_id in (None, grant.subject_id)
    ]


def _mandated(mandate: Mandate, operation: str) -> str:
    if mandate.operations is not None and operation not in mandate.operations:
        return "false"
    return place_and_time(mandate)


def _said(facts: Facts, grant: Grant, party_id: str, answer: str) -> list[str]:
    return [
        every_of([*_about(item), place_and_time(item)])
        for item in facts.approvals
        if item.answer == answer and item.subject_id == grant.subject_id and item.party_id in (party_id, grant.party_id)
    ]


def _about(item: Approved) -> list[str]:
    return [
        f'(principal has recipe && principal.recipe == "{item.recipe_sha256}")',
        contains(item.purposes, "principal.purpose"),
    ]
