"""Numbers of releases agree or do not, and what was delivered before they were kept is known by all of them too."""

import json
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from contrafact.catalogue.ddex.naming import ProprietaryId, ReleaseId
from contrafact.catalogue.ddex.numbers import are_one, may_be_one, numbers_of
from contrafact.catalogue.ddex.plain import to_plain
from contrafact.kit import migrate
from contrafact.kit.db import Database
from contrafact.kit.migrate import differences, upgrade
from contrafact.remixes.deliveries import store_deliveries as store

GRID, ICPN, OTHER = "A1-2425G-ABC1234002-M", "4 006381 333931", "5901234123457"


def of(**ids: str) -> ReleaseId:
    own = tuple(ProprietaryId(value=value, namespace="NS") for value in ids.pop("own", "").split())
    return ReleaseId(**ids, proprietary=own)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("some", "others", "may", "are"),
    [
        (of(grid=GRID), of(grid=GRID, icpn=ICPN), True, True),
        (of(grid=GRID, icpn=ICPN), of(grid=GRID, icpn=OTHER), True, True),
        (of(icpn=ICPN, own="A"), of(icpn=OTHER, own="A"), False, False),
        (of(icpn=ICPN, own="A"), of(grid=GRID, own="A"), True, False),
        (of(icpn=ICPN, own="A"), of(own="A"), True, True),
        (of(own="A B"), of(own="B C"), True, True),
        (of(own="A"), of(own="B"), False, False),
        (of(icpn=ICPN), of(own="B"), False, False),
        (of(icpn="4006381333932"), of(icpn="4006381333932"), False, False),
    ],
)
def test_two_releases_are_one_by_a_number_unless_another_says_that_they_are_two(
    some: ReleaseId, others: ReleaseId, may: bool, are: bool
) -> None:
    mine, theirs = numbers_of(some), numbers_of(others)
    for one, other in ((mine, theirs), (theirs, mine)):
        assert (may_be_one(one, other), are_one(one, other)) == (may, are)


def test_many_numbers_or_long_ones_are_not_kept() -> None:
    assert len(numbers_of(of(icpn=ICPN, own=" ".join(map(str, range(500)))))) == 21
    assert numbers_of(of(own="x" * 400)) == ()


def test_what_was_delivered_before_is_known_by_the_numbers_in_its_document(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "contrafact.db")
    config = migrate._config()
    ids = of(grid=GRID, icpn=ICPN, own="A B")
    wrong = of(icpn="4006381333932", own="C")
    documents = [
        {"release": {"id": to_plain(ids, "4.3.2")}, "deals": []},
        {"release": {"id": to_plain(wrong, "4.3.2"), "resource": "A1"}, "deals": []},
        {"purged": {"id": to_plain(ids, "4.3.2")}},
    ]
    with database.transaction() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0012")
        session.execute(
            text(
                "INSERT INTO delivered_messages VALUES ('dlv', 'PA', 'M', '', '4.3.2', '2026-03-01', '2026-03-01', 'x')"
            )
        )
        told = "INSERT INTO delivered_releases VALUES (:row, 'dlv', 'PA', :key, :key, 'Rain', '2026-03-01', :document)"
        for place, document in enumerate(documents):
            row = {"row": f"drl{place}", "key": f"key{place}", "document": json.dumps(document)}
            session.execute(text(told), row)
    upgrade(database)
    assert differences(database) == []
    with database.reading() as session:
        found = store.releases_known_by(session, "PA", [number.key for number in numbers_of(ids)])
        assert {key: one.numbers for key, one in found.items()} == {"key0": frozenset(numbers_of(ids))}
        track = store.releases_known_by(session, "PA", ["id:NS:C"])["key1"]
        assert (track.of_track, track.numbers) == (True, frozenset(numbers_of(wrong)))
        assert store.releases_known_by(session, "PB", ["id:NS:C"]) == {}
    database.close()
