"""What files there are and what may stand in their columns; the guide and the templates are written from here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

SheetKind = Literal["parties", "recordings", "performers", "shares", "mandates", "grants"]
KINDS: Final[tuple[SheetKind, ...]] = get_args(SheetKind)
"""In the order in which they are applied: what is named first may be spoken of afterwards."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file."""

    name: str
    about: str
    required: bool = False
    """Whether the column must be there and every line must say something in it."""


_PARTY = "its name as in `parties.csv`, or `isni:…`, `ipi:…`, `dpid:…`, or its id `pty_…`"
_SONG = "the recording: its ISRC, your reference, or its id `rec_…`"
_WHERE = "where: `Worldwide`, `DE AT CH`, `Worldwide -JP -US`; empty is worldwide, `nowhere` is nowhere"
_FROM = "since when: `2026-12-01` (midnight UTC) or `2026-12-01T09:00:00+01:00`; empty is ever since"
_TO = "until when, that moment itself no longer; empty is for ever"
_EVIDENCE = "what it rests on: a contract's number, a letter"
_OPERATIONS = "operations with spaces between, such as `style tempo_pitch`"

COLUMNS: Final[Mapping[SheetKind, tuple[Column, ...]]] = {
    "parties": (
        Column("party", "the name; one line for each person or organisation", required=True),
        Column("kind", "`person`, `group`, `organisation` or `unknown`; `person` where it is left empty for a new one"),
        Column("isni", "ISNI, with its check digit"),
        Column("ipi", "IPI name number"),
        Column("dpid", "DDEX party id, `PADPIDA…`"),
        Column("status", "`living` or `deceased`"),
        Column("born_on", "the birthday, `2009-05-31`; only needed for minors whose voice it is; never exported"),
        Column("guardians", f"who speaks for a minor, `|` between them: each {_PARTY}"),
        Column("estate", f"who speaks for one who has died, `|` between them: each {_PARTY}"),
        Column("id", "the party's id `pty_…`, to change one of several of the same name"),
    ),
    "recordings": (
        Column("title", "its title", required=True),
        Column("artist", "its artist as shown", required=True),
        Column("isrc", "ISRC; a recording needs an ISRC, a reference or an id"),
        Column("reference", "your own name for it, unique; the file that you ingest later is known by it or the ISRC"),
        Column("id", "its id `rec_…`, where it is in the library already"),
        Column("album", "its album"),
        Column("label", "its label"),
        Column("genres", "genres, `|` between them: `hip-hop|jazz`"),
        Column("iswc", "ISWC of the work"),
    ),
    "performers": (
        Column("song", _SONG, required=True),
        Column("party", f"who: {_PARTY}", required=True),
        Column("role", "in what role: `featured artist`, `singer`, `drummer` …", required=True),
        Column("voice", "`yes` where it is this person's voice that sings, else `no`", required=True),
    ),
    "shares": (
        Column("song", f"{_SONG}; for the work also its ISWC or id `wrk_…`", required=True),
        Column("side", "`master` for the recording, `work` for the composition", required=True),
        Column("party", f"who holds it: {_PARTY}", required=True),
        Column("share", "`1/3`, `50%` or `33.5%`; a third is `1/3`, for `33.33%` is none", required=True),
        Column("role", "as what: `owner`, `label`, `writer`, `publisher` …; `owner` where it is left empty"),
        Column("territories", _WHERE),
        Column("from", _FROM),
        Column("to", _TO),
        Column("evidence", _EVIDENCE),
    ),
    "mandates": (
        Column("principal", f"in whose name: {_PARTY}", required=True),
        Column("agent", f"who may grant: {_PARTY}", required=True),
        Column("role", "`administrator`, `agent` or `distributor`", required=True),
        Column("side", "`master`, `work` or `voice`", required=True),
        Column("song", f"only for this one ({_SONG}); empty is for everything of the principal on that side"),
        Column("operations", f"only these: {_OPERATIONS}; empty is all"),
        Column("territories", _WHERE),
        Column("from", _FROM),
        Column("to", _TO),
        Column("evidence", _EVIDENCE),
        Column("end", "`yes` ends the mandate now"),
    ),
    "grants": (
        Column("song", _SONG, required=True),
        Column("side", "`master`, `work` or `voice`", required=True),
        Column("party", f"whose share or voice: {_PARTY}", required=True),
        Column("operations", f"what is allowed: {_OPERATIONS}; `none` where you withdraw it", required=True),
        Column("by", f"who grants in its name (agent, guardian, estate): {_PARTY}; empty is the party itself"),
        Column("approval", "operations of which you hear each take first, or `all`"),
        Column(
            "bounds", "bounds of single operations: `tempo_pitch.semitones=-2..2; tempo_pitch.tempo_ratio=0.9..1.1`"
        ),
        Column(
            "whole",
            "bounds of the whole take: `source_share=..0.5; source_seconds=..60`, also `take_seconds`, `tempo_ratio`, "
            "`semitones`",
        ),
        Column("territories", _WHERE),
        Column("from", _FROM),
        Column("to", _TO),
        Column("tiers", "plans that may use it, with spaces between: `premium`; empty is all, `none` is none"),
        Column("uses_per_listener_month", "takes that one listener may make in a month"),
        Column("uses_total", "takes altogether"),
        Column("releases_per_listener", "released takes of this song for each listener"),
        Column("releases_per_artist_listener", "released takes of the artist's songs for each listener"),
        Column("releases_total", "released takes altogether"),
        Column("not_beside_artists", "artists that it may not appear with, `|` between them"),
        Column("not_beside_labels", "labels likewise"),
        Column("not_beside_genres", "genres likewise, also as the style that it is changed to"),
        Column(
            "banned_topics",
            "with spaces between: `political`, `sexual`, `hate`, `violence`, `advertising`, `religious`, `drugs`",
        ),
        Column("licence", "SPDX id of the public licence that the terms come from, such as `CC-BY-4.0`"),
        Column("non_commercial", "`yes`: only on plans that are not paid for"),
        Column("share_alike", "`yes`: a remix must be shared under the same licence"),
        Column("attribution", "the credit that is due, as it must be written"),
        Column("currency", "of the prices, such as `EUR`"),
        Column("price_generation", "the least to be paid for each take that is made, `0.25`"),
        Column("price_play", "the least to be paid for each play, `0.0015`"),
        Column("on_withdrawal", "what becomes of released takes when you withdraw: `keep`, `unlist` or `take_down`"),
        Column("withdrawal_hours", "within how many hours"),
        Column("series", "the grant's id `grs_…`, to change one of several"),
        Column("withdraw", "`yes` withdraws the grant now"),
    ),
}

