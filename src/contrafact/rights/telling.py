"""What was found, in words: a sentence for the listener without any party's name, and a detail for staff."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.licences import licence
from contrafact.rights.choosing import NOW, Asks, Consent, licences_of, price_of
from contrafact.rights.conditions import Spoken
from contrafact.rights.findings import Finding
from contrafact.rights.sentences import bound_phrase, limit_phrases, phrase, price_phrase, topic_phrase, whole_phrase
from contrafact.rights.terms import Bound
from contrafact.rights.values import Answer, Duties, Outcome, Reason, RightsRequest, Subject, Use

_Text = Callable[[Finding, str], str]
_MONTHS: Final = tuple("January February March April May June July August September October November December".split())


@dataclass(frozen=True, slots=True)
class Told:
    """The answer of one decision, made when it is read."""

    request: RightsRequest
    outcome: Outcome
    blocking: Sequence[Finding]
    consents: Sequence[Consent]
    grants: Sequence[tuple[Asks, Spoken]]

    def told(self) -> Answer:
        """Every reason, the grants and the duties, always the same."""
        if self.outcome == "deny":
            licences = licences_of(self.consents)
            reasons = [_reason(finding, self.request, licences) for finding in self.blocking]
            return Answer(_once(reasons), (), Duties())
        chosen = list(zip(self.consents, self.grants, strict=True))
        approvals = [
            _of_song(Finding("owner_approves"), consent.use, consent.subject, f"grant {spoken.id}")
            for consent, (asks, spoken) in chosen
            if asks == NOW
        ]
        reasons = approvals or [*_granted(chosen), *_later(chosen)]
        return Answer(_once(reasons), tuple(sorted({spoken.id for _, spoken in self.grants})), self._duties())

    def _duties(self) -> Duties:
        terms = [spoken.grant.terms for _, spoken in self.grants]
        bound = sorted({spoken.alike for _, spoken in self.grants if spoken.alike is not None})
        return Duties(
            attribution=tuple(sorted({item.attribution for item in terms if item.attribution})),
            share_alike=bound[0] if bound else None,
            non_commercial=any(item.non_commercial for item in terms),
            prices=price_of(self.consents, self.grants),
        )


def _day(moment: datetime) -> str:
    """A date in words that are the same on every machine, whatever its language."""
    return f"{moment.day:02} {_MONTHS[moment.month - 1]} {moment.year}"


def _of_limit(finding: Finding, what: str) -> str:
    name, bound, value = finding.data
    return f"{what} is allowed only with {bound_phrase(name, bound)}; {_asked_for(value)}"


def _of_whole(finding: Finding, _what: str) -> str:
    name, bound, value = finding.data
    return f"a take of it is allowed only with {whole_phrase(name, bound)}; {_asked_for(value)}"


def _asked_for(value: float | None) -> str:
    return "was not measured" if value is None else f"{value:.4g} was asked for"


def _of_tier(finding: Finding, what: str) -> str:
    tier, tiers = finding.data
    return f"{what} is not part of the tier “{tier}” (allowed in: {', '.join(tiers) or 'none'})"


def _of_commerce(finding: Finding, _what: str) -> str:
    known = licence(finding.grant.terms.licence_id or "") if finding.grant else None
    by = f"its licence {known.name}" if known else "its owner"
    return f"{by} allows non-commercial use only, and the tier “{finding.data[0]}” is a paid one"


def _of_company(finding: Finding, _what: str) -> str:
    title, name = finding.data
    if title is None:
        return f"its owner does not want it changed to the style “{name}”"
    kind = {"not_beside_artist": "the artist", "not_beside_label": "the label", "not_beside_genre": "the genre"}
    return f"its owner does not want it together with “{title}” ({kind[finding.code]} {name})"


_TEXTS: Final[Mapping[str, _Text]] = {
    "no_performer": lambda _, what: "nobody is named whose voice it is",
    "no_grant": lambda _, what: f"nobody has allowed {what}",
    "withdrawn": lambda _, what: f"the permission for {what} was withdrawn",
    "operation_not_granted": lambda _, what: f"its owner does not allow {what}",
    "licence_no_derivatives": lambda found, what: (
        f"its licence {found.data[0]} allows no changed versions, so {what} is not possible"
    ),
    "not_yet_valid": lambda found, what: f"{what} is allowed only from {_day(found.data[0])} on",
    "expired": lambda found, what: f"the permission for {what} ended on {_day(found.data[0])}",
    "territory": lambda found, what: f"{what} is not allowed in {found.data[0]}",
    "tier": _of_tier,
    "licence_non_commercial": _of_commerce,
    "limit": _of_limit,
    "limit_whole": _of_whole,
    "limit_listener_month": lambda found, _: (
        f"you have made as many takes of it this month as its owner allows ({found.data[0]})"
    ),
    "limit_total": lambda found, _: f"as many takes of it were made as its owner allows ({found.data[0]})",
    "limit_releases_listener": lambda found, _: (
        f"you have as many takes of it released as its owner allows ({found.data[0]})"
    ),
    "limit_releases_artist": lambda found, _: (
        f"you have as many takes of this artist released as its owner allows ({found.data[0]})"
    ),
    "limit_releases_total": lambda found, _: f"as many takes of it are released as its owner allows ({found.data[0]})",
    "count_unknown": lambda _, what: f"{what} is limited in number, and how often it was done is not known here",
    "not_beside_artist": _of_company,
    "not_beside_label": _of_company,
    "not_beside_genre": _of_company,
    "topic_banned": lambda found, _: f"its owner does not want it used for {topic_phrase(found.data[0])}",
    "price_not_met": lambda found, what: f"its owner asks for {price_phrase(found.data[0])}, and less is paid here",
    "price_currency": lambda found, _: (
        f"its owner asks for {price_phrase(found.data[0])}, and here is paid in {found.data[1]}"
    ),
    "owner_approves": lambda _, what: "the owner hears every take first",
    "owner_approves_release": lambda _, what: f"{what} is allowed once the owner has heard it and agreed",
    "owner_refused": lambda _, what: f"the owner heard this take and does not want {what}",
    "wrong_authority": lambda _, what: f"nobody who may do so has allowed {what}",
    "mandate_not_in_force": lambda _, what: f"nobody who may do so now and there has allowed {what}",
    "minor_needs_guardian": lambda _, what: f"the singer is not of age, and no guardian has allowed {what}",
    "guardian_unknown": lambda _, what: f"the singer is not of age, and it is not known who may allow {what}",
    "birthday_unknown": lambda _, what: f"it is not known whether the singer is of age, so {what} is not possible",
    "guardian_ended": lambda _, what: f"the singer is of age now and has not allowed {what}",
    "estate_needed": lambda _, what: f"the singer has died, and the estate has not allowed {what}",
    "estate_unknown": lambda _, what: f"the singer has died, and it is not known who may allow {what}",
    "person_unclear": lambda _, what: f"it is not clear who may allow {what} for the singer",
}
"""Of what speaks for or against one operation on one recording: the words after the song's name."""
_BACK: Final = {
    "time": "at this time",
    "territory": "in your country",
    "tier": "for your subscription",
    "cohort": "for everybody yet",
}


