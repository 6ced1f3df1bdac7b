"""Sound itself: reading, writing, keeping, measuring, stretching and mastering it.

=================  =====================================================================================================
``value``          :class:`Audio`, the value that flows
``stems``          the four parts of a recording, and how to read them
``decoding``       :func:`probe`, :func:`decode`, :class:`DecodeLimits`
``encoding``       :func:`encode`, :class:`StreamEncoder`
``flac_stream``    :class:`FlacStream`
``stem_files``     :func:`write_stems`, :class:`StemFiles`, :class:`StemsInMemory`
``loudness``       :func:`measure_loudness`, :func:`loudness_curve`, :func:`true_peak_dbtp`
``stretching``     :func:`stretch`, :func:`stretch_segments`, :func:`stretch_range`
``mastering``      :func:`master`, :class:`Limiter`
``delivering``     :func:`deliver`, which writes a take below its ceiling in every format
=================  =====================================================================================================
"""
