"""Grants are versioned and never edited; decisions form a chain that shows every change."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from contrafact.engine.recipe.recipe import Operation
from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Database
from contrafact.kit.errors import Conflict, NotFound, WrongCall
from contrafact.rights import service
from contrafact.rights.giving import give_new, give_next
from contrafact.rights.presets import Preset
from contrafact.rights.values import Decision, Grant, RightsRequest, Subject, Terms, Use

LATER = datetime(2026, 3, 1, 13, tzinfo=UTC)


def give(
    database: Database, song: Subject, clock: FixedClock, preset: Preset, licence_id: str | None = None
) -> tuple[Grant, ...]:
    with database.transaction() as session:
        return service.grant_preset(
            session,
            preset,
            song,
            licence_id=licence_id,
            attribution="“Let's Go” by The Fishers",
            by="owner",
            clock=clock,
        )


def explain(
    database: Database, song: Subject, operation: Operation, *, paid: bool = True, territory: str = "DE"
) -> Decision:
    with database.transaction() as session:
        facts = service.facts_for(session, [song])
        return service.explain(facts, operation, territory=territory, tier="premium", paid=paid, at=LATER)


def test_without_a_grant_everything_is_denied_and_open_permits(
    database: Database, song: Subject, clock: FixedClock
) -> None:
    assert explain(database, song, "style").outcome == "deny"
    assert len(give(database, song, clock, "open", "CC-BY-3.0")) == 4
    decision = explain(database, song, "style")
    assert decision.outcome == "permit"
    assert decision.duties.attribution == ("“Let's Go” by The Fishers",)
    assert "CC BY 3.0" in decision.reasons[0].sentence
    assert explain(database, song, "train").outcome == "deny"


def test_non_commercial_ends_at_the_paid_tier_and_no_derivatives_at_any_change(
    database: Database, song: Subject, clock: FixedClock
) -> None:
    give(database, song, clock, "open", "CC-BY-NC-4.0")
    paid, free = explain(database, song, "style"), explain(database, song, "style", paid=False)
    assert (paid.outcome, paid.reasons[0].code) == ("deny", "licence_non_commercial")
    assert (free.outcome, free.duties.non_commercial) == ("permit", True)
    give(database, song, clock, "open", "CC-BY-ND-4.0")
    changed = explain(database, song, "style", paid=False)
    assert [reason.code for reason in changed.reasons] == ["licence_no_derivatives"]
    assert "allows no changed versions" in changed.reasons[0].sentence


def test_a_preset_given_again_writes_nothing_and_another_one_is_the_next_version(
    database: Database, song: Subject, clock: FixedClock
) -> None:
    first, again = give(database, song, clock, "open", "CC0-1.0"), give(database, song, clock, "open", "CC0-1.0")
    assert first == again
    mine = give(database, song, clock, "mine")
    assert {grant.series for grant in mine} == {grant.series for grant in first}
    assert {grant.version for grant in mine} == {2}
    assert give(database, song, clock, "none") == ()
    assert explain(database, song, "style").reasons[0].code == "withdrawn"
    with database.transaction() as session:
        versions = service.history(session, first[0].series)
    assert [(grant.version, grant.status) for grant in versions] == [(1, "active"), (2, "active"), (3, "withdrawn")]
    assert versions[0] == first[0]


def test_an_owners_own_terms_and_their_withdrawal(database: Database, song: Subject, clock: FixedClock) -> None:
    what = Terms.model_validate({"operations": [{"operation": "style"}], "territories": {"exclude": ["JP"]}})
    with database.transaction() as session:
        given = service.grant_by_all(session, what, song, by="owner", clock=clock)
        assert service.grant_by_all(session, what, song, by="owner", clock=clock) == given
    assert len(given) == 4
    assert explain(database, song, "style").permitted
    assert explain(database, song, "style", territory="JP").reasons[0].code == "territory"
    refused = explain(database, song, "tempo_pitch")
    assert refused.reasons[0].sentence == (
        "“Let's Go” by The Fishers: its owner does not allow a change of tempo or key."
    )
    with database.transaction() as session:
        service.withdraw(session, given[0].series, by="owner", clock=clock)
        assert service.withdraw(session, given[0].series, by="owner", clock=clock).version == 2
    assert not explain(database, song, "style").permitted


def test_r3_what_cannot_be_meant_is_never_written(database: Database, song: Subject, clock: FixedClock) -> None:
    """Whichever way terms come in, the last door is the same."""
    slip = Terms.model_validate({"limits": {"whole": {"source_share": {"least": 0.9, "most": 0.1}}}})
    fine = Terms.model_validate({"operations": [{"operation": "style"}]})
    place: dict[str, Any] = {"side": "master", "subject_id": "rec_1", "party_id": "pty_label"}
    said: dict[str, Any] = {"by": "owner", "clock": clock}
    with database.transaction() as session:
        there = service.grant_terms(session, fine, **place, **said)
        for give_slip in (
            lambda: service.grant_terms(session, slip, **place, **said),
            lambda: service.grant_terms(session, slip, **place, **said, series=there.series),
            lambda: service.grant_by_all(session, slip, song, **said),
            lambda: give_new(session, slip, **place, **said, authority="owner"),
            lambda: give_next(session, there, slip, **said, authority="owner"),
        ):
            with pytest.raises(WrongCall, match=r"source_share: the least .* lies above the most"):
                give_slip()
        assert service.grants_on(session, song) == (there,)


def test_a_next_version_must_be_about_the_same(database: Database, song: Subject, clock: FixedClock) -> None:
    what = Terms.model_validate({"operations": [{"operation": "style"}]})
    with database.transaction() as session:
        first = service.grant_terms(
            session, what, side="master", subject_id="rec_1", party_id="pty_label", by="owner", clock=clock
        )
    with database.transaction() as session, pytest.raises(Conflict, match="something else"):
        service.grant_terms(
            session,
            what,
            side="master",
            subject_id="rec_2",
            party_id="pty_label",
            by="owner",
            clock=clock,
            series=first.series,
        )
    with database.transaction() as session, pytest.raises(NotFound):
        service.withdraw(session, "grs_nothing", by="owner", clock=clock)


def test_wrong_questions_are_told_plainly(database: Database, song: Subject, clock: FixedClock) -> None:
    with pytest.raises(WrongCall, match="ISO 3166"):
        explain(database, song, "style", territory="Germany")
    with pytest.raises(WrongCall, match="no preset"):
        give(database, song, clock, "everything")  # type: ignore[arg-type]
    with pytest.raises(WrongCall, match="not known"):
        give(database, song, clock, "open", "LicenseRef-secret")


def _decide_and_record(database: Database, song: Subject, clock: FixedClock, operation: Operation) -> str:
    with database.transaction() as session:
        request = RightsRequest(
            operations=(Use(operation=operation, extent={}),),
            territory="DE",
            tier="premium",
            paid=True,
            user_id="usr_1",
            at=clock.now(),
        )
        decision = service.decide(request, service.facts_for(session, [song]))
        return service.record(session, decision, clock).id


def test_recorded_decisions_are_replayed_and_chained(database: Database, song: Subject, clock: FixedClock) -> None:
    give(database, song, clock, "open", "CC-BY-SA-3.0")
    ids = [_decide_and_record(database, song, clock, name) for name in ("style", "train", "style")]
    with database.transaction() as session:
        assert service.check_chain(session) == 3
        assert [service.decision(session, name).outcome for name in ids] == ["permit", "deny", "permit"]
        assert service.decision(session, ids[0]).duties.share_alike == "CC-BY-SA-3.0"
        with pytest.raises(NotFound):
            service.decision(session, "dec_nothing")


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE decisions SET snapshot = replace(snapshot, 'permit', 'allow') WHERE sequence = 1",
        "DELETE FROM decisions WHERE sequence = 2",
    ],
)
def test_an_altered_or_missing_decision_breaks_the_chain(
    database: Database, song: Subject, clock: FixedClock, tampering: str
) -> None:
    give(database, song, clock, "mine")
    for _ in range(3):
        _decide_and_record(database, song, clock, "style")
    with pytest.raises(IntegrityError, match="never changed"), database.transaction() as session:
        session.execute(text(tampering))
    with database.transaction() as session:  # somebody with the file in hand, and no scruples
        for name in ("decisions_no_update", "decisions_no_delete"):
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text(tampering))
    with database.transaction() as session, pytest.raises(Conflict, match=r"altered|missing"):
        service.check_chain(session)


def test_grants_cannot_be_edited_replaced_or_deleted(database: Database, song: Subject, clock: FixedClock) -> None:
    give(database, song, clock, "mine")
    for statement in (
        "UPDATE grants SET party_id = 'pty_thief'",
        "DELETE FROM grants",
        "INSERT OR REPLACE INTO grants SELECT * FROM grants",
    ):
        with pytest.raises(IntegrityError, match="never changed"), database.transaction() as session:
            session.execute(text(statement))
    assert explain(database, song, "style").permitted


def test_mine_speaks_for_a_voice_only_where_the_singer_holds_the_song(
    database: Database, song: Subject, clock: FixedClock
) -> None:
    give(database, song, clock, "mine")
    refused = explain(database, song, "vocal_interpretation")
    assert refused.outcome == "deny"
    assert any("pty_singer" in reason.detail for reason in refused.reasons)
    own = song.model_copy(update={"performers": ("pty_band",)})
    give(database, own, clock, "mine")
    assert explain(database, own, "vocal_interpretation").permitted
    assert explain(database, own, "voice_clone").outcome == "deny"
    give(database, own, clock, "open", "CC-BY-4.0")
    assert explain(database, own, "style").permitted
    assert explain(database, own, "vocal_interpretation").outcome == "deny"
