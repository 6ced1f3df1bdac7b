"""A remix for producers, where its owners let it leave: stems, MIDI or a DAWproject, asked about anew each time."""

import os
import zipfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from contrafact.accounts.schemas import User
from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.errors import BadInput
from contrafact.engine.exporting.archive import add_bytes, add_file
from contrafact.engine.exporting.dawproject import About, BusSound, write_dawproject
from contrafact.engine.exporting.midi import to_midi
from contrafact.engine.exporting.stems import write_buses
from contrafact.engine.placing import placing
from contrafact.engine.progress import Progress
from contrafact.engine.recipe.recipe import Operation, Recipe
from contrafact.kit.home import scratch_folder
from contrafact.remixes.creations.making import work_for
from contrafact.remixes.errors import NotReady
from contrafact.remixes.installation import Installation
from contrafact.remixes.permission.joining import credits_of, label_of
from contrafact.remixes.proposals.asking import Asked, ask_about
from contrafact.remixes.showing.views import owned
from contrafact.remixes.slices import Slice, Slices, exhaust
from contrafact.remixes.standing.blocking import require_playable
from contrafact.remixes.tables.models import RemixRow
from contrafact.remixes.takes.taking import Bench, stem_files, timeline_of
from contrafact.rights import service as rights
from contrafact.rights.errors import RightsRefused

Format = Literal["mid", "zip", "dawproject"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker needs to write the file, as plain values; see :func:`produce`."""

    title: str
    about: Mapping[str, str]
    note: str
    work: Mapping[str, Any]


def format_of(target: Path) -> Format:
    """The format that a file's name tells.

    Raises
    ------
    BadInput
        For any other name.
    """
    suffix = target.suffix.lower().removeprefix(".")
    for known in FORMATS:
        if suffix == known:
            return known
    raise BadInput(f"{target.name}: end the name with .mid (notes), .zip (stems and notes) or .dawproject")


def order(installation: Installation, remix_id: str, user: User, kind: Format, folder: Path) -> Order:
    """Ask whether a remix may leave in this format, keep the decision, and say what its worker needs.

    Raises
    ------
    UnknownRemix, NotReady
        There is no such remix of this listener, or it is not ready.
    RightsRefused
        An owner does not allow it (any more); the decision is kept.
    """
    with installation.database.transaction() as session:
        row = owned(session, remix_id, user)
        require_playable(session, remix_id, installation.clock)
        if row.status != "ready":
            raise NotReady("this remix is not ready yet; wait until it is, then try again")
        recipe = Recipe.model_validate_json(row.recipe_json)
        # Stems of the recording are its owners' most precious thing: they are asked for by name.
        also: tuple[Operation, ...] = ("export",)
        if kind != "mid" and recipe.kind != "cover":
            also = ("export", "stems_use")
        asked = ask_about(installation, session, row, user, also)
        rights.record(session, asked.decision, installation.clock)
        if asked.decision.permitted:
            work = work_for(installation, recipe, asked.sources, folder, live=False)
            return Order(row.title, asdict(_about(row, asked)), _note(installation, row, asked), work)
    raise RightsRefused(asked.decision)


def _about(row: RemixRow, asked: Asked) -> About:
    recordings = [source.recording for source in asked.sources]
    writers = {item.name for source in asked.sources for item in source.holders.work}
    return About(
        title=row.title,
        artist=row.user_name,
        original_artist=", ".join(dict.fromkeys(recording.artist for recording in recordings)),
        songwriter=", ".join(sorted(writers)),
        copyright="; ".join(asked.decision.duties.attribution),
        comment=label_of(row.user_name, asked.recipe.kind, asked.sources),
    )


def _note(installation: Installation, row: RemixRow, asked: Asked) -> str:
    """The text that lies beside the stems: what this is, from whom, under which decision."""
    duties = asked.decision.duties
    style = installation.style_name(asked.recipe.style)
    lines = [label_of(row.user_name, asked.recipe.kind, asked.sources), ""]
    lines += [f"{item.role}: {item.name}" for item in credits_of(asked.sources, row.user_name, style, duties)]
    if duties.share_alike:
        lines += ["", f"What is made from this must carry the licence {duties.share_alike}."]
    lines += ["", f"recipe {row.recipe_sha256}", f"decision {asked.decision.snapshot_sha256}"]
    lines += ["", "The stems are before the master, all turned down alike; together they are the mix."]
    return "\n".join(lines) + "\n"


def produce(bench: Bench, arguments: Mapping[str, Any]) -> Slices:
    """Write the file: ``order`` (an :class:`Order` as a mapping), ``kind`` and ``target``; ends with its ``path``."""
    told = arguments["order"]
    target, kind = Path(arguments["target"]), arguments["kind"]
    yield Slice(0.0, "arranging")
    timeline = timeline_of(bench, told["work"])
    if kind == "mid":
        with placing(target) as scratch:
            scratch.write_bytes(to_midi(timeline, told["title"]))
        return {"path": str(target)}
    written: list[BusSound] = []
    with ExitStack() as stack:
        stems = [stack.enter_context(each) for each in stem_files(told["work"])]
        for sound in write_buses(Path(told["work"]["folder"]), timeline, stems, bench.sounds):
            written.append(sound)
            yield Slice(min(0.9, 0.5 + 0.05 * len(written)), "writing")
    yield Slice(0.95, "writing")
    if kind == "dawproject":
        write_dawproject(target, timeline, written, About(**told["about"]))
    else:
        _bundle(target, timeline, written, told)
    return {"path": str(target)}


def _bundle(target: Path, timeline: Timeline, sounds: list[BusSound], told: Mapping[str, Any]) -> None:
    """Stems, notes and the note for people in one ZIP, which appears when it is whole."""
    with placing(target) as scratch, zipfile.ZipFile(scratch, "w") as container:
        add_bytes(container, "README.txt", told["note"])
        add_bytes(container, "notes.mid", to_midi(timeline, told["title"]))
        for number, sound in enumerate(sounds, start=1):
            add_file(container, f"{number:02d}-{sound.path.name}", sound.path)


def produce_here(
    installation: Installation,
    remix_id: str,
    user: User,
    target: Path,
    bench: Callable[[], Bench],
    progress: Progress,
) -> Path:
    """Ask, and write the file in this process; raises what :func:`order` and :func:`format_of` raise."""
    kind = format_of(target)
    folder = target.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise BadInput(f"{target} cannot be written; give a file name in a folder that exists and is yours")
    with scratch_folder(installation.home, "produce-") as scratch:
        told = order(installation, remix_id, user, kind, scratch)
        exhaust(produce(bench(), {"order": asdict(told), "kind": kind, "target": str(target)}), progress)
    return target
