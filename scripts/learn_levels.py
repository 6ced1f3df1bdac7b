"""Write how loud every instrument and drum is, in bands and over time; run when sounds or kits change.

The sound check tells from it how loud a take's parts will be.

CONTRAFACT_HOME=... python scripts/learn_levels.py
"""

import numpy as np

from contrafact.assets import AssetStore
from contrafact.engine.rendering.foretelling import KEYS, LEVELS, SLOTS_S, STROKES, VELOCITIES, life_of
from contrafact.engine.rendering.kits import KIT_NAMES
from contrafact.engine.rendering.sounds import Sounds
from contrafact.kit.home import Home

PROGRAMS = 128


def main() -> None:
    """All programs at some keys and velocities, and every piece of every kit; about a minute."""
    sounds = Sounds.open(AssetStore(Home.from_environment().assets))
    held_s = SLOTS_S[-1]
    tones = [
        [[life_of(sounds.note(program, key, velocity, held_s, rings=False)) for velocity in VELOCITIES] for key in KEYS]
        for program in range(PROGRAMS)
    ]
    strokes = [
        [[life_of(sounds.kit(name).hit(key, velocity)) for velocity in VELOCITIES] for key in STROKES]
        for name in KIT_NAMES
    ]
    np.savez_compressed(LEVELS, tones=np.array(tones), strokes=np.array(strokes))


if __name__ == "__main__":
    main()
