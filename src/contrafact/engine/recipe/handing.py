"""The melody handed to an instrument: "play the melody on violin", "a sax instead of the voice", "flute answers"."""

from collections.abc import Sequence

from contrafact.engine.recipe.intents import MelodyOn, Phrase
from contrafact.engine.recipe.text import Word
from contrafact.engine.recipe.vocabulary import Vocabulary
from contrafact.engine.recipe.wishes import MelodyPlace
from contrafact.engine.recipe.words.tree import phrases

_VERBS = frozenset({"whistle", "fiddle"})
"""Instruments whose names are what one does with them."""
_ARTICLES = frozenset("the a an my her his their our its this that some solo lead".split())
_TUNES = phrases(
    "melody|melodies|tune|topline|theme|melody line|top line|lead line|lead melody|vocal melody|main melody|"
    "vocal line|vocal part|voice part|lead part|sung melody|singing part|main theme|lead|vocal lines|vocals|"
    "voice|vocal|singing|singer|lead vocal|lead vocals"
)
_HANDS_OVER = frozenset(
    "play put give have do hand move let replace swap perform transfer render turn take pass "
    "assign exchange switch make change substitute".split()
)
_VOICES = frozenset({"voice", "vocals", "vocal", "singing", "singer", "lead vocal", "lead vocals"})
_BY = frozenset("on by with as to for using through over via from".split())
_REPLACES = phrases("instead of|in place of|rather than|replaces|replacing|not|for|in lieu of")
_PLAYS = phrases(
    "plays|playing|play|takes|taking|take|carries|carrying|carry|sings|leads on|takes over|taking over|"
    "take over|does|doing|do|on|handles|covers|states|has"
)
_TAKES_OVER = phrases(
    "take over|takes over|taking over|take its place|takes its place|take her place|takes her place|take his place|"
    "instead|do the singing|sing instead|sing it|lead instead|step in|in its place|in her place|in his place|carry on"
)
_DOUBLES = phrases(
    "doubling|doubles|doubled with|along with|in unison with|following|follows|shadowing|shadows|double|"
    "mirroring|mirrors|unison with|together with|alongside|playing along with|play along with|plays along with|"
    "playing with|play with|in unison|accompanying|shadow|follow|mirror|double up with|doubling up"
)
_MANNERS: tuple[tuple[Sequence[Sequence[str]], MelodyPlace], ...] = ((_PLAYS, "replace"), (_DOUBLES, "double"))
_ANSWERS = phrases(
    "answers|answering|answer|replies to|replying to|responds to|responding to|in between|between|in the gaps|"
    "fills|filling|fills in|fill in|in response to|echoing|when|where|whenever|solo|solos|licks|riffs|fill|"
    "interjections|ad libs"
)
_REST = frozenset(
    "the gaps gap between lines line phrases phrase voice vocals singer singing she he nobody rests pauses "
    "isn't is not of her his my in sings when "
    "space spaces vocal up".split()
)


