"""How good the network is on mixes that it does not learn from."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from contrafact.engine.separation.refining import FEATURES, STEMS
from training.batches import heard_of, power_of
from training.cells import Cells
from training.losses import as_used, faults

NAMES: Final = ("vocals", "drums", "bass", "other")
_COLUMNS = 2576
"""30 s, in whole steps."""
_MOST = 24
_ABSENT = 1e-3


def validate(network: torch.nn.Module, mixes: Sequence[Cells], device: torch.device) -> dict[str, Any]:
    """SDR (dB, median over excerpts of 30 s) of every stem that is there, as first guessed and as refined, and how
    loud what is not there is beside the mix (dB)."""
    kept: list[list[list[float]]] = [[[] for _ in range(STEMS)] for _ in range(4)]
    guessed, refined, before, after = kept
    for mix in mixes[:_MOST]:
        columns = min(_COLUMNS, len(mix.sums) // 8 * 8)
        first, last = _errors(network, mix, columns, device)
        truth = mix.truth[:columns].sum(axis=0)
        total = float(truth.sum())
        for stem in range(STEMS):
            if truth[stem] < _ABSENT * total:
                before[stem].append(_db(first[stem] / total))
                after[stem].append(_db(last[stem] / total))
            else:
                guessed[stem].append(_db(truth[stem] / first[stem]))
                refined[stem].append(_db(truth[stem] / last[stem]))
    return {
        "mixes": min(len(mixes), _MOST),
        "guessed": _medians(guessed),
        "refined": _medians(refined),
        "absent_guessed": _medians(before),
        "absent_refined": _medians(after),
    }


def _errors(
    network: torch.nn.Module, mix: Cells, columns: int, device: torch.device
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The energy of each stem's error over the excerpt, of the guesses and of what the network makes of them."""
    stored = mix.sums[:columns].astype(np.float32)
    stored[..., :FEATURES] = heard_of(power_of(stored[..., :FEATURES]))
    sums = torch.from_numpy(stored).permute(2, 0, 1)[None].to(device)
    units = torch.from_numpy(mix.rows)[None].to(device)
    same = torch.eye(STEMS, device=device)[None, :, :, None, None].expand(1, STEMS, STEMS, columns, sums.shape[3])
    network.eval()
    with torch.no_grad():
        shares = as_used(network(sums[:, :FEATURES]))
        found = [faults(one, sums, units).cells.double().sum(dim=(0, 2, 3)).cpu().numpy() for one in (same, shares)]
    return found[0], found[1]


def _db(ratio: float) -> float:
    return float(10.0 * np.log10(max(ratio, 1e-12)))


def _medians(values: Sequence[Sequence[float]]) -> dict[str, float | None]:
    return {name: round(float(np.median(one)), 2) if one else None for name, one in zip(NAMES, values, strict=True)}
