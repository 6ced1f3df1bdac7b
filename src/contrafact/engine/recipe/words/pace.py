"""Words for tempo, length and degree."""

from collections.abc import Mapping
from types import MappingProxyType

from contrafact.engine.recipe.intents import (
    Amount,
    Intent,
    KeyHold,
    Length,
    LengthFactor,
    TempoFactor,
    TempoFeel,
    TempoHold,
    Transpose,
)

PACES: Mapping[float, tuple[str, ...]] = MappingProxyType(
    {
        0.85: (
            "slow [down]",
            "(bring|turn|take|pull|dial|knock|drop) (tempo|speed|bpm|pace) (down|back)",
            "(bring|turn|take|pull) down (tempo|speed|bpm|pace)",
            "(slow|take|bring) it down [a notch|a gear]",
            "(lento|slow motion|slo mo|slowmo|drag|sleepy tempo|lower tempo|lower the tempo|reduce the (tempo|"
            "speed|bpm)|downtempo speed)",
            "(decrease|drop|bring down|turn down|pull back) the (tempo|speed|bpm)",
            "(less fast|less speed|at a slow (tempo|pace)|slow tempo|slow pace|low tempo)",
        ),
        0.87: (
            "slower [tempo|pace|speed]",
            "slowing it down",
            "less (quick|hurried|rushed)",
            "not [quite|nearly] (as|so|that) (fast|quick|rushed)",
            "more slowly",
            "slowly",
        ),
        0.82: ("slowed [down]", "daycore"),
        0.9: ("(under|below|beneath) [original|current|song] (tempo|speed|bpm)",),
        1.11: ("(over|above) [original|current|song] (tempo|speed|bpm)",),
        0.93: ("laid back (tempo|pace)", "relaxed (tempo|pace)", "unhurried", "leisurely"),
        0.76: ("slow (way|right) down",),
        0.7: ("(largo|grave|larghetto|funeral march|dirge|crawl|crawling|snail pace|glacial|super slow mo)",),
        0.78: ("(adagio|lento assai)",),
        0.88: ("andante", "walking (pace|tempo)", "strolling"),
        1.06: ("(andantino|moderato con moto)",),
        1.15: (
            "fast",
            "speed (up|it up|up a little)",
            "(bring|turn|take|push|bump|crank) (tempo|speed|bpm|pace) up",
            "(speeded|speeding|sped up a gear|pick up the pace|pick up the tempo|step on it|put your foot down|"
            "hurry [up])",
            "(raise|increase|bring up|turn up|push|up|higher|crank|crank up) (tempo|speed|bpm)",
            "(at a fast (tempo|pace)|fast tempo|fast pace|high tempo|fast paced|more speed|high speed)",
            "(allegro|allegretto)",
        ),
        1.13: (
            "faster [tempo|pace|speed]",
            "more (quickly|uptempo|up tempo)",
            "less slow",
            "(drags|is dragging|too slow|sluggish|too sluggish)",
            "not (as|so|that) slow",
        ),
        1.12: ("(quick|quicker|uptempo|up tempo|quickly|snappier|zippy|zippier)", "quick (tempo|pace)"),
        1.1: ("(pacy|brisk|brisker|jogging (pace|tempo)|perky tempo)",),
        1.22: ("(sped|speeded) up", "vivace"),
        1.25: ("nightcore",),
        1.3: ("(presto|prestissimo|breakneck|frantic|lightning fast|hyperspeed|warp speed|turbo)",),
        0.5: (
            "half (speed|tempo)",
            "half as fast",
            "(halve|cut in half|half) the (tempo|speed|bpm)",
            "(twice as slow|two times slower)",
        ),
        2.0: (
            "double [the|its] (speed|tempo|bpm)",
            "twice (as fast|as quick|the speed|the tempo|the bpm)",
            "(two times|2 times|2 x) (faster|as fast|the speed|speed)",
            "(2 x|x 2) (speed|tempo)",
        ),
        0.66: ("two thirds [of] (speed|tempo)",),
        0.75: ("three quarter[s] (speed|of the speed|tempo)",),
        1.4: ("as (fast|quick|quickly) as (possible|you can|it gets|it can go|it goes|can be)",),
        0.65: ("as (slow|slowly) as (possible|you can|it gets|it can go|it goes|can be)",),
        1.5: ("(one and a half times|one and half times|half again) [as] (fast|faster|the speed)",),
    }
)
"""Factors of the recording's tempo; the words of most are also met with a degree ("a bit faster")."""
FIXED_PACES = frozenset({0.5, 2.0, 0.66, 0.75, 1.5})
"""Said exactly: a degree does not move them."""