def handed(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """The longest such request that begins here."""
    found = [
        one
        for rule in (_tune_first, _instrument_first, _doubled, _answered)
        if (one := rule(words, at, known)) is not None
    ]
    return max(found, key=lambda phrase: phrase.last, default=None)


def _skip(words: Sequence[Word], at: int, skipped: frozenset[str] = _ARTICLES) -> int:
    while at < len(words) and words[at].text in skipped and not (words[at].pause and at > 0 and skipped is _REST):
        at += 1
    return at


def _one_of(words: Sequence[Word], at: int, phrases: Sequence[Sequence[str]]) -> int:
    """Words used by the longest of some phrases here; 0 for none."""
    texts = [word.text for word in words[at : at + 4]]
    return max((len(phrase) for phrase in phrases if texts[: len(phrase)] == list(phrase)), default=0)


def _tune(words: Sequence[Word], at: int) -> tuple[int, str]:
    """(words used, its name) of what carries the tune, articles included."""
    place = at
    while place < len(words) and words[place].text in _ARTICLES - {"lead"}:
        place += 1
    length = _one_of(words, place, _TUNES)
    return (place + length - at, " ".join(w.text for w in words[place : place + length])) if length else (0, "")


def _instrument(words: Sequence[Word], at: int, known: Vocabulary) -> tuple[int, str] | None:
    """(words used, slug), articles included."""
    place = _skip(words, at)
    while place < len(words) and known.instruments.match(words, place) is None:
        if known.moods.match(words, place) is None:
            return None
        place += 1
    found = known.instruments.match(words, place) if place < len(words) else None
    if found is None or found[1] in known.families:
        return None
    return place + found[0] - at, found[1]


def _tune_first(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "[play] the melody on violin", "give the tune to the flute", "replace the voice with a sax"."""
    place = at
    verb = words[at].text
    lead = verb in _HANDS_OVER
    place += 1 if lead else 0
    length, tune = _tune(words, place)
    if not length:
        return None
    place += length
    while place + 1 < len(words) and words[place].text in ("be", "is", "should", "goes", "go", "could") and length:
        lead, place = True, place + 1
    if place < len(words) and words[place].text in (
        "played",
        "performed",
        "taken",
        "handed",
        "carried",
        "done",
        "sung",
    ):
        lead, place = True, place + 1
    elif place < len(words) and words[place].text in ("over", "line", "part"):
        place += 1
    if place >= len(words) or words[place].pause or words[place].text not in _BY | {"into"}:
        return None
    if not lead and words[place].text not in ("on", "by", "as"):
        return None
    if (
        words[place].text in ("with", "using")
        and tune in _VOICES
        and verb not in ("replace", "swap", "substitute", "exchange", "switch", "change")
    ):
        return None
    one = _instrument(words, place + 1, known)
    if one is None or (one[1] == "choir" and tune in _VOICES):
        # A voice is turned into a choir by singing, not by an instrument.
        return None
    return Phrase(at, place + 1 + one[0], "melody", (MelodyOn(one[1]),))


def _instrument_first(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "[let] the trumpet play the tune", "violin instead of the voice", "flute melody", "sax solo", "piano fills"."""
    place = at
    while place < len(words) and words[place].text in ("let", "have", "make", "get", "with", "add", "want", "i", "put"):
        place += 1
    one = _instrument(words, place, known)
    if one is None:
        return None
    place += one[0]
    slug = one[1]
    place = place + 1 if place < len(words) and words[place].text == "that" else place
    used = _one_of(words, place, _TAKES_OVER)
    if used and not words[place].pause and (place > at + one[0] or words[place].text == "takes"):
        return Phrase(at, place + used, "melody", (MelodyOn(slug),))
    swapped = _one_of(words, place, _REPLACES)
    if swapped:
        length, tune = _tune(words, place + swapped)
        if length and (tune in _VOICES or words[place].text != "for"):
            return Phrase(at, place + swapped + length, "melody", (MelodyOn(slug),))
    for verbs, manner in _MANNERS:
        used = _one_of(words, place, verbs)
        length = _tune(words, place + used)[0] if used else 0
        if used and length:
            return Phrase(at, place + used + length, "melody", (MelodyOn(slug, manner),))
    used = _one_of(words, place, _ANSWERS)
    if used and not words[place].pause:
        last = _skip(words, place + used, _REST)
        if words[place].text not in ("between", "when", "where", "whenever") or last > place + used:
            return Phrase(at, last, "melody", (MelodyOn(slug, "rests"),))
    length, tune = _tune(words, place)
    verbal = words[place - 1].text in _VERBS and place == at + one[0]
    if length and tune not in _VOICES and not words[place].pause and (verbal or words[place].text not in _ARTICLES):
        return Phrase(at, place + length, "melody", (MelodyOn(slug),))
    return None


def _doubled(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "double the voice with a flute"."""
    if words[at].text not in ("double", "doubling", "shadow", "thicken", "reinforce", "support"):
        return None
    length, _ = _tune(words, at + 1)
    place = at + 1 + length
    if not length or place >= len(words) or words[place].text not in ("with", "by", "on", "using"):
        return None
    one = _instrument(words, place + 1, known)
    return None if one is None else Phrase(at, place + 1 + one[0], "melody", (MelodyOn(one[1], "double"),))


def _answered(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """ "fill the gaps with sax", "answer the voice with a trumpet"."""
    if words[at].text not in ("fill", "answer", "answering", "filling", "respond"):
        return None
    place = _skip(words, at + 1, _REST | {"to"})
    if place == at + 1 or place >= len(words) or words[place].text not in ("with", "by", "using", "on"):
        return None
    one = _instrument(words, place + 1, known)
    return None if one is None else Phrase(at, place + 1 + one[0], "melody", (MelodyOn(one[1], "rests"),))
