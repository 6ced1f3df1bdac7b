"""Rules 1 and 2 of the decision, as they were: what was decided by them is replayed by them, byte for byte.

Nothing here is changed any more. Rule 1 did not yet tell a cover from a use of the master.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.licences import licence
from contrafact.rights.sentences import bound_phrase, phrase
from contrafact.rights.values import (
    COMPOSITION_OPERATIONS,
    DISTRIBUTION_OPERATIONS,
    VOICE_OPERATIONS,
    Answer,
    Decision,
    Duties,
    Facts,
    Grant,
    Outcome,
    Reason,
    RightsRequest,
    Side,
    Subject,
    Use,
)


@dataclass(frozen=True, slots=True)
class _Consent:
    """One party's agreement to one use, by any of its fitting grants."""

    use: Use
    subject: Subject
    options: tuple[Grant, ...]


def decide_earlier(request: RightsRequest, facts: Facts, rules: int) -> Decision:
    """Decide as rule 1 or 2 did; see :func:`contrafact.rights.decide.decide`."""
    blocking: list[Reason] = []
    consents: list[_Consent] = []
    anew = rules > 1 and _performed_anew(request)
    if not request.operations:
        blocking.append(Reason(code="nothing_asked", operation=None, sentence="Nothing was asked for.", detail=""))
    if not facts.subjects:
        blocking.append(
            Reason(code="no_recording", operation=None, sentence="There is no recording to ask about.", detail="")
        )
    for subject in facts.subjects:
        blocking.extend(_subject_reasons(subject, anew))
        for use in request.operations:
            if use.operation in VOICE_OPERATIONS and not subject.performers:
                blocking.append(_reason("no_performer", use, subject, "nobody is named whose voice it is", "voice"))
            for side, subject_id, party_id in _who(subject, use.operation, anew):
                options, refusals = _options(request, use, subject, facts.grants_of(side, subject_id, party_id))
                if options:
                    consents.append(_Consent(use, subject, options))
                blocking.extend(_named(reason, side, party_id) for reason in refusals)
    choice = _choose(consents)
    if choice is None:
        names = " and ".join(sorted(_share_alike_licences(consents)))
        sentence = f"The sources must be shared under different licences ({names}), which cannot both be kept."
        blocking.append(Reason(code="share_alike_conflict", operation=None, sentence=sentence, detail=names))
    if blocking or choice is None:
        return _decision(request, facts, rules, "deny", _once(blocking), ())
    chosen = list(zip(consents, choice, strict=True))
    approvals = [
        _reason("owner_approves", consent.use, consent.subject, "the owner hears every take first", f"grant {grant.id}")
        for consent, grant in chosen
        if _asks_first(grant, consent.use.operation)
    ]
    outcome: Outcome = "needs_approval" if approvals else "permit"
    return _decision(request, facts, rules, outcome, _once(approvals or _granted(chosen)), choice)


def _performed_anew(request: RightsRequest) -> bool:
    """Whether nothing but the composition is used: a cover, and at most handing it on."""
    asked = {use.operation for use in request.operations}
    return bool(asked & COMPOSITION_OPERATIONS) and asked <= COMPOSITION_OPERATIONS | DISTRIBUTION_OPERATIONS


def _subject_reasons(subject: Subject, anew: bool) -> Iterator[Reason]:
    if subject.status != "active":
        sentence = {
            "frozen": f"“{subject.title}” is in dispute; nothing new can be made from it now.",
            "withdrawn": f"“{subject.title}” was withdrawn by its owner.",
        }[subject.status]
        detail = f"recording {subject.recording_id}"
        yield Reason(code=f"recording_{subject.status}", operation=None, sentence=sentence, detail=detail)
    for side, holders in (("master", subject.master), ("work", subject.work)):
        if anew and side == "master":
            continue
        total = sum((holder.share for holder in holders), start=Fraction(0))
        if total != 1:
            sentence = f"It is not known who owns all of “{subject.title}”."
            detail = f"the {side} shares of {subject.recording_id} sum to {total}, not to 1"
            yield Reason(code="shares_incomplete", operation=None, sentence=sentence, detail=detail)


