"""Requests: an action and what it acts on, before it or behind ("keep the voice", "turn the drums down a bit")."""

from collections.abc import Sequence

from contrafact.engine.audio.stems import StemName
from contrafact.engine.recipe.coming import opened
from contrafact.engine.recipe.intents import (
    AnyStyle,
    ChangeRest,
    Drop,
    DropRest,
    Harmony,
    Impossible,
    Intent,
    Keep,
    Kind,
    Level,
    Lock,
    MelodyOn,
    Only,
    PartGain,
    Phrase,
    Renew,
    With,
    Without,
)
from contrafact.engine.recipe.recipe import Component
from contrafact.engine.recipe.targets import Target, targets_at
from contrafact.engine.recipe.text import Word, number
from contrafact.engine.recipe.vocabulary import Vocabulary
from contrafact.engine.recipe.words.nouns import LINKS, Action
from contrafact.engine.recipe.words.tree import phrases

LEVEL_DB = 4.0
"""How much *louder* and *quieter* move a stem or a part."""
_PLAYED: dict[str, tuple[str, ...]] = {
    "drums": ("drums",),
    "percussion": ("shaker", "congas"),
    "bass": ("electric-bass",),
    "keys": ("electric-piano",),
    "chords": ("piano",),
}
"""What is added for a word that names a group."""
_REST = phrases("everything else|all else|all the rest|the rest|anything else|the others|all others")
_BECOMES = frozenset("to be is are should sound get go it them must a come".split())
_SMALL = frozenset("bit little lot touch tad notch".split())
_SOUNDS: dict[str, StemName] = {"rhythm": "drums", "melody": "vocals"}
"""The stem that is heard as a component."""


def request(words: Sequence[Word], at: int, known: Vocabulary) -> Phrase | None:
    """The request that begins here, or None."""
    degree, place = _degree(words, at, known)
    opener = known.openers.match(words, place) if place < len(words) else None
    action: Action | None = None
    verb = ""
    if opener is not None:
        action, verb = opener[1], words[place].text
        place += opener[0]
        later, place = _degree(words, place, known)
        degree *= later
    elif degree != 1.0:
        # "heavy" by itself is an action as well as a degree.
        opener = known.openers.match(words, at)
        place, degree = (at + opener[0], 1.0) if opener is not None else (at, 1.0)
        action, verb = (opener[1], words[at].text) if opener is not None else (None, "")
    if action in ("drop", "new") and (rest := _the_rest(words, place)):
        if action == "new":
            return Phrase(at, rest, "style", (ChangeRest(), AnyStyle()))
        return Phrase(at, rest, "drop", (DropRest(),))
    if action in ("begin", "end", "repeat"):
        return _entering(words, at, place, known, action)
    targets, last = targets_at(words, place, known, action)
    if not targets:
        return _instead_of_it(words, at, place, known) if verb in _SWAPS else None
    closer, behind, more = _closer(words, last, known)
    if closer == "lock" and action is None and words[last].text == "alone":
        closer = "only"
    if closer is not None and _fits(None if verb == "and" else action, closer):
        action, last, degree = (
            (closer if not (action == "keep" and closer == "keep") else "keep"),
            behind,
            degree * more,
        )
    decibels = _decibels(words, last)
    if decibels is not None and action in ("louder", "quieter", "move", "add", None):
        gain_db, last = decibels
        sign = -1.0 if action == "quieter" else 1.0
        return _phrase(at, last, "level", [i for one in targets for i in _levelled(one, sign * gain_db)])
    if action in ("new", "drop", "move") and verb in _SWAPS and (swap := _swapped(words, at, last, targets, known)):
        return swap
    if action == "move" or action is None:
        if opener is not None and verb not in ("want", "have", "get", "let", "i", "give"):
            return None
        while words[place].text in LINKS:
            place += 1
        return _bare(at, targets, known, place)
    intents = [intent for one in targets for intent in _intents(one, action, degree, verb, known)]
    return _phrase(at, last, _kind(action, intents), _merged(intents, targets, known))


