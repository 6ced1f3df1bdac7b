"""How wrong shares are, from the sums in :mod:`training.cells`, and what the training makes less of."""

from dataclasses import dataclass

import torch
from torch import Tensor

from contrafact.engine.separation.refining import KEPT, STEMS
from training.cells import GRAM, LACKS, MISSED, PAIRS

WEIGHTS = (3.0, 1.0, 1.0, 1.0)
"""How much vocals, drums, bass and other count."""
FAINT = (5e-2, 2e-4, 2e-4, 2e-4)
"""An error 37 dB below the mix is small enough; what is absent is to stay below it. For the voice 13 dB are, which
makes its loss nearly one of energy: with a low floor a trace of an instrument in a voice that is silent costs more than
half a singer is worth, the network must be certain before it dares to give anything, and what it may not try it never
learns (with 22 dB a twentieth of what belonged to the voice was given to it, less than blind guessing would give)."""
ROUGH = (0.0, 2.0, 1.0, 0.5)
"""What the mean error of magnitudes, which also hears the quiet cells, counts for beside the energy of errors. It wants
the median of what may be right where energy wants the mean: a cell that is more likely not sung than sung would give
nothing to the voice."""
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Faults:
    """Energies in the units of the features: ``cells`` (batch, stem, columns, rows) what is wrong with each stem;
    ``mix`` (batch, columns, rows) the sum of the guesses' sound."""

    cells: Tensor
    mix: Tensor


def as_used(shares: Tensor) -> Tensor:
    """Shares as the separator uses them: of the guesses that it keeps whole, nothing is dealt out.

    What is learnt is then what is missing from the voice, not what is too much in it.
    """
    fixed = torch.eye(STEMS, device=shares.device, dtype=shares.dtype)[None, :, :, None, None].expand_as(shares)
    kept = torch.tensor([guess in KEPT for guess in range(STEMS)], device=shares.device)[None, None, :, None, None]
    return torch.where(kept, fixed, shares)


def gram_of(sums: Tensor) -> Tensor:
    """The guesses' inner products, (batch, guess, guess, columns, rows), of sums (batch, CHANNELS, columns, rows)."""
    order = [PAIRS.index((min(i, j), max(i, j))) for i in range(STEMS) for j in range(STEMS)]
    batch, _, columns, rows = sums.shape
    return sums[:, GRAM][:, order].reshape(batch, STEMS, STEMS, columns, rows)


def faults(shares: Tensor, sums: Tensor, units: Tensor) -> Faults:
    """The energy of the error in every cell.

    Parameters
    ----------
    shares : (batch, stem, guess, columns, rows)
    sums : (batch, CHANNELS, columns, rows)
    units : (batch, rows)
        The energy that is 1 in ``sums``.
    """
    batch, _, columns, rows = sums.shape
    gram = gram_of(sums)
    moved = shares - torch.eye(STEMS, device=shares.device)[None, :, :, None, None]
    known = sums[:, LACKS].reshape(batch, STEMS - 1, STEMS, columns, rows)
    lacks = torch.cat([known, -known.sum(dim=1, keepdim=True)], dim=1)
    seen = moved[:, :, 0, None] * gram[:, None, 0]
    for guess in range(1, STEMS):
        seen = seen + moved[:, :, guess, None] * gram[:, None, guess]
    energy = sums[:, MISSED] + (moved * (seen - 2.0 * lacks)).sum(dim=2)
    scale = units[:, None, None, :]
    return Faults(energy.clamp_min(0.0) * scale, gram.sum(dim=(1, 2)).clamp_min(0.0) * scale[:, 0])


def loss_of(found: Faults) -> Tensor:
    """One number: per crop and stem the logarithm of the error's energy beside the mix's, and its magnitude."""
    weights = torch.tensor(WEIGHTS, device=found.cells.device)
    mix = found.mix.sum(dim=(1, 2))[:, None] + _TINY
    faint = torch.tensor(FAINT, device=found.cells.device)
    level = torch.log(found.cells.sum(dim=(2, 3)) / mix + faint)
    loud = torch.sqrt(found.mix + _TINY).sum(dim=(1, 2))[:, None]
    rough = torch.sqrt(found.cells + _TINY).sum(dim=(2, 3)) / loud
    roughly = torch.tensor(ROUGH, device=found.cells.device)
    return ((level + roughly * rough) * weights).sum() / (weights.sum() * len(found.cells))