def _who(subject: Subject, operation: Operation, anew: bool) -> Iterator[tuple[Side, str, str]]:
    """Everybody who must agree: (side, subject id, party id)."""
    for holder in () if anew else subject.master:
        yield "master", subject.recording_id, holder.party_id
    for holder in subject.work:
        yield "work", subject.work_id, holder.party_id
    if operation in VOICE_OPERATIONS:
        for party_id in subject.performers:
            yield "voice", subject.recording_id, party_id


def _options(
    request: RightsRequest, use: Use, subject: Subject, grants: tuple[Grant, ...]
) -> tuple[tuple[Grant, ...], tuple[Reason, ...]]:
    """All grants by which one party agrees, or why none does (of the grant that comes closest)."""
    options: list[Grant] = []
    closest: tuple[Reason, ...] | None = None
    for grant in grants:
        reasons = tuple(_against(request, use, subject, grant))
        if not reasons:
            options.append(grant)
        elif closest is None or _distance(reasons) < _distance(closest):
            closest = reasons
    if options:
        return tuple(options), ()
    nothing = _reason("no_grant", use, subject, f"nobody has allowed {phrase(use.operation)}", "no grant")
    return (), closest or (nothing,)


def _choose(consents: list[_Consent]) -> tuple[Grant, ...] | None:
    """One grant per consent: at most one share-alike licence binds, and if possible nobody must be asked first.

    Trying every licence, rather than taking the first grant, keeps the law that more grants never mean less permission.
    """
    best: tuple[Grant, ...] | None = None
    for target in (None, *sorted(_share_alike_licences(consents))):
        chosen: list[Grant] = []
        for consent in consents:
            fitting = [
                grant
                for grant in consent.options
                if not grant.terms.share_alike or (grant.terms.licence_id or "") == target
            ]
            if not fitting:
                break
            operation = consent.use.operation
            chosen.append(
                min(fitting, key=lambda grant: (_asks_first(grant, operation), grant.terms.share_alike, grant.id))
            )
        else:
            if not any(_asks_first(grant, item.use.operation) for item, grant in zip(consents, chosen, strict=True)):
                return tuple(chosen)
            best = best or tuple(chosen)
    return best


def _share_alike_licences(consents: list[_Consent]) -> set[str]:
    options = (grant for consent in consents for grant in consent.options)
    return {grant.terms.licence_id or "" for grant in options if grant.terms.share_alike}


def _asks_first(grant: Grant, operation: Operation) -> bool:
    allowed = grant.terms.allowed(operation)
    return allowed is None or allowed.needs_approval


def _distance(reasons: tuple[Reason, ...]) -> tuple[bool, int]:
    """How far a grant is from permitting: one that names the operation at all is closer."""
    outside = any(reason.code in ("operation_not_granted", "licence_no_derivatives", "withdrawn") for reason in reasons)
    return outside, len(reasons)


def _against(request: RightsRequest, use: Use, subject: Subject, grant: Grant) -> Iterator[Reason]:
    """Every reason why this grant does not permit this use."""
    terms, operation, detail = grant.terms, use.operation, f"grant {grant.id} version {grant.version}"
    what = phrase(operation)
    if grant.status == "withdrawn":
        yield _reason("withdrawn", use, subject, f"the permission for {what} was withdrawn", detail)
        return
    allowed = terms.allowed(operation)
    if allowed is None:
        known = licence(terms.licence_id) if terms.licence_id else None
        if known is not None and not known.derivatives and operation not in DISTRIBUTION_OPERATIONS:
            text = f"its licence {known.name} allows no changed versions, so {what} is not possible"
            yield _reason("licence_no_derivatives", use, subject, text, detail)
        else:
            yield _reason("operation_not_granted", use, subject, f"its owner does not allow {what}", detail)
        return
    if terms.valid_from is not None and request.at < terms.valid_from:
        text = f"{what} is allowed only from {terms.valid_from:%d %B %Y} on"
        yield _reason("not_yet_valid", use, subject, text, detail)
    if terms.valid_to is not None and request.at >= terms.valid_to:
        yield _reason("expired", use, subject, f"the permission for {what} ended on {terms.valid_to:%d %B %Y}", detail)
    if not terms.territories.covers(request.territory):
        yield _reason("territory", use, subject, f"{what} is not allowed in {request.territory}", detail)
    if terms.tiers is not None and request.tier not in terms.tiers:
        tiers = ", ".join(terms.tiers) or "none"
        text = f"{what} is not part of the tier “{request.tier}” (allowed in: {tiers})"
        yield _reason("tier", use, subject, text, detail)
    if terms.non_commercial and request.paid:
        known = licence(terms.licence_id) if terms.licence_id else None
        by = f"its licence {known.name}" if known else "its owner"
        text = f"{by} allows non-commercial use only, and the tier “{request.tier}” is a paid one"
        yield _reason("licence_non_commercial", use, subject, text, detail)
    if use.extent is not None:
        for name, bound in sorted(allowed.bounds.items()):
            measured = use.extent.get(name)
            if measured is None or not bound.holds(measured):
                asked = "was not measured" if measured is None else f"{measured:.4g} was asked for"
                text = f"{what} is allowed only with {bound_phrase(name, bound)}; {asked}"
                yield _reason("limit", use, subject, text, detail)


