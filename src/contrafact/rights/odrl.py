"""Grants as ODRL 2.2 policies in JSON-LD, for exchange with others.

Source: W3C Recommendations "ODRL Information Model 2.2" and "ODRL Vocabulary & Expression 2.2" (15 February 2018).
ODRL has no words for remixing: actions and left operands of our own are IRIs under :data:`PROFILE`, each action
included in the nearest one that ODRL has; :func:`profile` says what they mean. What is decided here never rests on such
a document.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.licences import licence
from contrafact.rights.sentences import phrase
from contrafact.rights.terms import NO_LIMITS, Allowed, Bound, Terms
from contrafact.rights.territories import WORLDWIDE
from contrafact.rights.values import DISTRIBUTION_OPERATIONS, Grant, Subject

ODRL: Final = "http://www.w3.org/ns/odrl.jsonld"
PROFILE: Final = "urn:contrafact:odrl:1"
INCLUDED_IN: Final[Mapping[Operation, str]] = {
    "style": "modify",
    "arrangement": "modify",
    "tempo_pitch": "modify",
    "mashup": "derive",
    "stems_use": "extract",
    "lyrics_change": "modify",
    "translate": "translate",
    "vocal_interpretation": "derive",
    "voice_clone": "derive",
    "cover": "derive",
    "derive_again": "derive",
    "train": "use",
    "download": "reproduce",
    "share_in_app": "stream",
    "export": "distribute",
}
"""The action of ODRL that each operation is a narrower kind of."""


def term(name: str) -> str:
    """The IRI of a word of ours."""
    return f"{PROFILE}#{name}"


def policy(grant: Grant, subject: Subject) -> dict[str, Any]:
    """One grant as an ODRL Offer of its party, for anybody who meets its constraints.

    Parameters
    ----------
    grant : Grant
    subject : Subject
        The song that it is about, for the target's title.

    Returns
    -------
    dict
        A JSON-LD document. A withdrawn grant is an offer that permits nothing.
    """
    document: dict[str, Any] = {
        "@context": [
            ODRL,
            {"cf": f"{PROFILE}#", "dc": "http://purl.org/dc/terms/", "cc": "http://creativecommons.org/ns#"},
        ],
        "@type": "Offer",
        "uid": f"urn:contrafact:grant:{grant.id}",
        "profile": PROFILE,
        "conflict": "prohibit",
        "dc:isVersionOf": f"urn:contrafact:grant-series:{grant.series}",
        "cf:version": grant.version,
        "cf:status": grant.status,
        "cf:authority": grant.authority,
    }
    document |= {"assigner": _party(grant), "target": _target(grant, subject)}
    known = licence(grant.terms.licence_id or "")
    if known is not None and known.url:
        document["cc:license"] = known.url
    if grant.status == "withdrawn":
        return document | {"prohibition": [{"action": "use"}]}
    conditions = [*_constraints(grant.terms)]
    duties = [*_duties(grant.terms)]
    permissions = [_permission(allowed, conditions, duties) for allowed in grant.terms.operations]
    # ODRL asks for at least one rule: where nothing is permitted, that is said.
    prohibitions = [*_prohibitions(grant.terms, nothing=not permissions)]
    if permissions:
        document["permission"] = permissions
    if prohibitions:
        document["prohibition"] = prohibitions
    return document


def profile() -> dict[str, Any]:
    """The vocabulary of :data:`PROFILE`: what each action and left operand means, and what it is included in."""
    actions = [
        {
            "@id": term(operation),
            "@type": "odrl:Action",
            "rdfs:label": phrase(operation),
            "odrl:includedIn": {"@id": f"odrl:{parent}"},
        }
        for operation, parent in INCLUDED_IN.items()
    ]
    operands = [
        {"@id": term(name), "@type": "odrl:LeftOperand", "rdfs:label": label} for name, label in _OPERANDS.items()
    ]
    return {
        "@context": {
            "odrl": "http://www.w3.org/ns/odrl/2/",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "cf": f"{PROFILE}#",
        },
        "@id": PROFILE,
        "@graph": [*actions, *operands],
    }


_OPERANDS: Final = {
    "tier": "the listener's subscription tier",
    "tempo_ratio": "the tempo as a ratio to the recorded one",
    "semitones": "the transposition in semitones",
    "strength": "the strength of the change, 0 to 1",
    "length_ratio": "the length as a ratio to the recorded one",
    "seconds": "seconds of stems that are heard apart",
    "source_share": "the part of the recording that is heard, 0 to 1",
    "source_seconds": "seconds of the recording that are heard",
    "take_seconds": "length of the take in seconds",
    "layers": "sung layers",
    "uses_per_listener_month": "takes by one listener in one calendar month",
    "uses_total": "takes by all listeners",
    "releases_per_listener": "takes of the song that one listener has released",
    "releases_per_artist_listener": "takes of the artist's songs that one listener has released",
    "releases_total": "takes of the song that are released",
    "beside_artist": "an artist that is heard beside the song",
    "beside_label": "a label whose song is heard beside it",
    "beside_genre": "a genre that it is heard beside or as",
    "topic": "what the take is about",
    "paid": "whether the listener's plan is paid for",
}


def _party(grant: Grant) -> dict[str, str]:
    return {"@type": "Party", "uid": f"urn:contrafact:party:{grant.party_id}"}


def _target(grant: Grant, subject: Subject) -> dict[str, Any]:
    kind = {"master": "recording", "work": "work", "voice": "voice"}[grant.side]
    return {
        "@type": "Asset",
        "uid": f"urn:contrafact:{kind}:{grant.subject_id}",
        "dc:title": subject.title,
        "dc:creator": subject.artist,
    }


def _permission(
    allowed: Allowed, conditions: Sequence[dict[str, Any]], duties: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    own = [each for name, bound in sorted(allowed.bounds.items()) for each in _bound(name, bound)]
    found: dict[str, Any] = {"action": term(allowed.operation)}
    if conditions or own:
        found["constraint"] = [*conditions, *own]
    asked = [*duties]
    if allowed.needs_approval:
        asked.append({"action": "obtainConsent", "cf:each": _each(allowed.operation)})
    if asked:
        found["duty"] = asked
    return found


def _each(operation: Operation) -> str:
    return "release" if operation in DISTRIBUTION_OPERATIONS else "take"


def _constraint(left: str, operator: str, right: Any, kind: str | None = None) -> dict[str, Any]:
    value = right if kind is None else {"@value": right, "@type": kind}
    return {"leftOperand": left, "operator": operator, "rightOperand": value}


def _bound(name: str, bound: Bound) -> Iterator[dict[str, Any]]:
    left = term(name)
    if bound.least is not None:
        yield _constraint(left, "gteq", bound.least)
    if bound.most is not None:
        yield _constraint(left, "lteq", bound.most)


def _constraints(terms: Terms) -> Iterator[dict[str, Any]]:
    """What must hold for every permission of a grant."""
    places = terms.territories
    if WORLDWIDE not in places.include:
        yield _constraint("spatial", "isAnyOf", [_country(code) for code in places.include])
    if places.exclude:
        yield _constraint("spatial", "isNoneOf", [_country(code) for code in places.exclude])
    if terms.valid_from is not None:
        yield _constraint("dateTime", "gteq", _moment(terms.valid_from), "xsd:dateTime")
    if terms.valid_to is not None:
        yield _constraint("dateTime", "lt", _moment(terms.valid_to), "xsd:dateTime")
    if terms.tiers is not None:
        yield _constraint(term("tier"), "isAnyOf", list(terms.tiers))
    if terms.non_commercial:
        yield _constraint(term("paid"), "eq", False)
    if terms.limits != NO_LIMITS:
        for name, bound in sorted(terms.limits.whole.items()):
            yield from _bound(name, bound)
        for name in type(terms.limits).model_fields:
            most = getattr(terms.limits, name)
            if name != "whole" and most is not None:
                yield _constraint(term(name), "lteq", most)
    beside = terms.not_beside
    for kind, names in (("artist", beside.artists), ("label", beside.labels), ("genre", beside.genres)):
        if names:
            yield _constraint(term(f"beside_{kind}"), "isNoneOf", list(names))
    if terms.banned_topics:
        yield _constraint(term("topic"), "isNoneOf", list(terms.banned_topics))


def _duties(terms: Terms) -> Iterator[dict[str, Any]]:
    if terms.attribution is not None:
        yield {"action": "attribute", "cf:text": terms.attribution}
    if terms.share_alike:
        yield {"action": "cc:ShareAlike", "cf:licence": terms.licence_id}
    if terms.price is not None:
        for name, micros in (("generation", terms.price.generation_micros), ("play", terms.price.play_micros)):
            if micros:
                amount = _constraint("payAmount", "gteq", f"{micros // 10**6}.{micros % 10**6:06d}", "xsd:decimal")
                unit = f"urn:iso:std:iso:4217:{terms.price.currency}"
                yield {
                    "action": [{"rdf:value": {"@id": "odrl:compensate"}, "refinement": [{**amount, "unit": unit}]}],
                    "cf:for": name,
                }


def _prohibitions(terms: Terms, *, nothing: bool) -> Iterator[dict[str, Any]]:
    """What is said not to be allowed: training wherever it was not granted by name, and all where nothing was."""
    if nothing:
        yield {"action": "use"}
    elif terms.allowed("train") is None:
        yield {"action": term("train")}


def _country(code: str) -> str:
    return f"urn:iso:std:iso:3166:-1:{code}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
