"""What people want music for, and the style that such a listener expects."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from contrafact.engine.recipe.intents import Mood, StyleHint
from contrafact.engine.recipe.words.genres import installed

OCCASIONS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("house", "energetic"): (
            "(workout|work out|working out|gym|running|jogging|spinning class|spin class|aerobics|treadmill|"
            "house party|dance party|party|parties|partying|night out|pool party|birthday party)"
        ),
        ("bossa-nova", "calm"): (
            "(sunset|sunsets|beach|beach bar|beach day|at the beach|by the pool|poolside|seaside|hammock|cocktails|"
            "cafe|coffee shop|coffeehouse|restaurant|background music|waiting room|elevator|hotel lobby|"
            "summer evening|sunday morning|brunch|terrace|cooking|to cook to)"
        ),
        ("lo-fi-hip-hop", "calm"): (
            "(studying|study session|homework|to study to|to work to|to code to|coding|focus|concentration|rainy day|"
            "rainy afternoon|rainy evening|reading|late night drive home|chill session)"
        ),
        ("ambient", "calm"): (
            "(sleep|sleeping|to sleep to|fall asleep|falling asleep|to fall asleep to|bedtime|nap|naptime|lullaby|"
            "sleepy lullaby|meditating|massage|baby to sleep|going to bed|stargazing)"
        ),
        (
            "jazz-swing",
            "romantic",
        ): "(dinner|dinner party|candlelit dinner|date night|wine bar|whisky bar|fancy restaurant)",
        ("acoustic-ballad", "romantic"): "(wedding|wedding dance|wedding ceremony|proposal|anniversary)",
        ("rock", "energetic"): "(road trip|roadtrip|long drive|driving song|stadium crowd)",
        ("orchestral", "epic"): "(trailer|movie scene|film scene|battle|battle scene|boss fight)",
    }
)
"""Patterns by the style that is expected and the mood that it has."""
MOODS: Mapping[str, str] = MappingProxyType(
    {
        "calm": "lo-fi-hip-hop",
        "dreamy": "ambient",
        "energetic": "house",
        "epic": "orchestral",
        "groovy": "funk",
        "minimal": "acoustic-ballad",
        "romantic": "soul-ballad",
        "sad": "acoustic-ballad",
        "warm": "soul-ballad",
    }
)
"""What "something calm" is taken for, where nothing else is said."""


def occasions(styles: Mapping[str, object], moods: Collection[str]) -> Iterator[tuple[str, StyleHint]]:
    """(pattern, hint) for every occasion that a style of this installation suits."""
    for (style, mood), pattern in OCCASIONS.items():
        found = installed(style, styles)
        if found is not None and mood in moods:
            yield pattern, StyleHint(found, (Mood(mood),), weak=True, taken=True)
