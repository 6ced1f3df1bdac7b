"""A song in a small catalogue, as words about it are examined."""

import pytest

from contrafact.engine.arranging import load_instruments, load_moods, load_styles
from contrafact.rights.safeguards import PromptContext


@pytest.fixture(scope="session")
def context() -> PromptContext:
    """A song by a band that takes part, in a catalogue with another artist and with titles that hold names."""
    spoken = {name for words in (load_styles(), load_instruments(), load_moods()) for name in words}
    spoken |= {name for pack in load_styles().values() for name in pack.words}
    spoken |= {name for words in (load_instruments(), load_moods()) for word in words.values() for name in word.words}
    return PromptContext(
        song_title="Take It and Run",
        song_artist="The Harbour Lights",
        performers=("Mira Solberg",),
        participating=("The Harbour Lights", "Kofi Mensah", "Dolly Parton"),
        titles=(
            "Take It and Run",
            "Moves Like Jagger",
            "Hey Jude",
            "Purple Rain",
            "Murder in the Kitchen",
            "Prince",
            "Bette Davis Eyes",
        ),
        style_words=frozenset(spoken),
    )