TEMPO_PHRASES: Mapping[Intent, tuple[str, ...]] = MappingProxyType(
    {
        TempoFeel(0.5): ("(half time|halftime) [feel|felt|groove|beat]",),
        TempoFeel(2.0): ("(double time|doubletime) [feel|felt|groove|beat]",),
        TempoHold(0): (
            "(same|original|its own|recorded|normal|existing|as recorded) (tempo|speed|bpm|pace)",
            "(keep|leave|hold|maintain|preserve|dont touch|do not touch|dont change|do not change|dont alter|"
            "retain|stick to|stay at|with|at) "
            "[original|same] (tempo|speed|bpm|pace) [as is|alone|as it is|the same|unchanged|where it is|exactly|"
            "untouched]",
            "(without changing|without touching|dont mess with|do not mess with|without altering|"
            "no change to) (tempo|speed|bpm|pace)",
            "no tempo change[s]",
            "(tempo|speed|bpm) (stays|as is|unchanged|the same|as it is|untouched)",
            "moderato",
        ),
        KeyHold(): (
            "(same|original|its own|recorded) (key|pitch|tuning)",
            "(keep|leave|hold|maintain|preserve|dont touch|do not touch|dont change|do not change|dont alter|"
            "retain|stay in|stick to|in) "
            "[original|same] (key|pitch|tuning) [as is|alone|as it is|the same|unchanged|where it is|exactly]",
            "(without changing|without touching|dont mess with|no change to|without altering) (key|pitch)",
            "no (key change|transposition|pitch change|pitch shift)",
            "(key|pitch) (stays|as is|unchanged|the same|as it is)",
            "(dont|do not|never) (transpose|pitch shift|change key|shift the pitch)",
        ),
        Transpose(2): (
            "(pitch[ed]|tune[d]|key) (up|higher)",
            "(in|to) a higher (key|pitch)",
            "higher (key|pitch)",
            "(raise|up) the (key|pitch)",
            "transpose[d] up",
            "truck driver's gear change",
        ),
        Transpose(-2): (
            "(pitch[ed]|tune[d]|key) (down|lower)",
            "(in|to) a (lower|deeper) (key|pitch)",
            "(lower|deeper) (key|pitch)",
            "(lower|drop|reduce|bring down) the (key|pitch)",
            "transpose[d] down",
            "down tuned",
        ),
        Transpose(-2, weak=True): ("too (high|high pitched) [for (me|us|my voice|the altos|singing)|to sing]",),
        Transpose(2, weak=True): ("too (low|deep|low pitched) [for (me|us|my voice|the sopranos|singing)|to sing]",),
        Transpose(12): ("(up an octave|octave (up|higher)|an octave above everything|one octave (up|higher))",),
        Transpose(-12): ("(down an octave|octave (down|lower)|one octave (down|lower))",),
        Transpose(-1): (
            "(half|a half) (step|tone) (down|lower) [tuning]",
            "(down|lower) [by] [a] half [a] (step|tone)",
            "(tune|tuned|tuning) [down] half [a] step [down]",
            "half a (step|tone) (down|lower)",
            "(flatten|flat by a semitone)",
            "one key (down|lower)",
        ),
        Transpose(1): (
            "(half|a half) (step|tone) (up|higher)",
            "(up|higher|raise|raised) [by] [a] half [a] (step|tone)",
            "half a (step|tone) (up|higher)",
            "one key (up|higher)",
        ),
        TempoFactor(0.8): ("chopped and screwed", "chopped n screwed", "screwed"),
    }
)

