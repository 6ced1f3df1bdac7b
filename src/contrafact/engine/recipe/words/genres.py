"""Genres, eras and scenes as people name them, and the style packs that come nearest to them, best first.

A pack's own words come first: this list is for names that no pack claims. Where the best pack is not installed the next
takes its place; where none is, the word is one that the planner does not know.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from contrafact.engine.recipe.intents import Impossible

NEAREST: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "house": (),
        "techno": ("house",),
        "drum-and-bass": (),
        "uk-garage": ("house",),
        "trap": ("boom-bap", "lo-fi-hip-hop"),
        "boom-bap": ("lo-fi-hip-hop",),
        "lo-fi-hip-hop": ("boom-bap",),
        "synthwave": (),
        "disco": ("house",),
        "funk": ("disco",),
        "soul-ballad": ("acoustic-ballad",),
        "bossa-nova": (),
        "samba": ("bossa-nova",),
        "reggae": (),
        "reggaeton": (),
        "afrobeats": (),
        "rock": (),
        "punk": ("rock",),
        "metal": ("rock",),
        "country": ("folk-acoustic", "acoustic-ballad"),
        "folk-acoustic": ("acoustic-ballad",),
        "jazz-swing": (),
        "orchestral": (),
        "ambient": (),
        "chiptune": ("synthwave",),
        "acoustic-ballad": ("folk-acoustic",),
    }
)
"""Every style that the project knows, with those that stand in for it."""

GENRES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "house": (
            "(deep|tech|progressive|tropical|future|soulful|funky|french|piano|vocal|latin|chicago|acid|slap|"
            "bass|electro|big room|afro|melodic|garage|ibiza|filter|jackin) house",
            "house (beat|beats|track|tune|remix|edit|groove|music)",
            "(edm|dance|club|clubby|clubbing|eurodance|euro dance|dancefloor|dance floor|four to floor|"
            "four on floor|4 to floor|4x4)",
            "(dance music|club music|club banger|dance pop|ibiza|balearic|amapiano|nightclub|"
            "electronic dance music|electronic|electronica|electro|nu disco|90s dance|90s house)",
        ),
        "techno": (
            "(minimal|acid|detroit|berlin|hard|dark|melodic|industrial|peak time|dub|warehouse) techno",
            "techno (beat|beats|track|remix|edit|music)",
            "(rave|raver|warehouse|warehouse rave|trance|psytrance|psy trance|goa|hardstyle|hardcore rave|gabber|"
            "berghain|industrial dance|ebm|teknival|tekno)",
        ),
        "drum-and-bass": (
            "(drum and bass|drum n bass|drum & bass|drum'n'bass|drum bass|drums and bass music|dnb|d n b|d and b|"
            "d&b|d 'n' b|jungle|liquid|neurofunk|jump up dnb|breakcore|breakbeat|break beat|breakbeats|rollers|"
            "amen break)",
            "(liquid|jump up|neuro|dark) (drum and bass|drum n bass|dnb|d&b)",
            "(jungle|dnb|drum and bass|drum n bass) (beat|beats|remix|edit|music|tune)",
        ),
        "uk-garage": (
            "(uk garage|ukg|2 step|two step|2step|speed garage|garage|bassline house|uk bass|grime|grimey|"
            "future garage|uk funky|4x4 garage)",
            "(uk garage|ukg|2 step|garage|grime) (beat|beats|remix|edit|music|tune)",
        ),
        "trap": (
            "(trap|trap music|drill|uk drill|atlanta trap|trap soul|trapsoul|phonk|cloud rap|mumble rap|dubstep|"
            "brostep|808 trap|hard trap|crunk|dirty south|plugg|rage beat)",
            "(trap|drill|dubstep) (beat|beats|remix|drums|hi hats|hats|banger)",
        ),
        "boom-bap": (
            "(boom bap|boombap|old school hip hop|oldschool hip hop|old skool hip hop|90s hip hop|"
            "nineties hip hop|golden age hip hop|golden era hip hop|new york hip hop|east coast hip hop|"
            "east coast|rap|rap beat|90s rap|old school rap|turntablism|backpack rap|gangsta rap|west coast|"
            "g funk|trip hop|triphop)",
            "(hip hop|hiphop|boom bap|rap) [beat|beats|remix|edit|music|track]",
            "(west coast|east coast|old school|oldschool|old skool|underground|conscious|gangsta|golden age|90s|"
            "nineties|classic|jazzy) (rap|hip hop|hiphop) [beat|beats|track|music]",
        ),
        "lo-fi-hip-hop": (
            "(lo fi|lofi|low fi|chillhop|chill hop|study beats|study music|chill beats|beats to study to|"
            "beats to relax to|lofi girl|jazzhop|jazz hop|bedroom pop|chillout|chill out)",
            "(lo fi|lofi|low fi|chill) (hip hop|hiphop|beat|beats|remix|edit|music|study beats)",
        ),
        "synthwave": (
            "(synthwave|synth wave|retrowave|retro wave|outrun|vaporwave|vapor wave|darkwave|dark wave|new wave|"
            "80s pop|eighties pop|80s synth|synthpop|synth pop|electropop|electro pop|"
            "italo disco|night drive|neon|new romantic|hi nrg|80s synth pop|80s movie)",
            "(synthwave|80s|eighties) (beat|remix|edit|music|track|version|drums)",
        ),
        "disco": (
            "(disco|70s disco|seventies disco|studio 54|philly disco|philly soul|saturday night fever|boogie|"
            "roller disco|space disco|cosmic disco)",
            "disco (beat|beats|remix|edit|music|ball)",
        ),
        "funk": (
            "(funk|p funk|funk music|70s funk|seventies funk|go go|minneapolis funk|slap bass funk|funk soul|"
            "soul funk|new jack swing|new jack|neo funk|electro funk|jazz funk|acid jazz|blaxploitation)",
            "funk (beat|groove|remix|edit|band)",
        ),
        "soul-ballad": (
            "(soul|soul music|soul ballad|motown|stax|northern soul|southern soul|neo soul|r and b|rnb|r & b|r&b|"
            "r n b|rhythm and blues|slow jam|gospel|gospel song|church|60s soul|sixties soul|"
            "doo wop|doowop|quiet storm|blue eyed soul|slow soul|blues|slow blues|blues ballad|"
            "bluesy ballad|6/8 ballad)",
            "(motown|soul|soulful|bluesy|gospel|r&b|rnb) (song|ballad|track|record|remix|groove|beat)",
        ),
        "bossa-nova": (
            "(bossa nova|bossa|bossanova|bosa nova|bossa nova jazz|brazilian jazz|lounge|lounge music|"
            "easy listening|elevator music|hotel lobby|exotica|cocktail bar|cafe music|coffee shop music|ipanema|"
            "copacabana)",
        ),
        "samba": (
            "(samba|brazilian carnival|rio carnival|carnival in rio|carnaval|batucada|pagode|samba reggae|latin|"
            "latino|latin music|salsa|mambo|cumbia|merengue|bachata|cha cha|cha cha cha|rumba|son cubano|cuban|"
            "brazilian|tropicalia|mpb|tango|calypso|soca)",
            "(samba|salsa|latin) (beat|groove|band|remix|rhythm|party)",
        ),
        "reggae": (
            "(reggae|roots reggae|dub|dub reggae|ska|rocksteady|rock steady|dancehall|lovers rock|lover's rock|"
            "jamaican|jamaica|one drop|kingston|rasta|ragga|dub plate|skank|island)",
            "(reggae|dub|ska) (beat|groove|remix|version|riddim|band)",
        ),
        "reggaeton": (
            "(reggaeton|regueton|perreo|dembow|latin trap|latin urban|latin pop|"
            "moombahton|urbano|puerto rico|puerto rican|latin club)",
            "(reggaeton|dembow|latin pop) (beat|remix|groove)",
        ),
        "afrobeats": (
            "(afrobeats|afrobeat|afro beat|afro beats|afropop|afro pop|afro fusion|afrofusion|naija|lagos|"
            "nigerian|ghanaian|highlife|high life|azonto|alte|african|west african|soukous|kwaito|gqom|kizomba|"
            "afroswing|afro swing)",
            "(afro|african) (beat|groove|remix|vibe|vibes|rhythm)",
        ),
        "rock": (
            "(rock|rock n roll|rock and roll|rock 'n' roll|rock & roll|classic rock|indie rock|indie|alternative|"
            "alt rock|alternative rock|hard rock|stadium rock|arena rock|soft rock|pop rock|britpop|brit pop|"
            "grunge|garage rock|surf rock|southern rock|blues rock|glam rock|psychedelic rock|prog rock|"
            "progressive rock|shoegaze|post rock|rockabilly|indie pop|power pop|"
            "merseybeat|yacht rock|dream pop)",
            "rock (band|song|version|remix|beat|anthem|opera|ballad)",
        ),
        "punk": (
            "(punk|punk rock|pop punk|skate punk|ska punk|hardcore punk|hardcore|emo|post punk|street punk|"
            "oi punk|riot grrrl|skater|garage punk|screamo|mosh pit|warped tour)",
            "(punk|pop punk) (band|song|version)",
        ),
        "metal": (
            "(metal|heavy metal|thrash|thrash metal|death metal|black metal|doom metal|nu metal|metalcore|"
            "power metal|djent|speed metal|hair metal|symphonic metal|industrial metal|heavy rock|stoner rock|"
            "sludge|folk metal|headbanger)",
            "metal (band|song|version|riffs)",
        ),
        "country": (
            "(country|country music|country and western|country western|nashville|bluegrass|honky tonk|americana|"
            "alt country|country rock|country pop|outlaw country|line dance|line dancing|hoedown|cowboy|western|"
            "rodeo|texas|wild west|western swing|bro country)",
            "country (song|ballad|band|road|beat)",
        ),
        "folk-acoustic": (
            "(folk|folk music|folk song|folk acoustic|acoustic folk|folky|indie folk|folk rock|folk pop|"
            "irish folk|celtic|irish|scottish|irish pub|sea shanty|shanty|freak folk|fingerpicked|finger picked|"
            "fingerpicking|campfire|camp fire|trad|traditional|medieval|pub singalong|busker|busking)",
        ),
        "jazz-swing": (
            "(jazz|jazz swing|swing|swing jazz|swing music|swing era|swing time|swung|big band|bebop|be bop|"
            "dixieland|hot jazz|cool jazz|smooth jazz|jazz trio|jazz quartet|jazz club|jazz bar|jazz standard|"
            "ragtime|gypsy jazz|jazz manouche|new orleans|1920s|20s jazz|1930s|1940s|roaring twenties|speakeasy|"
            "crooner|rat pack|swing dance|lindy hop|electro swing|vocal jazz|swinging|hard bop|piano jazz|"
            "prohibition|gatsby|cabaret)",
            "(jazz|swing|big band) (band|combo|beat|feel|ballad|song)",
        ),
        "orchestral": (
            "(orchestral|orchestra version|orchestrated|symphonic|symphony|symphony orchestra|classical|"
            "classical music|baroque|romantic era|film score|movie score|soundtrack|film music|movie trailer|"
            "trailer music|epic trailer|hollywood|string quartet version|chamber music|full orchestra|"
            "philharmonic|opera|operatic|disney|musical theatre|broadway|neoclassical|cinematic orchestra|"
            "cinematic score)",
        ),
        "ambient": (
            "(ambient|ambient music|drone music|soundscape|soundscapes|new age|meditation|meditation music|spa|"
            "spa music|sleep music|yoga|downtempo|down tempo|ambient pad|atmospheric ambient|beatless|"
            "floating in space|deep space|space music|lullaby|sleepy lullaby|relaxation music|white noise)",
        ),
        "chiptune": (
            "(chiptune|chip tune|chip tunes|8 bit|8bit|eight bit|16 bit|video game|videogame|video game music|"
            "game music|retro game|gameboy|game boy|nintendo|nes|super nintendo|arcade|arcade game|sega|"
            "commodore 64|c64|atari|pixel|console|tetris|vgm|bitpop|bit pop)",
        ),
        "acoustic-ballad": (
            "(acoustic ballad|ballad|acoustic|acoustic version|acoustic set|unplugged|mtv unplugged|piano ballad|"
            "power ballad|singer songwriter|stripped down|stripped back acoustic|wedding song|first dance|"
            "love ballad|acoustic pop|coffeehouse|coffee house|tiny desk|living room session|bedroom acoustic|"
            "torch song)",
        ),
    }
)
"""Patterns by the style that is meant."""

HINTS: Mapping[str, str] = MappingProxyType(
    {
        "jazzy": "jazz-swing",
        "jazzier": "jazz-swing",
        "jazzed up": "jazz-swing",
        "funky": "funk",
        "funkier": "funk",
        "soulful": "soul-ballad",
        "folkish": "folk-acoustic",
        "rocky": "rock",
        "rockier": "rock",
        "punky": "punk",
        "bluesy": "soul-ballad",
        "housey": "house",
        "discoish": "disco",
        "trappy": "trap",
        "dubby": "reggae",
        "ballad": "acoustic-ballad",
        "ballady": "acoustic-ballad",
        "rave up": "techno",
        "ravey": "techno",
        "countryish": "country",
        "orchestral": "orchestral",
        "cinematic": "orchestral",
        "electronic": "house",
        "acoustic": "acoustic-ballad",
        "ambient": "ambient",
        "swung": "jazz-swing",
        "swinging": "jazz-swing",
    }
)
"""Adjectives that name a style only where nothing else does."""


ERAS: Mapping[str, str] = MappingProxyType(
    {
        "(50s|fifties|1950s|60s|sixties|1960s)": "soul-ballad",
        "(70s|seventies|1970s)": "disco",
        "(80s|eighties|1980s)": "synthwave",
        "(90s|nineties|1990s)": "boom-bap",
    }
)
"""Decades: a style of their own only where no other is named, otherwise how old it shall sound."""
MACHINES: Mapping[str, str] = MappingProxyType({"(808|808 s|tr 808) [bass]": "trap", "(909|909 s|tr 909)": "house"})
"""Drum machines, which are drums where a style is named."""
KEY_STAYS = Impossible("tempo and key cannot be changed in one part of the song only")
METRE_STAYS = Impossible("the song's metre stays as it was recorded; a waltz, 3/4 or 6/8 cannot be made of it")
WALTZES: Mapping[str, str] = MappingProxyType({"[viennese|slow|english] (waltz|waltzes)": "orchestral"})
"""A metre as well as a style."""

WEAK_HINTS = frozenset({"ballad", "ballady", "acoustic", "electronic", "swung"})
"""Adjectives that give way to any other: a soulful ballad is soul."""


def installed(slug: str, here: Mapping[str, object]) -> str | None:
    """The style itself when its pack is here, else the nearest that is, else None."""
    return next((name for name in (slug, *NEAREST.get(slug, ())) if name in here), None)


def genres(here: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(pattern, slug of an installed pack) for all that leads to one; exact packs before stand-ins."""
    for exact in (True, False):
        for slug, patterns in GENRES.items():
            found = installed(slug, here)
            if found is not None and (found == slug) == exact:
                yield from ((pattern, found) for pattern in patterns)
