"""``contrafact partners``: whose voice goes over a song's bars."""

import click

from contrafact.commands.console import installation, json_option, listener, print_json, say, user_option


@click.command()
@click.argument("song")
@click.option("--most", type=click.IntRange(1, 24), default=8, show_default=True, help="How many to show.")
@user_option
@json_option
def partners(song: str, most: int, as_user: str | None, as_json: bool) -> None:
    """Find songs of the library whose voices go over SONG's bars, for a mash-up with --with; best first.

    \b
    Examples:
      contrafact partners rec_…
      contrafact partners rec_… --json | jq -r '.partners[0].id'
    """
    from contrafact.engine.naming import key_spelt
    from contrafact.remixes.proposals.partnering import partners as search
    from contrafact.remixes.songs.correcting import song_id

    with installation() as opened:
        found = search(opened, song_id(opened, song), listener(opened, as_user), most)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    if not found.partners:
        say("In no other song of the library does anybody sing at a tempo that fits.")
    for each in found.partners:
        click.echo(
            f"{each.id}  {each.title} by {each.artist}  {each.tempo_bpm:.0f} BPM  {key_spelt(each.key)}  "
            f"fits {100 * each.fit:.0f} of 100: {each.sentence}"
        )
        if each.mashup.outcome != "permit":
            click.echo("\n".join(f"    not now: {reason.sentence}" for reason in each.mashup.reasons))
