"""A take that comes up from silence, or fades out while the music goes on."""

from dataclasses import replace

from contrafact.engine.arranging.dramaturgy import fade_turn, rise_turn
from contrafact.engine.arranging.layout import Form, Turn
from contrafact.engine.audio.stems import STEM_NAMES
from contrafact.engine.recipe.wishes import FormUse

_MOST = 0.5
"""Share of the take over which it may fade, at each end."""


def with_fades(form: Form, asked: FormUse) -> Form:
    """The form with the faders moved as the recipe asks; unchanged where it asks for no fade.

    A fade-out ends with the form's material, and nothing rings on after it. What is longer than half of the take fades
    over that half.
    """
    turns: list[Turn] = []
    fade_in_s, fade_out_s = (min(wanted, _MOST * form.length_s) for wanted in (asked.fade_in_s, asked.fade_out_s))
    if fade_in_s > 0.0:
        turns.append(rise_turn(fade_in_s, STEM_NAMES))
    if fade_out_s > 0.0:
        turns.append(fade_turn(form, form.length_s - fade_out_s, STEM_NAMES))
    if not turns:
        return form
    whole = tuple(replace(turn, whole=True) for turn in turns)
    fades = fade_out_s > 0.0
    return replace(form, turns=(*form.turns, *whole), fades=fades, fixed=form.fixed or fades)
