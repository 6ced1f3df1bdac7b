"""The catalogue as spreadsheets, with its grants: checked, shown, taken in whole or not at all, and written out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contrafact.catalogue import service as catalogue
from contrafact.catalogue.changing import Said
from contrafact.catalogue.csv_import.applying import Importer
from contrafact.catalogue.csv_import.columns import SheetKind
from contrafact.catalogue.csv_import.exporting import Naming, exported, sheet
from contrafact.catalogue.csv_import.lines import lines_of
from contrafact.catalogue.csv_import.problems import Problems
from contrafact.catalogue.csv_import.reading import Sheet, read_file, sheet_files
from contrafact.catalogue.csv_import.report import Report
from contrafact.catalogue.findings import Finding
from contrafact.catalogue.ownership import SongView, StatementView
from contrafact.catalogue.values import Holders
from contrafact.kit.clock import Clock
from contrafact.kit.db import Database
from contrafact.kit.errors import NotFound
from contrafact.remixes.console.csv_grants import Withdraw, exported_grants, give_all

FILES_AT_MOST = 50


class _Undo(Exception):
    """Ends a dry run: its transaction goes back."""


@dataclass(frozen=True, slots=True)
class OwnershipSheet:
    """Who owns a song, for its owners and staff."""

    song: SongView
    holders: Holders
    statements: tuple[StatementView, ...]
    findings: tuple[Finding, ...]


def read(paths: Sequence[Path]) -> tuple[Sheet, ...]:
    """Read spreadsheets: files, and folders of them.

    Raises
    ------
    BadSheet
        With every problem, up to a hundred.
    """
    problems = Problems()
    files = sheet_files(paths, problems)
    if len(files) > FILES_AT_MOST:
        problems.add(
            files[FILES_AT_MOST].name, None, None, f"more than {FILES_AT_MOST} files at once; put them together"
        )
    sheets = [read_file(file, problems) for file in files[:FILES_AT_MOST]]
    problems.raise_any()
    return tuple(item for item in sheets if item is not None)


def take_in(
    database: Database,
    sheets: Sequence[Sheet],
    *,
    by: str,
    reason: str,
    clock: Clock,
    dry_run: bool = False,
    withdraw: Withdraw | None = None,
) -> Report:
    """State what spreadsheets say, in one transaction; a dry run does just the same and is undone.

    Parameters
    ----------
    withdraw : callable, optional
        Withdraws the grants that lines withdraw. Without one, nothing new is made under them, and nothing else follows;
        :func:`~contrafact.remixes.withdrawals.withdrawing.withdraw_in` does all of it.

    Raises
    ------
    BadSheet
        With every problem, up to a hundred; nothing was changed.
    """
    problems = Problems()
    lines = lines_of(sheets, problems)
    problems.raise_any()
    said = Said(by, reason, clock)
    try:
        with database.transaction() as session:
            importer = Importer(session, problems, said)
            importer.apply(lines)
            give_all(session, importer.grants(lines.grants), said, importer.report, problems, withdraw)
            problems.raise_any()
            if dry_run:
                raise _Undo
    except _Undo:
        pass
    return importer.report


def write_out(database: Database) -> dict[SheetKind, str]:
    """The whole catalogue as spreadsheets, by kind; imported again, nothing changes. Birthdays are left out."""
    with database.reading() as session:
        records = exported(session)
        records["grants"] = exported_grants(session, Naming.of(session))
    return {kind: sheet(kind, found) for kind, found in records.items()}


def ownership_of(database: Database, song: str) -> OwnershipSheet:
    """Who owns a song (id, ISRC or reference), ever and anywhere, with all that was stated, gaps and overlaps.

    Raises
    ------
    NotFound
        When there is no such recording.
    """
    with database.reading() as session:
        found = catalogue.find_song(session, song)
        if found is None:
            raise NotFound(f"there is no recording {song[:60]!r}; give its id, ISRC or reference")
        holders = catalogue.holders(session, found.id)
        statements = (
            *catalogue.statements_of(session, found.id),
            *catalogue.statements_of(session, found.work_id),
        )
        return OwnershipSheet(found, holders, statements, catalogue.gaps_and_overlaps(holders))
