"""Rules about some sections: who plays where, as clips and notes, and what is heard of it."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrafact.assets.store import AssetStore
from contrafact.engine.arranging import StylePack, arrange, load_styles
from contrafact.engine.arranging.timeline import Timeline
from contrafact.engine.audio.stems import STEM_NAMES, StemName
from contrafact.engine.audio.value import SAMPLE_RATE
from contrafact.engine.errors import BadInput
from contrafact.engine.listening.chart import SectionLabel
from contrafact.engine.recipe.recipe import Recipe, StemsUse, StemUse
from contrafact.engine.recipe.wishes import FormUse, PartsIn, SectionUse
from contrafact.engine.rendering import render_blocks
from tests.support.charts import LONG, song_chart
from tests.support.readers import MemoryStems

CHART = song_chart(bpm=100.0, form=LONG)
STYLES = load_styles()
SOURCE = "d" * 64
ACTIONS = ("drop", "add", "only")
LABELS: tuple[SectionLabel, ...] = ("intro", "verse", "chorus", "bridge", "break", "outro")


def rule(action: str, parts: str, section: str, which: int = 0, reach: str = "there") -> PartsIn:
    return PartsIn.model_validate(
        {"action": action, "parts": tuple(parts.split()), "section": section, "which": which, "reach": reach}
    )


def take(*rules: PartsIn, style: str | None = None, **fields: Any) -> Timeline:
    form = fields.get("form", FormUse())
    version: Literal[1, 2] = 2 if rules or form.fade_in_s or form.fade_out_s else 1
    recipe = Recipe(recipe=version, sources=(SOURCE,), style=style, parts_in=rules, **fields)
    return arrange(CHART, recipe, STYLES[style] if style else None)


def sections_with_stem(timeline: Timeline, stem: str) -> list[int]:
    """Numbers of the song's sections in whose middle a stem sounds."""
    return [
        number
        for number, section in enumerate(CHART.sections)
        if any(
            clip.stem == stem and clip.target_start_s < (section.start_s + section.end_s) / 2 < clip.target_end_s
            for clip in timeline.clips
        )
    ]


def sections_with_part(timeline: Timeline, name: str) -> list[int]:
    """Numbers of the song's sections in which a part strikes notes (a bar line's early note is the next section's)."""
    notes = [note for part in timeline.parts if part.name == name for note in part.notes]
    return [
        number
        for number, section in enumerate(CHART.sections)
        if any(section.start_s - 0.06 <= note.start_s < section.end_s - 0.06 for note in notes)
    ]


EVERY = list(range(9))


@pytest.mark.parametrize(
    ("wish", "heard"),
    [
        (rule("drop", "drums", "verse"), [0, 2, 4, 5, 6, 7, 8]),
        (rule("drop", "drums", "verse", 2), [0, 1, 2, 4, 5, 6, 7, 8]),
        (rule("drop", "drums", "chorus", -1), [0, 1, 2, 3, 4, 5, 6, 8]),
        (rule("drop", "drums", "chorus", 0, "elsewhere"), [2, 4, 7]),
        (rule("drop", "drums", "verse", 2, "until"), [3, 4, 5, 6, 7, 8]),
        (rule("drop", "drums", "bridge", 0, "onwards"), [0, 1, 2, 3, 4]),
        (rule("only", "vocals", "verse", 1), [0, 2, 3, 4, 5, 6, 7, 8]),
        (rule("only", "drums bass", "verse"), EVERY),
        (rule("add", "drums", "chorus", 2, "onwards"), [4, 5, 6, 7, 8]),
    ],
    ids=str,
)
def test_a_kept_stem_rests_where_it_should(wish: PartsIn, heard: list[int]) -> None:
    timeline = take(wish)
    assert sections_with_stem(timeline, "drums") == heard
    assert sections_with_stem(timeline, "other") == (
        [0, 2, 4, 5, 6, 7, 8] if "bass" in wish.parts else heard if wish.action == "only" else EVERY
    )


def test_who_is_added_in_some_sections_plays_only_there() -> None:
    timeline = take(rule("add", "piano", "verse"), rule("add", "guitar", "chorus"))
    assert sections_with_part(timeline, "piano") == [1, 3]
    assert sections_with_part(timeline, "guitar") == [2, 4, 7]
    assert take(rule("add", "strings", "chorus", 2, "onwards")).parts
    assert sections_with_part(take(rule("add", "strings", "chorus", 2, "onwards")), "strings") == [4, 5, 6, 7, 8]


