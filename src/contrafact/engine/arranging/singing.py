"""What a recipe asks of the song's own voice, as layers of the timeline."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from contrafact.engine.arranging.cutting import answers, chops, chosen, stutters, throws
from contrafact.engine.arranging.form import Form
from contrafact.engine.arranging.grid import Grid
from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.arranging.phrases import SungPhrase
from contrafact.engine.arranging.second_voices import second_voice
from contrafact.engine.arranging.staging import Stage, stage_of
from contrafact.engine.arranging.timeline import Clip
from contrafact.engine.arranging.voices import (
    Interval,
    Shift,
    VoiceLayer,
    VoicePiece,
    VoiceTone,
)
from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.recipe import Recipe
from contrafact.engine.recipe.wishes import VoiceUse

_ASKED: Final = 0.6
"""Share of its level that a treatment has which is asked for without a strength."""
_THIRD_FROM, _THROWS_FROM, _CHOIR_FROM = 0.3, 0.5, 0.7
_HARMONY_PANS: Final = (-0.4, 0.4, -0.15)
_HARMONY: Final = VoiceTone(vibrato=0.8, tuning=0.35, consonants_db=-10.0)
_DOUBLE: Final = VoiceTone(detune_cents=7.0, consonants_db=-7.0)
_CHOIR: Final = VoiceTone(detune_cents=10.0, vibrato=0.6, tuning=0.3, brightness=-0.2, consonants_db=-12.0)
_STEP_BACK_DB: Final = 9.0
"""By how much the lead steps back behind the strongest vocoder."""
_STUTTERING: Final = 0.6
"""Most of the phrases that stutter: who always does is not surprising."""
_JOIN_S: Final = 0.02
_GAP_S: Final = 2.0
_THROAT_PER_OCTAVE: Final = 2.5
"""Semitones by which a singer an octave away has a smaller or larger throat; also what a high voice's first formant
must do to meet its fundamental."""


def sing(
    chart: Chart,
    recipe: Recipe,
    pack: StylePack | None,
    form: Form,
    grid: Grid,
    clips: tuple[Clip, ...],
    source: int = 0,
    bed: Chart | None = None,
) -> tuple[VoiceLayer, ...]:
    """Layers of the kept voice; none where the recipe leaves it as it is, or no voice is kept.

    Parameters
    ----------
    chart : Chart
        Of the recording that the voice comes from.
    recipe : Recipe
        ``voice`` says what, ``strengths.vocals`` how much; with ``voice`` untouched the strength alone gives a double,
        then thirds in choruses, then throws, then a choir.
    pack : StylePack or None
    form, grid
        Of the take.
    clips : tuple of Clip
        Where they keep the voice, there is something to treat.
    source : int
        Which recording of the take the voice comes from (1 in a mash-up).
    bed : Chart, optional
        Of the recording whose keys and bars the take has, where that is another.
    """
    asked = recipe.voice != VoiceUse()
    strength = recipe.strengths.vocals
    if recipe.kind == "cover" or "vocals" in recipe.locks or not (asked or strength > 0.0):
        return ()
    stage = stage_of(chart, recipe, form, grid, clips, source, bed or chart)
    if not stage.phrases:
        return ()
    found = _asked(stage, recipe.voice, _ASKED + (1.0 - _ASKED) * strength) if asked else _grown(stage, strength)
    return tuple(replace(layer, source=source) for layer in found)


def remarks(recipe: Recipe, layers: Sequence[VoiceLayer]) -> tuple[str, ...]:
    """What people should know where a treatment of the voice was asked for and there is none."""
    asked = recipe.voice != VoiceUse() or recipe.strengths.vocals > 0.0
    if not asked or layers or recipe.kind == "cover" or "vocals" in recipe.locks:
        return ()
    if not recipe.stems.vocals.keep:
        return ("The voice is left out, so nothing was made of it.",)
    return ("Nobody was heard singing in what is kept of this song, so nothing was made of its voice.",)


def _grown(stage: Stage, strength: float) -> Iterator[VoiceLayer]:
    """What a strength gives of itself; each treatment stays and grows with it."""
    yield _double(stage, stage.phrases, -17.0 + 8.0 * strength)
    loud = _choruses(stage.phrases)
    if strength > _THIRD_FROM:
        yield from _harmonies(stage, loud, (2,), -14.0 + 7.0 * _over(strength, _THIRD_FROM))
    if strength > _THROWS_FROM:
        yield from _thrown(stage, stage.phrases, _over(strength, _THROWS_FROM))
    if strength > _CHOIR_FROM:
        yield _choir(stage, loud, -15.0 + 6.0 * _over(strength, _CHOIR_FROM))


def _over(strength: float, start: float) -> float:
    return (strength - start) / (1.0 - start)


def _choruses(phrases: Sequence[SungPhrase]) -> tuple[SungPhrase, ...]:
    """Those of choruses, or where no section is called so, of the louder half."""
    found = tuple(phrase for phrase in phrases if phrase.section == "chorus")
    if found:
        return found
    energies = sorted(phrase.energy for phrase in phrases)
    return tuple(phrase for phrase in phrases if phrase.energy >= energies[len(energies) // 2])


def _asked(stage: Stage, voice: VoiceUse, amount: float) -> Iterator[VoiceLayer]:
    """What is asked for; the tone of the lead is exactly that, the others' level grows with ``amount``."""
    phrases = tuple(phrase for phrase in stage.phrases if not voice.sections or phrase.section in voice.sections)
    yield from _lead(stage, phrases, voice, amount)
    if not phrases:
        return
    if voice.double > 0.0:
        yield _double(stage, phrases, -16.0 + 10.0 * voice.double * amount)
    if voice.harmonies:
        yield from _harmonies(stage, phrases, voice.harmonies, -12.0 + 6.0 * amount)
    if voice.choir > 0.0:
        yield _choir(stage, phrases, -16.0 + 9.0 * voice.choir * amount)
    if voice.vocoder > 0.0 and stage.chords:
        yield VoiceLayer(
            "vocoder",
            "vocoder",
            _pieces(phrases),
            chords=stage.chords,
            gain_db=round(-14.0 + 10.0 * voice.vocoder * amount - stage.hush_db, 3),
            reverb_send_db=-18.0,
        )
    if stage.pulse.known:
        yield from _cut(stage, phrases, voice, amount)


