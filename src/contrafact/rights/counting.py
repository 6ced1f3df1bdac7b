"""How often grants were used: counted from rows that are only ever added, so that limits can be proven afterwards."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from sqlalchemy.orm import Session

from contrafact.kit.clock import Clock
from contrafact.kit.statements import Asked
from contrafact.rights import store_approvals as store
from contrafact.rights import store_asked
from contrafact.rights.models_approvals import GrantUseRow
from contrafact.rights.values import Decision, UseCount


def artist_key(artist: str) -> str:
    """An artist's name as it is compared: without regard to case and Unicode form."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", artist).casefold())
    return " ".join(folded.split())[:320]


def counts_for(
    session: Session, artists: Mapping[str, str], user_id: str, at: datetime, remix_id: str | None = None
) -> tuple[UseCount, ...]:
    """How often each grant was used until now, for a decision, in one question to the database.

    Parameters
    ----------
    artists : mapping of str to str
        The series of grants, each with the artist of the song that it is asked about for.
    user_id : str
        The listener who asks.
    at : datetime
        Its calendar month (UTC) is the month that is counted.
    remix_id : str, optional
        A remix that is there and is asked about again: its own take and release do not count against it.
    """
    return ask_counts(session, artists, user_id, at, remix_id)(artists)


def ask_counts(
    session: Session, artists: Mapping[str, str], user_id: str, at: datetime, remix_id: str | None = None
) -> Callable[[Iterable[str]], tuple[UseCount, ...]]:
    """The same for who has something else to do until the database has answered.

    What is returned is called with those of the series that are wanted, before the session ends.
    """
    if not artists:
        return _nothing
    month = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    keys = {series: artist_key(artist) for series, artist in artists.items()}
    asked = store_asked.ask_counted(session, keys, set(keys.values()), user_id, month, remix_id).send()
    return partial(_counts, asked, keys)


def _nothing(_series: Iterable[str]) -> tuple[UseCount, ...]:
    return ()


def _counts(asked: Asked, keys: Mapping[str, str], series: Iterable[str]) -> tuple[UseCount, ...]:
    found = {(row.kind, row.key): (int(row.takes or 0), int(row.out or 0)) for row in asked.rows()}
    return tuple(_count(found, one, keys[one]) for one in sorted(series))


def _count(found: Mapping[tuple[str, str], tuple[int, int]], series: str, artist: str) -> UseCount:
    takes, releases = found.get(("listener", series), (0, 0))
    total, all_releases = found.get(("all", series), (0, 0))
    own_takes, own_releases = found.get(("own", series), (0, 0))
    return UseCount(
        series=series,
        listener_month=takes,
        total=total - own_takes,
        listener_releases=releases,
        artist_listener_releases=found.get(("artist", artist), (0, 0))[1],
        releases=all_releases - own_releases,
    )


def count_take(session: Session, decided: Decision, remix_id: str, clock: Clock) -> None:
    """Count a take under every grant that its decision rests on; counted already, nothing happens."""
    user_id = decided.request.user_id
    for series, artist in _used(decided).items():
        if store.use(session, series, "take", remix_id) is None:
            store.add_use(session, _row(series, "take", remix_id, user_id, artist, remix_id, None, clock))


def return_take(session: Session, remix_id: str, clock: Clock) -> None:
    """Give a take back that was never made: it counts no more."""
    for row in store.uses_of_remix(session, remix_id, "take"):
        if store.use(session, row.series, "returned", row.key) is None:
            store.add_use(
                session, _row(row.series, "returned", row.key, row.user_id, row.artist, remix_id, None, clock)
            )


def count_release(
    session: Session, decided: Decision, remix_id: str, release_id: str, move_id: str, clock: Clock
) -> None:
    """Count a release under every grant that its decision rests on, from this move on."""
    user_id = decided.request.user_id
    live = {row.series for row in store.live_uses_of_release(session, release_id)}
    for series, artist in _used(decided).items():
        if series not in live:
            store.add_use(session, _row(series, "released", move_id, user_id, artist, remix_id, release_id, clock))


def end_release(session: Session, release_id: str, move_id: str, clock: Clock) -> tuple[str, ...]:
    """A release is out no more: it counts no more. Returns the series that it counted under."""
    live = store.live_uses_of_release(session, release_id)
    for row in live:
        store.add_use(
            session, _row(row.series, "ended", move_id, row.user_id, row.artist, row.remix_id, release_id, clock)
        )
    return tuple(row.series for row in live)


def resume_release(session: Session, release_id: str, move_id: str, clock: Clock) -> None:
    """A release that had ended is out again: it counts as it did."""
    for row in store.last_uses_of_release(session, release_id):
        if row.kind == "ended":
            store.add_use(
                session, _row(row.series, "released", move_id, row.user_id, row.artist, row.remix_id, release_id, clock)
            )


def releases_under(session: Session, series: str) -> tuple[str, ...]:
    """The ids of releases that are out at this moment under a grant."""
    return tuple(store.releases_under(session, series))


def _used(decided: Decision) -> Mapping[str, str]:
    """The series that a decision rests on, each with the artist of its song."""
    return dict(_pairs(decided))


def _pairs(decided: Decision) -> Iterator[tuple[str, str]]:
    chosen = set(decided.grants)
    artists = {}
    for subject in decided.facts.subjects:
        artists[subject.work_id] = artists[subject.recording_id] = artist_key(subject.artist)
    for grant in decided.facts.grants:
        if grant.id in chosen:
            yield grant.series, artists.get(grant.subject_id, "")


def _row(
    series: str,
    kind: str,
    key: str,
    user_id: str,
    artist: str,
    remix_id: str,
    release_id: str | None,
    clock: Clock,
) -> GrantUseRow:
    return GrantUseRow(
        series=series,
        kind=kind,
        key=key,
        user_id=user_id,
        artist=artist,
        remix_id=remix_id,
        release_id=release_id,
        at=clock.now(),
    )
