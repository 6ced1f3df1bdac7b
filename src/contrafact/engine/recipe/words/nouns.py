"""What can be acted on, and the verbs that act: stems, components, sections, and keep, drop, more, less, …"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from contrafact.engine.audio.stems import StemName
from contrafact.engine.listening.chart import SectionLabel
from contrafact.engine.recipe.recipe import Component

Action = Literal["keep", "lock", "drop", "only", "add", "louder", "quieter", "new", "repeat", "begin", "end", "move"]

STEM_WORDS: Mapping[StemName, tuple[str, ...]] = MappingProxyType(
    {
        "vocals": (
            "[lead|main] (voice|voices|vocal|vocals|vox|singing|singer|vocalist|acapella|a cappella|sung part|"
            "sung parts)",
            "(vocal|vocals|voice|singing) (track|tracks|line|lines|part|parts|stem|performance|take|recording)",
            "(lyrics|singing voice|human voice|voice track|female voice|male voice|female vocals|male vocals|"
            "words|lead singer|singers)",
        ),
        "drums": (
            "(drum|drums|drumming|beat|beats|percussion|kick|snare|kick drum|snare drum|hi hats|hi hat|hihats|"
            "hihat|cymbals|toms|drummer|drum kit|drumkit|drum set)",
            "(drum|drums|percussion) (track|tracks|part|parts|stem|machine|loop|groove|beat)",
            "rhythm section",
        ),
        "bass": (
            "(bass|bassline|bass line|bass guitar|low end|bassist|bass player|basslines|lows|bass part|"
            "bass track|bass stem|bottom end)",
        ),
        "other": (
            "(instruments|instrumentation|backing|backing track|backing music|accompaniment|music|band|rest|"
            "rest of the band|rest of the music|background music|other instruments|backing instruments|"
            "backing band)",
            "(guitar|guitars|piano|keys|keyboards|strings|synth|synths|horns|brass|organ|pianos)",
        ),
    }
)
"""What of a recording each stem holds; for ``other`` the instruments that a keep or a level can only mean there."""

COMPONENT_WORDS: Mapping[Component, tuple[str, ...]] = MappingProxyType(
    {
        "harmony": (
            "(chord|chords|harmony|harmonic structure|chord progression|chord progressions|progression|"
            "chord changes|chord sequence|chord structure|harmonic progression)",
        ),
        "melody": (
            "(melody|melodies|tune|melody line|melodic line|topline|top line|theme|main theme|main melody|"
            "lead melody|lead line|vocal melody)",
        ),
        "rhythm": ("(rhythm|rhythms|groove|grooves|rhythmic feel|rhythm pattern|drum pattern|drum patterns)",),
        "form": (
            "(structure|form|song structure|arrangement|order|sequence|song form|layout|running order|"
            "section order|order of (sections|parts)|sections|parts)",
        ),
        "timbre": (
            "(timbre|timbres|sound|sounds|tone|instrument sounds|sound palette|soundscape|production|orchestration)",
        ),
    }
)

SECTION_WORDS: Mapping[SectionLabel, tuple[str, ...]] = MappingProxyType(
    {
        "intro": ("(intro|intros|introduction|opening|beginning|the start part|lead in|opening section)",),
        "verse": ("(verse|verses|strophe|pre chorus|prechorus|verse part)",),
        "chorus": ("(chorus|choruses|refrain|refrains|hook|hooks|chorusses|chorus part|hook line)",),
        "bridge": (
            "(bridge|bridges|middle 8|middle eight|mid section|middle section|middle part|middle bit|middle|"
            "c part|b section)",
        ),
        "break": ("(break|breaks|breakdown|breakdowns|interlude|interludes|instrumental break|instrumental section)",),
        "solo": ("(solo|solos|guitar solo|sax solo|piano solo|solo section|instrumental solo)",),
        "outro": ("(outro|outros|ending|coda|end section|end part|closing section|tag)",),
    }
)

ORDINALS: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        1: ("(first|1st|opening)",),
        2: ("(second|2nd)",),
        3: ("(third|3rd)",),
        4: ("(fourth|4th)",),
        5: ("(fifth|5th)",),
        -1: ("(last|final|closing|very last)",),
        -2: ("(second to last|second last|penultimate|next to last|last but one)",),
    }
)

OPENERS: Mapping[Action, tuple[str, ...]] = MappingProxyType(
    {
        "lock": (
            "(dont|do not|never|without) (touch|touching|change|changing|alter|altering|modify|modifying|"
            "mess with|messing with|tamper with|fiddle with|affect|affecting|replace|replacing|ruin|ruining|"
            "mess up|vary|swap|edit|rewrite|editing)",
            "(lock|lock in|freeze|protect|hands off|no change to|no changes to|no touching|be careful with|"
            "not change|not touch|respect|stick to|stay true to|stay faithful to|stick with)",
        ),
        "keep": (
            "(keep|keeping|keeps|kept|preserve|preserving|leave|leaving|retain|retaining|save|maintain|"
            "hold on to|hang on to|stay with|let me hear|i want to hear|i still want|i still want to hear|"
            "still hear|still have|(i|we) (love|like|adore) the)",
            "(with the original|with original|with her original|with his original|with their original|same|"
            "with the same|using the original|original|use the original|over the original|around the original|"
            "under the original|behind the original)",
        ),
        "drop": (
            "(without|no|drop|dropping|remove|removing|mute|muting|muted|lose|losing|cut|cutting|cut out|minus|"
            "delete|deleting|kill|killing|get rid of|take out|taking out|strip|strip out|strip away|take away|"
            "taking away|dont want|do not want|dont need|dont like|not the|instead of|rather than|swap out|"
            "leave out|leaving out|omit|omitting|skip|skipping|exclude|excluding|w/o|wo|sans|silence|except|"
            "except for|but no|but not|but without|minus the|never mind|dont bother with|"
            "ditch|ditching|scrap|axe|erase|eliminate|throw out|"
            "free of|less of the|zero|none of the|not any|never any|hold the|turn off|switch off|bin|avoid|hate|"
            "i hate|stop|forget|forget about|hide|chop off|chop out|cut away|jump over|pass on|no more|"
            "fade out the|bypass)",
        ),
        "only": (
            "(i|we|you|just) (only|just) (want|need|wanna|would like) [to] [hear|have]",
            "(just|only) (want|wanna) [to] (hear|have)",
            "(with|using|keep|have|leave) (just|only|nothing but)",
            "(only|just|nothing but|solo|isolate|isolated|isolating|nothing except|nothing besides|no other than|"
            "purely|solely|everything off except|mute everything but|mute everything except|"
            "remove everything but|remove everything except|drop everything but|drop everything except|"
            "cut everything but|strip everything but|strip everything except|everything out except|"
            "strip it down to|strip it back to|strip down to|stripped down to|stripped back to|strip it to|"
            "reduce it to|down to just|keep only|keep just|leave only|leave just|only keep|just keep|only the|"
            "just the|extract|give me only|give me just|let me hear only|bare)",
        ),
        "add": (
            "(with|add|adding|add in|add some|featuring|feat|ft|plus|put in|put some|put|bring in|bringing in|"
            "throw in|throwing in|use|using|on|some|include|including|insert|layer|layer in|layering|give me|"
            "i want|i'd like|introduce|have|and|w|let there be|sprinkle|sprinkle in|sprinkle some|drop in|mix in|"
            "work in|together with|along with|accompanied by|backed by|add me|chuck in|stick in|stick some|"
            "bring back|get some|needs|need|could use|give it|give it some|incorporate|complete with|throw some|"
            "i need|crank in|slap on|feature)",
        ),
        "louder": (
            "(more|louder|turn up|turning up|bring up|bring out|boost|raise|push|push up|crank|crank up|amplify|"
            "emphasise|emphasize|heavier|bigger|stronger|increase|pump up|lift|beef up|highlight|bump up|"
            "accentuate|stress|fatter|thicker|punchier|harder|beefier|bring forward|up the|extra|thumping|"
            "many|lots of|loads of|plenty of|a lot of|tons of|heaps of|"
            "pumping|booming|big|huge|fat|massive|loud|heavy|enhance|prominent|turn it up|can't hear|cannot hear|"
            "can hardly hear|can barely hear|hear more of|hear more)",
        ),
        "quieter": (
            "(less|fewer|quieter|softer|turn down|turning down|lower the|lower|bring down|reduce|tone down|"
            "soften|push back|pull back|lighten|decrease|quieten|calm down|weaker|tame|dial down|dial back|duck|"
            "thinner|smaller|ease off|ease up on|back off|go easy on|easy on|not so much|not as much|"
            "not too much|not so many|not too many|attenuate|bury|tuck in|quiet|faint|drop down|lighter|subtler|"
            "take down|mostly without)",
            "not (so|as|that) (loud|heavy|big|busy|strong|prominent|hard|much|many)",
            "(hardly|barely|almost no|next to no) [any]",
        ),
        "new": (
            "(new|different|change|changing|replace|replacing|swap|rework|reworked|rewrite|redo|fresh|"
            "another set of|other|re do|remake|update|updated|modernise|modernize|vary|varied|alternative|"
            "switch up|mix up|mess with|play with|alter|altered|transform|reinvent|rethink|reimagine|reprogram|"
            "re program|reprogrammed|modify|modified)",
        ),
        "repeat": (
            "(repeat|repeating|loop|double|play|sing|another|extra|one more|an additional|additional|bring back|"
            "return to|go back to|come back to|do|duplicate|more of the|extend|extended|longer|lengthen)",
        ),
        "begin": (
            "(start|starting|begin|beginning|open|opening|kick off|kicking off|starts|begins|opens|lead|"
            "first play|jump|come in|dive) [straight|right|directly|immediately] (with|on|from|at|in|into|in on|"
            "straight into|to)",
        ),
        "end": (
            "(end|ending|finish|finishing|close|closing|ends|finishes|stop|conclude|wrap up|out) [right] (with|"
            "on|after|at|following|in)",
        ),
        "move": (
            "(make|turn|bring|take|put|get|have|let|set|push|pull|dial|crank|want|leave|pan|switch|i want|"
            "i'd like|keep|bump|fade|tone|could you|can you make|sit|place)",
        ),
    }
)
"""What stands before what it acts on. ``move`` only acts with what stands behind ("turn the drums *down*")."""

CLOSERS: Mapping[Action, tuple[str, ...]] = MappingProxyType(
    {
        "lock": (
            "(alone|exactly|exactly as [it|they] (is|are)|exactly as recorded|exactly the same|untouched|"
            "unchanged|intact|as is|as it is|as it was|as they are|as they were|the same|identical|precisely|"
            "unaltered|exactly like the original|note for note|one to one|as recorded|like it is|"
            "like the original|just as it is|how it is|how they are|the way it is|the way they are|"
            "same as the original|should stay [the same]|must stay|stays|stay|stays the same|stay the same|"
            "stays put|has to stay|have to stay|strictly|100%|completely intact)",
        ),
        "drop": (
            "(out|off|away|muted|silent|gone|removed|be gone|dropped|turned off|switched off|killed|not wanted|"
            "can go|must go|has to go|have to go|should go|needs to go|need to go|can leave|"
            "out of it|out of there|free|disappear|mute)",
        ),
        "louder": (
            "(too quiet|too soft|too low|inaudible|not loud enough|up|louder|forward|up front|upfront|"
            "to the front|in front|louder in the mix|higher in the mix|"
            "up in the mix|bigger|stronger|more prominent|prominent|heavier|more present|punchier|thicker|fatter|"
            "(higher|up|louder) in [the] (volume|level|loudness)|"
            "boosted|stand out|pop|hotter|loud|more powerful|more forward|be heard|harder|dominant|thump|on top|"
            "center stage|centre stage)",
        ),
        "quieter": (
            "(too loud|too heavy|too busy|too much|too harsh|too dominant|overpowering|too prominent|too high|"
            "down|quieter|softer|lower|back|lower in the mix|down in the mix|back in the mix|in the background|"
            "into the background|to the back|less prominent|less loud|lighter|less present|thinner|smaller|"
            "(lower|down|quieter|softer|less) in [the] (volume|level|loudness)|"
            "not (so|as|that) (loud|prominent|heavy|busy|strong)|less heavy|tucked in|gentler|quiet|in the back|"
            "further back|recede|less dominant|subtler|low)",
        ),
        "only": (
            "(only|alone|by itself|by themselves|on its own|on their own|and nothing else|nothing else|solo|"
            "and that's it|isolated|exclusively|please nothing else)",
        ),
        "new": ("(different|new|reworked|replaced|changed|redone|fresh|varied|modern)",),
        "keep": ("(in|kept|in there|in place|preserved|retained)",),
        "repeat": (
            "(again|twice|two times|2 times|2 x|x 2|doubled|repeated|repeat|one more time|once more|"
            "double length|longer)",
        ),
        "begin": ("(first|at the (start|beginning|top)|up front|to the (start|front|beginning)|upfront)",),
        "end": ("(last|at the (end|finish)|to the end)",),
    }
)
"""What stands behind what it acts on."""

LINKS = frozenset(
    "the a an my her his their our its and or also any all of original lead main nor just even both as well "
    "either recorded out actual real own that this those these existing current".split()
)
"""Words that may stand between the things acted on."""

FILLERS = frozenset(
    "a an the my her his their our its this that these those original lead main nice little bit of and or but "
    "also as "
    "it in to for from at by into please can could would you make made turn change give me want i i'd like song "
    "track "
    "tune version remix cover mix style feel vibe sound sounding kind sort type let do be is are so then really very "
    "something some all everything else whole with way more than up on one just via like music genre recording same "
    "keeping intact untouched there here her's dressed played play sung hey hi hello ok okay thanks thank cheers "
    "pls plz "
    "yeah yes lol haha hmm maybe perhaps possibly think thinking how about what if what's let's lets us we need "
    "needs "
    "get got go going gonna wanna should must might will shall i'm im am it's its they them thing things stuff "
    "bit bits "
    "try trying do did done doing have has having had was were been being put set take been still yet though "
    "although while "
    "when where which who whom whose because since too even only most much many any each every if now "
    "overall total totally basically actually literally honestly simply quite rather pretty kinda sorta er um uh "
    "well right "
    "mood vibes vibey feeling feels flavour flavor flavored flavoured touch edit rework reworked re-work "
    "reimagining reimagined take interpretation "
    "rendition adaptation arrangement arranged music's era school old-school inspired influenced based oriented "
    "esque ish type-beat tip fashion manner spirit form direction theme themed background instead rather than "
    "over under behind around between "
    "throughout entire entirely complete full fully new different another other again both across against per "
    "again after before "
    "time times result output final goes went "
    "good great cool awesome amazing lovely beautiful nicely perfect best better super mega ultra real proper "
    "properly love hear listen hearing "
    "say said says see know guess idea mean means thanks! buddy mate dude bro man guys friend dear kindly ask "
    "asking favour favor wish wished would "
    "produce produced producing production create created creating generate generated build rebuild convert "
    "converted converting transform turned turning "
    "shift switch apply applied using use used added with brought kept left put "
    "u ur keep keeping thx ty tysm add bring throw include leave remove mess around banger anthem slap slaps "
    "vibing studying study working "
    "out along together end start off onto upon inside outside while during else especially rather mainly mostly "
    "towards away "
    "needs feature gets made become becomes becoming turns goes comes came come bout kinda sorta plus minus "
    "mid early completely altogether entirely "
    "possible possibly allowed why girl boy lady song's stabs stab hits licks lick riffs riff lines swells lately "
    "sounds yo fam bruh tbh ngl fr lowkey highkey suitable appropriate myself yourself plays makes making called "
    "named edits ad advert commercial duet trio quartet ensemble group audience crowd people everyone friends mum "
    "mom dad grandma grandpa wife husband girlfriend boyfriend kids kid children daughter son boss class lesson "
    "school birthday cry boring meets hit those such us again's sir madam everybody somebody someone anything "
    "anyone hell heck lol lmao omg tho af ffs btw imo lil ready follow care careful rest notes "
    "o oh ah la s t d m re ve ll x kind-of sort-of that's there's here's where's".split()
)
"""Words that carry no musical request by themselves: neither understood nor reported as ignored."""

STYLE_TAILS = frozenset(
    "beat beats groove grooves rhythm band combo song track tune remix edit music banger anthem jam number".split()
)
"""Words behind a style that add nothing to it."""
NEGATORS: tuple[str, ...] = (
    "(not|dont|do not|never|no need to|shouldn't|should not|doesn't|does not|must not|mustn't|cannot|"
    "can't|isn't|aren't|is not|not to|avoid|anything but|nothing|without|no|not be|neither|wouldn't|would not|"
    "rather not|won't|none)",
)
AFTER_NEGATOR = frozenset(
    "too so that very overly make making get getting go going it to be being a an the any sound sounding turn "
    "turning become becoming "
    "have having want add adding put putting use using give just be all this song track them into play playing "
    "played like want need do let much many "
    "really quite as terribly super really up him her anything much something more".split()
)
