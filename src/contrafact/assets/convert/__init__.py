"""From the weights as they were published to files that onnxruntime and NumPy read.

Each module gives ``convert(carrier_files, out)``: ``carrier_files`` are the verified files of the carrier by their name
in the manifest, ``out`` is an empty folder in which it writes the files the manifest says it produces. The same input
gives the same bytes. Neither PyTorch nor TensorFlow is needed. A converter that begins to write something else must
raise the asset's ``revision`` in the manifest.
"""
