"""More evidence is never less certainty."""

from hypothesis import given
from hypothesis import strategies as st

from contrafact.engine.listening.certainty import metre_certainty, tempo_certainty

shares = st.floats(0.0, 1.0)
beats = st.integers(1, 5000)


@given(share=shares, clarity=shares, count=beats, residual=st.floats(0.0, 1.0), more=st.floats(0.0, 1.0))
def test_tempo(share: float, clarity: float, count: int, residual: float, more: float) -> None:
    known = tempo_certainty(share, clarity, count, residual)
    assert 0.0 <= known <= 1.0
    assert tempo_certainty(min(1.0, share + more), clarity, count, residual) >= known
    assert tempo_certainty(share, min(1.0, clarity + more), count, residual) >= known
    assert tempo_certainty(share, clarity, count + 10, residual) >= known
    assert tempo_certainty(share, clarity, count, residual + more) <= known


@given(lead=shares, tempo=shares, count=beats, more=st.floats(0.0, 1.0))
def test_metre(lead: float, tempo: float, count: int, more: float) -> None:
    known = metre_certainty(lead, tempo, count)
    assert 0.0 <= known <= 1.0
    assert metre_certainty(min(1.0, lead + more), tempo, count) >= known
    assert metre_certainty(lead, min(1.0, tempo + more), count) >= known


def test_no_beats_no_certainty() -> None:
    assert tempo_certainty(1.0, 1.0, 0, 0.0) == 0.0
    assert metre_certainty(1.0, 1.0, 0) == 0.0


def test_what_is_sure_and_what_is_not() -> None:
    assert tempo_certainty(0.98, 0.9, 200, 0.003) > 0.95
    assert tempo_certainty(0.5, 0.15, 60, 0.05) < 0.1
