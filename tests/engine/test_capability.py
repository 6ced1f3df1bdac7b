"""What cannot be done here is said for every operation that there is."""

import inspect
import re
from typing import get_args

from contrafact.engine.capability import NEEDS, capabilities, capability
from contrafact.engine.recipe import operations as module
from contrafact.engine.recipe.recipe import Operation

SOUNDS = ("general-midi-soundfont", "sonic-pi-samples")


def test_every_operation_has_an_answer() -> None:
    found = capabilities(SOUNDS)
    assert [each.operation for each in found] == list(get_args(Operation))
    assert {each.operation for each in found if not each.possible} == {
        "lyrics_change",
        "translate",
        "voice_clone",
        "train",
    }
    assert all((each.sentence is None) == each.possible for each in found)


def test_all_that_the_engine_performs_is_possible() -> None:
    performed = set(re.findall(r'use\(\s*"(\w+)"', inspect.getsource(module)))
    assert len(performed) >= 7
    assert performed <= set(NEEDS)


def test_without_the_sounds_nothing_is_played_but_the_recording_can_still_be_changed() -> None:
    assert not capability("style", ()).possible
    assert "sonic-pi-samples" in (capability("style", SOUNDS[:1]).sentence or "")
    assert capability("tempo_pitch", ()).possible
