"""The states of a release: its own story, what holds it, and moves that are promised."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.remixes.errors import IllegalMove, UnknownRelease
from contrafact.remixes.news import store_inbox
from contrafact.remixes.standing.release_states import (
    ENDED,
    HOLDS,
    OWN,
    STRICTNESS,
    Cause,
    Standing,
    State,
    due_moves,
    lift,
    move,
    settle,
    standing,
)
from contrafact.remixes.tables import store_releases
from tests.support.releases import add_release, add_remix

GRANT, DISPUTE, NOTICE = Cause("grant", "grs_1"), Cause("dispute", "dsp_1"), Cause("notice", "ntc_1")
ADA = Cause("listener", "usr_ada")


@contextmanager
def released(database: Database, clock: FixedClock, state: State = "released") -> Iterator[Session]:
    """A transaction in which one release is there."""
    with database.transaction() as session:
        add_remix(session, "rmx_1", clock.now())
        add_release(session, "rls_1", "rmx_1", clock, state=state)
        yield session


def seen(session: Session) -> str:
    row = store_releases.release(session, "rls_1")
    assert row is not None
    return row.state


def first_heard(session: Session) -> datetime | None:
    row = store_releases.release(session, "rls_1")
    assert row is not None
    return row.released_at


def to(session: Session, clock: FixedClock, state: State, cause: Cause, hours: float | None = None) -> bool:
    due_at = None if hours is None else clock.now() + timedelta(hours=hours)
    done = move(session, "rls_1", state, by="office", reason="Because.", cause=cause, clock=clock, due_at=due_at)
    return done is not None


def test_the_remixer_unlists_lists_and_ends_it(database: Database, clock: FixedClock) -> None:
    with released(database, clock) as session:
        for state in ("unlisted", "released", "unlisted", "taken_down"):
            assert to(session, clock, state, ADA)
            assert seen(session) == state
        with pytest.raises(IllegalMove, match="taken down cannot become released"):
            to(session, clock, "released", ADA)
        rows = store_releases.moves(session, "rls_1")
        assert [(row.from_state, row.to_state) for row in rows] == [
            (None, "released"),
            ("released", "unlisted"),
            ("unlisted", "released"),
            ("released", "unlisted"),
            ("unlisted", "taken_down"),
        ]


def test_every_step_that_is_not_listed_is_refused(database: Database, clock: FixedClock) -> None:
    for first in ("pending", "released"):
        for state in STRICTNESS:
            legal = state in OWN[first] or state == first
            with database.transaction() as session:
                add_remix(session, "rmx_1", clock.now())
                add_release(session, "rls_1", "rmx_1", clock, state=first)
                if legal:
                    assert to(session, clock, state, ADA) == (state != first)
                else:
                    with pytest.raises(IllegalMove):
                        to(session, clock, state, ADA)
                session.rollback()


def test_a_frozen_release_goes_back_to_where_it_was_also_when_that_changed_meanwhile(
    database: Database, clock: FixedClock
) -> None:
    with released(database, clock) as session:
        to(session, clock, "frozen", DISPUTE)
        assert seen(session) == "frozen"
        to(session, clock, "unlisted", GRANT)
        assert seen(session) == "frozen", "the stricter one is seen"
        lift(session, "rls_1", by="office", reason="Resolved.", cause=DISPUTE, clock=clock)
        assert seen(session) == "unlisted"
        lift(session, "rls_1", by="office", reason="Granted anew.", cause=GRANT, clock=clock)
        assert seen(session) == "released"


def test_a_notice_that_is_answered_undoes_its_own_hold_and_no_other(database: Database, clock: FixedClock) -> None:
    with released(database, clock) as session:
        to(session, clock, "taken_down", NOTICE)
        to(session, clock, "taken_down", Cause("notice", "ntc_2"))
        lift(session, "rls_1", by="office", reason="Counter-notice.", cause=NOTICE, clock=clock)
        assert seen(session) == "taken_down"
        assert standing(session, "rls_1").reasons == (Cause("notice", "ntc_2"),)
        lift(session, "rls_1", by="office", reason="Counter-notice.", cause=Cause("notice", "ntc_2"), clock=clock)
        assert seen(session) == "released"


def test_a_refused_release_stays_refused_and_nothing_comes_before_its_story(
    database: Database, clock: FixedClock
) -> None:
    with released(database, clock, "pending") as session:
        to(session, clock, "refused", Cause("decision", "x"))
        with pytest.raises(IllegalMove):
            to(session, clock, "frozen", DISPUTE)
        with pytest.raises(UnknownRelease):
            move(session, "rls_2", "frozen", by="o", reason="r", cause=DISPUTE, clock=clock)


def test_an_owner_who_agrees_while_it_is_frozen_does_not_thaw_it(database: Database, clock: FixedClock) -> None:
    with released(database, clock, "pending") as session:
        to(session, clock, "frozen", DISPUTE)
        to(session, clock, "released", Cause("decision", "x"))
        assert seen(session) == "frozen"
        assert first_heard(session) is None, "nobody could hear it yet"
        lift(session, "rls_1", by="office", reason="Resolved.", cause=DISPUTE, clock=clock)
        assert (seen(session), first_heard(session)) == ("released", clock.now())


def test_r5_withdrawal_takes_down_within_the_hours_that_were_agreed_and_not_before(
    database: Database, clock: FixedClock
) -> None:
    with released(database, clock) as session:
        assert to(session, clock, "taken_down", GRANT, hours=48)
        assert not to(session, clock, "taken_down", GRANT, hours=48), "promised twice is promised once"
        clock.at += timedelta(hours=47, minutes=59)
        assert settle(session, clock) == 0
        assert (seen(session), due_moves(session, clock.now())) == ("released", ())
        clock.at += timedelta(minutes=1)
        assert len(due_moves(session, clock.now())) == 1
        assert (settle(session, clock), settle(session, clock)) == (1, 0)
        assert seen(session) == "taken_down"


def test_a_promise_is_called_off_by_its_own_cause_or_by_an_end(database: Database, clock: FixedClock) -> None:
    with released(database, clock) as session:
        to(session, clock, "taken_down", GRANT, hours=1)
        assert lift(session, "rls_1", by="office", reason="Granted anew.", cause=GRANT, clock=clock) is None
        to(session, clock, "unlisted", NOTICE, hours=1)
        to(session, clock, "taken_down", ADA)
        clock.at += timedelta(hours=2)
        assert settle(session, clock) == 0
        assert due_moves(session, clock.now()) == ()
        kinds = [row.kind for row in store_releases.moves(session, "rls_1")]
        assert kinds == ["done", "promised", "called_off", "promised", "done", "called_off"]


def test_what_a_cause_wants_already_is_not_written_again(database: Database, clock: FixedClock) -> None:
    with released(database, clock) as session:
        assert to(session, clock, "frozen", DISPUTE)
        assert not to(session, clock, "frozen", DISPUTE)
        assert len(store_releases.moves(session, "rls_1")) == 2


def test_the_remixer_is_told_of_what_is_seen_and_only_of_that(database: Database, clock: FixedClock) -> None:
    with released(database, clock) as session:
        to(session, clock, "frozen", DISPUTE)
        to(session, clock, "unlisted", GRANT)
        lift(session, "rls_1", by="office", reason="Resolved.", cause=DISPUTE, clock=clock)
        told = store_inbox.news(session, "usr_ada", 10, None, True)
        assert [item.kind for item in told] == ["release.moved"] * 3
        assert '"to":"unlisted"' in told[0].payload


def test_moves_are_never_changed_nor_removed(database: Database, clock: FixedClock) -> None:
    with released(database, clock):
        pass
    for change in ("UPDATE release_moves SET reason = 'x'", "DELETE FROM release_moves"):
        with pytest.raises(IntegrityError, match="never changed"), database.transaction() as session:
            session.execute(text(change))


def test_a_remix_has_one_live_release(database: Database, clock: FixedClock) -> None:
    with released(database, clock):
        pass
    with pytest.raises(IntegrityError), database.transaction() as session:
        add_release(session, "rls_2", "rmx_1", clock)
    with database.transaction() as session:
        to(session, clock, "taken_down", GRANT)
        add_release(session, "rls_2", "rmx_1", clock)
        with pytest.raises(IllegalMove, match="released anew"):
            lift(session, "rls_1", by="office", reason="Granted anew.", cause=GRANT, clock=clock)


states = st.sampled_from(sorted(HOLDS))
causes = st.sampled_from([GRANT, DISPUTE, NOTICE, Cause("notice", "ntc_2"), Cause("answer", "apr_1")])


@given(st.sampled_from(["pending", "released", "unlisted"]), st.dictionaries(causes, states), causes, states)
def test_a_further_hold_never_loosens_and_letting_go_gives_back_what_was_before(
    own: State, holds: dict[Cause, State], cause: Cause, state: State
) -> None:
    before = {key: value for key, value in holds.items() if key != cause}
    first, then = Standing(own, before).seen, Standing(own, {**before, cause: state}).seen
    assert first is not None
    assert then is not None
    assert STRICTNESS[then] >= max(STRICTNESS[first], STRICTNESS[state])
    assert then not in ENDED or "taken_down" in {state, *before.values()}
    assert Standing(own, before).seen == first