def _reason(finding: Finding, request: RightsRequest, licences: Sequence[str]) -> Reason:
    if finding.use is not None and finding.subject is not None:
        grant = finding.grant
        detail = _NO_GRANT.get(finding.code, "no grant counts")
        if grant is not None:
            detail = f"grant {grant.id} version {grant.version}"
        if finding.party_id is not None:
            detail += f"; {finding.side} of party {finding.party_id}"
        return _of_song(finding, finding.use, finding.subject, detail)
    operation = finding.use.operation if finding.use else None
    sentence, detail = _general(finding, request, licences)
    return Reason(code=finding.code, operation=operation, sentence=sentence, detail=detail)


_NO_GRANT: Final = {"no_grant": "no grant", "no_performer": "voice"}


def _of_song(finding: Finding, use: Use, subject: Subject, detail: str) -> Reason:
    text = _TEXTS[finding.code](finding, phrase(use.operation))
    return Reason(
        code=finding.code,
        operation=use.operation,
        sentence=f"“{subject.title}” by {subject.artist}: {text}.",
        detail=f"recording {subject.recording_id}; {detail}",
    )


def _general(finding: Finding, request: RightsRequest, licences: Sequence[str]) -> tuple[str, str]:
    """Sentence and detail of what is not about one operation on one recording."""
    code, data, subject = finding.code, finding.data, finding.subject
    what = phrase(finding.use.operation) if finding.use else ""
    if subject is not None:
        return _about_recording(code, data, finding, subject.title, subject.recording_id)
    if code == "share_alike_conflict":
        names = " and ".join(licences)
        return f"The sources must be shared under different licences ({names}), which cannot both be kept.", names
    if code == "price_not_met":
        paid = price_phrase(request.pays) if request.pays else "nothing"
        return "What the owners of these songs ask for together is more than is paid here.", f"paid: {paid}"
    if code == "topic_always_refused":
        return f"Nothing is made here for {topic_phrase(data[0])}, whoever owns the song.", f"topic {data[0]}"
    if code == "switched_off":
        return f"{what[0].upper()}{what[1:]} is switched off here at the moment.", "the operator's switch is off"
    if code == "not_switched_on":
        detail = f"the operator's switch: {data[0]}"
        return f"{what[0].upper()}{what[1:]} is not switched on {_BACK[data[0]]}.", detail
    return _PLAIN[code], f"remix {data[0]}" if data else ""


