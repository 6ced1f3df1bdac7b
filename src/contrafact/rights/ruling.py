"""Facts made ready for many questions: rules 3 of the decision.

What does not depend on the question is worked out once; sentences are made when somebody reads them (``telling``).
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.licences import licence
from contrafact.rights.choosing import NOW, Asks, Consent, choose
from contrafact.rights.conditions import Beside, Spoken, against_bounds
from contrafact.rights.findings import Against, Finding
from contrafact.rights.ownership import EVERYWHERE, Holder, Person, Side, Subject
from contrafact.rights.rollout import held_back
from contrafact.rights.speaking import Life, against_word, life_of, words_for
from contrafact.rights.telling import Told
from contrafact.rights.territories import Territories
from contrafact.rights.topics import ALWAYS_REFUSED
from contrafact.rights.values import (
    COMPOSITION_OPERATIONS,
    DISTRIBUTION_OPERATIONS,
    VOICE_OPERATIONS,
    Approved,
    Decision,
    Facts,
    Outcome,
    Parent,
    RightsRequest,
    Switch,
    Use,
)

RELEASE_OPERATIONS: Final = frozenset({"share_in_app", "export"})
"""Approval of these is asked for each release, not for each take."""
RULES: Final = 3
_COVERED: Final = COMPOSITION_OPERATIONS | DISTRIBUTION_OPERATIONS
_EVERYWHERE: Final = EVERYWHERE.__dict__
_OUTSIDE: Final = frozenset(
    {
        "operation_not_granted",
        "licence_no_derivatives",
        "withdrawn",
        "wrong_authority",
        "minor_needs_guardian",
        "estate_needed",
        "guardian_ended",
        "mandate_not_in_force",
    }
)
"""Why a grant is not about the question at all."""


class Party:
    """One holder or performer, with everything that was said for them."""

    __slots__ = ("party_id", "people", "side", "spoken")

    def __init__(self, side: Side, subject_id: str, party_id: str, facts: Facts) -> None:
        self.side, self.party_id = side, party_id
        self.spoken = [
            Spoken(grant, word, mandates, facts)
            for grant, word, mandates in words_for(facts, side, subject_id, party_id)
        ]
        self.people: Sequence[Person] = ()
        if side == "voice":
            self.people = [person for person in facts.people if person.party_id == party_id]


class Shares:
    """The holders of a master or a work, with their shares over one denominator."""

    __slots__ = ("always", "held", "parties", "side", "subject_id", "whole")

    def __init__(self, side: Side, subject_id: str, holders: Sequence[Holder], facts: Facts) -> None:
        self.side, self.subject_id = side, subject_id
        # Pydantic looks a field up in the class first, which costs more than what is done with it here.
        said = [holder.__dict__ for holder in holders]
        shares = [each["share"].as_integer_ratio() for each in said]
        self.whole = math.lcm(*(denominator for _, denominator in shares))
        self.held = [
            (numerator * (self.whole // denominator), holder)
            for (numerator, denominator), holder in zip(shares, holders, strict=True)
        ]
        self.parties = {
            party_id: Party(side, subject_id, party_id, facts)
            for party_id in sorted({each["party_id"] for each in said})
        }
        unbounded = all(
            each["valid_from"] is None and each["valid_to"] is None and _everywhere(each["territories"])
            for each in said
        )
        self.always = (sum(share for share, _ in self.held), list(self.parties.values())) if unbounded else None
        """Sum and parties, where they are the same everywhere and at all times."""

    def there(self, request: RightsRequest) -> tuple[int, list[Party]]:
        """The sum of the shares that are held there and then, and by whom."""
        if self.always is not None:
            return self.always
        total, parties = 0, {}
        for share, holder in self.held:
            if holder.holds(request.territory, request.at):
                total += share
                parties[holder.party_id] = self.parties[holder.party_id]
        return total, list(parties.values())


def _everywhere(territories: Territories) -> bool:
    # Told apart by their parts: comparing models takes longer than the rest of a holder.
    return territories is EVERYWHERE or territories.__dict__ == _EVERYWHERE


class Song:
    """One recording with everybody who has to agree."""

    __slots__ = ("_facts", "_voices", "beside", "master", "subject", "work")

    def __init__(self, subject: Subject, facts: Facts) -> None:
        self.subject = subject
        self.beside = Beside(subject) if len(facts.subjects) > 1 else None
        self.master = Shares("master", subject.recording_id, subject.master, facts)
        self.work = Shares("work", subject.work_id, subject.work, facts)
        self._facts = facts
        self._voices: list[Party] | None = None

    @property
    def voices(self) -> list[Party]:
        """Whose voice it is; few ask for one."""
        if self._voices is None:
            subject = self.subject
            self._voices = [
                Party("voice", subject.recording_id, party_id, self._facts) for party_id in subject.performers
            ]
        return self._voices


class Ruling:
    """Facts made ready; :meth:`decide` answers one request. Nothing else is looked at, nothing is changed."""

    __slots__ = ("_answers", "_parents", "_songs", "_switches", "facts")

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._songs = [Song(subject, facts) for subject in facts.subjects]
        self._switches: dict[Operation, list[Switch]] = {}
        for switch in facts.switches:
            self._switches.setdefault(switch.operation, []).append(switch)
        self._parents: dict[str, list[Parent]] = {}
        for parent in facts.parents:
            self._parents.setdefault(parent.remix_id, []).append(parent)
        self._answers: dict[tuple[str, str, str], list[Approved]] = {}
        for answer in facts.approvals:
            key = (answer.party_id, answer.subject_id, answer.recipe_sha256)
            self._answers.setdefault(key, []).append(answer)

    def decide(self, request: RightsRequest) -> Decision:
        """Decide by rules 3; see :func:`contrafact.rights.decide.decide`."""
        blocking: list[Finding] = []
        consents: list[Consent] = []
        operations = request.operations
        asked = {use.operation for use in operations}
        # Nothing but the composition is used: a cover, and at most handing it on.
        anew = not COMPOSITION_OPERATIONS.isdisjoint(asked) and asked <= _COVERED
        if not operations:
            blocking.append(Finding("nothing_asked"))
        if not self._songs:
            blocking.append(Finding("no_recording"))
        if request.topics:
            always = [topic for topic in request.topics if topic in ALWAYS_REFUSED]
            blocking += [Finding("topic_always_refused", data=(topic,)) for topic in always]
        if self._switches:
            for use in operations:
                found = (held_back(switch, use, request) for switch in self._switches.get(use.operation, ()))
                blocking.extend(finding for finding in found if finding is not None)
        if request.parents or self._parents:
            blocking.extend(self._against_parents(request, "derive_again" in asked))
        for song in self._songs:
            self._ask_all(song, request, anew, consents, blocking)
        chosen = choose(consents, len(self._songs), request.pays)
        if chosen.conflict is not None:
            blocking.append(Finding(chosen.conflict, data=("together",)))
        outcome: Outcome = "permit"
        if blocking:
            outcome = "deny"
        elif any(asks == NOW for asks, _ in chosen.grants):
            outcome = "needs_approval"
        answer = Told(request, outcome, blocking, consents, chosen.grants)
        return Decision(request=request, facts=self.facts, rules=RULES, outcome=outcome, answer=answer)

    def _against_parents(self, request: RightsRequest, derive_again: bool) -> Iterator[Finding]:
        """R6: what a remix is made from must be there to be made from, and its owners must be asked for that."""
        if not derive_again:
            yield Finding("derive_again_not_asked")
        for remix_id in sorted({*request.parents, *self._parents}):
            parents = self._parents.get(remix_id, [])
            if not parents:
                yield Finding("parent_unknown", data=(remix_id,))
            for parent in parents:
                if parent.state in ("frozen", "taken_down"):
                    yield Finding(f"parent_{parent.state}", data=(remix_id,))
                elif parent.state == "private" and parent.user_id != request.user_id:
                    yield Finding("parent_private", data=(remix_id,))

    def _ask_all(
        self, song: Song, request: RightsRequest, anew: bool, consents: list[Consent], blocking: list[Finding]
    ) -> None:
        """Ask everybody who has a part in a recording about every operation."""
        subject = song.subject
        if subject.status != "active":
            blocking.append(Finding(f"recording_{subject.status}", subject=subject))
        parties: list[Party] = []
        for shares in (song.work,) if anew else (song.master, song.work):
            total, holding = shares.there(request)
            if total != shares.whole:
                code = "shares_gap" if total < shares.whole else "shares_overlap"
                data = (total, shares.whole, request.territory, request.at)
                blocking.append(Finding(code, subject=subject, side=shares.side, data=data))
            parties += holding
        others = [other.beside for other in self._songs if other is not song and other.beside is not None]
        heard = [self._hear(party, request, subject, others) for party in parties]
        sung: list[_Heard] | None = None
        for use in request.operations:
            for one in heard:
                self._ask(one, use, request, subject, consents, blocking)
            if use.operation in VOICE_OPERATIONS:
                if not song.voices:
                    blocking.append(Finding("no_performer", use, subject))
                if sung is None:
                    sung = [self._hear(party, request, subject, others) for party in song.voices]
                for one in sung:
                    self._ask(one, use, request, subject, consents, blocking)

    def _hear(self, party: Party, request: RightsRequest, subject: Subject, others: Sequence[Beside]) -> "_Heard":
        """What of a party's grants does not depend on the operation."""
        life, unclear = life_of(party.people, request.at) if party.people else (_ADULT, None)
        words: list[_Word] = []
        for spoken in party.spoken:
            if spoken.withdrawn:
                words.append((spoken, _WITHDRAWN, False))
                continue
            against = spoken.against(request, subject, others)
            answer = self._answer(party, spoken, request) if self._answers else None
            if answer == "refused" and not spoken.public:
                against = (*against, Against("owner_refused"))
            words.append((spoken, against, answer == "approved"))
        return party, words, life, unclear

    def _answer(self, party: Party, spoken: Spoken, request: RightsRequest) -> str | None:
        """What the party, or who granted for it, said of this very take; of contradicting answers the refusal."""
        if request.recipe_sha256 is None:
            return None
        grant, said = spoken.grant, set()
        for speaker in {party.party_id, grant.party_id}:
            for answer in self._answers.get((speaker, grant.subject_id, request.recipe_sha256), ()):
                if (
                    request.purpose in answer.purposes
                    and answer.territories.covers(request.territory)
                    and (answer.valid_to is None or request.at < answer.valid_to)
                ):
                    said.add(answer.answer)
        return "refused" if "refused" in said else "approved" if said else None

    def _ask(
        self,
        heard: "_Heard",
        use: Use,
        request: RightsRequest,
        subject: Subject,
        consents: list[Consent],
        blocking: list[Finding],
    ) -> None:
        """One party about one use: by which of its grants it agrees, or why by none."""
        party, words, life, unclear = heard
        operation = use.operation
        options: list[tuple[Asks, Spoken]] = []
        for spoken, against, approved in words:
            if against or operation not in spoken.allowed:
                continue
            bounds, first = spoken.allowed[operation]
            if bounds and against_bounds(bounds, use):
                continue
            if (spoken.word != "own" or life != _ADULT) and _against_word(spoken, life, use, request):
                continue
            asks: Asks = 0
            if first:
                if operation in RELEASE_OPERATIONS and request.purpose == "request":
                    asks = 1
                elif not approved:
                    asks = NOW
            options.append((asks, spoken))
        if options and unclear is None:
            consents.append(Consent(use, subject, party.side, party.party_id, options))
        elif unclear is not None:
            blocking.append(Finding(unclear, use, subject, None, party.side, party.party_id))
        else:
            blocking.extend(_why(heard, use, request, subject))


