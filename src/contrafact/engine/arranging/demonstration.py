"""A song to try a style on: sixteen bars of each level over a progression, with nothing recorded."""

from contrafact.engine.arranging.pack import StylePack
from contrafact.engine.listening.chart import (
    Bar,
    Beat,
    Chart,
    Chord,
    Key,
    Loudness,
    Metre,
    Section,
    SectionLabel,
    Tempo,
)
from contrafact.engine.recipe.recipe import Recipe, Strengths

_NO_SOURCE = "0" * 64
_PROGRESSION = ("A:min", "F:maj", "C:maj", "G:maj", "A:min", "D:min", "F:maj", "G:maj")
_SECTIONS: tuple[tuple[SectionLabel, str, float], ...] = (
    ("verse", "A", 0.2),
    ("verse", "B", 0.75),
    ("chorus", "C", 1.0),
)
"""Kinds of section and energies that are felt as low, mid and high."""
BARS_EACH = 16


def demonstration_chart(
    pack: StylePack, *, beats_per_bar: int = 4, division: int = 2, bars_each: int = BARS_EACH
) -> Chart:
    """The chart of the song: in A minor, at the style's typical tempo, with one chord a bar."""
    beat_s = 60.0 / pack.tempo.typical_bpm * (1.5 if division == 3 else 1.0)
    bar_s = beat_s * beats_per_bar
    count = bars_each * len(_SECTIONS)
    bars = tuple(
        Bar(
            index=number,
            start_s=number * bar_s,
            end_s=(number + 1) * bar_s,
            beats_s=tuple(number * bar_s + beat * beat_s for beat in range(beats_per_bar)),
        )
        for number in range(count)
    )
    return Chart(
        duration_s=count * bar_s,
        content="music",
        content_confidence=1.0,
        tempo=Tempo(bpm=60.0 / beat_s, confidence=1.0, steady=True),
        tempo_curve=(),
        metre=Metre.model_validate({"beats_per_bar": beats_per_bar, "confidence": 1.0, "division": division}),
        beats=tuple(Beat(time_s=time_s, position=n + 1) for bar in bars for n, time_s in enumerate(bar.beats_s)),
        bars=bars,
        key=Key(tonic="A", mode="minor", confidence=1.0),
        chords=tuple(
            Chord(
                start_s=bar.start_s, end_s=bar.end_s, label=_PROGRESSION[bar.index % len(_PROGRESSION)], confidence=1.0
            )
            for bar in bars
        ),
        sections=tuple(
            Section(
                start_s=place * bars_each * bar_s,
                end_s=(place + 1) * bars_each * bar_s,
                first_bar=place * bars_each,
                last_bar=(place + 1) * bars_each - 1,
                label=label,
                letter=letter,
                energy=energy,
                confidence=1.0,
            )
            for place, (label, letter, energy) in enumerate(_SECTIONS)
        ),
        vocal_regions=(),
        loudness=Loudness(integrated_lufs=-14.0, true_peak_dbtp=-1.0),
    )


def demonstration_recipe(pack: StylePack, seed: int = 0) -> Recipe:
    """All of the style and nothing else."""
    return Recipe(
        kind="cover",
        sources=(_NO_SOURCE,),
        style=pack.slug,
        strengths=Strengths(rhythm=1.0, timbre=1.0, harmony=pack.strengths.harmony),
        seed=seed,
    )
