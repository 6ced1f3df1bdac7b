"""The C2PA manifest of a take: from claim to document, and from document back to what it says.

Assertions
----------
``c2pa.actions.v2``
    The recording was opened, and edited with ``compositeWithTrainedAlgorithmicMedia``.
``org.contrafact.take``
    Title, label, remixer, sources with their hashes, licence, digests of the recipe and of the decision.
``org.contrafact.credits``
    The credits, line by line.
``cawg.training-mining``
    That no model may be trained on the take.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from contrafact.kit.text import one_line, shortened
from contrafact.provenance.schemas import Credit, Licence, Source, TakeClaim

TAKE_LABEL = "org.contrafact.take"
CREDITS_LABEL = "org.contrafact.credits"
TRAINING_LABEL = "cawg.training-mining"
ACTIONS_LABEL = "c2pa.actions"
_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
_AI_SOURCE_TYPES = ("compositewithtrainedalgorithmicmedia", "trainedalgorithmicmedia", "compositesynthetic")
_TRAINING_ENTRIES = (
    "cawg.ai_generative_training",
    "cawg.ai_training",
    "cawg.ai_inference",
    "cawg.data_mining",
)
_MAX_TEXT = 1000
_MAX_CREDITS = 200


def ingredient_id(index: int) -> str:
    """The name by which the actions point at the source with this index."""
    return f"source-{index}"


def ingredient(source: Source, index: int) -> dict[str, Any]:
    """The ingredient that a source is: the first is the parent, further ones are components."""
    return {
        "title": _clean(f"{source.artist} – {source.title}"),
        "relationship": "parentOf" if index == 0 else "componentOf",
        "instance_id": ingredient_id(index),
    }


def manifest(claim: TakeClaim, mime: str, described: Sequence[int]) -> dict[str, Any]:
    """The manifest's definition as the C2PA library takes it.

    Parameters
    ----------
    claim : TakeClaim
    mime : str
        Of the signed file.
    described : sequence of int
        The sources that are given by description only; the others are added as files by the caller.
    """
    opened = [
        {
            "action": "c2pa.opened" if index == 0 else "c2pa.placed",
            "parameters": {"ingredientIds": [ingredient_id(index)]},
        }
        for index in range(len(claim.sources))
    ]
    agent = {"name": "Contrafact", "version": _clean(claim.engine_version)}
    edited = {
        "action": "c2pa.edited",
        "softwareAgent": agent,
        "digitalSourceType": _SOURCE_TYPE,
        "description": _clean(claim.label),
    }
    assertions: list[dict[str, Any]] = [
        {"label": "c2pa.actions.v2", "data": {"actions": [*opened, edited]}},
        {"label": TAKE_LABEL, "data": _take(claim)},
        {"label": CREDITS_LABEL, "data": {"credits": [_credit(credit) for credit in claim.credits[:_MAX_CREDITS]]}},
        {"label": TRAINING_LABEL, "data": {"entries": {name: {"use": "notAllowed"} for name in _TRAINING_ENTRIES}}},
    ]
    document: dict[str, Any] = {
        "claim_generator_info": [agent],
        "title": _clean(claim.title),
        "format": mime,
        "assertions": assertions,
    }
    if described:
        document["ingredients"] = [ingredient(claim.sources[index], index) for index in described]
    return document


def _take(claim: TakeClaim) -> dict[str, Any]:
    data: dict[str, Any] = {
        "version": 1,
        "label": _clean(claim.label),
        "by": _clean(claim.by),
        "sources": [
            _without_none(title=_clean(s.title), artist=_clean(s.artist), sha256=s.sha256, isrc=s.isrc)
            for s in claim.sources
        ],
        "recipe_sha256": claim.recipe_sha256,
        "decision_sha256": claim.decision_sha256,
        "engine_version": _clean(claim.engine_version),
    }
    if claim.chart_sha256 is not None:
        data["chart_sha256"] = claim.chart_sha256
    if claim.remix_id is not None:
        data["remix_id"] = claim.remix_id
    if claim.licence is not None:
        licence = claim.licence
        data["licence"] = _without_none(
            id=_clean(licence.id),
            name=_clean(licence.name),
            url=licence.url,
            attribution=_optional(licence.attribution),
        )
    return data


def _credit(credit: Credit) -> dict[str, Any]:
    return _without_none(name=_clean(credit.name), role=_clean(credit.role), detail=_optional(credit.detail))


def read_take(active: Mapping[str, Any]) -> dict[str, Any]:
    """What a manifest says, as the fields of a ``Verdict``.

    Notes
    -----
    Only called for manifests that a trusted key signed; still reads them as if anybody had written them, because a
    trusted key may be another installation's, of another version.
    """
    take = _assertion(active, TAKE_LABEL)
    licence = _mapping(take.get("licence"))
    return {
        "title": _text(active.get("title")),
        "label": _text(take.get("label")),
        "by": _text(take.get("by")),
        "sources": _sources(take, active),
        "credits": _credits(active),
        "licence": Licence(
            id=_text(licence.get("id")) or "",
            name=_text(licence.get("name")) or "",
            url=_text(licence.get("url")),
            attribution=_text(licence.get("attribution")),
        )
        if licence
        else None,
        "ai": _says_ai(active),
        "training": _training(active),
        "recipe_sha256": _text(take.get("recipe_sha256")),
        "decision_sha256": _text(take.get("decision_sha256")),
        "chart_sha256": _text(take.get("chart_sha256")),
        "remix_id": _text(take.get("remix_id")),
    }


def _sources(take: Mapping[str, Any], active: Mapping[str, Any]) -> tuple[Source, ...]:
    """Our own list where there is one, else the titles of the ingredients."""
    own = tuple(
        Source(
            title=_text(entry.get("title")) or "",
            artist=_text(entry.get("artist")) or "",
            sha256=_text(entry.get("sha256")) or "",
            isrc=_text(entry.get("isrc")),
        )
        for entry in map(_mapping, _list(take.get("sources")))
    )
    if own:
        return own
    return tuple(
        Source(title=_text(entry.get("title")) or "", artist="", sha256="")
        for entry in map(_mapping, _list(active.get("ingredients")))
    )


def _credits(active: Mapping[str, Any]) -> tuple[Credit, ...]:
    lines = map(_mapping, _list(_assertion(active, CREDITS_LABEL).get("credits"))[:_MAX_CREDITS])
    return tuple(
        Credit(_text(line.get("name")) or "", _text(line.get("role")) or "", _text(line.get("detail")))
        for line in lines
    )


def _says_ai(active: Mapping[str, Any]) -> bool:
    for assertion in _list(active.get("assertions")):
        entry = _mapping(assertion)
        if not str(entry.get("label", "")).startswith(ACTIONS_LABEL):
            continue
        for action in _list(_mapping(entry.get("data")).get("actions")):
            kind = str(_mapping(action).get("digitalSourceType", "")).lower().rsplit("/", 1)[-1]
            if kind in _AI_SOURCE_TYPES:
                return True
    return False


def _training(active: Mapping[str, Any]) -> Literal["notAllowed", "allowed", "constrained"] | None:
    entries = _mapping(_assertion(active, TRAINING_LABEL).get("entries"))
    use = _mapping(entries.get("cawg.ai_generative_training")).get("use")
    if use == "notAllowed":
        return "notAllowed"
    if use == "constrained":
        return "constrained"
    return "allowed" if use == "allowed" else None


def _assertion(active: Mapping[str, Any], label: str) -> Mapping[str, Any]:
    for assertion in _list(active.get("assertions")):
        entry = _mapping(assertion)
        if entry.get("label") == label:
            return _mapping(entry.get("data"))
    return {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return _clean(value) if isinstance(value, str) else None


def _optional(value: str | None) -> str | None:
    return None if value is None else _clean(value)


def _without_none(**fields: str | None) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value is not None}


def _clean(text: str) -> str:
    """One printable line of bounded length: titles and names come from tags and people."""
    return shortened(one_line(text), _MAX_TEXT)
