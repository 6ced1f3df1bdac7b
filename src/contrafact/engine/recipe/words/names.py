"""Names of people and bands that hold a word of music, and what announces a name.

A name is never read as a style: nobody's voice or manner is imitated here. Names without such a word need no list, for
the grammar does not know them; what is announced as a name is not guessed at by nearness of meaning either.
"""

NAMES: tuple[str, ...] = (
    "(daft punk|deep purple|black sabbath|soft cell|talking heads|massive attack|beach boys|beastie boys|guns n roses)",
    "(guns and roses|simple minds|dire straits|pet shop boys|joy division)",
    "(strokes|the cure|arctic monkeys|red hot chili peppers|black keys|white stripes|smashing pumpkins|beastie boys)",
    "(green day|blue swede|moody blues|barry white|jack white|amy winehouse|snoop dogg|dr dre|big mama thornton|"
    "fat boy slim)",
    "(fatboy slim|basement jaxx|groove armada|swedish house mafia|house of pain|country joe|metallica|jazzy jeff)",
    "(dj jazzy jeff|soul ii soul|soul asylum|funkadelic|grand funk railroad|kool and the gang|average white band)",
    "(earth wind and fire|tower of power|rage against the machine|system of a down|queens of the stone age|"
    "faith no more)",
    "(fall out boy|my chemical romance|bring me the horizon|iron maiden|judas priest|motorhead|slayer|slipknot|"
    "rammstein)",
    "(electric light orchestra|trans siberian orchestra|manchester orchestra|boards of canada|brian eno|bass hunter)",
    "(happy mondays|stone roses|sonic youth|cocteau twins|echo and the bunnymen|bad manners|uriah heep)",
    "(bob marley|jimmy cliff|peter tosh|burning spear|lee scratch perry|king tubby)",
    "(oasis|suede|toto|simon and garfunkel|fleetwood mac|the eagles|steely dan|hall and oates|supertramp|genesis)",
    "(the sonics|the ventures|the bangles|no doubt the band|simply red|wet wet wet|sugababes|spice girls|boyzone|"
    "westlife)",
    "(tears for fears|culture club|duran duran|spandau ballet|depeche mode|kraftwerk|gary numan|ultravox|human league)",
    "(drake|kendrick|adele|beyonce|rihanna|madonna|shakira|bad bunny|daddy yankee|j balvin|burna boy|wizkid|fela kuti)",
    "(taylor swift|ed sheeran|bruno mars|lady gaga|billie eilish|the weeknd|dua lipa|ariana grande|justin bieber|sia)",
    "(michael jackson|stevie wonder|marvin gaye|aretha franklin|james brown|ray charles|elvis|elvis presley|"
    "frank sinatra)",
    "(ella fitzgerald|billie holiday|miles davis|john coltrane|louis armstrong|duke ellington|count basie|nina simone)",
    "(johnny cash|dolly parton|willie nelson|hank williams|garth brooks|kenny rogers|shania twain|bob dylan|"
    "joni mitchell)",
    "(hans zimmer|john williams|ennio morricone|mozart|beethoven|bach|chopin|vivaldi|debussy|wagner|tchaikovsky|"
    "philip glass)",
    "(antonio carlos jobim|tom jobim|joao gilberto|astrud gilberto|sergio mendes|stan getz|gilberto gil|"
    "caetano veloso)",
    "(nirvana|pearl jam|radiohead|coldplay|u2|foo fighters|led zeppelin|pink floyd|rolling stones|beatles|abba|"
    "bee gees)",
    "(eminem|jay z|kanye|kanye west|tupac|2pac|biggie|nas|wu tang|wu tang clan|tribe called quest|j dilla|dilla|"
    "nujabes)",
    "(avicii|david guetta|calvin harris|skrillex|deadmau5|tiesto|aphex twin|four tet|bonobo|moby|fred again|flume)",
    "(t pain|cher|whitney houston|mariah carey|celine dion|elton john|david bowie|freddie mercury|george michael|"
    "phil collins)",
    "(blackpink|bts|harry styles|olivia rodrigo|lana del rey|lorde|bjork|enya|kate bush|florence and the machine)",
    "(ramones|sex pistols|blink 182|green day|the offspring|nofx|bad religion|dead kennedys|the misfits|black flag)",
    "(chemical brothers|prodigy|the prodigy|faithless|goldie|roni size|pendulum|andy c|noisia)",
    "(gorillaz|tame impala|lcd soundsystem|hot chip|franz ferdinand|the xx|alt j|mumford and sons|lumineers|"
    "bon iver|fleet foxes)",
)

ANNOUNCED = (
    "in the style of|in style of|in the manner of|in the spirit of|a la|like|sounds like|sound like|"
    "sounding like|inspired by|"
    "by|as if|similar to|reminiscent of|tribute to|the way|as sung by|sung by|performed by|feat|featuring|"
    "produced by|"
    "remixed by|voice of|with the voice of|vibes of|version by|type beat|style of|homage to|copy|imitate|ripping off"
)
"""What a name follows; unknown words behind one of these are not guessed at."""