_Word = tuple[Spoken, tuple[Against, ...], bool]
"""A grant, what it holds against the request, and whether its owner approved this very take."""
_Heard = tuple[Party, list[_Word], Life, str | None]
_ADULT: Final[Life] = "adult"
_WITHDRAWN: Final = (Against("withdrawn"),)


def _against_word(spoken: Spoken, life: Life, use: Use, request: RightsRequest) -> Against | None:
    return against_word(spoken.word, spoken.mandates, life, use.operation, request.territory, request.at)


def _why(heard: "_Heard", use: Use, request: RightsRequest, subject: Subject) -> list[Finding]:
    """Why none of a party's grants permits a use, by the grant that comes closest."""
    party, words, life, _ = heard
    closest: tuple[tuple[bool, int], Spoken, list[Against]] | None = None
    for spoken, against, _ in words:
        reasons = _all_against(spoken, against, life, use, request)
        distance = any(one.code in _OUTSIDE for one in reasons), len(reasons)
        if closest is None or distance < closest[0]:
            closest = distance, spoken, reasons
    if closest is None:
        return [Finding("no_grant", use, subject, None, party.side, party.party_id)]
    _, spoken, reasons = closest
    return [Finding(one.code, use, subject, spoken.grant, party.side, party.party_id, one.data) for one in reasons]


def _all_against(
    spoken: Spoken, against: tuple[Against, ...], life: Life, use: Use, request: RightsRequest
) -> list[Against]:
    if (unheard := _against_word(spoken, life, use, request)) is not None:
        return [unheard]
    if spoken.withdrawn:
        return list(against)
    if use.operation not in spoken.allowed:
        known = licence(spoken.grant.terms.licence_id) if spoken.grant.terms.licence_id else None
        if known is not None and not known.derivatives and use.operation not in DISTRIBUTION_OPERATIONS:
            return [Against("licence_no_derivatives", (known.name,))]
        return [Against("operation_not_granted")]
    return [*against, *against_bounds(spoken.allowed[use.operation][0], use)]
