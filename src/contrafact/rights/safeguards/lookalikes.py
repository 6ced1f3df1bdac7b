"""Letters that look like Latin ones, and signs that are read as letters.

Source: Unicode Technical Standard 39 (confusables), cut down to what keyboards, fonts and "fancy text" pages offer.
Full width, mathematical, circled and superscript letters need no table: NFKC makes them plain.
"""

from collections.abc import Mapping
from types import MappingProxyType


def _pairs(text: str) -> dict[str, str]:
    """A table from ``"x=abc y=d"``: each of a, b, c looks like x."""
    return {sign: letter for part in text.split() for letter, signs in [part.split("=", 1)] for sign in signs}


FOREIGN: Mapping[str, str] = MappingProxyType(
    _pairs(
        # Cyrillic, Greek, Armenian, Cherokee. Upper case may look like another letter than lower case does.
        "A=А B=В C=С E=Е H=Н I=І J=Ј K=К M=М O=О P=Р S=Ѕ T=Т X=Х Y=УҮ Z=З G=Ԍ Q=Ԛ W=Ԝ V=Ѵ "
        "a=аӑӓ b=вьЬ c=с e=еёєѐӗ h=һнҺ i=іїи j=јЈ k=кқ m=м n=пҥ "
        "o=оӧө p=р r=гя s=ѕ t=т u=цџ v=ѵ w=ԝшщѡ x=хҳ y=уўү z=з d=ԁ l=ӏӀ q=ԛ g=ց "
        "A=ΑΆ B=Β E=ΕΈ Z=Ζ H=ΗΉ I=ΙΊΪ K=Κ M=Μ N=Ν O=ΟΌ P=Ρ T=Τ Y=ΥΎΫ X=Χ "
        "a=αά b=β e=εέ n=ηή i=ιίϊΐ k=κ v=ν o=οόσ p=ρ t=τ x=χ w=ωώ y=γ s=ς d=δ u=μυύ "
        "o=օՕ u=սՍ h=հ n=ոռ q=զ l=լ p=քՔ "
        "D=Ꭰ R=ᎡᏒ T=Ꭲ A=Ꭺ J=Ꭻ E=Ꭼ W=ᎳᏔ M=Ꮇ H=Ꮋ Y=ᎩᎽ Z=Ꮓ G=ᏀᏳ S=ᏚᏕ L=Ꮮ P=Ꮲ V=Ꮩ K=Ꮶ B=Ᏼ C=Ꮯ d=Ꮷ h=Ꮒ b=Ꮟ i=Ꭵ"
    )
)
"""Of other alphabets; they count as Latin only inside a word that is not of their own alphabet."""

LATIN: Mapping[str, str] = MappingProxyType(
    _pairs(
        "a=ɑɐᴀ b=ʙɓᏏ c=ᴄƈ d=ᴅđɖɗð e=ᴇɛəɘǝ f=ꜰƒ g=ɡɢɠ h=ʜħɦ i=ɪıɩɨ j=ᴊɉȷ k=ᴋƙ l=ʟłɭƚ m=ᴍɱ n=ɴŋɲƞ o=ᴏøɔɵ p=ᴘƥþ q=ꞯʠ "
        "r=ʀɹɾɍ s=ꜱʂƨ t=ᴛŧʈƭ u=ᴜʉʊ v=ᴠʋ w=ᴡɯʍ y=ʏƴɏ z=ᴢƶʐ"
    )
    | {"ϲ": "c", "Ϲ": "c"}  # NFKC would make it a sigma, which looks like another letter
    | {"ß": "ss", "æ": "ae", "œ": "oe", "ĳ": "ij"}
    | {chr(0x1F1E6 + place): chr(97 + place) for place in range(26)}
    | {chr(first + place): chr(97 + place) for first in (0x1F130, 0x1F150, 0x1F170) for place in range(26)}
)
"""Small capitals, strokes, squared letters and the letters of flags: Latin wherever they stand. Keyed by lower case."""

CYRILLIC: Mapping[str, str] = MappingProxyType(
    dict(zip("aceiopxykmtbhrn", "асеіорхукмтвнгп", strict=True)) | {"i": "и", "b": "в", "u": "и"}
)
"""The other way round: Latin letters inside a Cyrillic word."""

LEET: Mapping[str, str] = MappingProxyType(
    dict(zip("0345789@$€£+¡", "oeastbgaselti", strict=True)) | {"2": "z", "6": "g", "(": "c", "<": "c", "¢": "c"}
)
"""Digits and signs inside a word; 1, ! and | are both i and l."""
LEET_EITHER = "1!|"
