"""Taking in deliveries of labels: 100,000 ERN releases, in one huge message and in many small ones.

    python -m benchmarks.ddex [--releases N] [--only huge|small] [--json]

Targets: at least 200 releases a second on one core, and memory that does not grow with the delivery: as much at a tenth
of it and at the whole. ``read`` checks every rule and gives every release with its recordings and deals, ``import``
takes them into an empty library: recordings announced, owners stated, grants given. The peer beside it reads the same
files with lxml's usual tree and XPath, checks nothing and keeps nothing; of the huge message it reads only the tenth,
for it holds all of it in memory.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks._measure import Cost, run
from tests.support.many_releases import write

SEED = 20261122
PER_SMALL_MESSAGE = 20
TENTH = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """One run: what was done to how many releases, and what it cost."""

    what: str
    shape: str
    releases: int
    per_cpu_s: float
    per_wall_s: float
    cost: Cost

    def __str__(self) -> str:
        name = f"{self.shape:6} {self.what:7} {self.releases:7,} releases"
        return f"{name}   {self.cost}   {self.per_cpu_s:7.0f}/s of CPU, {self.per_wall_s:6.0f}/s"


def deliveries(folder: Path, shape: str, releases: int) -> Path:
    """A folder with one huge message, or with many of twenty releases."""
    made = folder / f"{shape}-{releases}"
    made.mkdir()
    if shape == "huge":
        write(made / "message.xml", releases, SEED)
    else:
        for number in range(releases // PER_SMALL_MESSAGE):
            first = number * PER_SMALL_MESSAGE
            write(
                made / f"{number:06}.xml", PER_SMALL_MESSAGE, SEED + number, first=first, message_id=f"M-{number}"
            )  # fmt: skip
    return made


def read(files: list[Path]) -> int:
    """Every release with its recordings and deals."""
    from contrafact.catalogue.ddex.delivery import take_in

    count = 0
    for file in files:
        with take_in(file) as delivery:
            for bundle in delivery.releases():
                assert list(bundle.resources())
                assert list(bundle.deals())
                count += 1
    return count


def take(files: list[Path], database: Path) -> int:
    """Into an empty library, one transaction a message."""
    from contrafact.kit.clock import SystemClock
    from contrafact.kit.db import Database
    from contrafact.kit.migrate import upgrade
    from contrafact.remixes.deliveries.delivering import deliver
    from contrafact.remixes.deliveries.delivery_reports import DeliveryOptions

    opened = Database.at(database)
    upgrade(opened)
    count = 0
    for file in files:
        with opened.transaction() as session:
            count += deliver(session, file, DeliveryOptions(by="benchmark"), SystemClock()).outcomes["new"]
    opened.close()
    return count


def peer(files: list[Path]) -> int:
    """The same values with lxml's tree and XPath."""
    from lxml import etree

    count = 0
    for file in files:
        tree = etree.parse(str(file))
        songs = {one.findtext("ResourceReference"): one for one in tree.iterfind("ResourceList/SoundRecording")}
        deals: dict[str | None, list[etree._Element]] = {}
        for one in tree.iterfind("DealList/ReleaseDeal"):
            for reference in one.iterfind("DealReleaseReference"):
                deals.setdefault(reference.text, []).append(one)
        for release in tree.iterfind("ReleaseList/TrackRelease"):
            song = songs[release.findtext("ReleaseResourceReference")]
            found = [
                song.xpath(path)
                for path in (
                    "string(SoundRecordingEdition/ResourceId/ISRC)", "string(DisplayTitleText)", "string(Duration)",
                    "string(DisplayArtistName)", "Contributor/Role/Value/text()", "string(ContainsAI)",
                    "ResourceRightsController/RightSharePercentage/text()",
                )
            ]  # fmt: skip
            terms = [one.xpath("Deal/DealTerms/UseType") for one in deals[release.findtext("ReleaseReference")]]
            assert found
            assert terms
            count += 1
    return count


def figures(folder: Path, shapes: list[str], releases: int) -> Iterator[Figure]:
    """Every run in a process of its own, at a tenth and at the whole."""
    for shape in shapes:
        for count in (releases // TENTH, releases):
            made = deliveries(folder, shape, count)
            for what in ("peer", "read", "import"):
                if what == "peer" and shape == "huge" and count == releases:
                    continue
                command = [sys.executable, "-m", "benchmarks.ddex", "--child", what, str(made)]
                cost, printed = run(command, {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
                assert int(printed) == count, f"{printed} of {count} releases"
                yield Figure(what, shape, count, count / cost.cpu_s, count / cost.wall_s, cost)
            for file in [*made.glob("*.xml"), *made.glob("*.db*")]:
                file.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--releases", type=int, default=100_000)
    parser.add_argument("--only", choices=["huge", "small"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        what, name = options.child
        files = sorted(Path(name).glob("*.xml"))
        print(take(files, Path(name) / "library.db") if what == "import" else (read if what == "read" else peer)(files))
        return
    with tempfile.TemporaryDirectory() as name:
        found = []
        for figure in figures(Path(name), [options.only] if options.only else ["huge", "small"], options.releases):
            found.append(figure)
            if not options.json:
                print(figure, flush=True)
    if options.json:
        print(json.dumps([asdict(figure) for figure in found]))


if __name__ == "__main__":
    main()
