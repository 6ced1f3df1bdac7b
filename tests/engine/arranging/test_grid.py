from contrafact.engine.arranging.chords import tonic_class
from contrafact.engine.arranging.form import choose_form
from contrafact.engine.arranging.grid import build_grid
from tests.support.charts import song_chart
from tests.support.recipes import recipe_for


def test_the_bass_plays_what_was_heard_below_a_slash_chord() -> None:
    plain = song_chart()
    slashed = plain.model_copy(
        update={
            "chords": tuple(
                chord.model_copy(update={"bass": "E"}) if chord.label == "C:maj" else chord for chord in plain.chords
            )
        }
    )
    found = {
        (span.tones.root, span.tones.bass)
        for span in build_grid(slashed, choose_form(slashed, recipe_for(None)), None).chords
        if span.tones
    }
    assert (tonic_class("C"), tonic_class("E")) in found
    assert all(root == bass for root, bass in found if root != tonic_class("C"))
