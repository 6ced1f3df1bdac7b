"""The rules of consent in Cedar: a second opinion, written from the rule list and not from ``decide``.

Grants, shares and switches become policies, what is counted and known of people becomes entities, the question becomes
a context. What Cedar cannot say is put outside of it, as little as possible:

- It has no fractions: shares are whole numbers over a common denominator, added up by the policy.
- It cannot say "for every party" or "there is a choice": each part is asked about on its own, and :func:`opinion` folds
  the answers. Whether an owner may be asked, which share-alike licence a take carries, and how what is paid is divided
  among songs are questions asked for each possibility.
- It has no SHA-256 and no Unicode: a listener's cohort and folded names are given to it.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Literal

import cedarpy

from contrafact.rights.values import Facts, Price, RightsRequest, Subject
from tests.rights.cedar.compiling import entities, entity, places, policies, uid
from tests.rights.cedar.language import billionths, cohort, micros, plain

HERE = Path(__file__).parent
SCHEMA_TEXT = (HERE / "consent.cedarschema").read_text()
RULES_TEXT = (HERE / "consent.cedar").read_text()
Outcome = Literal["permit", "deny", "needs_approval"]


class SecondOpinion:
    """Facts compiled once; :meth:`of` asks about many requests.

    ``check_requests`` has Cedar hold every request against the schema as well, which takes it half as long again.
    """

    def __init__(self, facts: Facts, schema: cedarpy.Schema, *, check_requests: bool = False) -> None:
        self.facts = facts
        self._schema = schema if check_requests else None
        self.policies_text = "\n".join([RULES_TEXT, *policies(facts)])
        self._policies = cedarpy.PolicySet.from_str(self.policies_text)
        self._entities = cedarpy.Entities.from_json_str(json.dumps(list(entities(facts))), schema)
        self.errors = 0
        """Requests that Cedar could not evaluate, each counted as refused."""

    def of(self, request: RightsRequest) -> Outcome:
        """What Cedar says; every error is a refusal.

        That somebody may be asked can only help, so a choice is tried without it where it holds with it.
        """
        known = self._entities.with_added_json_str(json.dumps([*_questions(self.facts, request)]), self._schema)
        if not all(self._ask([*self._gate(request)], known)):
            return "deny"
        possible = False
        for choice in _choices(self.facts, request):
            if all(self._ask([*self._parts(request, choice, may_ask=True)], known)):
                possible = True
                if all(self._ask([*self._parts(request, choice, may_ask=False)], known)):
                    return "permit"
        return "needs_approval" if possible else "deny"

    def _ask(self, requests: Sequence[dict[str, Any]], known: cedarpy.Entities) -> list[bool]:
        results = cedarpy.is_authorized_batch(list(requests), self._policies, known, self._schema)
        self.errors += sum(bool(result.diagnostics.errors) for result in results)
        return [result.allowed and not result.diagnostics.errors for result in results]

    def _gate(self, request: RightsRequest) -> Iterator[dict[str, Any]]:
        """What does not depend on a choice: the request itself, what it is made from, each song as it stands."""
        yield _request("gate", "make", 'Take::"it"', _NO_CHOICE)
        for remix_id in {*request.parents, *(parent.remix_id for parent in self.facts.parents)}:
            yield _request("gate", "derive_from", f'Remix::"{remix_id}"', _NO_CHOICE)
        for subject in self.facts.subjects:
            for use in request.operations:
                yield _request("gate", use.operation, f'Song::"{subject.recording_id}"', _NO_CHOICE)

    def _parts(self, request: RightsRequest, choice: "_Choice", *, may_ask: bool) -> Iterator[dict[str, Any]]:
        may_carry, budgets = choice
        for subject in self.facts.subjects:
            made: dict[str, Any] = {"mayAsk": may_ask, "mayCarry": may_carry}
            if request.pays is not None:
                generation, play = budgets[subject.recording_id]
                made["pays"] = {"currency": request.pays.currency, "generation": generation, "play": play}
            context = json.dumps(made)
            for number, use in enumerate(request.operations):
                for side, _, party_id in places(subject):
                    part = f'Part::"{side}/{subject.recording_id}/{party_id}"'
                    yield _request(f"{subject.recording_id}/{number}", use.operation, part, context)


_Choice = tuple[str, dict[str, tuple[int, int]]]
"""The share-alike licence that the take would carry, and what is paid to each song."""
_NO_CHOICE = json.dumps({"mayAsk": False, "mayCarry": ""})


def _request(question: str, action: str, resource: str, context: str) -> dict[str, Any]:
    return {
        "principal": f'Question::"{question}"',
        "action": f'Action::"{action}"',
        "resource": resource,
        "context": context,
    }


def _questions(facts: Facts, request: RightsRequest) -> Iterator[dict[str, Any]]:
    """The request as entities: once in general, and once for each song and use with what was measured of it."""
    common: dict[str, Any] = {
        "listener": uid("Listener", request.user_id),
        "territory": request.territory,
        "tier": request.tier,
        "paid": request.paid,
        "at": micros(request.at),
        "purpose": request.purpose,
        "operations": [use.operation for use in request.operations],
        "topics": list(request.topics),
        "songs": len(facts.subjects),
        "derived": bool(request.parents or facts.parents),
        "cohorts": {"plain": cohort("", request.user_id), "salted": cohort("salt", request.user_id)},
    }
    if request.style is not None:
        common["style"] = request.style
    if request.recipe_sha256 is not None:
        common["recipe"] = request.recipe_sha256
    yield entity("Question", "gate", **common, beside=_company(()))
    for subject in facts.subjects:
        of_song = {**common, "beside": _company([other for other in facts.subjects if other is not subject])}
        if request.whole is not None:
            measured = request.whole.get(subject.recording_id, {})
            of_song["whole"] = {name: billionths(value) for name, value in measured.items()}
        for number, use in enumerate(request.operations):
            extent = {}
            if use.extent is not None:
                extent = {"extent": {name: billionths(value) for name, value in use.extent.items()}}
            yield entity("Question", f"{subject.recording_id}/{number}", **of_song, **extent)


def _company(others: Sequence[Subject]) -> dict[str, list[str]]:
    """By what names the other songs of a take are known."""
    names = [{plain(other.artist), *other.artist_ids, *other.performers} for other in others]
    labels = [{plain(other.label)} if other.label else set() for other in others]
    labels += [{holder.party_id for holder in other.master} for other in others]
    genres = [set(other.genres) for other in others]
    return {
        "artists": sorted(set[str]().union(*names)),
        "labels": sorted(set[str]().union(*labels)),
        "genres": sorted(set[str]().union(*genres)),
    }


def _choices(facts: Facts, request: RightsRequest) -> Iterator[_Choice]:
    """Every way in which a choice of grants could come out: under which licence, and what is paid to which song."""
    licences = sorted({grant.terms.licence_id or "" for grant in facts.grants if grant.terms.share_alike})
    yield from product(["", *licences], [*_budgets(facts, request.pays)])


def _budgets(facts: Facts, pays: Price | None) -> Iterator[dict[str, tuple[int, int]]]:
    """Ways to divide what is paid among the songs: each but the last gets what some of its grants ask for."""
    if pays is None:
        yield {}
        return
    *first, last = [subject.recording_id for subject in facts.subjects]
    prices = {(0, 0)} | {
        (item.generation_micros, item.play_micros) for grant in facts.grants if (item := grant.terms.price)
    }
    steps = [sorted({price[axis] for price in prices}) for axis in (0, 1)]
    if len(prices) == 1 or not first:
        yield dict.fromkeys((*first, last), (pays.generation_micros, pays.play_micros))
        return
    pairs = [(generation, play) for generation in steps[0] for play in steps[1]]
    for given in product(pairs, repeat=len(first)):
        rest = (
            pays.generation_micros - sum(pair[0] for pair in given),
            pays.play_micros - sum(pair[1] for pair in given),
        )
        if min(rest) >= 0:
            yield dict(zip(first, given, strict=True)) | {last: rest}
