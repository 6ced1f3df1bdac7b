"""Render the songs of a split onto the shelf: ``python -m benchmarks.truth [tuning|reported|both]``."""

import os
import sys
from pathlib import Path
from typing import cast

from benchmarks.truth import Split, prepare, settings_of
from contrafact.assets import AssetStore


def main() -> None:
    asked = sys.argv[1] if len(sys.argv) > 1 else "both"
    if asked not in ("tuning", "reported", "both"):
        sys.exit(__doc__)
    home = Path(os.environ.get("CONTRAFACT_HOME") or Path(__file__).resolve().parents[2] / ".cache" / "home")
    splits = ("tuning", "reported") if asked == "both" else (asked,)
    for split in splits:
        chosen = list(settings_of(cast(Split, split)))
        prepare(
            chosen,
            AssetStore(home / "assets"),
            home / "truth",
            lambda done, total, split=split: print(f"{split}: {done} of {total}", file=sys.stderr),  # type: ignore[misc]
        )


if __name__ == "__main__":
    main()
