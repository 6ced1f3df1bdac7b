"""What all values of the rights slice are made of: strict, frozen, exact.

A field made with :func:`since` came after snapshots were first kept. It is left out of them where it says nothing, so
that a decision of the years before still has the bytes, and the hash, that it had.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class Value(BaseModel):
    """A frozen value that refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other fields (not validated), in order again: equal values have equal snapshots."""
        made = super().model_copy(update=update, deep=deep)
        made._order()
        return made

    def _order(self) -> None:
        """Put collections whose order says nothing into one order; called when a value is made."""


def since(default: Any) -> Any:
    """A field that older snapshots do not have; it is written only where it differs from its default."""
    return Field(default=default, exclude_if=lambda value: value == default)


def _share(value: Any) -> Fraction:
    """One step: of several each would be a call from Pydantic and back, for every holder of every decision."""
    share = value if isinstance(value, Fraction) else _fraction(value)
    # A denominator is never negative.
    if not 0 < share.numerator <= share.denominator:
        raise ValueError(f"a share of {share} is impossible; it lies above 0 and up to 1")
    return share


def _fraction(value: Any) -> Fraction:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError('a share is an exact fraction; write it as "1/3"')
    try:
        return Fraction(value)
    except ZeroDivisionError:
        raise ValueError("a share divides by nothing; give it a denominator from 1 on") from None


Share = Annotated[
    Fraction,
    PlainValidator(_share, json_schema_input_type=str),
    PlainSerializer(lambda value: f"{value.numerator}/{value.denominator}", return_type=str),
]
