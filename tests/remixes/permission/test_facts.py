"""What is gathered for a decision is what one would look up by hand, table by table, in either database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contrafact.catalogue.models import ContributionRow, PartyRow, RecordingRow, WorkRow
from contrafact.catalogue.models_ownership import AnnouncedRow, MandateRow, PersonRow, StatedShareRow, StatementRow
from contrafact.kit.canonical import canonical_json
from contrafact.kit.db import Base, Database
from contrafact.kit.migrate import upgrade
from contrafact.kit.territories import Territories
from contrafact.remixes.permission.facts import facts_about, facts_for_request
from contrafact.remixes.permission.owning import subjects_of_songs
from contrafact.rights.decide import decide
from contrafact.rights.models import GrantRow
from contrafact.rights.models_approvals import ApprovalAnswerRow, ApprovalRequestRow, GrantUseRow
from contrafact.rights.models_switches import SwitchRow
from contrafact.rights.store_approvals import add_use
from contrafact.rights.values import Approved, Facts, Grant, Holder, Mandate, Person, Subject, Switch, Terms, UseCount
from tests.support.consent import NOON, ask
from tests.support.postgres import fresh

SONGS, PARTIES = 4, [f"pty_{number}" for number in range(6)]
RECIPE = "a" * 64
BLOB = "0" * 64


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Songs of several seeds side by side, told apart by their ids."""
    if request.param == "postgresql":
        with fresh(request.getfixturevalue("postgres_url"), "facts") as made:
            yield _filled(made)
        return
    folder: Path = tmp_path_factory.mktemp("facts")
    made = Database.at(folder / "facts.db")
    upgrade(made)
    yield _filled(made)
    made.close()


def _filled(database: Database) -> Database:
    rng = Random(7)
    for rows in (_parties(), _songs(rng), _owners(rng), _speakers(rng), _words(rng)):
        with database.transaction() as session:
            for row in rows:
                session.add(row)
                session.flush()
    with database.transaction() as session:
        for row in _uses(rng):
            add_use(session, row)
    return database


def _parties() -> Iterator[Base]:
    for party in PARTIES:
        yield PartyRow(id=party, name=party, name_key=party, kind="person", created_at=NOON)


def _songs(rng: Random) -> Iterator[Base]:
    """Two songs of one work; one that is only announced; one that was announced before it came."""
    for number in range(SONGS):
        work = f"wrk_{max(number, 1)}"
        if number != 1:
            yield WorkRow(id=work, title=work, created_at=NOON)
        told = {"id": f"rec_{number}", "work_id": work, "title": f"Song {number}", "created_at": NOON}
        if number in (2, 3):
            yield AnnouncedRow(**told, artist="Announced", label="Early", genres="jazz")
        if number != 2:
            kept = dict.fromkeys(
                ("chart_blob", "playback_blob", "waveform_blob", "cover_blob"),
                BLOB,
            )
            yield RecordingRow(
                **told,
                **kept,
                sha256=f"{number:064x}",
                artist=rng.choice(["ABBA", "Blur"]),
                label=rng.choice([None, "Label"]),
                genres=rng.choice([None, "pop", "rock pop"]),
                status=rng.choice(["active", "frozen"]),
                size_bytes=1,
                container="flac",
                codec="flac",
                sample_rate=44_100,
                channels=2,
                duration_s=1.0,
                content="song",
                tempo_bpm=120.0,
                key="C major",
                metre=4,
                has_vocals=True,
                loudness_lufs=-14.0,
                true_peak_dbtp=-1.0,
                attribution="",
                stems_origin="separated",
                stems_residual_db=-60.0,
                playback_type="audio/mp4",
                cover_type="image/webp",
            )