def test_only_brings_in_who_was_not_there_and_nobody_else() -> None:
    timeline = take(rule("only", "vocals piano", "verse", 1))
    assert sections_with_part(timeline, "piano") == [1]
    assert sections_with_stem(timeline, "vocals") == EVERY
    assert sections_with_stem(timeline, "bass") == [0, 2, 3, 4, 5, 6, 7, 8]


def test_the_style_s_own_players_rest_as_well() -> None:
    dropped = StemsUse(drums=StemUse(keep=False), bass=StemUse(keep=False), other=StemUse(keep=False))
    timeline = take(rule("drop", "drums bass", "verse", 2), style="house", stems=dropped)
    assert {part.role for part in timeline.parts} >= {"drums", "bass"}
    for part in timeline.parts:
        if part.role in ("drums", "percussion", "bass"):
            assert 3 not in sections_with_part(timeline, part.name)
            assert 4 in sections_with_part(timeline, part.name)


def test_of_two_rules_the_later_wins() -> None:
    timeline = take(rule("drop", "drums", "chorus", 0, "elsewhere"), rule("add", "drums", "bridge"))
    # The second says that drums play in the bridge: they are heard where either lets them.
    assert 5 in sections_with_stem(timeline, "drums")
    assert 6 not in sections_with_stem(timeline, "drums")


def test_a_section_is_never_left_silent() -> None:
    timeline = take(rule("only", "vocals", "intro"))
    assert sections_with_stem(timeline, "drums") == EVERY
    assert "Nothing would be heard in the intro, so all that plays in it stays." in timeline.notes_for_people


def test_rules_follow_their_sections_wherever_those_are_played() -> None:
    order = (SectionUse(section=2), SectionUse(section=1), SectionUse(section=2))
    timeline = take(rule("drop", "drums", "chorus"), form=FormUse(order=order))
    struck = [(clip.target_start_s, clip.target_end_s) for clip in timeline.clips if clip.stem == "drums"]
    lines = [bar.start_s for bar in timeline.bars]
    assert len(struck) == 1
    assert struck[0][0] == pytest.approx(lines[8], abs=0.05)
    assert struck[0][1] == pytest.approx(lines[16], abs=0.05)


def test_the_voice_comes_in_with_its_pickup() -> None:
    """On this song the voice begins 0.2 s before the bar."""
    timeline = take(rule("drop", "vocals", "verse", 1))
    voice = [clip for clip in timeline.clips if clip.stem == "vocals"]
    chorus_s = CHART.sections[2].start_s
    assert len(voice) == 2
    assert voice[0].target_end_s <= CHART.sections[1].start_s - 0.2
    assert chorus_s - 0.3 < voice[1].target_start_s < chorus_s - 0.2


def test_a_part_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadInput, match=r"parts_in\[0\]\.parts: there is no instrument 'nose-flute'"):
        take(rule("add", "nose-flute", "verse"))


@given(
    st.lists(
        st.builds(
            rule,
            st.sampled_from(ACTIONS),
            st.sampled_from(["drums", "bass", "vocals", "other", "piano", "vocals piano", "drums strings"]),
            st.sampled_from(LABELS),
            st.integers(-3, 3),
            st.sampled_from(["there", "elsewhere", "onwards", "until"]),
        ),
        max_size=4,
    )
)
def test_whatever_is_asked_no_section_falls_silent_and_nothing_is_invented(rules: list[PartsIn]) -> None:
    timeline = take(*rules)
    bare = take()
    for number in EVERY:
        stems = [stem for stem in ("drums", "bass", "other", "vocals") if number in sections_with_stem(timeline, stem)]
        assert stems or any(number in sections_with_part(timeline, part.name) for part in timeline.parts)
    used = {use.stem: use.seconds for use in timeline.usage()}
    for use in bare.usage():
        assert used.get(use.stem, 0.0) <= use.seconds + 1e-6
    for clip in timeline.clips:
        assert clip.target_end_s > clip.target_start_s
        assert clip.ratio == pytest.approx(1.0)


