"""Whose turn it is: laws of the order, on a clock that the test moves."""

from hypothesis import given, settings
from hypothesis import strategies as st

from contrafact.service.turns import AHEAD_S, Turns


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_everybody_is_heard_before_anybody_is_finished() -> None:
    turns = Turns(Clock())
    made = {str(number): 0.0 for number in range(8)}
    for key in made:
        turns.begin(key)
    order = []
    while len(turns):
        key = turns.next()
        order.append(key)
        made[key] += 4.0
        turns.note(key, made[key])
        if made[key] >= 60.0:
            turns.end(key)
            # One finishes only when all have as much as a listener needs; then the oldest are finished first.
            assert min(made.values()) >= AHEAD_S
    assert order[:8] == sorted(made)
    assert list(dict.fromkeys(key for key in order[32:])) == sorted(made)


def test_a_newcomer_comes_before_those_who_have_something_to_hear() -> None:
    clock = Clock()
    turns = Turns(clock)
    turns.begin("old")
    turns.note("old", 40.0)
    clock.now_s = 3.0
    turns.begin("new")
    assert turns.next() == "new"
    turns.note("new", 20.0)
    assert turns.next() == "old"


def test_a_patient_piece_waits_for_all_others() -> None:
    turns = Turns(Clock())
    turns.begin("rehearsal", patient=True)
    assert turns.next() == "rehearsal"
    turns.begin("take")
    turns.note("take", 100.0)
    assert turns.next() == "take"
    turns.end("take")
    assert turns.next() == "rehearsal"


@given(
    slice_s=st.floats(0.1, 3.0),
    sound_s=st.floats(0.5, 8.0),
    newcomers_every=st.integers(1, 6),
    length=st.integers(1, 20),
)
@settings(max_examples=40, deadline=None)
def test_nobody_starves_however_many_come(slice_s: float, sound_s: float, newcomers_every: int, length: int) -> None:
    """The first take ends by the time at which its listener needs its end, plus what may come in between."""
    clock = Clock()
    turns = Turns(clock)
    turns.begin("first")
    made = {"first": 0.0}
    for turn in range(1, 5000):
        if turn % newcomers_every == 0:
            turns.begin(str(turn))
            made[str(turn)] = 0.0
        key = turns.next()
        made[key] += sound_s
        turns.note(key, made[key])
        clock.now_s += slice_s
        if made[key] >= length * sound_s:
            turns.end(key)
            if key == "first":
                return
    raise AssertionError("the first take was never finished")