def _owners(rng: Random) -> Iterator[Base]:
    subjects = [f"rec_{number}" for number in range(SONGS)] + [f"wrk_{number}" for number in range(1, SONGS)]
    for subject in subjects:
        for version in range(1, rng.randint(1, 3)):
            holders, side = rng.sample(PARTIES, rng.randint(1, 3)), "work" if subject[:3] == "wrk" else "master"
            statement = f"own_{subject}_{version}"
            said = {"stated_by": "test", "reason": "test", "evidence": "", "created_at": NOON}
            yield StatementRow(
                id=statement, side=side, subject_id=subject, version=version, share_count=len(holders), **said
            )
            for position, party in enumerate(holders):
                yield StatedShareRow(
                    statement_id=statement,
                    position=position,
                    party_id=party,
                    role="owner",
                    numerator=1,
                    denominator=len(holders),
                    include=rng.choice(["Worldwide", "DE FR"]),
                    exclude=rng.choice(["", "FR"]),
                    valid_from=rng.choice([None, NOON - timedelta(days=9)]),
                    valid_to=rng.choice([None, NOON + timedelta(days=9)]),
                )
    for number in range(SONGS):
        for position, party in enumerate(rng.sample(PARTIES, 3)):
            role, sings = rng.choice(["main artist", "drums"]), rng.random() < 0.6
            yield ContributionRow(
                recording_id=f"rec_{number}", position=position, party_id=party, role=role, is_voice=sings
            )


def _speakers(rng: Random) -> Iterator[Base]:
    said = {"stated_by": "test", "reason": "test", "evidence": "", "created_at": NOON}
    for number in range(12):
        principal, agent = rng.sample(PARTIES, 2)
        for version in range(1, rng.randint(2, 3)):
            yield MandateRow(
                id=f"mdt_{number}_{version}",
                series=f"mds_{number}",
                version=version,
                status=rng.choice(["active", "active", "ended"]),
                principal_id=principal,
                agent_id=agent,
                role="agent",
                side=rng.choice(["master", "work", "voice"]),
                subject_id=rng.choice([None, "rec_0", "wrk_1", "rec_3"]),
                operations=rng.choice([None, "arrangement style"]),
                include="Worldwide",
                exclude=rng.choice(["", "JP"]),
                valid_from=rng.choice([None, NOON]),
                valid_to=None,
                **said,
            )
    for party in PARTIES[:4]:
        for version in range(1, rng.randint(1, 3)):
            yield PersonRow(
                id=f"psn_{party}_{version}",
                party_id=party,
                version=version,
                status=rng.choice(["living", "deceased"]),
                born_on=rng.choice([None, date(2015, 2, 3)]),
                guardians=rng.choice(["", "pty_4 pty_5"]),
                estate=rng.choice(["", "pty_5"]),
                **said,
            )


def _words(rng: Random) -> Iterator[Base]:
    """Grants, switches, and answers of owners."""
    for number in range(30):
        subject = rng.choice([*(f"rec_{song}" for song in range(SONGS)), "wrk_1", "wrk_2", "wrk_3"])
        side, party = "work" if subject[:3] == "wrk" else rng.choice(["master", "voice"]), rng.choice(PARTIES)
        for version in range(1, rng.randint(2, 4)):
            document: dict[str, Any] = {"operations": [{"operation": "style"}], "attribution": f"{number} {version}"}
            if rng.random() < 0.5:
                document["limits"] = {rng.choice(["uses_total", "uses_per_listener_month", "releases_total"]): 3}
            yield GrantRow(
                id=f"grt_{number}_{version}",
                series=f"grs_{number}",
                version=version,
                side=side,
                subject_id=subject,
                party_id=party,
                authority=rng.choice(["owner", "mandate", "guardian"]),
                origin="terms",
                status=rng.choice(["active", "active", "withdrawn"]),
                terms=canonical_json(Terms.model_validate(document).model_dump(mode="json")).decode(),
                created_at=NOON,
                created_by="test",
            )
    for operation in ("style", "export"):
        for version in (1, 2):
            switch = Switch.model_validate({"operation": operation, "percent": 10.0 * version})
            text = canonical_json(switch.model_dump(mode="json")).decode()
            yield SwitchRow(
                id=f"swt_{operation}_{version}",
                operation=operation,
                version=version,
                switch=text,
                reason="test",
                created_at=NOON,
                created_by="test",
            )
    for number in range(6):
        yield ApprovalRequestRow(
            id=f"apr_{number}",
            purpose="request",
            occasion_id="rmx_1",
            remix_id="rmx_1",
            party_id=rng.choice(PARTIES[:2]),
            side="master",
            subject_id="rec_0",
            grant_ids="[]",
            recipe_sha256=RECIPE if number else "b" * 64,
            decision_sha256=BLOB,
            user_id="usr_1",
            asked_by="somebody",
            about="{}",
            asked_at=NOON,
            due_at=NOON,
        )
        for place in range(1, rng.randint(2, 4)):
            yield ApprovalAnswerRow(
                id=f"apa_{number}_{place}",
                request_id=f"apr_{number}",
                place=place,
                answer=rng.choice(["approved", "refused", "lapsed"]),
                reason="",
                territories='{"include":["Worldwide"],"exclude":["JP"]}',
                valid_to=rng.choice([None, NOON + timedelta(days=2)]),
                purposes=rng.choice(["request", "release", "request,release"]),
                answered_by="test",
                answered_at=NOON,
            )