_SWAPS = frozenset("replace replacing swap change exchange turn switch substitute instead rather make trade".split())


def _instead_of_it(words: Sequence[Word], at: int, place: int, known: Vocabulary) -> Phrase | None:
    """ "… and replace it with a double bass", behind what was asked away."""
    if place + 1 >= len(words) or words[place].text not in ("it", "them", "that", "those", "these"):
        return None
    if words[place + 1].text not in ("with", "by", "for"):
        return None
    targets, last = targets_at(words, place + 2, known, "add")
    slugs = [slug for one in targets if one.instrument for slug in _played(one.instrument, known)]
    return _phrase(at, last, "instrument", [With(slug) for slug in slugs])


def _the_rest(words: Sequence[Word], at: int) -> int:
    """Where "everything else" or "the rest" ends; 0 when it is not said."""
    texts = tuple(word.text for word in words[at : at + 3])
    for phrase in _REST:
        if texts[: len(phrase)] == phrase and (
            len(texts) == len(phrase) or texts[len(phrase) : len(phrase) + 1] != ("of",)
        ):
            return at + len(phrase)
    return 0


def _fits(action: Action | None, closer: Action) -> bool:
    """Whether what stands behind can belong to what stands before: "leave … alone" is a lock, not "only"."""
    if action in (None, "move"):
        return closer not in ("repeat", "begin", "end", "keep")
    if action == "keep":
        return closer in ("lock", "only", "quieter", "louder", "keep", "drop")
    if action == "louder" or action == "quieter":
        return closer in ("louder", "quieter")
    return action == "only" and closer == "only"


def _degree(words: Sequence[Word], at: int, known: Vocabulary) -> tuple[float, int]:
    found = known.degrees.match(words, at) if at < len(words) else None
    return (found[1], at + found[0]) if found is not None else (1.0, at)


def _closer(words: Sequence[Word], at: int, known: Vocabulary) -> tuple[Action | None, int, float]:
    place = at
    while place < len(words) and words[place].text in _BECOMES:
        if words[place].text == "a" and (place + 1 == len(words) or words[place + 1].text not in _SMALL):
            break
        if words[place].pause or known.closers.match(words, place) or known.degrees.match(words, place):
            break
        place += 1
    if place >= len(words) or (words[place].pause and not _nothing_else(words, place)):
        return None, at, 1.0
    degree, place = _degree(words, place, known)
    found = known.closers.match(words, place) if place < len(words) else None
    if found is None:
        return None, at, 1.0
    end = place + found[0]
    if words[place].text in ("up", "down", "higher", "lower", "back", "out") and _quantity_follows(words, end):
        return None, at, 1.0
    again = known.closers.match(words, end) if end < len(words) and not words[end].pause else None
    if again is not None and again[1] == found[1]:
        # "must stay exactly the same"
        end += again[0]
    if degree == 1.0:
        more, after = _degree(words, end, known)
        if after > end and not (after < len(words) and _begins_request(words, after, known)):
            degree, end = more, after
    return found[1], end, degree


def _nothing_else(words: Sequence[Word], at: int) -> bool:
    """After a comma: "guitar and voice, nothing else"."""
    texts = [word.text for word in words[at : at + 3]]
    return texts[:2] == ["nothing", "else"] or texts == ["and", "nothing", "else"]


def _begins_request(words: Sequence[Word], at: int, known: Vocabulary) -> bool:
    tables = (known.paces, known.moods, known.styles, known.openers, known.hints, known.treatments)
    return not words[at].pause and words[at].text not in LINKS and any(table.match(words, at) for table in tables)


def _quantity_follows(words: Sequence[Word], at: int) -> bool:
    texts = [word.text for word in words[at : at + 4]]
    return bool({"semitone", "semitones", "tone", "step", "octave", "third", "fifth", "bpm"} & set(texts)) and not any(
        word.pause for word in words[at : at + 2]
    )


