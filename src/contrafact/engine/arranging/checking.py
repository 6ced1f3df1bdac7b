"""Checking packs on disk: every fault with its path, and its line where it can be found."""

import json
import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from contrafact.engine.arranging.library import load_instruments, load_styles, read_text
from contrafact.engine.arranging.linting import Finding, lint, shared_words
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.errors import BadInput
from contrafact.engine.json_path import json_path

_SYNTAX_PLACE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+)\s*=")


@dataclass(frozen=True, slots=True)
class Checked:
    """One pack file: the pack if it can be played, and what was found."""

    file: Path
    pack: StylePack | None
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether it has no errors."""
        return all(finding.severity != "error" for finding in self.findings)


def pack_files(directory: Path) -> list[Path]:
    """The ``pack.toml`` of a folder, or those of the folders below it, in order.

    Raises
    ------
    BadInput
        When there is none.
    """
    single = directory / "pack.toml"
    files = [single] if single.is_file() else sorted(directory.glob("*/pack.toml")) if directory.is_dir() else []
    if not files:
        raise BadInput(f"{directory} holds no style packs; give a folder with a pack.toml, or one of such folders")
    return files


def check_styles(directory: Path, kits: Collection[str]) -> tuple[Checked, ...]:
    """Check a folder with a ``pack.toml``, or all packs in the folders below it.

    Raises
    ------
    BadInput
        When there is no pack to check.
    """
    checked = [check_pack(file, kits) for file in pack_files(directory)]
    return tuple(_with_shared_words(checked))


def check_pack(file: Path, kits: Collection[str]) -> Checked:
    """Check one ``pack.toml``."""
    try:
        text = read_text(file, f"{file.parent.name}/{file.name}")
    except BadInput as error:
        return Checked(file, None, (Finding("error", "", str(error)),))
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _SYNTAX_PLACE.search(str(error))
        message = f"not TOML: {_SYNTAX_PLACE.sub('', str(error))}"
        return Checked(file, None, (Finding("error", "", message, int(place[1]) if place else None),))
    try:
        pack = StylePack.model_validate_json(json.dumps(document, default=str))
    except ValidationError as error:
        return Checked(file, None, tuple(_faults(error, text)))
    findings = lint(pack, kits, _families())
    folder = file.resolve().parent.name
    if pack.slug != folder:
        message = f"slug is {pack.slug!r}; it must be the folder's name, {folder!r}"
        findings.insert(0, Finding("error", "slug", message))
    return Checked(file, pack, tuple(replace(item, line=line_of(text, item.place)) for item in findings))


def _families() -> frozenset[str]:
    """Every word that may name an instrument, written as a slug."""
    words = load_instruments()
    spoken = {word.replace(" ", "-") for entry in words.values() for word in entry.words}
    return frozenset({*words, *spoken})


def _faults(error: ValidationError, text: str) -> Iterator[Finding]:
    for fault in error.errors(include_url=False):
        place = json_path(fault["loc"])
        yield Finding("error", place, str(fault["msg"]).removeprefix("Value error, "), line_of(text, place))


def _with_shared_words(checked: list[Checked]) -> Iterator[Checked]:
    """Each pack with the words that it has in common with an earlier one, or with one that comes with Contrafact."""
    own = {item.pack.slug: item.pack for item in checked if item.pack is not None}
    shipped = {slug: pack for slug, pack in load_styles().items() if slug not in own}
    shared = shared_words({**shipped, **own})
    for item in checked:
        if item.pack is None:
            yield item
            continue
        text = read_text(item.file, str(item.file))
        extra = tuple(
            replace(finding, line=line_of(text, finding.place)) for slug, finding in shared if slug == item.pack.slug
        )
        yield replace(item, findings=(*extra, *item.findings))


def line_of(text: str, place: str) -> int | None:
    """The line, from 1, on which a path such as ``grooves[1].lines.kick`` is written in a TOML file; of what is not
    written there itself, the line of the table that it belongs to. None where nothing of the path is written.
    """
    wanted = re.findall(r"[^.\[\]]+", place)
    best: tuple[int, int] | None = None
    table: list[str] = []
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _table(header[1], header[2].split("."), counts)
            best = _better(best, table, wanted, number)
        elif key := _KEY.match(line):
            best = _better(best, [*table, key[1]], wanted, number)
    return best[1] if best else None


def _table(brackets: str, names: list[str], counts: dict[str, int]) -> list[str]:
    """The path of a header with the indices of arrays of tables filled in; a new element is counted."""
    path: list[str] = []
    for place, name in enumerate(names):
        path.append(name)
        key = ".".join(path)
        if brackets == "[[" and place == len(names) - 1:
            counts[key] = counts.get(key, -1) + 1
        if key in counts:
            path.append(str(counts[key]))
    return path


def _better(best: tuple[int, int] | None, path: list[str], wanted: list[str], line: int) -> tuple[int, int] | None:
    """The longer beginning of the wanted path, the earlier line of equals."""
    if path != wanted[: len(path)] or (best is not None and best[0] >= len(path)):
        return best
    return len(path), line
