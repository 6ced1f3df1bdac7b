"""The quick way to canonical JSON writes what the reference implementation writes, and refuses what it refuses."""

from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from contrafact.kit.canonical import canonical_json, digest

_NUMBERS = st.integers(-(2**54), 2**54) | st.floats() | st.integers(-(10**6), 10**6).map(float)
# Halves of characters, characters beyond the first plane, and those that are escaped.
_TEXTS = st.text(st.characters(exclude_categories=()), max_size=8) | st.sampled_from(
    ['"\\/\b\x1f\x7f\u2028', "é", "😀"]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4) | st.tuples(inner, inner),
    max_leaves=12,
)


@given(_VALUES)
@example({"\ufb33": 1, "😀": 2, "a": 3})  # by UTF-16 the face comes first
@example([10.0, -0.0, 1e15, 1e16, 1e21, 123456789012345680.0, 0.0001, 0.00001, 1e-7, 5e-324, 0.1, 2.5])
@example([2**53 - 1, 1 - 2**53])
@example({"percent": 20.0, "tiers": None, "on": True})
def test_the_quick_way_is_that_of_the_reference(value: Any) -> None:
    assert _either(canonical_json, value) == _either(rfc8785.dumps, value)


def _either(way: Any, value: Any) -> Any:
    try:
        return way(value)
    except rfc8785.CanonicalizationError as error:
        return type(error), str(error)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, {1: "a"}, {"a": {1, 2}}, "\ud800", b"bytes"])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical_json(value)


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"b": [1.0, "é"], "a": None}) == digest({"a": None, "b": [1, "é"]})