def _lead(stage: Stage, phrases: Sequence[SungPhrase], voice: VoiceUse, amount: float) -> Iterator[VoiceLayer]:
    """The lead with the tone that is asked for, stepping back where a strong vocoder speaks for it."""
    tone = VoiceTone(voice.formant_semitones, voice.breath, voice.brightness, voice.vibrato, voice.tuning)
    back_db = -_STEP_BACK_DB * max(0.0, 2.0 * voice.vocoder * amount - 1.0) if stage.own_scales else 0.0
    spoken = {phrase.start_s for phrase in phrases} if back_db < 0.0 else set()
    if tone == VoiceTone():
        pieces = [replace(piece, gain_db=round(back_db, 3)) for piece in _pieces(phrases)] if spoken else []
    else:
        whole = _without_gaps(stage.phrases)
        pieces = [
            replace(piece, gain_db=round(back_db, 3) if phrase.start_s in spoken else 0.0)
            for phrase, piece in zip(stage.phrases, _pieces(whole), strict=True)
        ]
    if pieces:
        yield VoiceLayer("lead", "lead", tuple(pieces), tone=tone, notes=stage.notes, scales=stage.own_scales)


def _cut(stage: Stage, phrases: tuple[SungPhrase, ...], voice: VoiceUse, amount: float) -> Iterator[VoiceLayer]:
    answering = chosen(phrases, voice.responses * amount, stage.chance.fork("responses"))
    if voice.responses > 0.0:
        yield from _answering(stage, answering, voice.responses * amount)
    if voice.throws > 0.0:
        yield from _thrown(stage, phrases, voice.throws * amount)
    if voice.stutter > 0.0:
        # Where the word before is from decides what is free: all phrases are looked at, some are used.
        luck = stage.chance.fork("stutter")
        some = {phrase.start_s for phrase in chosen(phrases, voice.stutter * amount, luck, _STUTTERING)}
        pieces = tuple(
            piece for piece in stutters(stage.phrases, stage.pulse) if _owner(stage, piece.source_start_s) in some
        )
        if pieces:
            gain_db = -10.0 + 5.0 * voice.stutter * amount
            yield VoiceLayer("stutter", "copy", pieces, gain_db=round(gain_db, 3), notes=stage.notes)
    if voice.chops > 0.0:
        taken = {phrase.start_s for phrase in answering} if voice.responses > 0.0 else set()
        resting = [phrase for phrase in phrases if phrase.start_s not in taken]
        strength = voice.chops * amount
        cut = tuple(
            chops(resting, stage.pulse, stage.scales, strength, stage.a4, stage.chance.fork("chops"), stage.end_s)
        )
        if cut:
            yield VoiceLayer(
                "chops",
                "copy",
                cut,
                gain_db=round(-11.0 + 6.0 * strength, 3),
                delay_send_db=-16.0,
                reverb_send_db=-18.0,
                notes=stage.notes,
            )


def _owner(stage: Stage, time_s: float) -> float | None:
    return next((phrase.start_s for phrase in stage.phrases if phrase.start_s <= time_s < phrase.end_s), None)