def _decibels(words: Sequence[Word], at: int) -> tuple[float, int] | None:
    """ "+3 dB", "by 2 decibels"."""
    place = at
    while place < len(words) and words[place].text in ("by", "up", "down", "about"):
        place += 1
    sign = -1.0 if any(word.text == "down" for word in words[at:place]) else 1.0
    value = number(words[place].text) if place + 1 < len(words) else None
    if value is None or words[place + 1].text not in ("db", "dbs", "decibel", "decibels"):
        return None
    return sign * max(-24.0, min(12.0, value)), place + 2


def _swapped(words: Sequence[Word], at: int, place: int, targets: list[Target], known: Vocabulary) -> Phrase | None:
    """ "replace the drums with congas", "swap the voice for a violin"."""
    if place >= len(words) or words[place].text not in ("with", "by", "for", "to", "into", "through"):
        return None
    instead, last = targets_at(words, place + 1, known, "add")
    slugs = [slug for one in instead if one.instrument for slug in _played(one.instrument, known)]
    if not slugs:
        return None
    if any(one.stem == "vocals" or one.component == "melody" for one in targets):
        if slugs[0] == "choir":
            return None
        return Phrase(at, last, "melody", (MelodyOn(slugs[0]),))
    intents = [i for one in targets for i in _dropped(one, known)]
    return _phrase(at, last, "instrument", [*intents, *(With(slug) for slug in slugs)])


def _played(slug: str, known: Vocabulary) -> tuple[str, ...]:
    return _PLAYED.get(slug, () if slug in known.families else (slug,))


def _entering(words: Sequence[Word], at: int, place: int, known: Vocabulary, action: Action) -> Phrase | None:
    """ "start with just the drums", "end with only the piano"."""
    return None if action == "repeat" else opened(words, at, place, known, action == "begin")


def _bare(at: int, targets: list[Target], known: Vocabulary, place: int) -> Phrase | None:
    """A stem or an instrument by itself: "piano", "her voice"."""
    one = targets[0]
    intents = _added(one, known)
    if not intents or (one.instrument in known.families and one.stem != "vocals"):
        return None
    rest = [i for other in targets[1:] for i in _added(other, known)]
    last = place + sum(other.length for other in targets[:1])
    if len(targets) == 1 or not rest:
        return _phrase(at, last, "instrument" if isinstance(intents[0], With) else "keep", intents)
    return _phrase(at, last, "instrument" if isinstance(intents[0], With) else "keep", intents)


def _intents(one: Target, action: Action, degree: float, verb: str, known: Vocabulary) -> list[Intent]:
    match action:
        case "keep":
            return _kept(one)
        case "lock":
            return _locked(one)
        case "drop":
            return _dropped(one, known)
        case "only":
            return _only(one, known)
        case "add":
            return _added(one, known)
        case "louder":
            if verb in ("more", "extra") and one.instrument and one.instrument not in known.families:
                return [With(one.instrument), PartGain(one.instrument, round(LEVEL_DB * degree))]
            return _levelled(one, round(LEVEL_DB * degree))
        case "quieter":
            return _levelled(one, -round(LEVEL_DB * degree))
        case "new":
            return _renewed(one, degree)
        case _:
            return []


def _kept(one: Target) -> list[Intent]:
    if one.component is not None and one.stem is None:
        return [Lock("rhythm"), Keep("drums")] if one.component == "rhythm" else [Lock(one.component)]
    return [Keep(one.stem)] if one.stem is not None else []


def _locked(one: Target) -> list[Intent]:
    if one.stem is None:
        return _kept(one)
    component: dict[StemName, Component] = {"vocals": "vocals", "drums": "rhythm"}
    locks: list[Intent] = [Lock(component[one.stem])] if one.stem in component else []
    return [*locks, Keep(one.stem)]


