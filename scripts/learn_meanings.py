"""Write the vectors of all phrases that the planner compares unknown words with; run when packs or moods get new words.

CONTRAFACT_HOME=... python scripts/learn_meanings.py
"""

from pathlib import Path

import numpy as np

import contrafact.engine.recipe.words as words
from contrafact.assets import AssetStore
from contrafact.engine.arranging.library import load_instruments, load_moods, load_styles
from contrafact.engine.recipe.embedding import SentenceEmbedding
from contrafact.engine.recipe.nearness import MEANINGS, phrases_of
from contrafact.kit.home import Home


def main() -> None:
    """Sixteen bits are enough: a cosine moves by less than 0.001."""
    phrases = sorted({text for text, _, _ in phrases_of(load_styles(), load_instruments(), load_moods())})
    vectors = SentenceEmbedding(AssetStore(Home.from_environment().assets)).embed(phrases).astype(np.float16)
    folder = Path(next(iter(words.__path__)))
    np.savez_compressed(folder / MEANINGS, phrases=np.array(phrases), vectors=vectors)
    print(f"{len(phrases)} phrases in {folder / MEANINGS}")


if __name__ == "__main__":
    main()
