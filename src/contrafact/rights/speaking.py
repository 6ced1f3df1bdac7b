"""Who may speak for whom: holders, their agents, guardians of minors, estates of those who have died (R3, R7).

A grant counts for a holder when the holder gave it, or an agent with a mandate did. For a voice it depends on whose it
is: an adult speaks alone or through an agent, a minor through a guardian until the 18th birthday, one who has died
through the estate.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from contrafact.engine.recipe.recipe import Operation
from contrafact.rights.findings import Against
from contrafact.rights.values import Facts, Grant, Mandate, Person, Side

Word = Literal["own", "agent", "guardian", "estate", "wrong"]
"""By what right a grant could speak for a party."""
OWN_WORD = frozenset({"owner", "licence", "declared"})
Life = Literal["adult", "minor", "deceased"]
_COUNTS: Mapping[Life, frozenset[Word]] = {
    "adult": frozenset({"own", "agent"}),
    "minor": frozenset({"guardian"}),
    "deceased": frozenset({"estate"}),
}
_REFUSED: Mapping[Life, str] = {
    "adult": "wrong_authority",
    "minor": "minor_needs_guardian",
    "deceased": "estate_needed",
}
Said = tuple[Grant, Word, tuple[Mandate, ...]]
"""A grant, by what right it could speak, and under which mandates."""


def words_for(facts: Facts, side: Side, subject_id: str, party_id: str) -> list[Said]:
    """Every grant that could speak for a party, by what right, and with which mandates; ordered by grant id."""
    found: list[Said] = [
        (grant, "own" if grant.authority in OWN_WORD else "wrong", ())
        for grant in facts.grants_of(side, subject_id, party_id)
    ]
    if not facts.mandates and (side != "voice" or not facts.people):
        return found
    by_agent: dict[str, tuple[Mandate, ...]] = {}
    for mandate in facts.mandates:
        fits = mandate.principal_id == party_id != mandate.agent_id and mandate.side == side
        if fits and mandate.subject_id in (None, subject_id):
            by_agent[mandate.agent_id] = (*by_agent.get(mandate.agent_id, ()), mandate)
    for agent_id, mandates in by_agent.items():
        found += _given(facts, side, subject_id, agent_id, "mandate", mandates)
    if side == "voice":
        people = [person for person in facts.people if person.party_id == party_id]
        for authority in ("guardian", "estate"):
            speakers = {name for one in people for name in (one.guardians if authority == "guardian" else one.estate)}
            for speaker in speakers - {party_id}:
                found += _given(facts, side, subject_id, speaker, authority, ())
    return sorted(found, key=lambda item: item[0].id)


def _given(
    facts: Facts,
    side: Side,
    subject_id: str,
    speaker: str,
    authority: Literal["mandate", "guardian", "estate"],
    mandates: tuple[Mandate, ...],
) -> Iterator[Said]:
    word: Word = "agent" if authority == "mandate" else authority
    for grant in facts.grants_of(side, subject_id, speaker):
        if grant.authority == authority:
            yield grant, word, mandates


def life_of(people: Sequence[Person], at: datetime) -> tuple[Life, str | None]:
    """How somebody speaks at a moment, and what makes it impossible to tell who may (a code), if anything does.

    ``people`` is what is known of that party: one who is not listed, or of whom neither a death nor a birthday nor a
    guardian is known, is a living adult; one who is listed twice has to be looked at first.
    """
    if not people:
        return "adult", None
    if len(people) > 1:
        return "minor", "person_unclear"
    person = people[0]
    if person.status == "deceased":
        return "deceased", None if person.estate else "estate_unknown"
    of_age = person.of_age_on()
    if of_age is None:
        # A guardian without a birthday: a minor, and nobody knows until when.
        return ("minor", "birthday_unknown") if person.guardians else ("adult", None)
    if at.astimezone(UTC).date() >= of_age:
        return "adult", None
    return "minor", None if person.guardians else "guardian_unknown"


def against_word(
    word: Word, mandates: tuple[Mandate, ...], life: Life, operation: Operation, territory: str, at: datetime
) -> Against | None:
    """Why a grant does not speak for the party after all; None where it does."""
    if word not in _COUNTS[life]:
        return Against("guardian_ended" if (word, life) == ("guardian", "adult") else _REFUSED[life])
    if word == "agent" and not any(
        (mandate.operations is None or operation in mandate.operations) and mandate.holds(territory, at)
        for mandate in mandates
    ):
        return Against("mandate_not_in_force")
    return None
