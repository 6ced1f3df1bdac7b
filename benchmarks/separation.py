"""How well, how fast and in how much memory a recording is separated.

    python -m benchmarks.separation [--split tuning] [--songs 12] [--long] [--json]
                                   [--only quality|tracker|real|bare|cost]
    python -m benchmarks.separation --only real --sheets DIR

*quality*: excerpts of 30 s of generated songs, and real voices over their accompaniments. *tracker*: excerpts of
tracker modules under copyleft, which nothing was ever trained on, rendered instrument by instrument. Both against
Spleeter with median filters and a low-pass, median filters alone, the mix itself as estimate, and htdemucs where the
operator fetched it. The figure is plain SDR over both channels and the whole excerpt,
``10 log10(|truth|^2 / |truth - estimate|^2)``, in dB; a stem whose truth is silent is left out of it and counted by how
loud its estimate is against the mix. Since SDR does not tell whether strokes stay where they were, those that the drum
network hears in the true and in the separated drums are compared, too. The real voice is that of the song in
``../shared/data`` as Spleeter finds it: clean of its guitar only as far as that goes, and easy for Spleeter's network,
for the peers just as for us.

*real*: recordings whose stems nobody has (demo catalogue, as far as it was fetched), by what can be told all the same;
with ``--sheets`` also a spectrogram sheet of each.

*bare*: sixty recordings in which hardly anybody plays, and how loud those are found who do not; what is louder than
-30 dB is printed.

*cost*: a cold process that separates 180 s (with ``--long`` also 6 and 60 minutes), as the operating system counts it.
Models come from ``$CONTRAFACT_HOME/assets`` (the checkout's ``.cache/home`` without it).
"""

import argparse
import json
import os
from pathlib import Path
from typing import Final

from benchmarks.stems.bare import bare
from benchmarks.stems.costs import child, cost
from benchmarks.stems.estimating import Everybody
from benchmarks.stems.excerpts import CHECKOUT, rendered
from benchmarks.stems.modules import tracked
from benchmarks.stems.recordings import real
from benchmarks.stems.scoring import quality
from benchmarks.stems.tables import show
from contrafact.assets import AssetStore
from contrafact.engine.separation.separators import DEFAULT_SEPARATOR

_PARTS: Final = ("quality", "tracker", "real", "bare", "cost")
_CEILINGS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="reported")
    parser.add_argument("--songs", type=int, default=12)
    parser.add_argument("--modules", type=int, default=99, help="At most so many tracker modules.")
    parser.add_argument("--recordings", type=int, default=99, help="At most so many real recordings.")
    parser.add_argument("--demucs-excerpts", type=int, default=_CEILINGS, help="It is slow: on this many only.")
    parser.add_argument("--only", choices=_PARTS)
    parser.add_argument("--sheets", type=Path, metavar="DIR", help="Draw what is found in real recordings.")
    parser.add_argument("--long", action="store_true", help="Memory for 6 and 60 minutes too (6 GB of samples).")
    parser.add_argument(
        "--separator", default=DEFAULT_SEPARATOR, help="Whose cost is counted, and who hears bare ones."
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--minutes", type=float, default=3.0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    home = Path(os.environ.get("CONTRAFACT_HOME") or CHECKOUT / ".cache" / "home")
    store = AssetStore(home / "assets")
    if options.child:
        child(options.child, options.minutes, options.separator, store)
        return
    report: dict[str, object] = {}
    for part in (options.only,) if options.only else _PARTS:
        report[part] = _measured(part, options, store, home)
    if options.json:
        print(json.dumps(report))
    else:
        show(report)


def _measured(part: str, options: argparse.Namespace, store: AssetStore, home: Path) -> object:
    if part == "cost":
        lengths = (3.0, 6.0, 60.0) if options.long else (3.0,)
        return [cost(minutes, options.separator) for minutes in lengths]
    if part == "bare":
        return bare(store, options.separator)
    everybody = Everybody(store, options.demucs_excerpts)
    if part == "real":
        return real(everybody, store, options.recordings, options.sheets)
    if part == "tracker":
        return quality(tracked(store, home, options.modules), everybody)
    return quality(rendered(options.split, options.songs, store, home), everybody)


if __name__ == "__main__":
    main()
