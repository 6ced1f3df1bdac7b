"""Names that are imported when they are first asked for are there, and no others."""

import subprocess
import sys

import pytest

from contrafact.catalogue import service as catalogue
from contrafact.kit.lazily import homes_of, lazily


def test_a_name_is_found_where_it_lives_and_another_is_none_of_the_module() -> None:
    find = lazily("somewhere", homes_of({"math": "gcd lcm", "json": "dumps"}))
    assert find("lcm")(4, 6) == 12
    assert find("dumps")([1]) == "[1]"
    with pytest.raises(AttributeError, match="'somewhere' has no attribute 'loads'"):
        find("loads")


def test_the_catalogue_can_do_all_that_it_tells() -> None:
    assert [name for name in catalogue.__all__ if getattr(catalogue, name, None) is None] == []


def test_asking_for_the_catalogue_reads_no_tags_and_takes_no_song_in() -> None:
    code = (
        "import sys, contrafact.catalogue.service as it\n"
        "names = {'mutagen', 'contrafact.catalogue.ingest', 'contrafact.catalogue.admission', 'av'}\n"
        "print(sorted(names & set(sys.modules)))\nit.admit\nprint('contrafact.catalogue.admission' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\nTrue\n"
