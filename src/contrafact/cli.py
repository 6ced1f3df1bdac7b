"""The one command, ``contrafact``.

The commands themselves lie in ``contrafact.commands`` and are imported only when one is called, so that ``--help`` is
quick.
"""

import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence

import click

from contrafact import __version__

_SELDOM = (100_000, 50, 100)
"""How much has to be made before rubbish is looked for."""
_COMMANDS = {
    "demo": "serving:demo",
    "serve": "serving:serve",
    "assets": "assets:assets",
    "ingest": "songs:ingest",
    "songs": "songs:songs",
    "listen": "songs:listen_command",
    "correct": "correcting:correct",
    "separate": "songs:separate_command",
    "partners": "partnering:partners",
    "plan": "remixing:plan",
    "remix": "remixing:remix",
    "export": "producing:export",
    "release": "releasing:release",
    "unlist": "releasing:unlist",
    "approvals": "releasing:approvals",
    "webhooks": "telling:webhooks",
    "styles": "styles:styles",
    "catalogue": "cataloguing:catalogue",
    "rights": "permitting:rights",
    "rollout": "rollout:rollout",
    "disputes": "disputing:disputes",
    "notices": "noticing:notices",
    "ddex": "exchanging:ddex",
    "verify": "owning:verify",
    "ledger": "owning:ledger",
    "royalties": "earning:royalties",
    "bench": "measuring:bench",
}
_HELP = {
    "demo": "Fetch assets and demo songs, ingest, serve, open the studio.",
    "serve": "Run the service and the studio.",
    "assets": "List, fetch and verify models, sounds and demo songs.",
    "ingest": "Add recordings to the library.",
    "songs": "List the library.",
    "listen": "Show the chart of any audio file.",
    "correct": "Correct what was heard in a song.",
    "separate": "Write the stems of any audio file.",
    "partners": "Find songs whose voices go over a song, for a mash-up.",
    "plan": "Show the recipe and the decision; render nothing.",
    "remix": "Make a remix of a song.",
    "export": "Write a remix as stems, notes or a project for a workstation.",
    "release": "Let the others of this installation hear a remix.",
    "unlist": "Take a released remix out of the lists, or away.",
    "approvals": "Hear and answer what listeners ask for.",
    "webhooks": "Tell other programs what happens.",
    "styles": "List the styles; check packs that you write.",
    "catalogue": "Show who owns what; take it in from spreadsheets.",
    "rights": "Say, grant and explain what may be done with a song.",
    "rollout": "Switch operations on step by step, or off at once.",
    "disputes": "Freeze a song that somebody claims, and settle it.",
    "notices": "Take notices, act on them, and publish what was done.",
    "ddex": "Check DDEX messages, take them in, tell others of a released remix.",
    "verify": "Say what a file is, from what, by whom, and whether to trust it.",
    "ledger": "Check the ledger, write it out.",
    "royalties": "Close months, state what parties earned, give out what was held.",
    "bench": "Measure; every number that the README claims.",
}


class _Lazy(click.Group):
    """A group that knows its commands' names and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        target = _COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, name = target.split(":")
        command: click.Command = getattr(importlib.import_module(f"contrafact.commands.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _HELP[name]) for name in _COMMANDS])


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="contrafact")
def app() -> None:
    """Licensed remixes, covers and variations: with consent, credit and pay for every one.

    \b
    Examples:
      contrafact demo
      contrafact ingest song.flac --artist "Ada" --title "Rain" --grant mine
      contrafact remix rec_… "slow bossa nova, keep the voice" -o bossa.flac
      contrafact verify bossa.flac

    SONG is an id, an ISRC, or a path to an audio file. CONTRAFACT_HOME holds everything that is written.
    Exit codes: 0 done, 1 failed, 2 wrong call, 3 refused by rights, 4 bad or unsupported input.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the console script; turns expected failures into a sentence and an exit code."""
    # Before NumPy is imported: its BLAS threads spin, and where several processes share few cores that costs minutes.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Next to nothing of what is imported is ever let go of: looking through it again and again is a tenth of that time.
    gc.set_threshold(*_SELDOM)
    # Processes that we begin import nothing from whatever folder we stand in.
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    # A file's name may hold what the terminal's coding cannot: better a question mark than a traceback.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        # Without its standalone mode, click returns the code of `context.exit(code)` instead of ending the process.
        code = app.main(
            args=list(arguments) if arguments is not None else None, prog_name="contrafact", standalone_mode=False
        )
        sys.exit(code if isinstance(code, int) else 0)
    except click.Abort:
        click.echo("Stopped.", err=True)
        # Python notes an interrupt that leaves an exec() of text, in which dataclasses are made, and ends by the signal
        # in spite of our code, unless other text is executed after it.
        exec("")  # noqa: S102
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:
        from contrafact.commands.failures import told

        failure = told(error)
        if failure is None:
            raise
        sys.exit(failure)
