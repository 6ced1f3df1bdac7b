"""DDEX: Electronic Release Notification messages (ERN 4.3 and 4.3.2) read, checked, kept and written.

A message is a tree of frozen values (:mod:`values`) whose fields say which element each of them is (:mod:`shape`); one
codec reads and writes them both. Whatever has no field is kept verbatim and put back in place, never guessed.
"""
