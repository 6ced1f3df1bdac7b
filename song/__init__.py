"""The project's own song, made by script: composition, lyrics, arrangement, singing and mix.

Run it with ``uv run --group song python -m song.make``. The result is shipped in
``src/contrafact/catalogue/demo/song``; the making is not part of the wheel.
"""