EXAMPLES: Final[Mapping[SheetKind, tuple[Mapping[str, str], ...]]] = {
    "parties": (
        {"party": "Small Label", "kind": "organisation"},
        {"party": "Mina Reyes", "kind": "person", "isni": "0000 0001 2281 955X"},
        {"party": "Tomo Abe", "kind": "person"},
    ),
    "recordings": (
        {
            "title": "Paper Boats",
            "artist": "Mina Reyes",
            "isrc": "SE-ABC-26-00001",
            "album": "Harbour",
            "label": "Small Label",
            "genres": "bossa-nova|jazz",
        },
    ),
    "performers": (
        {"song": "SE-ABC-26-00001", "party": "Mina Reyes", "role": "featured artist", "voice": "yes"},
        {"song": "SE-ABC-26-00001", "party": "Tomo Abe", "role": "drummer", "voice": "no"},
    ),
    "shares": (
        {
            "song": "SE-ABC-26-00001",
            "side": "master",
            "party": "Small Label",
            "share": "1/1",
            "role": "label",
            "territories": "Worldwide -JP",
            "evidence": "contract 7",
        },
        {
            "song": "SE-ABC-26-00001",
            "side": "master",
            "party": "Mina Reyes",
            "share": "100%",
            "territories": "JP",
        },
        {"song": "SE-ABC-26-00001", "side": "work", "party": "Mina Reyes", "share": "2/3", "role": "writer"},
        {"song": "SE-ABC-26-00001", "side": "work", "party": "Tomo Abe", "share": "1/3", "role": "writer"},
    ),
    "mandates": (
        {
            "principal": "Tomo Abe",
            "agent": "Small Label",
            "role": "administrator",
            "side": "work",
            "from": "2026-01-01",
            "evidence": "letter of 12 December 2025",
        },
    ),
    "grants": (
        {
            "song": "SE-ABC-26-00001",
            "side": "master",
            "party": "Small Label",
            "operations": "style arrangement tempo_pitch share_in_app",
            "approval": "share_in_app",
            "bounds": "tempo_pitch.semitones=-2..2",
            "territories": "Worldwide -JP",
            "tiers": "premium",
            "releases_per_listener": "3",
            "banned_topics": "political sexual hate",
            "on_withdrawal": "take_down",
            "withdrawal_hours": "48",
        },
        {
            "song": "SE-ABC-26-00001",
            "side": "work",
            "party": "Tomo Abe",
            "by": "Small Label",
            "operations": "style arrangement tempo_pitch share_in_app",
            "from": "2026-01-01",
        },
    ),
}
"""A small catalogue that agrees with itself; what ``contrafact catalogue template`` writes."""


def required(kind: SheetKind) -> tuple[str, ...]:
    """The columns that a file of this kind must have."""
    return tuple(column.name for column in COLUMNS[kind] if column.required)


def names(kind: SheetKind) -> tuple[str, ...]:
    """All columns of a kind, in the order of templates and exports."""
    return tuple(column.name for column in COLUMNS[kind])
