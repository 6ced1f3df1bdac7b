"""Money is integer micro-units of one ISO 4217 currency; shares are exact fractions; rounding loses nothing."""

from collections.abc import Mapping
from fractions import Fraction

MICROS_PER_UNIT = 1_000_000
_DECIMALS = 6


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


def written(micros: int, decimals: int = 2) -> str:
    """An amount of micro-units in units, exact: at least ``decimals`` (0 to 6) behind the point, more where they say
    something.

    Examples
    --------
    >>> written(1_500_000), written(1_250), written(-1_500_000, 6)
    ('1.50', '0.00125', '-1.500000')
    """
    whole, rest = divmod(abs(micros), MICROS_PER_UNIT)
    behind = f"{rest:0{_DECIMALS}d}".rstrip("0").ljust(decimals, "0")
    return f"{'-' if micros < 0 else ''}{whole}{'.' if behind else ''}{behind}"
