"""Phrases with a meaning of their own: what becomes of the voice, the chords, the form, and whether it is a cover."""

from collections.abc import Mapping
from types import MappingProxyType

from contrafact.engine.recipe.intents import (
    Amount,
    AnyStyle,
    Cover,
    Drop,
    FormAs,
    Harmonies,
    Harmony,
    Intent,
    Keep,
    Kind,
    Lock,
    ModeWish,
    Only,
    Renew,
    TempoFactor,
    Voice,
    With,
)

_VOX = "(voice|vocal|vocals|vox|singing|singer|lead vocal|lead vocals|lead|vocalist)"

TREATMENTS: Mapping[tuple[Intent, ...], tuple[str, ...]] = MappingProxyType(
    {
        # --- second voices ----------------------------------------------------------------------------------
        (Harmonies((2,)),): (
            "(harmonies|harmony vocal|harmony voice|harmony line vocal|vocal harmonies|vocal harmony|"
            "backing vocals|background vocals|backing vocal|"
            "backup vocals|backing singers|backup singers|background singers|bvs|bgvs|harmony vocals|"
            "harmony voices|second voice|harmony line|harmony part|two part harmony|2 part harmony|"
            "two part harmonies|harmonise|harmonize|harmonised|harmonized|harmonising|ooh's|oohs|oohs and aahs|"
            "harmony singing|sing harmony|harmony singers)",
            "(harmonise|harmonize|harmony for) (voice|vocals|lead|melody|singing)",
            "(harmony|harmonies|voice|vocals|harmonise|harmonize|harmonised|harmonized|second voice|sing|singing|"
            "another voice) [in|at|a|with|of] (third|thirds|3rd|3rds|diatonic third) [above|up|higher|over]",
            "(third|thirds|3rd|3rds) (above|over) [lead] (voice|vocals|melody|singer|lead|singing|vocal)",
            "(third|thirds|3rd) (harmony|harmonies) [above]",
            "sing in thirds",
            f"(harmonise|harmonize|harmonised|harmonized|double) {_VOX} [in|at|with|a] (third|thirds|3rds)",
        ),
        (Harmonies((-2,)),): (
            "(harmony|harmonies|voice|second voice|sing|another voice) [in|at|a|with] (third|thirds|3rd) (below|"
            "down|under|underneath|lower)",
            "(third|thirds|3rd) (below|under|underneath) [lead] (voice|vocals|melody|singer|lead|singing|vocal)",
            "(low|lower) (harmony|harmonies|second voice|backing vocals|harmony vocals)",
        ),
        (Harmonies((4,)),): (
            "(harmony|harmonies|voice|second voice|sing|another voice) [in|at|a|with] (fifth|fifths|5th) [above|"
            "up|higher]",
            "(fifth|fifths|5th) (above|over) [lead] (voice|vocals|melody|singer|lead|vocal)",
            "(fifth|fifths|5th) (harmony|harmonies)",
        ),
        (Harmonies((3,)),): (
            "(harmony|harmonies|voice|second voice) [in|at|a|with] (fourth|fourths|4th) [above|up|higher]",
            "(fourth|fourths|4th) (above|over) [lead] (voice|vocals|melody|singer|lead|vocal)",
            "(fourth|fourths|4th) (harmony|harmonies)",
        ),
        (Harmonies((-5,)),): (
            "(harmony|harmonies|voice|second voice) [in|at|a|with] (sixth|sixths|6th) (below|down|under|lower)",
            "(sixth|6th) (below|under) [lead] (voice|vocals|melody|singer|lead|vocal)",
        ),
        (Harmonies((5,)),): (
            "(harmony|harmonies|voice|second voice) [in|at|a|with] (sixth|sixths|6th) [above|up|higher]",
            "(sixth|6th) (above|over) [lead] (voice|vocals|melody|singer|lead|vocal)",
        ),
        (Harmonies((2, 4)),): (
            "(three|3) (part|voice|way) (harmony|harmonies|vocals)",
            "(triad|stacked|rich|lush|thick|close|full|beach) (harmony|harmonies|vocal harmonies)",
            "(harmony|harmonies) (above and below|on both sides)",
            "(third and fifth|third and a fifth|3rd and 5th|thirds and fifths) (above|harmony|harmonies)",
            "(harmonies|harmony) [a] (third and fifth|third and a fifth|3rd and 5th|thirds and fifths) [above]",
            "(high|higher) (harmony|harmonies|backing vocals)",
        ),
        (Harmonies((2, 4, -3)),): (
            "(four|4) (part|voice|way) (harmony|harmonies|vocals)",
            "(barbershop|barber shop|barbershop quartet|vocal quartet|doo wop harmonies|doo wop backing vocals)",
        ),
        (Harmonies((7,)),): (
            f"(octave|one octave) (above|over|up on) {_VOX}",
            f"{_VOX} (an octave|octave|one octave) (up|above|higher)",
            "(octave|high octave) (double|doubling|harmony|harmonies|doubled|layer|voice) [above|up]",
            "(octave up|upper octave|higher octave|high octave) (layer|voice|vocal|vocals|double|harmony)",
            f"(double|layer) {_VOX} (an octave|octave|one octave) (up|above|higher)",
            f"{_VOX} (up|raised) [by] (an octave|octave|one octave)",
            "sing (an octave|octave) (up|above|higher)",
        ),
        (Harmonies((-7,)),): (
            f"(octave|one octave) (below|under|beneath) {_VOX}",
            f"{_VOX} (an octave|octave|one octave) (down|below|lower)",
            "(octave|low octave) (double|doubling|harmony|layer|voice) (below|down|under|underneath)",
            "(octave down|lower octave|sub octave|low octave) [layer|voice|vocal|vocals|double|harmony]",
            f"(double|layer) {_VOX} (an octave|octave|one octave) (down|below|lower|underneath)",
            f"{_VOX} (down|lowered) [by] (an octave|octave|one octave)",
            "sing (an octave|octave) (down|below|lower)",
        ),
        (Voice("double", 0.7),): (
            f"(double|doubling|double track|double tracking|thicken|adt) {_VOX}",
            f"(doubled|double tracked|thick|thicker|wide|wider|fat|fatter|layered|chorused) {_VOX}",
            f"{_VOX} (doubled|double tracked|doubling|thicker|wider|layered)",
            "(double tracked|double tracking|doubletracked|adt|second take of the voice|singing twice)",
        ),
        (Voice("choir", 0.7),): (
            "(choir|choirs|gospel choir|big choir|huge choir|massive choir|whole choir|full choir|church choir|"
            "children's choir|angelic choir|choir of angels|choral|choir version|chorale|crowd singing|"
            "sing along crowd|gang vocals|group vocals|crowd vocals|stacked vocals|stack of vocals|"
            "wall of voices|wall of vocals|choir of voices|vocal stack|like a choir|many voices|choir of [her|"
            "himself|herself])",
            f"(turn|make) {_VOX} into (choir|a whole choir|group|crowd)",
            f"{_VOX} (as|like|into) (choir|a choir)",
            f"(stack|multiply) [up] {_VOX}",
        ),
        (With("choir"),): ("(choir pad|synth choir|choir synth|choir sound|choir patch|mellotron choir)",),
        # --- the throat -------------------------------------------------------------------------------------
        (Voice("breath", 0.6),): (
            "(breathy|breathier|more breathy|airy|airier|husky|huskier|more air in|more breath in|asmr|"
            f"intimate sounding|soft and breathy) [{_VOX}]",
            f"{_VOX} (breathy|breathier|airy|airier|husky|with more (air|breath)|more breathy|more airy)",
            "(more|add) (breath|breathiness|air) [in|to|on] [voice|vocals]",
        ),
        (Voice("breath", 0.9),): (
            f"(whisper|whispered|whispering|whispery|whispers) [{_VOX}]",
            f"{_VOX} (whispered|whispering|whispery|like a whisper|as a whisper|in a whisper)",
        ),
        (Voice("breath", -0.5),): (
            f"(less (breathy|airy|breath|air)) [in|on] [{_VOX}]",
            f"{_VOX} less (breathy|airy)",
            "(no|fewer|without) (breath noise|breath noises|breathiness)",
        ),
        (Voice("brightness", 0.5),): (
            "(bright|brighter|clearer|clear|crisper|crisp|sharper|shinier|more present|sparkling|"
            f"more sparkle on) {_VOX}",
            f"{_VOX} (bright|brighter|clearer|crisper|sharper|sparkle|more sparkle|more shine|shinier)",
            f"(brighten|brighten up) {_VOX}",
        ),
        (Voice("brightness", -0.5),): (
            "(dark|darker|duller|warmer|warm|mellower|rounder|smoother|softer sounding|muffled|less bright|"
            f"less harsh) {_VOX}",
            f"{_VOX} (dark|darker|duller|warmer|mellower|rounder|less bright|muffled|less sharp|less harsh|"
            "less shrill)",
            f"(darken|warm up|soften the top of) {_VOX}",
        ),
        (Voice("formant_semitones", -3.0),): (
            "(deep|deeper|lower|bigger|larger|fuller|manlier|more (masculine|manly|male)|masculine|male sounding|"
            f"baritone|huge) {_VOX}",
            f"{_VOX} (deep|deeper|lower sounding|bigger|larger|more (masculine|manly|male)|like a man)",
            f"deepen {_VOX}",
            "(bigger|larger|wider|deeper) throat",
            "(sing|sung|sings) [bit|little] (deeper|lower|more deeply)",
            "(formants|formant) (down|lower|lowered|shifted down)",
            "(lower|drop|shift down) (formants|formant)",
            f"make {_VOX} (deeper|bigger|larger|lower)",
            f"(gender bend|gender bent|gender swap) [{_VOX}]",
        ),
        (Voice("formant_semitones", -5.0),): (
            f"(giant|monster|demon|demonic|ogre|villain|darth|beast|troll) [like] [{_VOX}]",
            f"{_VOX} (like|of) (a giant|a monster|giant|monster|demon)",
        ),
        (Voice("formant_semitones", 3.0),): (
            "(smaller|younger|thinner|more (feminine|girly|female)|feminine|female sounding|girlish|childlike|"
            f"child like|kid|child) {_VOX}",
            f"{_VOX} (smaller|younger|thinner|more (feminine|girly|female)|like a (child|kid|girl|woman))",
            "(smaller|tighter|narrower) throat",
            "(formants|formant) (up|higher|raised|shifted up)",
            "(raise|shift up) (formants|formant)",
        ),
        (Voice("formant_semitones", 4.0),): (
            f"(chipmunk|chipmunks|helium|mickey mouse|cartoon|squeaky|elf|smurf) [like] [{_VOX}]",
            f"{_VOX} like a (chipmunk|mouse)",
        ),
        # --- pitch ------------------------------------------------------------------------------------------
        (Voice("tuning", 0.8),): (
            f"(autotune|auto tune|autotuned|auto tuned|melodyne) [on] [{_VOX}]",
            f"{_VOX} (autotuned|auto tuned|with autotune|with auto tune)",
            f"(tuned) {_VOX}",
        ),
        (Voice("tuning", 1.0),): (
            "(hard|heavy|extreme|full|strong|obvious|robotic|maximum|max|heavily|hardcore|cranked) (tune|tuned|"
            f"tuning|autotune|auto tune|autotuned|pitch correction) [on] [{_VOX}]",
            "(hard tune|hardtune|autotune to the max|autotune maxed out|snapped to (grid|scale|key|pitch)|"
            "perfectly in tune|dead in tune|cher effect)",
        ),
        (Voice("tuning", 0.5),): (
            "(tune|pitch correct|correct the pitch of|correct the tuning of|fix the pitch of|fix the tuning of|"
            f"tidy up the pitch of) {_VOX}",
            "(pitch correction|pitch corrected|fix the (pitch|tuning)|correct the (pitch|tuning)|in tune|"
            "more in tune|tighter tuning|better in tune)",
        ),
        (Voice("tuning", 0.35),): (
            "(light|subtle|gentle|slight|transparent|soft|natural|mild|a bit of|a little|a touch of) (autotune|"
            "auto tune|tuning|pitch correction|vocal tuning)",
        ),
        (Voice("tuning", 0.0),): (
            "(no|without|zero|not any|never any|dont use|remove the) (autotune|auto tune|pitch correction|tuning|"
            "vocal tuning)",
            "natural pitch",
        ),
        (Voice("vibrato", 0.0),): (
            "(no|without|remove|zero|lose|kill|cut|drop|straight with no|dont want|get rid of|flatten|"
            "remove all) [any] [vocal] vibrato",
            "(straight tone|straight voice|vibrato off|vibrato free|vibratoless|vibrato out|flat tone singing|"
            "sing straight)",
        ),
        (Voice("vibrato", 0.5),): (
            "(less|reduce|reduced|smaller|tame|calmer|shallower|narrower|lighter|not so much|not too much|"
            "turn down) [vocal] vibrato",
            "vibrato (down|less|reduced)",
        ),
        (Voice("vibrato", 1.6),): (
            "(more|wider|add|with|deeper|bigger|stronger|extra|increase|increased|boost|exaggerated|"
            "heavy) [vocal] vibrato",
            "vibrato (up|more|wider)",
        ),
        (Voice("vibrato", 1.5),): ("vibrato", "(with|add) [some] vibrato"),
        (Voice("vibrato", 2.0),): ("(double|twice|huge|massive|extreme|operatic|opera|crazy) vibrato",),
        (Voice("vocoder", 0.9),): (
            "(vocoder|vocoded|vocode|robot|robotic|robots|talkbox|talk box|android|cyborg|robot style|robotised|"
            f"robotized|electronic) [like] [on] [{_VOX}]",
            f"{_VOX} (through a vocoder|vocoder|vocoded|robotic|like a robot|as a robot|into a robot|"
            "with a vocoder|robotised)",
            f"(robot|robotic|vocoder) {_VOX}",
        ),
        # --- pieces -----------------------------------------------------------------------------------------
        (Voice("chops", 0.7),): (
            "(vocal|vox|voice|singing) (chops|chop|chopping|slices|cuts|snippets|samples)",
            f"(chop|chop up|slice|slice up|cut up|chopped up|chopped|sliced|sliced up|chopping up|sampled) {_VOX} [up]",
            f"{_VOX} (chopped|chopped up|sliced|sliced up|cut up|in pieces)",
            "(chops|chopped samples)",
        ),
        (Voice("stutter", 0.6),): (
            "(stutter|stutters|stuttering|stuttered|stuttery|glitch|glitchy|glitches|glitched|beat repeat|"
            f"m m max headroom) [effect|effects|edits|edit] [on] [{_VOX}]",
            f"{_VOX} (stutter|stutters|stuttering|glitching|glitchy)",
            f"stutter {_VOX}",
        ),
        (Voice("responses", 0.7),): (
            "(call and response|call & response|call response|call and answer|question and answer|echoed phrases|"
            "answering voice|answering vocals|answering phrases|echo the phrases|repeat each phrase|antiphonal|"
            "phrases answer each other|phrases answering each other|lines answer each other|answer each other|"
            "voice answers itself|answer itself|answers itself|echoing her lines|echo each line|answer each line|"
            "second voice that answers)",
        ),
        (Voice("throws", 0.7),): (
            f"(delay|echo|dub delay|dub echo|tape echo|tape delay|ping pong delay|reverb) (throws|throw) [on] [{_VOX}]",
            "(delay|echo|echoes|dub delay|dub echo|tape echo|tape delay|delays|repeats|slapback|slap back|"
            "ping pong|ping pong delay) (on|at|to|for|behind|after) (voice|vocals|vocal|singing|end of lines|"
            "end of (lines|phrases)|ends of (lines|phrases)|last word|last words|last words of each line|"
            "phrase ends|line ends|phrase endings|ends of phrases|end of each (line|phrase)|end of every (line|"
            "phrase))",
            f"(echoing|echoey|echoed|delayed|dubby|spacey) {_VOX}",
            f"{_VOX} (with (echo|delay|echoes|dub delay)|echo|echoes|echoing|delay)",
            "(throws|dub throws|vocal throws|echo throws|word throws|vocal delay|vocal delays|vocal echo|vocal echoes)",
        ),
        # --- chords -----------------------------------------------------------------------------------------
        (ModeWish("minor"),): (
            "(minor|minor key|minor key version|minor version|minor mode|sad minor|sad minor key|moll|minor feel|"
            "minor chords|minor tonality)",
            "(in|to|into|in a|to a|into a|make it|turn it|put it in|flip it to|flipped to|convert to|"
            "go) [sad] minor [key|version|mode|scale]",
        ),
        (ModeWish("major"),): (
            "(major|major key|major key version|major version|major mode|happy major|dur|major feel|major chords|"
            "major tonality)",
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
            "so that i can sing along|for singing along|so that i can sing|singalong track|"
            "off vocal|wordless|vocal free|voiceless|without anybody singing|karaoke track|for karaoke)",
        ),
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
            "(surprise me|completely different|totally different|entirely different|something else entirely|"
            "transform it|transformed|reinvent it|reinvented|reimagine it|reimagined|unrecognisable|"
            "unrecognizable|complete makeover|makeover|total rework|nothing like the original|wildly different|"
            "overhaul|anything you like|whatever you like|something completely different|do something crazy|"
            "your choice|you choose|you decide|dealer's choice|random style|any style|another genre|"
            "a different genre|different genre|new genre|another style|different style|new style|change genre|"
            "change style|genre swap|completely different (genre|style)|totally different (genre|style)|"
            "switch (genre|genres)|genre bend)",
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
            f"apart from|other than|besides|save for|around) {_VOX}",
            f"everything (but|except|except for|apart from) {_VOX} (new|different|changed|replaced|can go|"
            "can change|should change|should be new)",
            f"(keep|leave) only {_VOX} and (change|replace|redo|rework) (everything else|the rest|all else|"
            "all the rest)",
            "(new|fresh|different) (music|backing|band|accompaniment|instrumental|backing track) (under|around|"
            f"behind|for|beneath) [same] {_VOX}",
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
            f"play with) {_VOX}",
            f"(different|new) {_VOX} (sound|treatment|effects|processing|production)",
            "(vocal effects|voice effects|vocal fx|vocal production|effects on (voice|vocals)|fx on (voice|vocals))",
        ),
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
        Cover: "cover",
        AnyStyle: "style",
        Lock: "lock",
        With: "instrument",
        TempoFactor: "tempo",
    }
)
"""The chip of a phrase, by its first request."""
