"""Phrases about the song's own voice: second voices, the throat, pitch, and pieces of it."""

from collections.abc import Mapping
from types import MappingProxyType

from contrafact.engine.recipe.intents import Harmonies, Intent, Voice, With

VOX = "(voice|vocal|vocals|vox|singing|singer|lead vocal|lead vocals|lead|vocalist)"
"""What people call the voice, as a pattern."""

VOICES: Mapping[tuple[Intent, ...], tuple[str, ...]] = MappingProxyType(
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
            f"(harmonise|harmonize|harmonised|harmonized|double) {VOX} [in|at|with|a] (third|thirds|3rds)",
        ),
        (Harmonies((-2, -5)),): (
            "(two|2|a couple of|a pair of) (harmonies|harmony vocals|harmony voices|harmony lines|backing vocals|"
            "backing voices|second voices|extra voices|backing singers) (below|under|underneath|beneath) [him|them]",
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
            "(two|2|a couple of|a pair of) (harmonies|harmony vocals|harmony voices|harmony lines|backing vocals|"
            "backing voices|second voices|extra voices|backing singers) [above|over|on top] [of|her|him|them]",
            "(three|3) (part|voice|way) (harmony|harmonies|vocals)",
            "(triad|stacked|rich|lush|thick|close|full|beach) (harmony|harmonies|vocal harmonies)",
            "(harmony|harmonies) (above and below|on both sides)",
            "(third and fifth|third and a fifth|3rd and 5th|thirds and fifths) (above|harmony|harmonies)",
            "(harmonies|harmony) [a] (third and fifth|third and a fifth|3rd and 5th|thirds and fifths) [above]",
            "(high|higher) (harmony|harmonies|backing vocals)",
        ),
        (Harmonies((2, 4, -3)),): (
            "(three|3) (harmonies|harmony vocals|harmony voices|harmony lines|backing vocals|backing singers)",
            "(four|4) (part|voice|way) (harmony|harmonies|vocals)",
            "(barbershop|barber shop|barbershop quartet|vocal quartet|doo wop harmonies|doo wop backing vocals)",
        ),
        (Harmonies((7,)),): (
            f"(octave|one octave) (above|over|up on) {VOX}",
            f"{VOX} (an octave|octave|one octave) (up|above|higher)",
            "(octave|high octave) (double|doubling|harmony|harmonies|doubled|layer|voice) [above|up]",
            "(octave up|upper octave|higher octave|high octave) (layer|voice|vocal|vocals|double|harmony)",
            f"(double|layer) {VOX} (an octave|octave|one octave) (up|above|higher)",
            f"{VOX} (up|raised) [by] (an octave|octave|one octave)",
            "sing (an octave|octave) (up|above|higher)",
        ),
        (Harmonies((-7,)),): (
            f"(octave|one octave) (below|under|beneath) {VOX}",
            f"{VOX} (an octave|octave|one octave) (down|below|lower)",
            "(octave|low octave) (double|doubling|harmony|layer|voice) (below|down|under|underneath)",
            "(octave down|lower octave|sub octave|low octave) [layer|voice|vocal|vocals|double|harmony]",
            f"(double|layer) {VOX} (an octave|octave|one octave) (down|below|lower|underneath)",
            f"{VOX} (down|lowered) [by] (an octave|octave|one octave)",
            "sing (an octave|octave) (down|below|lower)",
        ),
        (Voice("double", 0.7),): (
            f"(double|doubling|double track|double tracking|thicken|adt) {VOX}",
            f"(doubled|double tracked|thick|thicker|wide|wider|fat|fatter|layered|chorused) {VOX}",
            f"{VOX} (doubled|double tracked|doubling|thicker|wider|layered)",
            "(double tracked|double tracking|doubletracked|adt|second take of the voice|singing twice)",
        ),
        (Voice("choir", 0.7),): (
            "(choir|choirs|gospel choir|big choir|huge choir|massive choir|whole choir|full choir|church choir|"
            "children's choir|angelic choir|choir of angels|choral|choir version|chorale|crowd singing|"
            "sing along crowd|gang vocals|group vocals|crowd vocals|stacked vocals|stack of vocals|"
            "wall of voices|wall of vocals|choir of voices|vocal stack|like a choir|many voices|choir of [her|"
            "himself|herself])",
            f"(turn|make) {VOX} into (choir|a whole choir|group|crowd)",
            f"{VOX} (as|like|into) (choir|a choir)",
            f"(stack|multiply) [up] {VOX}",
        ),
        (With("choir"),): ("(choir pad|synth choir|choir synth|choir sound|choir patch|mellotron choir)",),
        # --- the throat -------------------------------------------------------------------------------------
        (Voice("breath", 0.6),): (
            "(breathy|breathier|more breathy|airy|airier|husky|huskier|more air in|more breath in|asmr|"
            f"intimate sounding|soft and breathy) [{VOX}]",
            f"{VOX} (breathy|breathier|airy|airier|husky|with more (air|breath)|more breathy|more airy)",
            "(more|add) (breath|breathiness|air) [in|to|on] [voice|vocals]",
        ),
        (Voice("breath", 0.9),): (
            f"(whisper|whispered|whispering|whispery|whispers) [{VOX}]",
            f"{VOX} (whispered|whispering|whispery|like a whisper|as a whisper|in a whisper)",
        ),
        (Voice("breath", -0.5),): (
            f"(less (breathy|airy|breath|air)) [in|on] [{VOX}]",
            f"{VOX} less (breathy|airy)",
            "(no|fewer|without) (breath noise|breath noises|breathiness)",
        ),
        (Voice("brightness", 0.5),): (
            "(bright|brighter|clearer|clear|crisper|crisp|sharper|shinier|more present|sparkling|"
            f"more sparkle on) {VOX}",
            f"{VOX} (bright|brighter|clearer|crisper|sharper|sparkle|more sparkle|more shine|shinier)",
            f"(brighten|brighten up) {VOX}",
        ),
        (Voice("brightness", -0.5),): (
            "(dark|darker|duller|warmer|warm|mellower|rounder|smoother|softer sounding|muffled|less bright|"
            f"less harsh) {VOX}",
            f"{VOX} (dark|darker|duller|warmer|mellower|rounder|less bright|muffled|less sharp|less harsh|less shrill)",
            f"(darken|warm up|soften the top of) {VOX}",
        ),
        (Voice("formant_semitones", -3.0),): (
            "(deep|deeper|lower|bigger|larger|fuller|manlier|more (masculine|manly|male)|masculine|male sounding|"
            f"baritone|huge) {VOX}",
            f"pitch {VOX} (down|lower)",
            f"{VOX} pitched (down|lower)",
            f"{VOX} (deep|deeper|lower sounding|bigger|larger|more (masculine|manly|male)|like a man)",
            f"deepen {VOX}",
            "(bigger|larger|wider|deeper) throat",
            "(sing|sung|sings) [bit|little] (deeper|lower|more deeply)",
            "(formants|formant) (down|lower|lowered|shifted down)",
            "(lower|drop|shift down) (formants|formant)",
            f"make {VOX} (deeper|bigger|larger|lower)",
            f"(gender bend|gender bent|gender swap) [{VOX}]",
        ),
        (Voice("formant_semitones", -5.0),): (
            f"[deep|scary|dark|evil|low] (giant|monster|demon|demonic|ogre|villain|darth|beast|troll) [like] [{VOX}]",
            f"[{VOX}] [sound|sounds|singing] like a (man|guy|male|grown man|old man)",
            f"{VOX} (like|of) (a giant|a monster|giant|monster|demon)",
        ),
        (Voice("formant_semitones", 3.0),): (
            "(smaller|younger|thinner|more (feminine|girly|female)|feminine|female sounding|girlish|childlike|"
            f"child like|kid|child) {VOX}",
            f"pitch {VOX} (up|higher)",
            f"{VOX} pitched (up|higher)",
            f"{VOX} (smaller|younger|thinner|more (feminine|girly|female)|like a (child|kid|girl|woman))",
            "(smaller|tighter|narrower) throat",
            "(formants|formant) (up|higher|raised|shifted up)",
            "(raise|shift up) (formants|formant)",
        ),
        (Voice("formant_semitones", 4.0),): (
            f"(chipmunk|chipmunks|helium|mickey mouse|cartoon|squeaky|elf|smurf) [like] [{VOX}]",
            f"{VOX} like a (chipmunk|mouse)",
            f"[{VOX}] [sound|sounds|singing] like a (woman|girl|child|little girl|kid|female)",
        ),
        # --- pitch ------------------------------------------------------------------------------------------
        (Voice("tuning", 0.8),): (
            f"(autotune|auto tune|autotuned|auto tuned|melodyne) [on] [{VOX}]",
            f"{VOX} (autotuned|auto tuned|with autotune|with auto tune)",
            f"(tuned) {VOX}",
        ),
        (Voice("tuning", 1.0),): (
            "(hard|heavy|extreme|full|strong|obvious|robotic|maximum|max|heavily|hardcore|cranked) (tune|tuned|"
            f"tuning|autotune|auto tune|autotuned|pitch correction) [on] [{VOX}]",
            "(hard tune|hardtune|autotune to the max|autotune maxed out|snapped to (grid|scale|key|pitch)|"
            "perfectly in tune|dead in tune|cher effect)",
        ),
        (Voice("tuning", 0.5),): (
            "(tune|pitch correct|correct the pitch of|correct the tuning of|fix the pitch of|fix the tuning of|"
            f"tidy up the pitch of) {VOX}",
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
            f"robotized|electronic) [like] [on] [{VOX}]",
            f"{VOX} (through a vocoder|vocoder|vocoded|robotic|like a robot|as a robot|into a robot|"
            "with a vocoder|robotised)",
            f"(robot|robotic|vocoder) {VOX}",
        ),
        # --- pieces -----------------------------------------------------------------------------------------
        (Voice("chops", 0.7),): (
            "(vocal|vox|voice|singing) (chops|chop|chopping|slices|cuts|snippets|samples)",
            f"(chop|chop up|slice|slice up|cut up|chopped up|chopped|sliced|sliced up|chopping up|sampled) {VOX} [up]",
            f"{VOX} (chopped|chopped up|sliced|sliced up|cut up|in pieces)",
            "(chops|chopped samples)",
        ),
        (Voice("stutter", 0.6),): (
            "(stutter|stutters|stuttering|stuttered|stuttery|glitch|glitchy|glitches|glitched|beat repeat|"
            f"m m max headroom) [effect|effects|edits|edit] [on] [{VOX}]",
            f"{VOX} (stutter|stutters|stuttering|glitching|glitchy)",
            f"stutter {VOX}",
        ),
        (Voice("responses", 0.7),): (
            "(call and response|call & response|call response|call and answer|question and answer|echoed phrases|"
            "answering voice|answering vocals|answering phrases|echo the phrases|repeat each phrase|antiphonal|"
            "phrases answer each other|phrases answering each other|lines answer each other|answer each other|"
            "voice answers itself|answer itself|answers itself|echoing her lines|echo each line|answer each line|"
            "second voice that answers)",
        ),
        (Voice("throws", 0.7),): (
            f"(delay|echo|dub delay|dub echo|tape echo|tape delay|ping pong delay|reverb) (throws|throw) [on] [{VOX}]",
            "(delay|echo|echoes|dub delay|dub echo|tape echo|tape delay|delays|repeats|slapback|slap back|"
            "ping pong|ping pong delay) (on|at|to|for|behind|after) (voice|vocals|vocal|singing|end of lines|"
            "end of (lines|phrases)|ends of (lines|phrases)|last word|last words|last words of each line|"
            "phrase ends|line ends|phrase endings|ends of phrases|end of each (line|phrase)|end of every (line|"
            "phrase))",
            f"(echoing|echoey|echoed|delayed|dubby|spacey) {VOX}",
            f"{VOX} (with (echo|delay|echoes|dub delay)|echo|echoes|echoing|delay)",
            "[add|with|some|put] (echo|echoes|delay|delays|dub echo|tape echo|slapback)",
            "(throws|dub throws|vocal throws|echo throws|word throws|vocal delay|vocal delays|vocal echo|vocal echoes)",
        ),
    }
)
"""Patterns by what is asked."""
