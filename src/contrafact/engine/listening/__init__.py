"""Recording to chart: what the engine hears.

=============  =====================================================================================================
``listen``     :func:`listen`, the whole of it
``verdict``    :func:`require_song`: silence, speech and noise are not songs
``chart``      :class:`Chart`, the value that comes out
=============  =====================================================================================================

Inside: ``beatnet`` and ``decoding`` find beats, ``grid``, ``bars`` and ``rhythm`` place them; ``cqt``, ``crema``,
``harmony`` and ``keys`` name chords and key; ``voice`` hears singing; ``bar_features``, ``form`` and ``labels`` divide
the song into sections; ``onsets`` serves them all.
"""