LENGTHS: Mapping[Intent, tuple[str, ...]] = MappingProxyType(
    {
        LengthFactor(0.7): (
            "(shorter|shorten|trim [it] [down]|cut it down|condense[d]|tighten [it] up|abridged|trimmed|"
            "more compact|less long|cut down|shorter (version|edit|mix|cut|length)|not as long)",
        ),
        LengthFactor(0.6): ("(short|short (version|edit|mix|cut)|snippet|mini (version|mix))",),
        LengthFactor(1.3): (
            "(longer|lengthen|lengthened|draw it out|drag it out|longer (version|edit|mix|cut|length)|"
            "make it last longer)",
        ),
        LengthFactor(1.4): ("(long|long (version|edit|mix|cut))",),
        LengthFactor(0.5): (
            "half (as long|its length|the length|the duration|the song length)",
            "(cut|chop|edit|shorten|trim|reduce|get|bring) [the song|it] [down] (in half|to half|by half|to a half|"
            "down to half)",
            "half length",
        ),
        LengthFactor(2.0): (
            "(twice (as long|the length|its length|the duration)|double (the length|its length|length|the duration))",
        ),
        LengthFactor(1.0): (
            "(same|original|full) (length|duration)",
            "full length",
            "(keep|leave) the (length|duration) [as is]",
        ),
        Length(30.0, "typical"): (
            "(ringtone|ring tone|teaser|short clip|instagram (reel|story)|insta (reel|story)|reel|jingle|"
            "half a minute|half minute|preview clip|story length)",
        ),
        Length(60.0, "typical"): (
            "(tiktok|tik tok|youtube short|yt short|shorts length|a minute|minute long|about a minute|one minute)",
        ),
        Length(15.0, "typical"): ("(bumper|sting|quarter of a minute|sound logo)",),
    }
)

AMOUNTS: Mapping[float, tuple[str, ...]] = MappingProxyType(
    {
        0.2: (
            "(barely|hardly|almost nothing|minimally|ever so slightly) [changed|different|anything]",
            "(hardly|barely) change (it|anything)",
        ),
        0.4: (
            "(a hint of|hint of|hints of|a dash of|dash of|close to (original|recording)|near the original|"
            "stay close to the original|faithful|faithful to the original|true to the original|stays true|"
            "like the original|similar to the original|recognisable|recognizable)",
            "(change|alter|modify) (it|this) (slightly|a bit|a little|only a little|just a little|gently)",
            "(slightly|a bit|a little) (different|changed|altered|reworked|new)",
            "(not much|little) change[s|d]",
            "(light touch|lightly touched|small changes|minor changes|minor tweaks|just tweak it|tweak it|"
            "slight changes|slight remix|gentle remix|light remix)",
        ),
        0.5: (
            "(subtle|subtly|subtler|more subtle|a touch of|touch of|lightly|half way|halfway|a bit of a|"
            "restrained|tasteful|tastefully|delicately|understated|in moderation|moderately|moderate|soft touch|"
            "not too (much|crazy|wild|strong|extreme|far|drastic)|nothing too (crazy|wild|extreme|drastic)|"
            "half strength|keep it subtle|subtle touch|subtle remix|subtle changes)",
        ),
        0.8: (
            "(strongly|heavily|mostly new|quite different|very different|big changes|a lot different|heavy remix|"
            "bold|boldly|go bold)",
        ),
        1.0: (
            "(completely|totally|fully|radically|entirely|utterly) [new|changed|reworked|redone]",
            "(all out|full on|all the way|to the max|maximum|max strength|full strength|as far as possible|"
            "go wild|go crazy|go nuts|radical|drastic|drastically|extreme|from the ground up|turn it upside down)",
        ),
    }
)
AMOUNT_INTENTS: Mapping[Intent, tuple[str, ...]] = MappingProxyType({Amount(k): v for k, v in AMOUNTS.items()})

DEGREES: Mapping[float, tuple[str, ...]] = MappingProxyType(
    {
        0.4: ("(a hint of|hint of|hints of|a dash of|dash of|a pinch of)",),
        0.3: (
            "(barely|ever so slightly|a tiny bit|tiny bit|tiny|a smidge|smidge|smidgen|a hair|hair|teeny bit|"
            "the tiniest bit|hardly)",
        ),
        0.5: (
            "(slightly|slight|a bit|bit|a little|little|a little bit|little bit|a touch|touch|a tad|tad|somewhat|"
            "gently|subtly|subtle|mildly|marginally|kinda|kind of|sort of|a notch|a shade|a wee bit|wee bit|"
            "faintly|lightly|light|gentle|not too much|moderately|some|softly)",
        ),
        1.0: ("(quite|rather|pretty|fairly|nice and|good and|even)",),
        1.7: (
            "(much|a lot|lots|way|far|super|really|very|extremely|a great deal|significantly|considerably|"
            "a good deal|loads|heaps|tons|a ton|way way|seriously|crazy|insanely|ridiculously|massively|hugely|"
            "proper|properly|dead|mega|ultra|so much|incredibly|heavily|heavy|strongly|strong|hella|well|"
            "very very|a whole lot|whole lot|extra|hard|extreme|max|maximum|full|totally|completely|super duper|"
            "stupidly|stonking)",
        ),
    }
)
"""By how much a change is more, or less, than it is by itself."""