def _pieces(phrases: Sequence[SungPhrase]) -> tuple[VoicePiece, ...]:
    """Each phrase where it is sung; where one follows another without a breath, they cross."""
    found: list[VoicePiece] = []
    for phrase in phrases:
        fade_in_s, start_s = 0.03, phrase.start_s
        if phrase.joined and found and abs(found[-1].target_end_s - phrase.start_s) < _JOIN_S:
            before = found[-1]
            found[-1] = replace(before, source_end_s=round(phrase.start_s + 0.5 * _JOIN_S, 6), fade_out_s=_JOIN_S)
            fade_in_s, start_s = _JOIN_S, round(phrase.start_s - 0.5 * _JOIN_S, 6)
        found.append(VoicePiece(start_s, phrase.end_s, start_s, fade_in_s=fade_in_s, fade_out_s=0.08))
    return tuple(found)


def _without_gaps(phrases: Sequence[SungPhrase]) -> tuple[SungPhrase, ...]:
    """Phrases that meet where only a breath was between them: another throat breathes otherwise, too."""
    found: list[SungPhrase] = []
    for phrase in phrases:
        gap_s = phrase.start_s - found[-1].end_s if found else _GAP_S
        if not phrase.joined and 0.0 <= gap_s < _GAP_S:
            middle_s = round(phrase.start_s - 0.5 * gap_s, 6)
            found[-1] = replace(found[-1], end_s=middle_s)
            found.append(replace(phrase, start_s=middle_s, joined=True))
        else:
            found.append(phrase)
    return tuple(found)


def _double(stage: Stage, phrases: Sequence[SungPhrase], gain_db: float) -> VoiceLayer:
    return VoiceLayer(
        "double",
        "sung",
        _pieces(phrases),
        tone=_DOUBLE,
        voices=2,
        width=1.0,
        delay_s=0.024,
        gain_db=round(gain_db, 3),
        reverb_send_db=-22.0,
        notes=stage.notes,
    )


def _choir(stage: Stage, phrases: Sequence[SungPhrase], gain_db: float) -> VoiceLayer:
    return VoiceLayer(
        "choir",
        "sung",
        _pieces(phrases),
        tone=_CHOIR,
        voices=8,
        width=1.0,
        delay_s=0.018,
        gain_db=round(gain_db, 3),
        reverb_send_db=-12.0,
        notes=stage.notes,
        scales=stage.scales,
    )


def _harmonies(
    stage: Stage, phrases: Sequence[SungPhrase], steps: tuple[int, ...], gain_db: float
) -> Iterator[VoiceLayer]:
    """One layer per asked voice; each keeps off those before it."""
    heard = bool(stage.notes)
    lines: list[tuple[Shift, ...]] = []
    for number, step in enumerate(steps):
        interval = Interval(step, *stage.register)
        line: list[Shift] = []
        for phrase in phrases:
            line += second_voice(phrase.notes, stage.scales, interval, stage.a4, lines)
        lines.append(tuple(line))
        yield VoiceLayer(
            f"harmony-{number + 1}",
            "sung",
            _pieces(phrases),
            shifts=tuple(replace(shift, start_s=round(shift.start_s, 6)) for shift in line),
            tone=_HARMONY if abs(step) < 5 else replace(_HARMONY, formant_semitones=_throat(line)),
            delay_s=round(0.012 + 0.007 * number, 6),
            gain_db=round(gain_db - 1.5 * (len(steps) - 1) - stage.hush_db, 3),
            pan=_HARMONY_PANS[number % 3],
            reverb_send_db=-16.0,
            notes=stage.notes,
            scales=stage.scales,
            interval=None if heard else interval,
        )


def _throat(line: Sequence[Shift]) -> float:
    """Size of the throat for a line far from the lead."""
    moves = sorted(shift.semitones for shift in line) or [0.0]
    return round(_THROAT_PER_OCTAVE * moves[len(moves) // 2] / 12.0, 2)


def _answering(stage: Stage, phrases: Sequence[SungPhrase], strength: float) -> Iterator[VoiceLayer]:
    octave = 12.0 if stage.median < 60.0 else -12.0
    found = answers(phrases, stage.pulse, stage.scales, octave, stage.a4, stage.end_s)
    if found.pieces:
        yield VoiceLayer(
            "responses",
            "copy",
            found.pieces,
            shifts=found.shifts,
            tone=VoiceTone(formant_semitones=_throat(found.shifts), brightness=-0.3, vibrato=0.8),
            gain_db=round(-12.0 + 5.0 * strength, 3),
            pan=0.35,
            reverb_send_db=-12.0,
            notes=stage.notes,
            scales=stage.scales,
        )


def _thrown(stage: Stage, phrases: Sequence[SungPhrase], strength: float) -> Iterator[VoiceLayer]:
    if not stage.pulse.known:
        return
    some = chosen(phrases, strength, stage.chance.fork("throws"))
    pieces = tuple(sorted(throws(some, stage.pulse, stage.bpm, stage.end_s), key=lambda piece: piece.target_start_s))
    if pieces:
        yield VoiceLayer(
            "throws",
            "copy",
            pieces,
            tone=VoiceTone(brightness=-0.5),
            gain_db=round(-9.0 + 5.0 * strength, 3),
            reverb_send_db=-14.0,
            notes=stage.notes,
        )
