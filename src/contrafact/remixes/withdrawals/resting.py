"""What rests on a grant: every take and release, through all remixes of remixes, and whether it could do without it.

Nothing is written here. What a decision rests on is read from its snapshot; whether another would permit the same is
found by deciding it again, with the grants that go taken as withdrawn.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy.orm import Session

from contrafact.remixes.permission.facts import facts_for_request, subjects_of
from contrafact.remixes.permission.sources import sources_of
from contrafact.remixes.proposals.deriving import ParentState, parents_of
from contrafact.remixes.standing.release_states import ENDED, State, standing
from contrafact.remixes.tables import store, store_blocks, store_releases, store_withdrawals
from contrafact.remixes.tables.models import RemixRow
from contrafact.remixes.tables.models_releases import ReleaseRow
from contrafact.rights import service as rights
from contrafact.rights.keeping import snapshot_by_hash
from contrafact.rights.terms import KEEP, Fate, OnWithdrawal
from contrafact.rights.values import Decision, Facts, Grant, RightsRequest, UseCount

_DEEPEST: Final = 64
_STRICTNESS: Final[Mapping[Fate, int]] = {"keep": 0, "unlist": 1, "take_down": 2}


@dataclass(frozen=True, slots=True)
class Going:
    """What goes: grants by series, and recordings that are withdrawn altogether."""

    series: frozenset[str]
    recordings: frozenset[str] = frozenset()
    licences: Mapping[str, str] = field(default_factory=dict)
    """Of those that came from a public licence, its name by series: nobody can take it back, only stop to offer it."""

    def not_offered(self, series: Sequence[str]) -> str | None:
        """The licence's name where all of these came from public licences, else None."""
        names = sorted({self.licences[one] for one in series if one in self.licences})
        return " and ".join(names) if series and all(one in self.licences for one in series) else None

    def without(self, facts: Facts) -> Facts:
        """The same facts when it has gone.

        Counts, the operator's switches and freezes are left aside: whether something that is there may stay is a
        question of permission alone.
        """
        known: dict[str, Any] = {name: getattr(facts, name) for name in Facts.model_fields}
        known["grants"] = tuple(
            grant.model_copy(update={"status": "withdrawn"}) if grant.series in self.series else grant
            for grant in facts.grants
        )
        known["subjects"] = tuple(
            subject.model_copy(
                update={
                    "status": "withdrawn"
                    if subject.recording_id in self.recordings or subject.status == "withdrawn"
                    else "active"
                }
            )
            for subject in facts.subjects
        )
        known["counts"] = tuple(UseCount(series=count.series) for count in facts.counts)
        known["switches"] = ()
        return Facts(**known)


@dataclass(frozen=True, slots=True)
class Permit:
    """A decision as it was kept: what was asked, and by which grants it was permitted."""

    request: RightsRequest
    grants: tuple[Grant, ...]

    @property
    def series(self) -> frozenset[str]:
        return frozenset(grant.series for grant in self.grants)


@dataclass(slots=True)
class Node:
    """A take among all that may be touched."""

    row: RemixRow
    release: ReleaseRow | None
    """Its newest release, unless its own story is over."""
    take_permit: Permit | None
    release_permit: Permit | None
    parent: "Node | None" = None
    promised: tuple[tuple[State, datetime], ...] = ()
    """Where its release is held later, by causes that spoke before, and when."""
    blocked_at: datetime | None = None
    """From when its take may not be played any more, whatever the cause; None while nothing keeps it."""
    gone_at: datetime | None = None
    """The same by an earlier withdrawal alone."""
    used: dict[str, OnWithdrawal] = field(default_factory=dict)
    """By series: what the grants say that this take, or one that it is made from, rests on."""


