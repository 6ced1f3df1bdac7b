"""Four-bar progressions by split, mode and colour, in the notation of :mod:`benchmarks.truth.harmony`.

The first fits verses, the second choruses, the third bridges and solos, the fourth intros, breaks and outros; more may
follow, of which a song draws.
"""

from typing import Final

from benchmarks.truth.settings import Colour
from benchmarks.truth.song import Split

PROGRESSIONS: Final[dict[tuple[Split, str, Colour], tuple[str, ...]]] = {
    ("tuning", "major", "triads"): (
        "I|vi|ii|V",
        "IV|V|I|vi",
        "ii|iii|IV|V",
        "I|IV|I|V",
        "I|I|IV|V",
        "I|V|ii|IV",
    ),
    ("tuning", "major", "sevenths"): (
        "Imaj7|vi7|ii7|V7",
        "IVmaj7|iii7|ii7 V7|Imaj7",
        "iii7|vi7|ii7|V7",
        "Imaj7|IVmaj7|Imaj7|V7",
        "Imaj7|ii7|iii7|IVmaj7",
    ),
    ("tuning", "major", "slash"): (
        "I|V/3|vi|IV",
        "IV|I/3|ii|V",
        "vi|I/5|IV|V",
        "I|IV/5|I|V",
        "I|I/3|IV|V",
    ),
    ("tuning", "major", "borrowed"): (
        "I|bVII|IV|I",
        "I|III|IV|iv",
        "bVI|bVII|I|I",
        "I|IV|iv|I",
        "I|II|IV|V",
    ),
    ("tuning", "minor", "triads"): (
        "i|bVI|bIII|bVII",
        "bVI|bVII|i|i",
        "iv|i|iv|V",
        "i|i|iv|i",
        "i|iv|bVII|bIII",
        "i|v|bVI|V",
    ),
    ("tuning", "minor", "sevenths"): (
        "i7|iv7|bVII7|bIIImaj7",
        "bVImaj7|V7|i7|i7",
        "iv7|i7|iiø7|V7",
        "i7|iv7|i7|V7",
        "i7|bVImaj7|iiø7|V7",
    ),
    ("tuning", "minor", "slash"): (
        "i|V/3|bIII|iv",
        "bVI|i/5|iv/3|V",
        "iv|i/3|iiø7/3|V",
        "i|iv/5|i|V",
        "i|i/3|iv|V",
    ),
    ("tuning", "minor", "borrowed"): (
        "i|IV|i|bVII",
        "bVI|bII|i|V",
        "iv|bVII|bIII|III",
        "i|i|II|V",
        "i|v|IV|bVI",
    ),
    ("reported", "major", "triads"): (
        "I|V|vi|IV",
        "I|IV|vi|V",
        "vi|IV|ii|V",
        "I|iii|IV|V",
        "IV|I|iii|V",
        "I|ii|IV|I",
        "vi|iii|IV|I",
    ),
    ("reported", "major", "sevenths"): (
        "Imaj7|iii7|IVmaj7|V7",
        "ii7|V7|Imaj7|IVmaj7",
        "IVmaj7|V7|iii7|vi7",
        "Imaj7|vi7|IVmaj7|V7",
        "I7|IV7|I7|V7",
        "Imaj7|VI7|ii7|V7",
    ),
    ("reported", "major", "slash"): (
        "I|V7/7 V|I/3|IV",
        "I|V/3|IV/3|V",
        "ii|I/3|IV|V/3",
        "I/3|IV|I/5|V",
        "IV|V/3|I|I/3",
    ),
    ("reported", "major", "borrowed"): (
        "I|V|bVII|IV",
        "IV|iv|I|VI",
        "bIII|bVII|IV|V",
        "I|bIII|bVII|I",
        "vi|II|IV|I",
    ),
    ("reported", "minor", "triads"): (
        "i|bVII|bVI|bVII",
        "bIII|bVII|i|iv",
        "bVI|iv|bIII|V",
        "i|iv|i|v",
        "i|bIII|bVII|iv",
        "i|bVI|iv|V",
    ),
    ("reported", "minor", "sevenths"): (
        "i7|bVII7|bVImaj7|V7",
        "iv7|bVII7|bIIImaj7|bVImaj7",
        "iiø7|V7|i7|iv7",
        "i7|iiø7|V7|i7",
        "i7|bIIImaj7|iv7|V7",
    ),
    ("reported", "minor", "slash"): (
        "i|bVII/3|bVI|V/3",
        "bIII|bVII/3|i|iv/5",
        "bVI|bIII/5|iv|V",
        "i/3|iv|i/5|V",
        "i|i/5|bVI|bVII",
    ),
    ("reported", "minor", "borrowed"): (
        "i|IV|bVI|V",
        "bIII|IV|i|i",
        "bII|bVI|V|V",
        "i|bII|i|V",
        "i|bVII|IV|i",
    ),
}
