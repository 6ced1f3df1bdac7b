"""What a request for a remix asks about besides holders and grants, for :mod:`benchmarks._rights_library`.

Some holders have agents, of some singers a birthday is known, some grants were used, some takes were approved, and two
operations are rolled out in part.
"""

from collections.abc import Iterable, Iterator, Sequence

from benchmarks._rights_library import LABELS, MOMENT, SINGERS, WRITERS, Row, song_id
from contrafact.kit.canonical import canonical_json
from contrafact.rights.values import Switch

_STATED = ("stated_by", "reason", "evidence", "created_at")
_MANDATE = (
    "id",
    "series",
    "version",
    "status",
    "principal_id",
    "agent_id",
    "role",
    "side",
    "include",
    "exclude",
    *_STATED,
)
_PERSON = ("id", "party_id", "version", "status", "born_on", "guardians", "estate", *_STATED)
_SWITCH = ("id", "operation", "version", "switch", "reason", "created_at", "created_by")
_USE = ("sequence", "series", "kind", "key", "user_id", "artist", "remix_id", "at", "place", "takes", "out")
_REQUEST = (
    "sequence",
    "id",
    "purpose",
    "occasion_id",
    "remix_id",
    "party_id",
    "side",
    "subject_id",
    "grant_ids",
    "recipe_sha256",
    "decision_sha256",
    "user_id",
    "asked_by",
    "about",
    "asked_at",
    "due_at",
)
_ANSWER = (
    "sequence",
    "id",
    "request_id",
    "place",
    "answer",
    "reason",
    "territories",
    "purposes",
    "answered_by",
    "answered_at",
)


def tables(songs: int) -> tuple[tuple[str, Sequence[str], Iterable[Row]], ...]:
    """What a request for a remix asks about besides holders and grants: tables with their columns and rows."""
    return (
        ("mandates", _MANDATE, _mandates()),
        ("people", _PERSON, _people()),
        ("switches", _SWITCH, _switches()),
        ("grant_uses", _USE, _uses(songs)),
        ("approval_requests", _REQUEST, (row for row, _ in _approvals())),
        ("approval_answers", _ANSWER, (row for _, row in _approvals())),
    )


def _mandates() -> Iterator[Row]:
    """Every tenth label and every twentieth writer has an agent, who was told so twice."""
    places = [("l", "master", number) for number in range(0, LABELS, 10)]
    places += [("w", "work", number) for number in range(0, WRITERS, 20)]
    for place, (letter, side, number) in enumerate(places):
        parties = f"pty_{letter}{number:08d}", f"pty_{letter}{number + 1:08d}"
        for version in (1, 2):
            kept = (f"mdt_{place}_{version}", f"mds_{place}", version, "active")
            yield *kept, *parties, "agent", side, "Worldwide", "", "system", "bench", "", MOMENT


def _people() -> Iterator[Row]:
    for number in range(0, SINGERS, 20):
        party = f"pty_s{number:08d}"
        yield f"psn_{number}", party, 1, "living", "1990-05-01", "", "", "system", "bench", "", MOMENT


def _switches() -> Iterator[Row]:
    for operation in ("voice_clone", "export"):
        for version in (1, 2, 3):
            switch = Switch.model_validate({"operation": operation, "percent": 10.0 * version})
            text = canonical_json(switch.model_dump(mode="json")).decode()
            yield f"swt_{operation}_{version}", operation, version, text, "bench", MOMENT, "bench"


def _uses(songs: int) -> Iterator[Row]:
    """Every twentieth of the first series was used three times, once by the listener who asks."""
    sequence = 0
    for number in range(0, 3 * songs, 20):
        for place, user in enumerate(("usr_1", "usr_2", f"usr_{number % 997}"), start=1):
            sequence += 1
            remix = f"rmx_{sequence}"
            kept = (sequence, f"grs_{number:09d}", "take", remix, user, f"artist {number % SINGERS}", remix, MOMENT)
            yield *kept, place, place, 0


def _approvals() -> Iterator[tuple[Row, Row]]:
    for number in range(1, 20_001):
        recipe, label, song = f"{number:064x}", f"pty_l{number % LABELS:08d}", song_id(number)
        asked = ("request", f"rmx_{number}", f"rmx_{number}", label, "master", song, "[]", recipe, recipe, "usr_1")
        place = '{"exclude":[],"include":["Worldwide"]}'
        yield (
            (number, f"apr_{number}", *asked, "somebody", "{}", MOMENT, MOMENT),
            (number, f"apa_{number}", f"apr_{number}", 1, "approved", "", place, "request", "bench", MOMENT),
        )