def heard(timeline: Timeline, stems: Mapping[StemName, Any], nowhere: Path) -> Any:
    blocks = [block.samples for block in render_blocks(timeline, MemoryStems(stems), AssetStore(nowhere))]
    return np.concatenate(blocks, axis=1).mean(axis=0).astype(np.float64)


def test_what_rests_is_not_heard_and_the_stroke_that_comes_back_is_whole(tmp_path: Path) -> None:
    """Strokes on every bar line, a tone in the others: after the verse the first stroke is the recording's own."""
    frames = round(CHART.duration_s * SAMPLE_RATE)
    strokes = np.zeros((2, frames), np.float32)
    for bar in CHART.bars:
        at = round(bar.start_s * SAMPLE_RATE)
        strokes[:, at : at + 2000] = 0.5
    quiet = np.zeros((2, frames), np.float32)
    stems: dict[StemName, Any] = {"drums": strokes, "vocals": quiet, "bass": quiet, "other": quiet}
    sound = heard(take(rule("drop", "drums", "verse", 1)), stems, tmp_path)
    verse, chorus = CHART.sections[1], CHART.sections[2]
    inside = sound[round(verse.start_s * SAMPLE_RATE) : round((chorus.start_s - 0.05) * SAMPLE_RATE)]
    assert float(np.abs(inside).max()) < 1e-4
    at = round(chorus.start_s * SAMPLE_RATE)
    assert np.allclose(sound[at : at + 2000], 0.5, atol=1e-3)


def test_a_fade_out_ends_in_silence_at_the_last_bar_line_and_falls_steadily(tmp_path: Path) -> None:
    frames = round(CHART.duration_s * SAMPLE_RATE)
    tone = (0.3 * np.sin(2 * np.pi * 220.0 * np.arange(frames) / SAMPLE_RATE)).astype(np.float32)
    stems: dict[StemName, Any] = dict.fromkeys(STEM_NAMES, np.stack([tone, tone]))
    timeline = take(form=FormUse(fade_out_s=12.0))
    assert timeline.duration_s == pytest.approx(timeline.bars[-1].end_s, abs=1e-6)
    sound = heard(timeline, stems, tmp_path)
    level = [float(np.sqrt(np.mean(piece**2))) for piece in np.array_split(sound[-12 * SAMPLE_RATE :], 12)]
    assert all(later < earlier for earlier, later in pairwise(level))
    assert level[-1] < 0.02 * level[0]
    before = sound[-20 * SAMPLE_RATE : -13 * SAMPLE_RATE]
    assert float(np.sqrt(np.mean(before**2))) == pytest.approx(
        float(np.sqrt(np.mean(sound[: 5 * SAMPLE_RATE] ** 2))), rel=0.02
    )


def test_a_fade_in_rises_from_silence_and_the_band_fades_along(styles: Mapping[str, StylePack]) -> None:
    timeline = take(form=FormUse(fade_in_s=6.0, fade_out_s=10.0), style="house")
    moved = [*timeline.buses, *timeline.parts]
    assert moved
    for one in timeline.buses:
        curve = next(item.points for item in one.automation if item.knob == "gain_db")
        assert curve[0][1] == -60.0
        assert curve[-1][1] == -60.0
        assert curve[-1][0] == pytest.approx(timeline.duration_s)
    for part in timeline.parts:
        last_s = max(note.start_s + note.duration_s for note in part.notes)
        if last_s > timeline.duration_s - 9.0:
            assert any(item.knob == "gain_db" and item.points[-1][1] <= -60.0 for item in part.automation), part.name


def test_a_fade_longer_than_half_of_the_take_fades_over_that_half() -> None:
    timeline = take(form=FormUse(fade_out_s=60.0), length_s=30.0)
    curve = next(item.points for item in timeline.buses[0].automation if item.knob == "gain_db")
    assert curve[0][0] == pytest.approx(timeline.duration_s / 2, abs=0.01)


def test_an_exact_length_ends_there_with_the_fade_that_was_asked_for() -> None:
    timeline = take(form=FormUse(exact=True, fade_out_s=5.0), length_s=70.0)
    assert timeline.duration_s == pytest.approx(70.0, abs=1e-6)
    curve = next(item.points for item in timeline.buses[0].automation if item.knob == "gain_db")
    assert curve[0][0] == pytest.approx(65.0, abs=0.01)
    assert curve[-1] == pytest.approx((70.0, -60.0), abs=0.01)
