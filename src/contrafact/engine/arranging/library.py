"""Reading style packs and the words for instruments and moods from a folder of TOML."""

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from contrafact.engine.arranging.pack import PERCUSSION, Data, Effects, GainDb, PitchedRole, StylePack
from contrafact.engine.errors import BadInput
from contrafact.engine.json_path import json_path

LARGEST_PACK_BYTES = 1_000_000


class InstrumentWord(Data):
    """What a musician means by a word such as ``strings``: which sound, in which role, or which parts and stems it
    names.

    ``role`` is what a part that is added for it plays; ``percussion`` names the line of a percussion instrument;
    ``family`` words (``drums``, ``keys``) only select parts that are already there.
    """

    words: tuple[str, ...] = ()
    role: PitchedRole | Literal["percussion", "family"]
    program: Annotated[int, Field(ge=0, le=127)] | None = None
    line: str | None = None
    steps: str | None = None
    """Rhythm of a percussion instrument over one beat."""
    low: int = 48
    high: int = 79
    gain_db: GainDb = -10.0
    pan: float = 0.0
    stem: Literal["vocals", "drums", "bass"] | None = None
    """The stem of the recording that goes silent when the word is excluded."""


class MoodWord(Data):
    """How a mood bends an arrangement; every number is an offset from the pack."""

    words: tuple[str, ...] = ()
    energy: Annotated[float, Field(ge=-0.5, le=0.5)] = 0.0
    velocity: Annotated[float, Field(ge=0.5, le=1.5)] = 1.0
    reverb_db: Annotated[float, Field(ge=-12.0, le=12.0)] = 0.0
    drums_db: Annotated[float, Field(ge=-12.0, le=12.0)] = 0.0
    reverb_size: Annotated[float, Field(ge=-0.5, le=0.5)] = 0.0
    parts_effects: Effects = ()
    master_effects: Effects = ()


def _explain(source: str, error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    message = str(first["msg"]).removeprefix("Value error, ")
    place = json_path(first["loc"])
    more = error.error_count() - 1
    return f"{source}: {place + ': ' if place else ''}{message}" + (f" (and {more} more)" if more else "")


def read_text(file: Path | Traversable, source: str) -> str:
    """The text of a pack file; ``source`` names it in errors.

    Raises
    ------
    BadInput
        When it cannot be read, is no text or far too large.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST_PACK_BYTES + 1)
        if len(data) > LARGEST_PACK_BYTES:
            raise BadInput(f"{source} is larger than {LARGEST_PACK_BYTES} bytes; a style pack is a page of text")
        return data.decode("utf-8")
    except OSError as error:
        raise BadInput(f"{source} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{source} is not TOML: {error}") from error


def _read(file: Path | Traversable, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(file, source))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{source} is not TOML: {error}") from error


def parse_pack(document: Mapping[str, Any], source: str) -> StylePack:
    """Validate the content of a ``pack.toml``; ``source`` names it in errors.

    Raises
    ------
    BadInput
        With one sentence: the file, the field and what is wrong with it.
    """
    try:
        # By way of JSON: strict validation then takes TOML's arrays for tuples, and dates or NaN have no way in.
        return StylePack.model_validate_json(json.dumps(document, default=str))
    except ValidationError as error:
        raise BadInput(_explain(source, error)) from error


def load_styles(directory: Path | None = None) -> Mapping[str, StylePack]:
    """All packs ``<slug>/pack.toml`` of a folder (those that come with Contrafact when None), by slug in alphabetical
    order.

    Raises
    ------
    BadInput
        When the folder holds no pack, or a pack does not validate.
    """
    root: Path | Traversable = directory if directory is not None else resources.files("contrafact.styles")
    if not root.is_dir():
        raise BadInput(f"{directory} is not a folder; give one that holds <style>/pack.toml")
    packs: dict[str, StylePack] = {}
    for folder in sorted(root.iterdir(), key=lambda item: item.name):
        file = folder / "pack.toml"
        if not folder.is_dir() or not file.is_file():
            continue
        source = f"{folder.name}/pack.toml"
        pack = parse_pack(_read(file, source), source)
        if pack.slug != folder.name:
            raise BadInput(f"{source}: slug is {pack.slug!r}; it must be the folder's name, {folder.name!r}")
        packs[pack.slug] = pack
    if not packs:
        raise BadInput(f"{directory or 'the package'} holds no style packs; each is a folder with a pack.toml")
    return MappingProxyType(packs)


@cache
def load_plain() -> StylePack:
    """The style of a recipe that names instruments but no style; read once."""
    return parse_pack(_read(resources.files("contrafact.styles") / "plain.toml", "plain.toml"), "plain.toml")


@cache
def load_instruments() -> Mapping[str, InstrumentWord]:
    """What ``instruments_with`` and ``instruments_without`` of a recipe may name, by slug; read once."""
    document = _read(resources.files("contrafact.styles") / "instruments.toml", "instruments.toml")
    found: dict[str, InstrumentWord] = {}
    for slug, entry in document.items():
        try:
            word = InstrumentWord.model_validate_json(json.dumps(entry))
        except ValidationError as error:
            raise BadInput(_explain(f"instruments.toml: {slug}", error)) from error
        if word.role == "percussion" and word.line not in PERCUSSION:
            raise BadInput(f"instruments.toml: {slug}: line must be one of {', '.join(PERCUSSION)}")
        found[slug] = word
    return MappingProxyType(found)


@cache
def load_moods() -> Mapping[str, MoodWord]:
    """The moods that a recipe may name, by slug; read once."""
    document = _read(resources.files("contrafact.styles") / "moods.toml", "moods.toml")
    found: dict[str, MoodWord] = {}
    for slug, entry in document.items():
        try:
            found[slug] = MoodWord.model_validate_json(json.dumps(entry))
        except ValidationError as error:
            raise BadInput(_explain(f"moods.toml: {slug}", error)) from error
    return MappingProxyType(found)
