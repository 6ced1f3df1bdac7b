import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.remixes.takes.taking import heard_at


@given(fractions=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)), take_s=st.floats(1.0, 600.0))
def test_what_can_be_heard_grows_from_nothing_to_the_whole(fractions: tuple[float, float], take_s: float) -> None:
    less, more = sorted(fractions)
    assert 0.0 <= heard_at(less, take_s) <= heard_at(more, take_s) <= take_s
    assert heard_at(0.0, take_s) == 0.0
    assert heard_at(0.86, take_s) == pytest.approx(take_s)
