"""The catalogue from spreadsheets: shown first, done in whole or not at all, written out and taken in again."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.csv_import.columns import COLUMNS, EXAMPLES, KINDS
from contrafact.catalogue.csv_import.exporting import sheet
from contrafact.catalogue.csv_import.lines import lines_of
from contrafact.catalogue.csv_import.problems import BadSheet, Problems
from contrafact.catalogue.csv_import.reading import Sheet, read_sheet
from contrafact.catalogue.csv_import.report import Report
from contrafact.catalogue.mentions import titles_among
from contrafact.catalogue.values import IngestOptions
from contrafact.remixes.console.cataloguing import ownership_of, read, take_in, write_out
from contrafact.remixes.console.csv_terms import cells_of, terms_of
from contrafact.remixes.permission.owning import subjects_of_songs
from contrafact.rights import service as rights
from contrafact.rights.extents import EXTENTS, faults_in
from contrafact.rights.presets import preset_terms
from contrafact.rights.terms import Terms
from tests.support import consent_random
from tests.support.library import open_library, sound, write
from tests.support.owners import Owners, day, open_owners

CHECKOUT = Path(__file__).resolve().parents[3]
GUIDE = CHECKOUT / "docs" / "guides" / "catalogue-csv.md"


@pytest.fixture
def owners(tmp_path: Path) -> Iterator[Owners]:
    made = open_owners(tmp_path)
    yield made
    made.database.close()


def sheets(files: Mapping[str, str]) -> tuple[Sheet, ...]:
    """Spreadsheets from their text, by name."""
    problems = Problems()
    found = [read_sheet(f"{name}.csv", data.encode(), problems) for name, data in files.items()]
    problems.raise_any()
    return tuple(item for item in found if item is not None)


def take(owners: Owners, files: Mapping[str, str] | None = None, *, dry_run: bool = False, **more: str) -> Report:
    said: dict[str, Any] = {"by": "Ada", "reason": "spreadsheets", "clock": owners.clock}
    return take_in(owners.database, sheets({**(files or {}), **more}), dry_run=dry_run, **said)


def refused(owners: Owners, **files: str) -> list[str]:
    """The problems of an import that must leave everything as it was."""
    before = everything(owners)
    with pytest.raises(BadSheet) as caught:
        take(owners, files)
    assert everything(owners) == before
    return [str(problem) for problem in caught.value.problems]


def written(owners: Owners) -> dict[str, str]:
    return {str(kind): data for kind, data in write_out(owners.database).items()}


def everything(owners: Owners) -> dict[str, Any]:
    """All rows of all tables."""
    with owners.database.reading() as session:
        names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        return {name: session.execute(text(f"SELECT * FROM {name}")).all() for name in names}


EXAMPLE: dict[str, str] = {kind: sheet(kind, EXAMPLES[kind]) for kind in KINDS}
SONG = "SE-ABC-26-00001"


def test_the_example_of_the_guide_is_taken_in(owners: Owners) -> None:
    blocks = re.findall(r"^```csv\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) == len(KINDS)
    report = take(owners, {f"file{number}": block for number, block in enumerate(blocks)})
    assert (report.counts["added"], report.notes) == (10, [])
    found = ownership_of(owners.database, SONG)
    assert found.findings == ()
    with owners.database.reading() as session:
        (subject,) = subjects_of_songs(session, [found.song.id])
        grants = rights.grants_on(session, subject)
    assert sorted((grant.side, grant.authority) for grant in grants) == [("master", "owner"), ("work", "mandate")]


def test_the_guide_tells_every_column() -> None:
    guide = GUIDE.read_text()
    for kind in KINDS:
        section = guide.split(f"## {kind}.csv\n")[1].split("\n## ")[0].replace("\\|", "|")
        for column in COLUMNS[kind]:
            assert f"| `{column.name}` | {'yes' if column.required else ''} | {column.about} |" in section


def test_a_dry_run_shows_just_what_the_import_does(owners: Owners) -> None:
    before = everything(owners)
    shown = take(owners, EXAMPLE, dry_run=True)
    assert everything(owners) == before
    done = take(owners, EXAMPLE)
    assert everything(owners) != before
    assert done.as_document() == shown.as_document()
    assert done.sentences() == shown.sentences()


def test_the_same_files_again_change_nothing(owners: Owners) -> None:
    take(owners, EXAMPLE)
    before = everything(owners)
    again = take(owners, EXAMPLE)
    assert {change.kind for change in again.changes} == {"unchanged"}
    assert again.notes == []
    assert everything(owners) == before


def test_a_grant_by_an_agent_who_holds_the_other_side_is_written_out(owners: Owners) -> None:
    take(owners, EXAMPLE)
    by = [(line["side"], line["party"], line["by"]) for line in csv.DictReader(io.StringIO(written(owners)["grants"]))]
    assert sorted(by) == [("master", "Small Label", ""), ("work", "Tomo Abe", "Small Label")]


def test_the_order_of_files_does_not_matter(owners: Owners, tmp_path: Path) -> None:
    other = open_owners(tmp_path / "other")
    one = take(owners, EXAMPLE)
    two = take(other, dict(reversed(EXAMPLE.items())))
    assert one.as_document() == two.as_document()
    other.database.close()


def test_what_was_written_out_changes_nothing_here_and_makes_the_same_elsewhere(owners: Owners, tmp_path: Path) -> None:
    take(owners, EXAMPLE)
    take(owners, parties="party,status,estate\n'=Heir,,\n=Gone|Away,deceased,'=Heir\n+Label,,\n")
    take(
        owners,
        shares=f"song,side,party,share,territories,from,to\n{SONG},master,Small Label,1/3,Worldwide -JP,,2027-01-01\n"
        f"{SONG},master,'+Label,2/3,,2026-05-01T10:00:00+02:00,\n",
        mandates=f"principal,agent,role,side,song,operations\n'+Label,Tomo Abe,agent,master,{SONG},style mashup\n",
    )
    out = written(owners)
    assert {change.kind for change in take(owners, written(owners)).changes} == {"unchanged"}
    other = open_owners(tmp_path / "other")
    take(other, out)
    for kind, there in written(other).items():
        # A mandate's evidence tells the file that it came from.
        assert re.sub(r" ?\(?mandates.csv, line \d+\)?", "", there) == re.sub(
            r" ?\(?mandates.csv, line \d+\)?", "", out[kind]
        ), kind
    other.database.close()


def test_changes_are_told_from_what_to_what(owners: Owners) -> None:
    take(owners, EXAMPLE)
    report = take(
        owners,
        recordings="title,artist,isrc,label,genres,iswc\n"
        f"Paper Boats (live),Mina Reyes,{SONG},none,none,T-034.524.680-1\n",
        parties="party,kind,isni\nMina R.,group,000000012281955X\n",
        shares=f"song,side,party,share,evidence\n{SONG},master,Mina R.,1/1,letter\n",
        mandates="principal,agent,role,side,territories\nTomo Abe,Small Label,agent,work,DE AT\n",
        performers=f"song,party,role,voice\n{SONG},Mina R.,singer,yes\n",
        grants=f"song,side,party,by,operations,from\n{SONG},work,Tomo Abe,Small Label,style,2026-01-01\n",
    )
    told = {
        (change.what, item.field): (item.before, item.after) for change in report.changes for item in change.details
    }
    assert told == {
        ("party", "name"): ("Mina Reyes", "Mina R."),
        ("party", "kind"): ("person", "group"),
        ("recording", "title"): ("Paper Boats", "Paper Boats (live)"),
        ("recording", "label"): ("Small Label", None),
        ("recording", "genres"): ("bossa-nova jazz", None),
        ("recording", "iswc"): (None, "T0345246801"),
        ("performers", "who"): (
            "Mina R. (featured artist, voice), Tomo Abe (drummer)",
            "Mina R. (singer, voice)",
        ),
        ("shares", "shares"): (
            "Mina R. 1 (owner) in JP; Small Label 1 (label) in Worldwide - {JP}",
            "Mina R. 1 (owner)",
        ),
        ("mandate", "role"): ("administrator", "agent"),
        ("mandate", "territories"): ("Worldwide", "AT DE"),
        ("mandate", "from"): ("2026-01-01 00:00 UTC", "ever since"),
        ("grant", "operations"): ("arrangement share_in_app style tempo_pitch", "style"),
    }
    assert {change.kind for change in report.changes} == {"changed"}
    assert any("label: Small Label → nothing" in sentence for sentence in report.sentences())
    statements = ownership_of(owners.database, SONG).statements
    assert [item.evidence for item in statements if item.side == "master"] == [
        "contract 7 (shares.csv, lines 2 to 3)",
        "letter (shares.csv, lines 2 to 2)",
    ]


def test_all_problems_are_told_at_once_and_nothing_is_half_written(owners: Owners) -> None:
    take(owners, EXAMPLE)
    told = refused(
        owners,
        parties="party,isni,born_on\nNew One,0000 0001 2281 9551,\nNew Two,,1.5.2009\n",
        shares=f"song,side,party,share,territories\n{SONG},owner,Ada,50,EU\n",
    )
    assert told == [
        "parties.csv, line 2, isni: the ISNI '0000 0001 2281 9551' has a wrong check digit; look it up again",
        "parties.csv, line 3, born_on: this is no day; write it as 2009-05-31",
        "shares.csv, line 2, territories: 'EU' is no territory; write Worldwide, countries of ISO 3166 such as DE AT, "
        "or Worldwide -JP",
        "shares.csv, line 2, side: 'owner' is not one of master, work",
        "shares.csv, line 2, share: 50 may be a part or percent; write 50% or a fraction such as 1/3",
    ]
    told = refused(
        owners,
        parties="party\nGood\n",
        recordings="title,artist,isrc,reference,id\nA,B,,,\nC,D,,my-1,rec_nothing\n",
    )
    assert told == [
        "recordings.csv, line 2, isrc: a recording needs an ISRC, a reference of your own or an id, to be known again"
    ]
    told = refused(
        owners,
        parties="party\nGood\nGood\n",
        recordings=f"title,artist,isrc,reference,id\nC,D,,my-1,rec_nothing\nE,F,{SONG},,\nG,H,SEABC2600002,,\n",
        performers="song,party,role,voice\nnothing,Nobody,singer,yes\n",
        shares=f"song,side,party,share\n{SONG},master,Nobody,1/1\n",
        mandates="principal,agent,role,side\nGood,Good,agent,master\nSmall Label,isni:000000012281955X,agent,voice\n"
        "Small Label,Mina Reyes,agent,voice\n",
        grants=f"song,side,party,operations\n{SONG},master,Tomo Abe,style\n{SONG},voice,Tomo Abe,style\n",
    )
    assert told == [
        "parties.csv, line 3, party: this was said in parties.csv, line 2; say it once",
        "recordings.csv, line 2, id: there is no recording 'rec_nothing'",
        "performers.csv, line 2, song: there is no recording 'nothing'; take it in first, or tell of it in a file of "
        "recordings",
        "performers.csv, line 2, party: nobody is called “Nobody”; name them in a file of parties first",
        "shares.csv, line 2, party: nobody is called “Nobody”; name them in a file of parties first",
        "mandates.csv, line 2, principal: a party needs no mandate of its own",
        "mandates.csv, line 4, principal: this was said in mandates.csv, line 3; say it once",
        "grants.csv, line 2, party: “Tomo Abe” holds nothing of the master of “E”; say first who does",
        "grants.csv, line 3, party: “Tomo Abe” is not a voice on “E”; say first who does",
    ]


def test_a_third_is_not_33_33_percent(owners: Owners) -> None:
    take(owners, EXAMPLE)
    lines = [f"{SONG},work,{name},33.33%" for name in ("Mina Reyes", "Tomo Abe", "Small Label")]
    told = refused(owners, shares="\n".join(["song,side,party,share", *lines]))
    assert told == [
        "shares.csv, line 2, share: the shares of the work sum to 99.99%, not to 100%: percent were rounded; write 1/3 "
        "instead of 33.33%"
    ]
    told = refused(owners, shares="\n".join(["song,side,party,share", *lines[:2], f"{SONG},work,Small Label,33.35%"]))
    assert "sum to 100.01%" in told[0]
    report = take(owners, shares="\n".join(["song,side,party,share", *lines]).replace("33.33%", "1/3"))
    assert (report.changes[0].kind, report.notes) == ("changed", [])


def test_gaps_and_overlaps_that_may_be_meant_are_told(owners: Owners) -> None:
    take(owners, EXAMPLE)
    report = take(owners, shares=f"song,side,party,share,territories\n{SONG},master,Small Label,50%,Worldwide -JP\n")
    assert [note.message for note in report.notes] == [
        "“Paper Boats”, master, JP: nobody holds it; nothing is permitted there",
        "“Paper Boats”, master, Worldwide - {JP}: only 1/2 is held (Small Label 1/2); nothing is permitted there",
    ]


def test_parties_of_one_name_are_never_taken_for_each_other(owners: Owners) -> None:
    with owners.database.transaction() as session:
        first = catalogue.put_party(session, "Ada", "person", **owners.said)
        second = catalogue.put_party(session, "ada", "person", **owners.said)
        catalogue.set_identifiers(session, first.id, {"isni": "000000012281955X"}, **owners.said)
    (told,) = refused(owners, parties="party,kind\nAda,group\n")
    assert "2 are called “Ada”; say which by isni" in told
    (told,) = refused(owners, parties="party,id,isni\nAda,,000000012281955X\nAda,,0000000122819550\n")
    assert "wrong check digit" in told
    report = take(owners, parties=f"party,id,kind\nAda,{second.id},group\n")
    assert [(item.field, item.after) for item in report.changes[0].details] == [("name", "Ada"), ("kind", "group")]
    out = written(owners)
    assert second.id in out["parties"]
    assert {change.kind for change in take(owners, parties=out["parties"]).changes} == {"unchanged"}


def test_a_name_with_another_identifier_is_another_party(owners: Owners) -> None:
    take(owners, EXAMPLE)
    (told,) = refused(owners, parties="party,isni\nMina Reyes,0000 0001 2103 2683\n")
    assert told.startswith(
        "parties.csv, line 2, isni: “Mina Reyes” has another ISNI, 000000012281955X; give the id pty_"
    )


def test_r7_minors_and_estates(owners: Owners) -> None:
    take(owners, EXAMPLE)
    report = take(
        owners,
        parties="party,status,born_on,guardians,estate\nMina Reyes,,2012-02-29,Mother|Tomo Abe,\nMother,,,,\n"
        "Old Voice,deceased,,,Mother\n",
    )
    told = str(report.as_document()) + str(report.sentences())
    assert "2012" not in told
    assert "guardians" in told
    with owners.database.reading() as session:
        people = {
            name: catalogue.people_of(session, [party.id])[0].facts
            for name in ("Mina Reyes", "Old Voice")
            for party in catalogue.parties_named(session, name)
        }
    assert people["Mina Reyes"].born_on == date(2012, 2, 29)
    assert len(people["Mina Reyes"].guardians) == 2
    assert people["Old Voice"].status == "deceased"
    out = written(owners)
    assert "2012" not in "".join(out.values())
    before = everything(owners)
    assert {change.kind for change in take(owners, written(owners)).changes} == {"unchanged"}
    assert everything(owners) == before
    report = take(owners, parties="party,guardians\nMina Reyes,none\n")
    assert [(item.field, item.before, item.after) for item in report.changes[-1].details] == [
        ("guardians", "others", None)
    ]


def test_mandates_and_grants_are_ended(owners: Owners) -> None:
    take(owners, EXAMPLE)
    ended = {
        "mandates": "principal,agent,role,side,end\nTomo Abe,Small Label,administrator,work,yes\n",
        "grants": f"song,side,party,operations,withdraw\n{SONG},master,Small Label,none,yes\n",
    }
    assert [change.kind for change in take(owners, ended).changes] == ["ended", "ended"]
    assert [change.kind for change in take(owners, ended).changes] == ["unchanged", "unchanged"]
    again = take(owners, grants=EXAMPLE["grants"].split("\r\n", 2)[0] + "\n" + EXAMPLE["grants"].split("\r\n")[1])
    assert [change.kind for change in again.changes] == ["added"]


def test_a_slip_can_always_be_taken_back(owners: Owners) -> None:
    """What nobody can mean is not given; but a line that withdraws is never refused for what its other cells say."""
    take(owners, EXAMPLE)
    cells = {"song": SONG, "side": "master", "party": "Small Label", "operations": "style", "uses_total": "0"}
    (told,) = refused(owners, grants=sheet("grants", [cells]))
    assert "no take could ever be made" in told
    ended = take(owners, grants=sheet("grants", [{**cells, "withdraw": "yes"}]))
    assert [change.kind for change in ended.changes] == ["ended"]


def test_many_grants_are_given_in_few_statements(owners: Owners) -> None:
    """Ten times the lines ask the database hardly more often, whether they are new, changed, or said by an agent."""
    count = 1_200
    songs = [f"SEABC26{number:05}" for number in range(count)]
    take(
        owners,
        parties="party\nLabel\nAgent\n",
        recordings="title,artist,isrc\n" + "".join(f"T,A,{song}\n" for song in songs),
        shares="song,side,party,share\n" + "".join(f"{song},master,Label,1/1\n" for song in songs),
        mandates="principal,agent,role,side\nLabel,Agent,agent,master\n",
    )
    asked: list[str] = []
    event.listen(owners.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def give(operations: str, by: str, songs: list[str]) -> tuple[int, dict[str, int]]:
        asked.clear()
        lines = "".join(f"{song},master,Label,{by},{operations}\n" for song in songs)
        counts = take(owners, grants=f"song,side,party,by,operations\n{lines}").counts
        return len(asked), counts

    few = give("style", "", songs[:20])[0]
    told = []
    for operations, by in (("download", ""), ("style", "Agent"), ("style", "Agent")):
        statements, counts = give(operations, by, songs)
        assert statements < few + 15, (operations, by)
        told.append(tuple(counts[kind] for kind in ("added", "changed", "unchanged")))
    assert told == [(count - 20, 20, 0), (count, 0, 0), (0, 0, count)]
    with owners.database.reading() as session:
        versions = [
            (grant.version, grant.authority)
            for subject in subjects_of_songs(session, [song.id for song in catalogue.all_songs(session)])
            for grant in rights.grants_on(session, subject)
        ]
    assert Counter(versions) == {(1, "owner"): count - 20, (2, "owner"): 20, (1, "mandate"): count}


def test_several_grants_of_one_party_are_told_apart_by_their_id(owners: Owners) -> None:
    take(owners, EXAMPLE)
    header = "song,side,party,operations,tiers\n"
    two = f"{SONG},master,Small Label,download,premium\n{SONG},master,Small Label,style,free\n"
    report = take(owners, grants=header + two)
    assert [change.kind for change in report.changes] == ["added", "added"]
    assert "of several any one will do" in report.notes[0].message
    (told,) = refused(owners, grants=header + f"{SONG},master,Small Label,download,free\n")
    assert "there are 3 grants of that party there; say which in the column series" in told
    out = written(owners)["grants"]
    assert out.count("grs_") == 3
    series = re.findall(r"grs_[a-z2-7]+", out)[0]
    (told,) = refused(owners, grants=f"song,side,party,operations,series\n{SONG},work,Tomo Abe,style,{series}\n")
    assert "there is no grant grs_" in told
    report = take(owners, grants=f"song,side,party,operations,series\n{SONG},master,Small Label,export,{series}\n")
    assert report.changes[0].kind == "changed"


def test_a_public_licence_stays_what_it_is(owners: Owners) -> None:
    take(owners, EXAMPLE)
    with owners.database.transaction() as session:
        (subject,) = subjects_of_songs(session, [ownership_of(owners.database, SONG).song.id])
        for grant in rights.grants_on(session, subject):
            rights.withdraw(session, grant.series, by="Ada", clock=owners.clock)
        given = rights.grant_preset(
            session, "open", subject, licence_id="CC-BY-4.0", attribution="credit", by="Ada", clock=owners.clock
        )
    assert written(owners)["grants"].count("\r\n") == 1
    take(owners, grants=f"song,side,party,operations\n{SONG},master,Small Label,style\n")
    with owners.database.reading() as session:
        kept = [item for item in rights.grants_on(session, subject) if item.authority == "licence"]
    assert len(kept) == len(given)


def line_of(cells: Mapping[str, str]) -> Any:
    """A line of grants with these cells, as far as terms are concerned."""
    text = sheet("grants", [{"song": "x", "side": "master", "party": "y", **cells}])
    problems = Problems()
    (line,) = lines_of(sheets({"grants": text}), problems).grants
    problems.raise_any()
    return type("Resolved", (), {"line": line})()


def meant(terms: Terms, rng: Random) -> Terms:
    """The same terms with bounds on what is measured, and without counts of no takes: what can be meant."""
    said = terms.model_dump()
    for allowed in said["operations"]:
        known = EXTENTS.get(allowed["operation"], ())
        allowed["bounds"] = {name: {"least": 0.5, "most": 1} for name in known if rng.random() < 0.5}
    for name in ("uses_per_listener_month", "uses_total"):
        if "limits" in said:
            said["limits"][name] = said["limits"][name] or None
    found = Terms.model_validate(said)
    assert faults_in(found) == ()
    return found


@given(st.integers(0, 2**32))
def test_terms_are_written_as_cells_and_read_back(seed: int) -> None:
    rng = Random(seed)
    terms = meant(consent_random.terms(rng, strict=rng.choice([0.1, 0.5, 0.9])), rng)
    problems = Problems()
    found = terms_of(line_of(cells_of(terms)), problems)
    problems.raise_any()
    assert found is not None
    assert found.model_copy(update={"territories": terms.territories}) == terms
    assert found.territories.countries() == terms.territories.countries()


@pytest.mark.parametrize(
    "terms",
    [
        Terms(tiers=()),
        Terms.model_validate({"territories": {"include": []}}),
        Terms.model_validate({"operations": []}),
        preset_terms("mine", None, "credit")[0],  # type: ignore[index]
        Terms.model_validate({"on_withdrawal": {"fate": "take_down", "hours": 48}, "valid_to": day("2027-01-01")}),
        Terms.model_validate({"not_beside": {"artists": ["A|B", "=C"], "labels": ["L"], "genres": ["hip-hop"]}}),
        Terms.model_validate(
            {
                "operations": [{"operation": "style", "bounds": {"strength": {"least": 1e-07, "most": 1 / 3}}}],
                "limits": {"whole": {"semitones": {"least": -2.5}}},
                "price": {"currency": "EUR", "generation_micros": 250_000, "play_micros": 1},
            }
        ),
    ],
)
def test_terms_at_their_edges_are_never_widened(terms: Terms) -> None:
    """What allows nothing, nowhere or nobody must not come back as everything, everywhere and everybody."""
    assert terms_of(line_of(cells_of(terms)), Problems()) == terms


WRONG = (
    ("operations", "style dance", "'dance' is not one of"),
    ("approval", "export", "export is not among the operations"),
    ("bounds", "tempo_pitch.semitones=..2", "cannot be bounded here"),
    ("whole", "semitone=..2", "cannot be bounded here"),
    ("tiers", "gold", "'gold' is not one of free, premium"),
    ("uses_total", "-1", "is no whole number"),
    ("banned_topics", "sports", "'sports' is not one of"),
    ("licence", "mine", "is no licence that is known"),
    ("price_play", "0.1", "a price needs its currency"),
    ("currency", "Euro", "is no currency"),
    ("on_withdrawal", "burn", "is not one of keep, unlist, take_down"),
    ("withdrawal_hours", "99999", "a year is the most"),
    ("uses_total", "0", "uses_total: limits.uses_total: no take could ever be made"),
    (
        "bounds",
        "style.strength=..7",
        "bounds: operations[style].bounds.strength: the most (7) must lie between 0 and 1",
    ),
    ("whole", "source_share=..50", "whole: limits.whole.source_share: the most (50) must lie between 0 and 1"),
    ("non_commercial", "maybe", "is neither yes nor no"),
    ("not_beside_genres", "日本", "is no genre"),
)


def test_what_a_grant_cannot_say_is_told_with_its_column(owners: Owners) -> None:
    take(owners, EXAMPLE)
    for column, said, told in WRONG:
        cells = {"song": SONG, "side": "master", "party": "Small Label", "operations": "style", column: said}
        (problem,) = refused(owners, grants=sheet("grants", [cells]))
        assert problem.startswith("grants.csv, line 2")
        assert told in problem


def test_a_song_that_is_in_the_library_is_described_not_announced_again(tmp_path: Path) -> None:
    library = open_library(tmp_path / "home")
    owners = Owners(library.database, library.clock)
    recording = library.ingest(write(tmp_path / "a.flac", sound()), IngestOptions(isrc=SONG, artist="Band")).recording
    report = take(owners, {**EXAMPLE, "recordings": f"title,artist,isrc,genres\nPaper Boats,Mina Reyes,{SONG},jazz\n"})
    with library.database.reading() as session:
        (song,) = catalogue.all_songs(session)
        view = catalogue.get(session, recording.id)
        assert titles_among(session, ["paper  BOATS", recording.title]) == ("Paper Boats",)
    assert (song.id, song.title, song.announced, view.genres) == (recording.id, "Paper Boats", False, ("jazz",))
    assert {change.what: change.kind for change in report.changes}["recording"] == "changed"
    library.database.close()


def test_many_new_recordings_are_told_of_as_one_is(owners: Owners) -> None:
    """Some by ISRC, some by reference or both, of one work, said twice, and one that is wrong among them."""
    header = "title,artist,isrc,reference,label,genres,iswc\n"
    good = (
        "A,Ada,SEABC2600001,,L,jazz,T-034.524.680-1\nB,Ada,,my-2,,,T-034.524.680-1\n"
        "C,Ada,SEABC2600003,my-3,L,soul|jazz,\nA2,Ada,SEABC2600001,,L,jazz,\n"
    )
    report = take(owners, recordings=header + good)
    assert [(change.kind, len(change.details)) for change in report.changes] == [
        ("added", 4),
        ("added", 2),
        ("added", 4),
        ("changed", 1),
    ]
    with owners.database.reading() as session:
        songs = catalogue.all_songs(session)
    assert len({song.work_id for song in songs}) == 2
    assert {song.title: (song.isrc, song.reference, song.genres) for song in songs} == {
        "A2": ("SEABC2600001", None, ("jazz",)),
        "B": (None, "my-2", ()),
        "C": ("SEABC2600003", "my-3", ("jazz", "soul")),
    }
    told = refused(owners, recordings=header + "D,Ada,SEABC2600004,,,,\n\u200b,Ada,SEABC2600005,,,,\n")
    assert told == ["recordings.csv, line 3, isrc: the title '\\u200b' is empty or longer than 300 characters"]


def test_too_many_files(tmp_path: Path) -> None:
    for number in range(51):
        (tmp_path / f"{number:02}.csv").write_text("party\nAda\n")
    with pytest.raises(BadSheet, match="more than 50 files"):
        read([tmp_path])
