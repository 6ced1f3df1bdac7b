"""Phrases with a meaning of their own: what becomes of the voice, the chords, the form, and whether it is a cover."""

from collections.abc import Mapping
from types import MappingProxyType

from contrafact.engine.recipe.form_intents import FormAs
from contrafact.engine.recipe.intents import (
    Amount,
    AnyStyle,
    Cover,
    Drop,
    Harmonies,
    Harmony,
    Impossible,
    Intent,
    Keep,
    Kind,
    Lock,
    ModeWish,
    Mood,
    Only,
    Renew,
    TempoFactor,
    Transpose,
    Voice,
    With,
)
from contrafact.engine.recipe.words.genres import KEY_STAYS, METRE_STAYS
from contrafact.engine.recipe.words.voices import VOICES, VOX

TREATMENTS: Mapping[tuple[Intent, ...], tuple[str, ...]] = MappingProxyType(
    {
        **VOICES,
        # --- chords -----------------------------------------------------------------------------------------
        (ModeWish("minor"),): (
            "(minor|minor key|minor key version|minor version|minor mode|sad minor|sad minor key|moll|minor feel|"
            "minor chords|minor tonality|darker chords|sadder chords|moodier chords|darker harmony)",
            "(in|to|into|in a|to a|into a|make it|turn it|put it in|flip it to|flipped to|convert to|"
            "go) [sad] minor [key|version|mode|scale]",
        ),
        (ModeWish("major"),): (
            "(major|major key|major key version|major version|major mode|happy major|dur|major feel|major chords|"
            "major tonality)",
            "(happier|brighter) (chords|harmony)",
            "(in|to|into|in a|to a|into a|make it|turn it|put it in|flip it to|flipped to|convert to|"
            "go) [happy] major [key|version|mode|scale]",
        ),
        (Harmony("relative"),): (
            "[in|to|into] relative (minor|major|key|mode) [version]",
            "relative (chords|harmony)",
        ),
        (Harmony("parallel"),): (
            "[in|to|into] parallel (minor|major|key|mode) [version]",
            "(swap|switch|flip) [between] (major and minor|minor and major|the mode|major minor|major for minor|"
            "minor for major|major to minor|minor to major)",
            "(opposite|other) mode",
        ),
        (Harmony("jazz"),): (
            "(jazzy|jazzier|jazz|richer|extended|complex|more complex|more complicated|fancier|fancy|"
            "sophisticated|more sophisticated|more interesting|interesting|colourful|colorful|more colourful|"
            "spicier|spicy|altered|lush|lusher|more advanced|neo soul|juicier|crunchier|more jazzy|"
            "bigger) (chords|harmony|harmonies|chord progression|chord changes|changes|voicings|chord voicings)",
            "(chords|harmony|harmonies|progression) (jazzier|richer|more complex|more interesting|more colourful|"
            "jazzy|spicier|fancier)",
            "(reharmonise|reharmonize|reharmonised|reharmonized|reharm|rehamonize|reharmonization|"
            "reharmonisation|re harmonise|re harmonize|re harmonised|re harmonized|tritone substitution|"
            "tritone substitutions|tritone subs|chord substitutions|chord subs|substitute chords|"
            "jazz substitutions|jazz reharm|ninth chords|9th chords|9ths|ninths|seventh chords|7th chords|7ths|"
            "sevenths|two five ones|ii v i|extensions|jazz harmony|jazz voicings|tensions)",
            "(jazz up|spice up|enrich) (chords|harmony|progression)",
            "(with|using) (jazz|jazzy) (chords|harmony)",
        ),
        (Harmony("simple"),): (
            "(simple|simpler|simplified|basic|easier|easy|fewer|three|3|plain|less complex|less complicated|"
            "less jazzy|straight|straighter|cleaner|stripped down|campfire|cowboy|beginner|power|triad|"
            "less) (chords|harmony|chord progression|chord changes|harmonies chords)",
            "(chords|harmony|progression) (simpler|simplified|easier|plainer|more basic|less complex)",
            "(simplify|dumb down|reduce) (chords|harmony|progression)",
            "(three chord|3 chord) (version|song|trick|punk)",
            "(just|only) triads",
        ),
        (Harmony("pedal"),): (
            "(pedal|pedal point|pedal tone|pedal note|pedal bass|drone|drones|droning|drone note|bass drone|"
            "drone bass|one chord|single chord|static harmony|one note bass|tanpura|bagpipe drone|drony|droney|"
            "drone underneath|held bass note)",
            "(pedal|pedal point|pedal note|drone|drone note) (in|on) bass",
            "(stay|staying|sit) on one (chord|note)",
            "one (bass note|chord) [all the way] throughout",
        ),
        (KEY_STAYS,): (
            "[add|put in|with|throw in] (key change|modulation|key changes|modulations) [up|down|somewhere|halfway]",
            "(modulate|modulates|modulating) [up|down]",
        ),
        # --- how it feels -----------------------------------------------------------------------------------
        (Mood("minimal"),): (
            "(strip|pare|scale) [it|this|everything|things|right] (back|down)",
            "(pared|scaled) (back|down)",
            "(less is more|keep it (simple|minimal|sparse)|sparser|more room to breathe|let it breathe|"
            "less going on|empty it out|thin it out|simpler)",
        ),
        (Mood("dark"),): (
            "(horror|scary|spooky|creepy|ghost|zombie|villain|nightmare) (movie|film|scene|story|house|version)",
            "(horror|villain|nightmare|goth|ghostly)",
        ),
        (With("brass"),): ("(marching band|brass band|military band|big brass|oompah band|horn section|parade band)",),
        (Mood("calm"),): (
            "(turn|bring|take|dial|keep) [the] (energy|intensity) (down|low)",
            "(less energy|lower the energy|lower energy|low energy|late night|after hours|late at night)",
            "(calm|chill|settle|mellow|relax|quieten) [it|everything|things] (down|out)",
            "(rain|raindrops|in the rain|snuggly|by candlelight|cup of tea)",
        ),
        (Mood("epic"),): ("(wall of sound|goosebumps|spine tingling|larger than life|hands in the air)",),
        (Mood("warm"),): ("warm [it|everything|things] up",),
        (Mood("bright"),): ("brighten [it|everything|things] up",),
        (Mood("reverberant"),): (
            "(in concert|concert recording|live concert|live in concert|live recording) [feel|sound|vibe|version]",
        ),
        (Mood("nostalgic"),): (
            "[old|vintage|ancient] (radio|gramophone|phonograph|record player|jukebox|tape recorder|walkman|music hall|"
            "cassette player|transistor radio|vinyl record) [sound]",
        ),
        (Mood("happy"),): ("(cheer [it|things] up|lighten the mood|feelgood|feel good version|put a smile on it)",),
        (Mood("energetic"),): (
            "(turn|bring|take|dial|crank) [the] (energy|intensity) up",
            "(raise the energy|higher energy|raise the roof|motivational|motivating|inspiring)",
            "(liven|perk|wake|ramp|amp|fire) [it|everything|things] up",
            "(hyper|lit|pump it up|oomph|more oomph|badass|kick ass|give it some welly|turn it up to eleven|"
            "hard hitting|get the crowd going|get people jumping|go off)",
        ),
        # --- metre ------------------------------------------------------------------------------------------
        (METRE_STAYS,): (
            "[in|to|into|as|change to] (2/4|3/4|4/4|5/4|6/4|3/8|5/8|6/8|7/8|9/8|12/8) "
            "[time|metre|meter|signature|feel]",
            "[in|to|into|as|change to] (waltz|triple|odd|compound|three four|six eight|five four|three quarter) "
            "(time|metre|meter|signature)",
            "(change|different|another|new|odd) (time signature|metre|meter)",
        ),
        # --- whole forms ------------------------------------------------------------------------------------
        (FormAs("radio_edit"),): (
            "(radio|single|airplay) (edit|version|cut|mix|length)",
            "(radio friendly|radio ready|for radio|radio edit length|radioedit)",
        ),
        (FormAs("extended", 8, 8),): (
            "(extended|extended (mix|version|remix|edit|cut)|long version for dancing|maxi (single|version)|"
            "12 inch [mix|version]|twelve inch [mix|version]|extend it|extended length|extend the song)",
        ),
        (FormAs("extended", 16, 16),): (
            "(club|dj|dj friendly|dancefloor|extended club|extended dj|extended dance) (mix|version|edit|cut|tool)",
            "(dj (intro and outro|friendly)|mixable|for djs|for dj's|for mixing|for a dj set|for my dj set|"
            "dj set|mix in and mix out|beatmatching|dj can mix|djs can mix|dj could mix|easy to mix|"
            "mixing intro and outro|club extended)",
        ),
        (FormAs("build_and_drop"),): (
            "(big|huge|massive|long|slow|epic) (build|build up|buildup) [and drop]",
            "(build and drop|build up and drop|buildup and drop|build ups and drops|buildups and drops|"
            "builds and drops|build ups|buildups|build up|buildup|build up to a drop|build to a drop|big build|"
            "tension and release|riser and drop|risers and drops|edm structure|festival structure|festival drop|"
            "edm drop|edm drops|bass drop|beat drop|big drop|huge drop|massive drop|heavy drop|epic drop|"
            "drop like in edm|a drop|an insane drop|insane drop|mainstage drop|drops hard|drop hits|filthy drop|"
            "breakdown and drop|wait for the drop|proper drop|sick drop|build up before the chorus|"
            "build before the chorus|build up then drop|build then drop)",
        ),
        (FormAs("loop"),): (
            "(loop|loopable|seamless loop|seamlessly looping|perfect loop|endless loop|infinite loop|looping|"
            "looped|loop forever|as a loop|loops seamlessly|gapless loop|repeat endlessly|goes round and round|"
            "on repeat|loop it|loop cleanly|loops perfectly|loops forever|loop seamlessly|make it loop|"
            "loop seamless|loops seamless|loop seamlessly|looping seamlessly|make it loop seamlessly|"
            "loop (version|edit)|background loop|endlessly|never ending)",
        ),
        (Renew("form", 1.0),): (
            "(rearrange|rearranged|restructure|restructured|shuffle|reshuffle|reorder|reordered|scramble|mix up|"
            "jumble|remix the structure) (sections|parts|structure|order|song|form|song structure|everything)",
            "(new|different|another|fresh|unusual) (structure|form|song structure|order|section order|song form|"
            "running order)",
            "(change|alter|mess with|rework) [the|up the] (structure|form|order|song structure|running order|"
            "order of sections)",
            "(shuffle|rearrange|restructure|reorder) [the song]",
        ),
        # --- what kind of thing it is -----------------------------------------------------------------------
        (Drop("vocals"),): (
            "(instrumental|instrumentally|karaoke|instrumentals|minus one|minusone|sing along track|"
            "sing along version|karaoke version|instrumental version|backing track only|just the backing track|"
            "playback|no one singing|nobody singing|no singing|so i can sing|so i can sing along|"
            "so that i can sing along|for singing along|for me to sing [along|to|over]|[so] i can sing it myself|"
            "[want to|ill|i will|let me] sing it myself|[want to|ill] sing [along] to it|[so] we can sing along|"
            "so that i can sing|singalong track|"
            "off vocal|wordless|vocal free|voiceless|without anybody singing|karaoke track|for karaoke)",
        ),
        (Drop("drums"),): ("(drumless|drum free|drums free|unpercussive|no percussion at all|without a beat|no beat)",),
        (Drop("bass"),): ("(bassless|bass free)",),
        (Only(("vocals",)),): (
            "(a cappella|acapella|acappella|a capella|accapella|acapela|vocal only|voice only|unaccompanied|"
            "dry vocals|only sung|naked voice|only the singing)",
            "(a cappella|acapella|acappella|a capella|accapella) (version|mix|edit)",
        ),
        (Cover(),): (
            "(cover|cover version|as a cover|full cover|cover band|cover song|re record|re recorded|rerecord|"
            "rerecorded|re recording|rerecording|re perform|re performed|reperform|reperformed|new recording|"
            "fresh recording|record it (again|anew|fresh)|play it (again|anew|new) from scratch|"
            "remake from scratch|from scratch|soundalike|sound alike|sound-alike|entirely re played|re played|"
            "replayed|replay everything|tribute version|tribute)",
            "(without|no|none of|not using|dont use|do not use|not a (second|bit|sample) of|nothing of|"
            "nothing from) [any|any of|any sound of|any sound from|any audio from|using] (original|master|"
            "existing|source) (recording|audio|master|samples|sample|sound|track|tape|vocals or instruments)",
            "(without|no|dont use|do not use|not using) [any] samples",
            "(play|played|performed|perform) [it|by|with] [by|with] (live band|a live band|real band|"
            "real musicians|live musicians)",
            "(cover|tribute) (by|with) (a band|a live band|live band|real band)",
        ),
        (AnyStyle(), Amount(1.0)): (
            "(make|turn|do|change) (everything|all of it|it all|the lot) (new|different|over|anew|fresh|afresh)",
            "(everything|all) (new|different|anew|afresh)",
            "(100%|90%) (different|new|changed)",
            "(surprise me|completely different|totally different|entirely different|something else entirely|"
            "transform it|transformed|reinvent it|reinvented|reimagine it|reimagined|unrecognisable|"
            "unrecognizable|complete makeover|makeover|total rework|nothing like the original|wildly different|"
            "overhaul|anything you like|whatever you like|something completely different|do something crazy|"
            "your choice|you choose|you decide|dealer's choice|random style|any style|another genre|"
            "a different genre|different genre|new genre|another style|different style|new style|change genre|"
            "change style|genre swap|completely different (genre|style)|totally different (genre|style)|"
            "switch (genre|genres)|genre bend|anything goes|do (whatever|what) [you] (like|want)|whatever you want|"
            "surprise us|flip it completely|remix it (heavily|completely|hard|properly|like crazy)|"
            "remix the (hell|heck|crap) out of it|i dont (care|mind) (what|how|which) [genre|style|it] [stays|sounds|"
            "happens|it is|it sounds like])",
        ),
        (
            Lock("vocals"),
            Keep("vocals"),
            AnyStyle(),
            Renew("rhythm", 1.0),
            Renew("timbre", 1.0),
            Drop("drums"),
            Drop("bass"),
            Drop("other"),
        ): (
            "(change|replace|redo|rework|swap|new) (everything|all|it all|the rest) (but|except|except for|"
            f"apart from|other than|besides|save for|around) {VOX}",
            f"everything (but|except|except for|apart from) {VOX} (new|different|changed|replaced|can go|"
            "can change|should change|should be new)",
            f"(keep|leave) only {VOX} and (change|replace|redo|rework) (everything else|the rest|all else|"
            "all the rest)",
            "(new|fresh|different) (music|backing|band|accompaniment|instrumental|backing track) (under|around|"
            f"behind|for|beneath) [same] {VOX}",
        ),
        (Renew("melody", 0.6),): (
            "(vary|ornament|embellish|decorate|improvise on|improvise over|riff on|play with|variations on|"
            "variations of|change up) (melody|tune|theme)",
            "(new|different|varied|changed|embellished|alternative) (melody|tune|melodies)",
            "(change|alter|rewrite|modify) (melody|tune)",
            "melodic variations",
        ),
        (Renew("vocals", 0.5),): (
            "(change|treat|process|effect|transform|mangle|alter|spice up|do something with|do something to|"
            f"play with) {VOX}",
            f"(different|new) {VOX} (sound|treatment|effects|processing|production)",
            "(vocal effects|voice effects|vocal fx|vocal production|effects on (voice|vocals)|fx on (voice|vocals))",
        ),
        (TempoFactor(1.25), Transpose(3)): ("nightcore [version|remix|edit|style]",),
        (TempoFactor(0.8), Voice("stutter", 0.4), Voice("chops", 0.4)): (
            "(chopped and screwed|chopped n screwed|chopped & screwed|slowed and chopped)",
        ),
    }
)

KINDS: Mapping[type, Kind] = MappingProxyType(
    {
        Harmonies: "voice",
        Voice: "voice",
        Harmony: "harmony",
        ModeWish: "harmony",
        FormAs: "form",
        Renew: "strength",
        Drop: "drop",
        Only: "keep",
        Mood: "mood",
        Cover: "cover",
        AnyStyle: "style",
        Lock: "lock",
        With: "instrument",
        TempoFactor: "tempo",
        Impossible: "tempo",
    }
)
"""The chip of a phrase, by its first request."""
