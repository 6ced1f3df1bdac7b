"""People are found by id or name, made once, and get what their plan gives."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from contrafact.accounts import service
from contrafact.accounts.errors import AmbiguousUser, BadUser, QuotaExceeded, UnknownUser
from contrafact.accounts.schemas import TIERS, Tier
from contrafact.kit.clock import FixedClock
from contrafact.kit.db import Base, Database

CLOCK = FixedClock(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    database = Database.at(tmp_path / "accounts.db")
    Base.metadata.create_all(database.engine)
    with database.transaction() as opened:
        yield opened
    database.close()


def test_the_demo_listener_is_ada_and_premium_and_made_once(session: Session) -> None:
    ada = service.demo_user(session, CLOCK)
    assert (ada.name, ada.tier, ada.created_at) == ("Ada", "premium", CLOCK.at)
    assert service.demo_user(session, CLOCK) == ada
    assert service.users(session) == (ada,)


def test_a_person_is_found_by_id_and_by_name_in_any_case(session: Session) -> None:
    made = service.ensure_user(session, "  Zoë Ångström ", "free", CLOCK)
    assert made.name == "Zoë Ångström"
    for word in (made.id, "Zoë Ångström", "ZOË ÅNGSTRÖM", "Zoe\u0308 A\u030angstro\u0308m"):
        assert service.user(session, word) == made


def test_ensuring_again_moves_the_plan_and_keeps_the_person(session: Session) -> None:
    first = service.ensure_user(session, "Ben", "free", CLOCK)
    second = service.ensure_user(session, "ben", "premium", CLOCK)
    assert (second.id, second.tier) == (first.id, "premium")
    assert service.user(session, "Ben").tier == "premium"
    assert len(service.users(session)) == 1


def test_the_demo_listener_keeps_the_plan_she_was_moved_to(session: Session) -> None:
    service.ensure_user(session, "Ada", "free", CLOCK)
    assert service.demo_user(session, CLOCK).tier == "free"


def test_nobody_is_nobody(session: Session) -> None:
    with pytest.raises(UnknownUser, match="Nobody here is called “Eve”") as caught:
        service.user(session, "Eve")
    assert (caught.value.exit_code, caught.value.http_status) == (2, 404)


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "x" * 81, "\u202egnihton", "\x00"])
def test_names_that_cannot_be(session: Session, name: str) -> None:
    with pytest.raises(BadUser):
        service.ensure_user(session, name, "free", CLOCK)


def test_a_name_that_looks_like_an_identifier_is_refused(session: Session) -> None:
    made = service.ensure_user(session, "Ben", "free", CLOCK)
    with pytest.raises(AmbiguousUser):
        service.ensure_user(session, made.id.upper(), "premium", CLOCK)


def test_an_unknown_plan_is_refused(session: Session) -> None:
    with pytest.raises(BadUser, match="choose one of free, premium"):
        service.ensure_user(session, "Ben", "platinum", CLOCK)


@given(st.sampled_from(TIERS), st.integers(0, 50))
def test_a_slot_is_given_exactly_below_the_limit(tier: Tier, queued: int) -> None:
    if queued < service.quota_for(tier).max_queued:
        service.require_slot(tier, queued)
    else:
        with pytest.raises(QuotaExceeded, match="cancel one") as caught:
            service.require_slot(tier, queued)
        assert caught.value.http_status == 429