def _reason(code: str, use: Use, subject: Subject, text: str, detail: str) -> Reason:
    return Reason(
        code=code,
        operation=use.operation,
        sentence=f"“{subject.title}” by {subject.artist}: {text}.",
        detail=f"recording {subject.recording_id}; {detail}" if detail else f"recording {subject.recording_id}",
    )


def _named(reason: Reason, side: Side, party_id: str) -> Reason:
    return reason.model_copy(update={"detail": f"{reason.detail}; {side} of party {party_id}"})


def _granted(chosen: list[tuple[_Consent, Grant]]) -> list[Reason]:
    """By what each operation on each subject is allowed, and within what limits."""
    together: dict[tuple[str, Operation], list[tuple[_Consent, Grant]]] = {}
    for consent, grant in chosen:
        together.setdefault((consent.subject.recording_id, consent.use.operation), []).append((consent, grant))
    reasons = []
    for pairs in together.values():
        use, subject = pairs[0][0].use, pairs[0][0].subject
        grants = [grant for _, grant in pairs]
        licences = {known.name for grant in grants if (known := licence(grant.terms.licence_id or ""))}
        by = " and ".join(sorted(licences)) if licences else "its owner"
        limits = {
            bound_phrase(name, bound)
            for grant in grants
            if (allowed := grant.terms.allowed(use.operation))
            for name, bound in allowed.bounds.items()
        }
        within = f", with {'; '.join(sorted(limits))}" if limits else ""
        detail = "grants " + ", ".join(sorted({grant.id for grant in grants}))
        reasons.append(_reason("granted", use, subject, f"{phrase(use.operation)} is allowed by {by}{within}", detail))
    return reasons


def _once(reasons: list[Reason]) -> tuple[Reason, ...]:
    """One reason per code, operation and sentence; the details of all parties are kept together."""
    merged: dict[tuple[str, str | None, str], Reason] = {}
    for reason in reasons:
        key = (reason.code, reason.operation, reason.sentence)
        if key not in merged:
            merged[key] = reason
        elif reason.detail not in merged[key].detail:
            merged[key] = merged[key].model_copy(update={"detail": f"{merged[key].detail} | {reason.detail}"})
    return tuple(merged.values())


def _decision(
    request: RightsRequest,
    facts: Facts,
    rules: int,
    outcome: Outcome,
    reasons: tuple[Reason, ...],
    used: tuple[Grant, ...],
) -> Decision:
    terms = [grant.terms for grant in used]
    bound = sorted({item.licence_id or "" for item in terms if item.share_alike})
    duties = Duties(
        attribution=tuple(sorted({item.attribution for item in terms if item.attribution})),
        share_alike=bound[0] if bound else None,
        non_commercial=any(item.non_commercial for item in terms),
    )
    answer = Answer(reasons, tuple(sorted({grant.id for grant in used})), duties)
    return Decision(request=request, facts=facts, rules=rules, outcome=outcome, answer=answer)
