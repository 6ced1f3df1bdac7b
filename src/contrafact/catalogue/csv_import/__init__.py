"""The catalogue as spreadsheets: for owners who have no DDEX.

:mod:`reading` reads files with distrust, :mod:`columns` says what may stand where, :mod:`cells` what a cell may say,
:mod:`lines` gives the lines as values, :mod:`applying` states them in the catalogue and tells what that changed, and
:mod:`exporting` writes the catalogue back in the same form. Grants are read here as far as the catalogue knows them;
what they allow is the rights slice's, and joined above both.
"""