_PLAIN: Final = {
    "nothing_asked": "Nothing was asked for.",
    "no_recording": "There is no recording to ask about.",
    "derive_again_not_asked": "This is made from a remix, and making a remix of a remix was not asked for.",
    "parent_unknown": "Nothing is known of a remix that this is made from.",
    "parent_private": "A remix that this is made from is not released.",
    "parent_frozen": "A remix that this is made from is in dispute; nothing new can be made from it now.",
    "parent_taken_down": "A remix that this is made from was taken down.",
}


def _about_recording(
    code: str, data: tuple[Any, ...], finding: Finding, title: str, recording_id: str
) -> tuple[str, str]:
    if code == "recording_frozen":
        return f"“{title}” is in dispute; nothing new can be made from it now.", f"recording {recording_id}"
    if code == "recording_withdrawn":
        return f"“{title}” was withdrawn by its owner.", f"recording {recording_id}"
    total, whole, territory, at = data
    shares = Fraction(total, whole)
    detail = f"the {finding.side} shares of {recording_id} in {territory} at {at.isoformat()} sum to {shares}, not to 1"
    if code == "shares_gap":
        return f"It is not known who owns all of “{title}”.", detail
    return f"More than one claims to own the same part of “{title}”.", detail


def _granted(chosen: Sequence[tuple[Consent, tuple[Asks, Spoken]]]) -> list[Reason]:
    """By what each operation on each subject is allowed, and within what limits."""
    together: dict[tuple[str, Operation], list[tuple[Consent, Spoken]]] = {}
    for consent, (_, spoken) in chosen:
        together.setdefault((consent.subject.recording_id, consent.use.operation), []).append((consent, spoken))
    reasons = []
    for pairs in together.values():
        use, subject = pairs[0][0].use, pairs[0][0].subject
        grants = [spoken.grant for _, spoken in pairs]
        licences = {known.name for grant in grants if (known := licence(grant.terms.licence_id or ""))}
        by = " and ".join(sorted(licences)) if licences else "its owner"
        limits: set[str] = set()
        for grant in grants:
            allowed = grant.terms.allowed(use.operation)
            bounds: Mapping[str, Bound] = allowed.bounds if allowed else {}
            limits |= {bound_phrase(name, bound) for name, bound in bounds.items()}
            limits |= set(limit_phrases(grant.terms.limits))
        within = f", with {'; '.join(sorted(limits))}" if limits else ""
        detail = "grants " + ", ".join(sorted({grant.id for grant in grants}))
        reasons.append(
            Reason(
                code="granted",
                operation=use.operation,
                sentence=(
                    f"“{subject.title}” by {subject.artist}: {phrase(use.operation)} is allowed by {by}{within}."
                ),
                detail=f"recording {subject.recording_id}; {detail}",
            )
        )
    return reasons


def _later(chosen: Sequence[tuple[Consent, tuple[Asks, Spoken]]]) -> list[Reason]:
    return [
        _of_song(Finding("owner_approves_release"), consent.use, consent.subject, f"grant {spoken.id}")
        for consent, (asks, spoken) in chosen
        if asks == 1
    ]


def _once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """One reason per code, operation and sentence; the details of all parties are kept together."""
    merged: dict[tuple[str, str | None, str], Reason] = {}
    for reason in reasons:
        key = (reason.code, reason.operation, reason.sentence)
        if key not in merged:
            merged[key] = reason
        elif reason.detail not in merged[key].detail:
            merged[key] = merged[key].model_copy(update={"detail": f"{merged[key].detail} | {reason.detail}"})
    return tuple(merged.values())