def _uses(rng: Random) -> Iterator[GrantUseRow]:
    for number in range(60):
        yield GrantUseRow(
            series=f"grs_{number % 30}",
            kind="take",
            key=f"rmx_{number}",
            user_id=rng.choice(["usr_1", "usr_2"]),
            artist=rng.choice(["abba", "blur", "announced"]),
            remix_id=f"rmx_{number}",
            release_id=None,
            at=NOON - timedelta(days=rng.choice([0, 40])),
        )
        if number % 3 == 0:
            yield GrantUseRow(
                series=f"grs_{number % 30}",
                kind="released",
                key=f"rlm_{number}",
                user_id="usr_1",
                artist=rng.choice(["abba", "blur"]),
                remix_id=f"rmx_{number}",
                release_id=f"rls_{number}",
                at=NOON,
            )


class _ByHand:
    """Everything is read, and looked through without any query."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def all(self, table: Any) -> list[Any]:
        return list(self.session.scalars(select(table)))

    def newest(self, table: Any, of: str) -> list[Any]:
        found: dict[str, Any] = {}
        for row in sorted(self.all(table), key=lambda row: row.version):
            found[getattr(row, of)] = row
        return list(found.values())

    def subject(self, recording_id: str) -> Subject:
        there = [*self.all(RecordingRow), *self.all(AnnouncedRow)]
        row = next(row for row in there if row.id == recording_id)
        parts = [part for part in self.all(ContributionRow) if part.recording_id == recording_id]
        return Subject(
            recording_id=row.id,
            work_id=row.work_id,
            title=row.title,
            artist=row.artist,
            master=self._holders(row.id),
            work=self._holders(row.work_id),
            performers=tuple(part.party_id for part in parts if part.is_voice),
            status=getattr(row, "status", "active"),
            label=row.label,
            genres=tuple((row.genres or "").split()),
            artist_ids=tuple(part.party_id for part in parts if part.role == "main artist"),
        )

    def _holders(self, subject_id: str) -> tuple[Holder, ...]:
        last = [row.id for row in self.newest(StatementRow, "subject_id") if row.subject_id == subject_id]
        return tuple(
            Holder(
                party_id=row.party_id,
                share=Fraction(row.numerator, row.denominator),
                territories=Territories(include=row.include.split(), exclude=row.exclude.split()),
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
            for row in self.all(StatedShareRow)
            if row.statement_id in last
        )

    def facts(self, subjects: list[Subject], user_id: str, remix_id: str | None) -> Facts:
        ids = {item for subject in subjects for item in (subject.recording_id, subject.work_id)}
        singers = {party for subject in subjects for party in subject.performers}
        holders = {holder.party_id for subject in subjects for holder in (*subject.master, *subject.work)}
        grants = [_grant(row) for row in self.newest(GrantRow, "series") if row.subject_id in ids]
        return Facts(
            subjects=tuple(subjects),
            grants=tuple(grants),
            mandates=tuple(
                _mandate(row)
                for row in self.newest(MandateRow, "series")
                if row.status == "active" and row.principal_id in singers | holders and row.subject_id in {None, *ids}
            ),
            people=tuple(
                Person(
                    party_id=row.party_id,
                    status=row.status,
                    born_on=row.born_on,
                    guardians=row.guardians.split(),
                    estate=row.estate.split(),
                )
                for row in self.newest(PersonRow, "party_id")
                if row.party_id in singers
            ),
            counts=tuple(
                self._count(
                    grant.series,
                    next(s for s in subjects if grant.subject_id in (s.recording_id, s.work_id)),
                    user_id,
                    remix_id,
                )
                for grant in grants
                if grant.terms.limits.counted
            ),
            approvals=tuple(self._answers()),
            switches=tuple(Switch.model_validate_json(row.switch) for row in self.newest(SwitchRow, "operation")),
        )

    def _count(self, series: str, subject: Subject, user_id: str, remix_id: str | None) -> UseCount:
        rows = [row for row in self.all(GrantUseRow) if row.remix_id != remix_id]
        takes = [row for row in rows if row.kind == "take" and row.series == series]
        out = [row for row in rows if row.kind == "released"]
        mine = [row for row in takes if row.user_id == user_id and row.at >= datetime(2026, 3, 1, tzinfo=UTC)]
        of_artist = {row.release_id for row in out if (row.user_id, row.artist) == (user_id, subject.artist.casefold())}
        return UseCount(
            series=series,
            listener_month=len(mine),
            total=len(takes),
            listener_releases=sum((row.series, row.user_id) == (series, user_id) for row in out),
            artist_listener_releases=len(of_artist),
            releases=sum(row.series == series for row in out),
        )

    def _answers(self) -> Iterator[Approved]:
        asked = {row.id: row for row in self.all(ApprovalRequestRow) if row.recipe_sha256 == RECIPE}
        spoken = set()
        for row in sorted(self.all(ApprovalAnswerRow), key=lambda row: row.sequence, reverse=True):
            if row.request_id not in asked or row.answer not in ("approved", "refused"):
                continue
            request = asked[row.request_id]
            purposes = [one for one in row.purposes.split(",") if (request.party_id, one) not in spoken]
            spoken |= {(request.party_id, one) for one in purposes}
            if purposes:
                yield Approved(
                    id=row.id,
                    party_id=request.party_id,
                    subject_id="rec_0",
                    recipe_sha256=RECIPE,
                    answer=row.answer,
                    territories=Territories(exclude=("JP",)),
                    valid_to=row.valid_to,
                    purposes=tuple(purposes),
                )


def _grant(row: GrantRow) -> Grant:
    names = ("id", "series", "version", "side", "subject_id", "party_id", "authority", "status")
    return Grant.model_validate(
        {**{name: getattr(row, name) for name in names}, "terms": Terms.model_validate_json(row.terms)}
    )


def _mandate(row: MandateRow) -> Mandate:
    names = ("principal_id", "agent_id", "role", "side", "subject_id", "valid_from", "valid_to")
    return Mandate.model_validate(
        {
            **{name: getattr(row, name) for name in names},
            "operations": None if row.operations is None else row.operations.split(),
            "territories": {"include": row.include.split(), "exclude": row.exclude.split()},
        }
    )


@pytest.mark.parametrize("user_id", ["usr_1", "usr_2"])
@pytest.mark.parametrize("songs", [["rec_0"], ["rec_1", "rec_0"], ["rec_2"], ["rec_3", "rec_2", "rec_0", "rec_1"]])
def test_r4_the_facts_of_a_request_are_those_of_the_tables(library: Database, songs: list[str], user_id: str) -> None:
    request = ask("style", user_id=user_id, recipe_sha256=RECIPE)
    with library.reading() as session:
        by_hand = _ByHand(session)
        subjects = [by_hand.subject(song) for song in sorted(songs)]
        assert subjects_of_songs(session, [*songs, "rec_none", songs[0]]) == tuple(map(by_hand.subject, songs))
        for remix_id in (None, "rmx_3", "rmx_30"):
            told = by_hand.facts(subjects, user_id, remix_id)
            found = facts_for_request(session, subjects_of_songs(session, songs), request, (), remix_id)
            assert found.model_dump() == told.model_dump()
            assert decide(request, found).snapshot_sha256 == decide(request, told).snapshot_sha256
        whoever = told.model_copy(update={"counts": (), "approvals": ()})
        assert facts_about(session, subjects) == whoever
    assert told.grants
    assert told.switches


def test_the_library_holds_every_kind_of_fact(library: Database) -> None:
    with library.reading() as session:
        songs = [f"rec_{number}" for number in range(SONGS)]
        request = ask("style", recipe_sha256=RECIPE)
        found = facts_for_request(session, subjects_of_songs(session, songs), request)
        assert not [name for name in Facts.model_fields if not getattr(found, name) and name != "parents"]
        assert any(count.artist_listener_releases for count in found.counts)
        assert facts_for_request(session, (), request).grants == ()
        assert subjects_of_songs(session, []) == ()