def permit_of(session: Session, decision_sha256: str) -> Permit | None:
    """A kept decision; None when it was never kept."""
    text = snapshot_by_hash(session, decision_sha256)
    if text is None:
        return None
    document = json.loads(text)
    used = set(document["grants"])
    grants = tuple(Grant.model_validate(each) for each in document["facts"]["grants"] if each["id"] in used)
    return Permit(RightsRequest.model_validate(document["request"]), grants)


def nodes_of(session: Session, recording_ids: Collection[str]) -> tuple[Node, ...]:
    """Every take of these recordings, and every take made from one of them; parents before their children."""
    rows = {row.id: row for row in store_withdrawals.remixes_of(session, recording_ids)}
    generation = set(rows)
    while generation:
        found = [row for row in store_withdrawals.children_of(session, generation) if row.id not in rows]
        rows |= {row.id: row for row in found}
        generation = {row.id for row in found}
    releases = store_withdrawals.releases_of(session, set(rows))
    nodes: dict[str, Node] = {}
    for row in sorted(rows.values(), key=lambda row: (_depth(session, row), row.created_at, row.id)):
        release = releases.get(row.id)
        if release is not None and standing(session, release.id).own in ENDED:
            release = None
        blocks = store_blocks.blocks(session, row.id)
        promises = store_releases.promises(session, release_id=release.id) if release is not None else ()
        node = Node(
            row,
            release,
            permit_of(session, row.decision_sha256),
            permit_of(session, release.decision_sha256) if release is not None else None,
            nodes.get(row.parent_remix_id or ""),
            tuple((cast(State, item.asks), item.due_at) for item in promises if item.due_at is not None),
            min((item.due_at for item in blocks), default=None),
            min((item.due_at for item in blocks if item.cause_kind == "grant"), default=None),
        )
        node.used = dict(_used(node))
        nodes[row.id] = node
    return tuple(nodes.values())


def fate_of(node: Node, going: Going) -> tuple[OnWithdrawal, tuple[str, ...]]:
    """What the contracts name when this goes, the strictest of all, and which series they are."""
    series = tuple(sorted(set(node.used) & going.series))
    said = [node.used[one] for one in (series or sorted(node.used) if going.recordings else series)]
    strictest = max(said, key=lambda item: (_STRICTNESS[item.fate], -item.hours), default=KEEP)
    return strictest, series


def stricter(one: OnWithdrawal, other: OnWithdrawal) -> OnWithdrawal:
    """Of two contracts the one that leaves less: take down over unlist over keep, then the fewer hours."""
    return max(one, other, key=lambda item: (_STRICTNESS[item.fate], -item.hours))


def decide_again(
    session: Session,
    row: RemixRow,
    permit: Permit,
    going: Going | None,
    at: datetime,
    parents: Mapping[str, ParentState],
) -> Decision:
    """Whether the same would be permitted now, without what goes.

    Parameters
    ----------
    going : Going or None
        None decides by everything that is known, freezes and switches too.
    parents : mapping
        Remix id to what will be heard of it; those that it does not name stay as they were known.
    """
    line = parents_of(session, row.parent_remix_id)
    request = permit.request.model_copy(update={"at": at, "parents": tuple(item.remix_id for item in line)})
    known = [item.model_copy(update={"state": parents.get(item.remix_id, item.state)}) for item in line]
    subjects = subjects_of(sources_of(session, row))
    facts = facts_for_request(session, subjects, request, known, row.id)
    return rights.decide(request, facts if going is None else going.without(facts))


def _used(node: Node) -> Iterator[tuple[str, OnWithdrawal]]:
    if node.parent is not None:
        yield from node.parent.used.items()
    for permit in (node.take_permit, node.release_permit):
        for grant in permit.grants if permit is not None else ():
            yield grant.series, grant.terms.on_withdrawal


def _depth(session: Session, row: RemixRow) -> int:
    depth, parent_id = 0, row.parent_remix_id
    while parent_id is not None and depth < _DEEPEST:
        parent = store.remix(session, parent_id)
        depth, parent_id = depth + 1, parent.parent_remix_id if parent is not None else None
    return depth