_PIECES = frozenset("kick|snare|kick drum|snare drum|hi hats|hi hat|hihats|hihat|cymbals|toms".split("|"))
_NOT_APART = Impossible("a single drum cannot be taken out of the drums")


def _dropped(one: Target, known: Vocabulary) -> list[Intent]:
    intents: list[Intent] = []
    if one.text in _PIECES:
        return [_NOT_APART]
    if one.instrument is not None:
        intents.append(Without(one.instrument))
    if one.stem is not None and (one.instrument is None or one.stem != "other"):
        intents.append(Drop(one.stem))
    if not intents and one.component in ("rhythm", "melody"):
        intents.append(Drop("drums" if one.component == "rhythm" else "vocals"))
    return intents


def _only(one: Target, known: Vocabulary) -> list[Intent]:
    if one.instrument is not None and one.instrument not in known.families and not one.generic:
        return [With(one.instrument), Only(())]
    return [Only((one.stem,))] if one.stem is not None else []


def _added(one: Target, known: Vocabulary) -> list[Intent]:
    if one.stem == "vocals":
        return [Keep("vocals")]
    if one.instrument is not None:
        return [With(slug) for slug in _played(one.instrument, known)]
    return [With(slug) for slug in _PLAYED.get(one.stem, ())] if one.stem in ("drums", "bass") else []


def _levelled(one: Target, gain_db: float) -> list[Intent]:
    stem = one.stem or _SOUNDS.get(one.component or "")
    if stem is not None and (stem != "other" or one.instrument is None or one.generic):
        return [Level(stem, gain_db)]
    if one.instrument is None:
        return []
    part: list[Intent] = [PartGain(one.instrument, gain_db)]
    return [Level("other", gain_db), *part] if stem == "other" else part


def _renewed(one: Target, degree: float) -> list[Intent]:
    strength = min(1.0, 0.8 * degree) if degree != 1.0 else 1.0
    if one.component == "harmony":
        return [Harmony("jazz"), Renew("harmony", strength)]
    match one.stem or one.component:
        case "vocals":
            return [Renew("vocals", min(1.0, 0.5 * degree))]
        case "drums" | "rhythm":
            return [Renew("rhythm", strength), Drop("drums"), With("drums")]
        case "bass":
            return [Drop("bass"), With("electric-bass")]
        case "other" | "timbre":
            return [Renew("timbre", strength), Drop("other")]
        case "melody":
            return [Renew("melody", min(1.0, 0.6 * degree))]
        case "form":
            return [Renew("form", strength)]
        case _:
            return []


def _merged(intents: list[Intent], targets: list[Target], known: Vocabulary) -> list[Intent]:
    """ "only the voice and the bass" keeps both; "just piano" plays the tune as well, for nobody else does."""
    if not any(isinstance(intent, Only) for intent in intents):
        return intents
    stems = tuple(dict.fromkeys(s for intent in intents if isinstance(intent, Only) for s in intent.stems))
    rest = [intent for intent in intents if not isinstance(intent, Only)]
    first = next((intent.instrument for intent in rest if isinstance(intent, With)), None)
    if first is not None and "vocals" not in stems:
        rest.append(MelodyOn(first))
    return [Only(stems), *rest]


def _kind(action: Action, intents: list[Intent]) -> Kind:
    if intents and isinstance(intents[0], Lock):
        return "lock"
    kinds: dict[str, Kind] = {
        "keep": "keep",
        "lock": "keep",
        "only": "keep",
        "drop": "drop",
        "add": "instrument",
        "new": "strength",
    }
    if action == "add" and intents and isinstance(intents[0], Keep):
        return "keep"
    return kinds.get(action, "level")


def _phrase(first: int, last: int, kind: Kind, intents: Sequence[Intent]) -> Phrase | None:
    return Phrase(first, last, kind, tuple(intents)) if intents else None
