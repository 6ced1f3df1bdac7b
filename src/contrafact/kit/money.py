"""Money is integer micro-units of one ISO 4217 currency; shares are exact fractions; rounding loses nothing."""

from collections.abc import Mapping
from fractions import Fraction

MICROS_PER_UNIT = 1_000_000


def allocate(amount_micros: int, shares: Mapping[str, Fraction]) -> dict[str, int]:
    """Split an amount by exact shares, by the largest remainder, ties broken by key.

    Parameters
    ----------
    amount_micros : int
        At least 0.
    shares : mapping of key to Fraction
        Each at least 0, together exactly 1.

    Returns
    -------
    dict
        Key to micro-units, in the order of the keys; sums to ``amount_micros``.

    Raises
    ------
    ValueError
        When the shares do not sum to one, or a value is negative.

    Examples
    --------
    >>> allocate(100, {"a": Fraction(1, 3), "b": Fraction(2, 3)})
    {'a': 33, 'b': 67}
    """
    if amount_micros < 0 or any(share < 0 for share in shares.values()):
        raise ValueError("amounts and shares must not be negative")
    if sum(shares.values(), Fraction(0)) != 1:
        raise ValueError(f"the shares sum to {sum(shares.values(), Fraction(0))}, not to 1")
    exact = {key: amount_micros * share for key, share in sorted(shares.items())}
    whole = {key: int(value) for key, value in exact.items()}
    left = amount_micros - sum(whole.values())
    by_remainder = sorted(exact, key=lambda key: (whole[key] - exact[key], key))
    for key in by_remainder[:left]:
        whole[key] += 1
    return whole
